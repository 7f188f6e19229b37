"""Ground that a legal change makes, redraws or ends; in the caller's transaction, credited to it by the caller."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Drawn:
    """A polygon as stored: WKB in the sheet's system and in WGS 84, and its area in the sheet's system."""

    geom: bytes
    geom_4326: bytes
    area_m2: float


@dataclass(frozen=True, slots=True)
class NewParcel:
    """A parcel that comes from others; the first parent lends it sheet, address and delivery."""

    parent_id: int
    parcel_no: str
    parcel_code: str
    drawn: Drawn
    old_sheet_no: str | None
    old_parcel_no: str | None
    registered_area_m2: float | None
    legal_area_m2: float | None


def last_number(conn: psycopg.Connection, sheet_id: int) -> int:
    """Give the highest parcel number that the sheet ever gave, 0 when it gave none."""
    row = conn.execute(load("register_ground")["last_number"], {"sheet_id": sheet_id}).fetchone()
    return int(row[0]) if row else 0


def known_codes(conn: psycopg.Connection, codes: Collection[str]) -> set[str]:
    """Give which of these parcel codes were ever issued."""
    rows = conn.execute(load("register_ground")["codes_known"], {"codes": sorted(codes)})
    return {code for (code,) in rows}


def insert_parcel(conn: psycopg.Connection, new: NewParcel, *, transaction_id: int, valid_from: dt.date) -> int:
    """Enter the parcel and issue its code; gives its identity."""
    row = conn.execute(
        load("register_ground")["insert_parcel"],
        {
            "parent_id": new.parent_id,
            "parcel_no": new.parcel_no,
            "parcel_code": new.parcel_code,
            "old_sheet_no": new.old_sheet_no,
            "old_parcel_no": new.old_parcel_no,
            "registered_area_m2": new.registered_area_m2,
            "legal_area_m2": new.legal_area_m2,
            "computed_area_m2": new.drawn.area_m2,
            "geom": new.drawn.geom,
            "geom_4326": new.drawn.geom_4326,
            "valid_from": valid_from,
            "transaction_id": transaction_id,
        },
    ).fetchone()
    return _entered(row)


def insert_ground(
    conn: psycopg.Connection,
    sheet_id: int,
    parcel_no: str,
    parcel_code: str,
    drawn: Drawn,
    area_m2: float,
    *,
    transaction_id: int,
    valid_from: dt.date,
) -> int:
    """Enter a parcel that comes from no other, with its measured area as the registered one; gives its identity."""
    values = {
        "sheet_id": sheet_id,
        "parcel_no": parcel_no,
        "parcel_code": parcel_code,
        "area_m2": area_m2,
        "transaction_id": transaction_id,
    }
    row = conn.execute(load("register_ground")["insert_ground"], {**_placed(0, drawn, valid_from), **values}).fetchone()
    return _entered(row)


def _entered(row: tuple[Any, ...] | None) -> int:
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])


def retire_parcels(conn: psycopg.Connection, parcel_ids: Sequence[int], *, transaction_id: int) -> None:
    """End the parcels with their uses, and retire their codes for good."""
    values = {"parcel_ids": list(parcel_ids), "transaction_id": transaction_id}
    for statement in ("retire_codes", "delete_uses", "delete_parcels"):
        conn.execute(load("register_ground")[statement], values)


def redraw_parcel(
    conn: psycopg.Connection,
    parcel_id: int,
    drawn: Drawn,
    *,
    registered_area_m2: float | None,
    legal_area_m2: float | None,
    valid_from: dt.date,
) -> None:
    """Give the parcel another boundary and the areas that go with it."""
    areas = {"registered_area_m2": registered_area_m2, "legal_area_m2": legal_area_m2}
    conn.execute(load("register_ground")["redraw_parcel"], _placed(parcel_id, drawn, valid_from) | areas)


def add_vertices(conn: psycopg.Connection, noun: str, unit_id: int, drawn: Drawn, *, valid_from: dt.date) -> None:
    """Give a neighbour its boundary with the vertices that it now shares; `noun` is parcel or land_object."""
    conn.execute(load("register_ground")[f"add_vertices_to_{noun}"], _placed(unit_id, drawn, valid_from))


def replace_uses(
    conn: psycopg.Connection,
    parcel_id: int,
    uses: Iterable[Mapping[str, Any]],
    *,
    batch_id: int,
    valid_from: dt.date,
) -> None:
    """Let the parcel have these uses and no others; each a mapping of the columns of cadastre.land_use."""
    conn.execute(load("register_ground")["delete_uses"], {"parcel_ids": [parcel_id]})
    add_uses(conn, parcel_id, uses, batch_id=batch_id, valid_from=valid_from)


def add_uses(
    conn: psycopg.Connection,
    parcel_id: int,
    uses: Iterable[Mapping[str, Any]],
    *,
    batch_id: int,
    valid_from: dt.date,
) -> None:
    """Enter the uses of a new parcel, in their order."""
    for ordinal, use in enumerate(uses, start=1):
        values = {"parcel_id": parcel_id, "ordinal": ordinal, "batch_id": batch_id, "valid_from": valid_from}
        conn.execute(load("register_ground")["insert_use"], values | dict(use))


def extend_use(
    conn: psycopg.Connection, land_use_id: int, *, expires_on: dt.date, term: str | None, valid_from: dt.date
) -> None:
    """Let a use end later."""
    values = {"land_use_id": land_use_id, "expires_on": expires_on, "term": term, "valid_from": valid_from}
    conn.execute(load("register_ground")["extend_use"], values)


def correct_parcel(conn: psycopg.Connection, parcel_id: int, values: Mapping[str, Any], *, valid_from: dt.date) -> None:
    """Give the parcel these values of address, old numbers and areas, all of them."""
    conn.execute(load("register_ground")["correct_parcel"], {"id": parcel_id, "valid_from": valid_from, **dict(values)})


def note_parcels(conn: psycopg.Connection, transaction_id: int, parcel_ids: Collection[int]) -> None:
    """Keep which parcels the change concerns."""
    values = {"transaction_id": transaction_id, "parcel_ids": sorted(parcel_ids)}
    conn.execute(load("register_ground")["note_parcels"], values)


def _placed(unit_id: int, drawn: Drawn, valid_from: dt.date) -> dict[str, Any]:
    return {
        "id": unit_id,
        "geom": drawn.geom,
        "geom_4326": drawn.geom_4326,
        "computed_area_m2": drawn.area_m2,
        "valid_from": valid_from,
    }
