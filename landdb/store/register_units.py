"""Sheets that pass from one commune to another, with everything that stands on them."""

import datetime as dt
from dataclasses import asdict, dataclass

import psycopg

from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class SheetMove:
    """One sheet's way from the old commune to the new one."""

    old_commune_id: int
    old_commune_code: str
    new_commune_id: int
    new_commune_code: str
    old_sheet_no: str
    new_sheet_no: str


def has_sheet(conn: psycopg.Connection, commune_id: int, sheet_no: str) -> bool:
    """Tell whether the commune has this sheet."""
    values = {"commune_id": commune_id, "sheet_no": sheet_no}
    return conn.execute(load("register_units")["has_sheet"], values).fetchone() is not None


def move_sheet(conn: psycopg.Connection, move: SheetMove, *, valid_from: dt.date) -> list[tuple[int, str]]:
    """Enter the sheet in the new commune and move its parcels, their baunits and certificates there.

    Gives identity and number of each parcel moved.
    """
    statements = load("register_units")
    values = {**asdict(move), "valid_from": valid_from}
    row = conn.execute(statements["copy_sheet"], values).fetchone()
    assert row is not None  # noqa: S101 - the caller asked whether the sheet is there
    values["new_sheet_id"] = row[0]
    conn.execute(statements["learn_crosswalk"], values)
    moved = conn.execute(statements["move_parcels"], values).fetchall()
    values["parcel_ids"] = [parcel_id for parcel_id, _ in moved]
    conn.execute(statements["move_certificates"], values)
    conn.execute(statements["move_baunits"], values)
    return [(parcel_id, number) for parcel_id, number in moved]
