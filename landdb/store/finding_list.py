"""Findings on their way out: streamed, in one order, without anything personal."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import class_row

from landdb.domain.dates import today
from landdb.store.statements import load, render

#: Rows per round trip: flat memory however long the list is.
CHUNK: Final = 1_000
OPEN_STATES: Final = ("open", "regressed")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which findings: of these communes, in these states; None is any rule or severity.

    `rules` are ids or families. Without `tenure` those about parties and rights stay away (Decree 101/2024 Art. 61).
    """

    communes: Collection[int]
    states: Collection[str] = OPEN_STATES
    rules: Collection[str] | None = None
    severities: Collection[str] | None = None
    tenure: bool = True

    def parameters(self) -> dict[str, Any]:
        """Give what the statements ask for."""
        return {
            "communes": list(self.communes),
            "states": list(self.states),
            "rules": None if self.rules is None else list(self.rules),
            "severities": None if self.severities is None else list(self.severities),
            "tenure": self.tenure,
            "today": today(),
        }


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One stored finding; `geom` is WKB in `srid`, metres, the fault itself."""

    finding_id: int
    fingerprint: str
    rule_id: str
    severity: str
    state: str
    commune_code: str
    subject: str
    parcel_id: int | None
    other_parcel_id: int | None
    sheet_no: str | None
    parcel_no: str | None
    other_sheet_no: str | None
    other_parcel_no: str | None
    other_commune_code: str | None
    lon: float | None
    lat: float | None
    srid: int | None
    geom: bytes | None
    measure: float | None
    unit: str | None
    area_m2: float | None
    width_m: float | None
    details: dict[str, Any]
    first_seen: dt.datetime
    last_seen: dt.datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class ConcernedParcel:
    """A parcel that findings name; `geom` is WKB in `srid`, metres."""

    commune_code: str
    sheet_no: str
    parcel_no: str
    parcel_code: str | None
    computed_area_m2: float | None
    registered_area_m2: float | None
    legal_area_m2: float | None
    srid: int
    findings: int
    gravest: str
    rules: str
    geom: bytes


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many of the chosen findings one rule and severity has in one commune, and the systems that they lie in."""

    commune_code: str
    commune_name: str
    rule_id: str
    severity: str
    findings: int
    srids: list[int]


def count_by_rule(conn: psycopg.Connection, selection: Selection) -> list[RuleCount]:
    """Give the numbers of the findings, gravest first within each commune."""
    with conn.cursor(row_factory=class_row(RuleCount)) as cursor:
        return cursor.execute(_statement("counts"), selection.parameters()).fetchall()


def iter_findings(conn: psycopg.Connection, selection: Selection) -> Iterator[FindingRow]:
    """Give the findings, gravest first within each commune; needs a transaction, for the cursor lives in the server."""
    with conn.cursor(name="findings", row_factory=class_row(FindingRow)) as cursor:
        cursor.itersize = CHUNK
        yield from cursor.execute(_statement("findings"), selection.parameters())


def list_worst_findings(conn: psycopg.Connection, selection: Selection, *, limit: int) -> list[FindingRow]:
    """Give the findings to look at first: the worst of each rule, then the second worst of each, gravest first."""
    with conn.cursor(row_factory=class_row(FindingRow)) as cursor:
        return cursor.execute(_statement("worst"), {**selection.parameters(), "limit": limit}).fetchall()


def iter_concerned_parcels(conn: psycopg.Connection, selection: Selection) -> Iterator[ConcernedParcel]:
    """Give each parcel that the findings name, once; needs a transaction, for the cursor lives in the server."""
    with conn.cursor(name="concerned", row_factory=class_row(ConcernedParcel)) as cursor:
        cursor.itersize = CHUNK
        yield from cursor.execute(_statement("parcels_concerned"), selection.parameters())


@cache
def _statement(question: str) -> LiteralString:
    """Give the text of a question about the chosen findings."""
    texts = load("finding_list")
    return render(texts[question], {"chosen": texts["chosen"], "told": texts["told"]})
