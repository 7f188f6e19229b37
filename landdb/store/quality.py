"""What scores and campaign groups are made of, and the scores that were stored, day by day."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, LiteralString, NamedTuple

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from landdb.domain.dates import today
from landdb.store.statements import load, render

#: The tests that `quality_parcels.sql` knows by name: what a parcel's record can lack, whatever the rules found.
PARCEL_TESTS: Final = (
    "GEOMETRY_MISSING", "PARCEL_CODE_MISSING", "AREA_MISSING", "ADDRESS_MISSING", "TEXT_NOT_NFC",
    "CHANGE_RECORDED_LATE", "LAND_USE_MISSING", "LAND_USE_NOT_LISTED", "USE_FORM_MISSING", "TERM_MISSING",
    "ORIGIN_MISSING", "RIGHT_MISSING", "CERTIFICATE_MISSING", "SERIAL_MISSING", "REGISTRY_NO_MISSING", "SCAN_MISSING",
    "HOLDER_BIRTH_MISSING", "HOLDER_SEX_MISSING", "HOLDER_ID_MISSING", "HOLDER_ID_FAULT", "HOLDER_RESIDENCE_MISSING",
    "ORG_NO_MISSING", "ORG_NO_FAULT",
)  # fmt: skip
#: Rows per round trip of a long answer.
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Ground:
    """How many parcels a commune has, and how much ground they and the land-occupying objects cover."""

    commune_id: int
    parcels: int
    ground_m2: float


@dataclass(frozen=True, slots=True)
class FindingCount:
    """Open findings of one rule and severity in one commune, and the area that they cover together."""

    commune_id: int
    rule_id: str
    severity: str
    findings: int
    area_m2: float


@dataclass(frozen=True, slots=True)
class SharedCount:
    """Open findings across borders between the communes asked about, and the area that they cover together."""

    rule_id: str
    severity: str
    findings: int
    area_m2: float


@dataclass(frozen=True, slots=True)
class ParcelTests:
    """Which reason is which bit, so that one statement tests every parcel for all of them.

    `bits`: test name → bit, 0 for a test that does not count. `rules`: (rule id, family or ``*``; severity or
    ``*``; bits) for reasons that come from findings. `late_after_days`: until when a change is recorded in time.
    """

    bits: Mapping[str, int]
    rules: Sequence[tuple[str, str, int]]
    sheet_rules: Sequence[str]
    late_after_days: int

    def parameters(self, communes: Collection[int]) -> dict[str, Any]:
        """Give what the statements of `quality_parcels.sql` ask for."""
        return {
            **{name: self.bits.get(name, 0) for name in PARCEL_TESTS},
            **_asked(communes),
            "rules": [rule for rule, _, _ in self.rules],
            "severities": [severity for _, severity, _ in self.rules],
            "rule_bits": [bits for _, _, bits in self.rules],
            "sheet_rules": list(self.sheet_rules),
            "late_after_days": self.late_after_days,
        }


class Pattern(NamedTuple):
    """So many parcels of a commune show this set of reasons."""

    commune_id: int
    bits: int
    parcels: int


class ParcelBits(NamedTuple):
    """One parcel and the reasons that it shows."""

    commune_code: str
    sheet_no: str
    parcel_no: str
    parcel_code: str | None
    bits: int


class PartBits(NamedTuple):
    """One part of a parcel's record, by its path, and the reasons that it shows."""

    commune_code: str
    sheet_no: str
    parcel_no: str
    path: str
    bits: int


@dataclass(frozen=True, slots=True)
class StoredScore:
    """What was stored of a commune on one day."""

    commune_id: int
    scored_on: dt.date
    formula: str
    score: float | None
    numbers: dict[str, Any]
    scheme: str | None
    standing: dict[str, Any] | None


