"""What a legal change is about, read as it stands under the commune's lock."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row, tuple_row

from landdb.errors import NotFound
from landdb.store.statements import load


class Restriction(NamedTuple):
    """Something that lies on a parcel; `origin_id` None: a mortgage that was delivered as a right."""

    parcel_id: int
    restriction_id: int | None
    restriction_kind: str
    rank: int | None
    reference: str
    origin_id: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """A share as stored: whose, how much (None: joint), in which role."""

    share_id: int
    party_id: int
    share: Fraction | None
    role: str | None


@dataclass(frozen=True, slots=True)
class Right:
    """A right on a parcel, through the baunit that it hangs on, with its holders."""

    rrr_id: int
    rrr_kind: str
    holder_group: str
    certificate_id: int | None
    baunit_id: int
    holders: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A baunit that the parcel belongs to, and how many parcels it has."""

    baunit_parcel_id: int
    baunit_id: int
    certificate_area_m2: float | None
    parcels_of_baunit: int


class Use(NamedTuple):
    """A land use as stored."""

    land_use_id: int
    parcel_id: int
    ordinal: int
    land_use_code: str | None
    land_use_raw: str
    land_use_fault: str | None
    area_m2: float | None
    origin: str | None
    use_form: str | None
    term: str | None
    expires_on: dt.date | None


class Certificate(NamedTuple):
    """A certificate in force."""

    parcel_id: int
    certificate_id: int
    baunit_id: int
    serial: str | None
    registry_no: str | None
    issued_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A parcel in force with all that hangs on it; `geom` is WKB in `srid`, None when its ring is at fault.

    `tag` tells this state from every other; `since` is when the youngest part of it came into force.
    """

    parcel_id: int
    commune_id: int
    commune_code: str
    commune_kind: str
    sheet_id: int
    sheet_no: str
    scale_denominator: int
    srid: int
    parcel_no: str
    parcel_code: str | None
    old_sheet_no: str | None
    old_parcel_no: str | None
    address: str | None
    land_use_label: str | None
    registered_area_m2: float | None
    legal_area_m2: float | None
    computed_area_m2: float | None
    geom: bytes | None
    batch_id: int
    version: int
    tag: str
    since: dt.date
    restrictions: tuple[Restriction, ...]
    links: tuple[Link, ...]
    rights: tuple[Right, ...]
    uses: tuple[Use, ...]
    certificates: tuple[Certificate, ...]

    @property
    def number(self) -> str:
        """Give sheet and number as a clerk says them."""
        return f"{self.sheet_no}/{self.parcel_no}"

    @property
    def use_rights(self) -> tuple[Right, ...]:
        """Give the rights to use the parcel."""
        return tuple(right for right in self.rights if right.rrr_kind == "USE_RIGHT")


def find_parcel(conn: psycopg.Connection, commune_code: str, sheet_no: str, parcel_no: str) -> int:
    """Give the parcel in force under this number; raises NotFound."""
    key = {"commune_code": commune_code, "sheet_no": sheet_no, "parcel_no": parcel_no}
    row = conn.execute(load("register_subjects")["ids_by_number"], key).fetchone()
    if row is None:
        raise NotFound(
            f"no parcel {sheet_no}/{parcel_no} is in force in {commune_code}",
            remedy="if it was split or merged: landdb history COMMUNE SHEET PARCEL",
        )
    return int(row[0])


def list_siblings(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> set[int]:
    """Give the parcels that share a baunit with these, themselves included when they have one."""
    rows = conn.execute(load("register_subjects")["siblings"], {"parcel_ids": list(parcel_ids)})
    return {parcel_id for (parcel_id,) in rows}


def list_tags(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> dict[int, tuple[str, dt.date]]:
    """Give the tag of each parcel's state, and since when it is so; parcels that are gone are left out."""
    rows = conn.execute(load("register_subjects")["tags"], {"parcel_ids": list(parcel_ids)})
    return {parcel_id: (tag, since) for parcel_id, tag, since in rows}