def list_ground(conn: psycopg.Connection, communes: Collection[int]) -> list[Ground]:
    """Give the denominators of every commune named, also of one without parcels."""
    with conn.cursor(row_factory=class_row(Ground)) as cursor:
        return cursor.execute(_numbers_statement("ground"), _asked(communes)).fetchall()


def count_findings(conn: psycopg.Connection, communes: Collection[int]) -> list[FindingCount]:
    """Give the open findings of the communes by rule and severity; one across a border counts for both."""
    with conn.cursor(row_factory=class_row(FindingCount)) as cursor:
        return cursor.execute(_numbers_statement("findings"), _asked(communes)).fetchall()


def count_shared_findings(conn: psycopg.Connection, communes: Collection[int]) -> list[SharedCount]:
    """Give the open findings that two of the communes both count, by rule and severity."""
    with conn.cursor(row_factory=class_row(SharedCount)) as cursor:
        return cursor.execute(_numbers_statement("shared_findings"), _asked(communes)).fetchall()


def count_parcels_with_error(
    conn: psycopg.Connection, communes: Collection[int], *, sheet_rules: Collection[str]
) -> dict[int, int]:
    """Give, by commune, how many parcels an open error concerns."""
    values = {**_asked(communes), "sheet_rules": list(sheet_rules)}
    return dict(conn.execute(_numbers_statement("parcels_with_error"), values).fetchall())


def count_patterns(conn: psycopg.Connection, communes: Collection[int], tests: ParcelTests) -> list[Pattern]:
    """Give how many parcels of each commune show which set of reasons."""
    rows = conn.execute(_parcels_statement("patterns"), tests.parameters(communes))
    return [Pattern(*row) for row in rows]


def iter_parcel_bits(conn: psycopg.Connection, communes: Collection[int], tests: ParcelTests) -> Iterator[ParcelBits]:
    """Give each parcel of the communes with its reasons; needs a transaction, for the cursor lives in the server."""
    for row in _stream(conn, "parcels", tests.parameters(communes)):
        yield ParcelBits(*row)


def iter_part_bits(conn: psycopg.Connection, communes: Collection[int], tests: ParcelTests) -> Iterator[PartBits]:
    """Give each part of a record that shows a reason; needs a transaction, for the cursor lives in the server."""
    for row in _stream(conn, "unmet", tests.parameters(communes)):
        yield PartBits(*row)


def store_scores(
    conn: psycopg.Connection, scores: Sequence[Mapping[str, Any]], *, scored_on: dt.date, formula: str
) -> None:
    """Keep one score per commune for that day in the caller's transaction; a later one of the day replaces it."""
    values = {"scores": Jsonb([dict(score) for score in scores]), "scored_on": scored_on, "formula": formula}
    conn.execute(load("quality_numbers")["store_scores"], values)


def list_scores(conn: psycopg.Connection, communes: Collection[int]) -> list[StoredScore]:
    """Give the stored scores of the communes, oldest first."""
    with conn.cursor(row_factory=class_row(StoredScore)) as cursor:
        return cursor.execute(load("quality_numbers")["trend"], {"communes": list(communes)}).fetchall()


def _stream(conn: psycopg.Connection, question: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    with conn.cursor(name=f"quality_{question}") as cursor:
        cursor.itersize = CHUNK
        yield from cursor.execute(_parcels_statement(question), values)


def _asked(communes: Collection[int]) -> dict[str, Any]:
    """Give the communes asked about, and the day on which waivers hold or not."""
    return {"communes": list(communes), "today": today()}


@cache
def _numbers_statement(question: str) -> LiteralString:
    """Give the text of a question about the numbers of a score."""
    texts = load("quality_numbers")
    return render(texts[question], {"is_open": texts["is_open"]})


@cache
def _parcels_statement(question: str) -> LiteralString:
    """Give the text of a question about the reasons of parcels."""
    texts = load("quality_parcels")
    entities = render(texts["entities"], {"is_open": load("quality_numbers")["is_open"]})
    return render(texts[question], {"scope": texts["scope"], "entities": entities})