def read_subjects(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> list[Subject]:
    """Give the parcels in the order asked for; raises NotFound when one is not in force."""
    parcels, holdings, restrictions, uses, certificates, tags = _read_rows(conn, parcel_ids)
    if any(parcel_id not in parcels for parcel_id in parcel_ids):
        raise NotFound(
            "a parcel of this change is not in force any more",
            remedy="look it up again: it may have been split or merged meanwhile",
        )
    return [
        Subject(
            **parcels[parcel_id],
            tag=tags[parcel_id][0],
            since=tags[parcel_id][1],
            restrictions=tuple(row for row in restrictions if row.parcel_id == parcel_id),
            links=_links(holdings, parcel_id),
            rights=_rights(holdings, parcel_id),
            uses=tuple(row for row in uses if row.parcel_id == parcel_id),
            certificates=tuple(row for row in certificates if row.parcel_id == parcel_id),
        )
        for parcel_id in parcel_ids
    ]


def _read_rows(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> tuple[Any, ...]:
    """Give all rows about the parcels; asked together, so that they cost one wait for the server."""
    asked, statements = {"parcel_ids": list(parcel_ids)}, load("register_subjects")

    def ask(name: str, row_factory: Any, *, binary: bool = False) -> psycopg.Cursor[Any]:
        return conn.cursor(row_factory=row_factory, binary=binary).execute(statements[name], asked)

    with conn.pipeline():
        parcels, holdings = ask("subjects", dict_row, binary=True), ask("rights", dict_row, binary=True)
        restrictions, uses = ask("restrictions", tuple_row), ask("uses", tuple_row)
        certificates, tags = ask("certificates", tuple_row), ask("tags", tuple_row)
        return (
            {row["parcel_id"]: row for row in parcels.fetchall()},
            holdings.fetchall(),
            [Restriction(*row) for row in restrictions],
            [Use(*row) for row in uses],
            [Certificate(*row) for row in certificates],
            {parcel_id: (tag, since) for parcel_id, tag, since in tags},
        )


def _links(holdings: Sequence[dict[str, Any]], parcel_id: int) -> tuple[Link, ...]:
    found = {
        row["baunit_parcel_id"]: Link(
            row["baunit_parcel_id"], row["baunit_id"], row["certificate_area_m2"], row["parcels_of_baunit"]
        )
        for row in holdings
        if row["parcel_id"] == parcel_id
    }
    return tuple(found.values())


def _rights(holdings: Sequence[dict[str, Any]], parcel_id: int) -> tuple[Right, ...]:
    by_right: dict[int, list[dict[str, Any]]] = {}
    for row in holdings:
        if row["parcel_id"] == parcel_id and row["rrr_id"] is not None:
            by_right.setdefault(row["rrr_id"], []).append(row)
    return tuple(
        Right(
            rrr_id,
            rows[0]["rrr_kind"],
            rows[0]["holder_group"],
            rows[0]["certificate_id"],
            rows[0]["baunit_id"],
            tuple(_held(row) for row in rows if row["share_id"] is not None),
        )
        for rrr_id, rows in by_right.items()
    )


def _held(row: dict[str, Any]) -> Held:
    known = row["numerator"] is not None
    return Held(
        row["share_id"],
        row["party_id"],
        Fraction(row["numerator"], row["denominator"]) if known else None,
        row["role"],
    )


def list_broken_rules(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> frozenset[str]:
    """Give the rules that findings on record about these parcels belong to."""
    rows = conn.execute(load("register_subjects")["broken_rules"], {"parcel_ids": list(parcel_ids)})
    return frozenset(rule_id for (rule_id,) in rows)


def list_new_findings(
    conn: psycopg.Connection, run_ids: Sequence[int], subjects: Sequence[str]
) -> set[tuple[str, str]]:
    """Give which (rule, subject) these runs saw for the first time, or again after it had been fixed."""
    values = {"run_ids": list(run_ids), "subjects": list(subjects)}
    return set(conn.execute(load("register_subjects")["new_findings"], values).fetchall())
