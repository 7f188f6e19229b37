"""What accepting a repair writes on the ground, and what undoing it writes. The caller owns the transaction."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Redraw:
    """A unit's new polygon: WKB in its own zone and in WGS 84, area in m², and the version that it is for."""

    is_parcel: bool
    unit_id: int
    version: int
    srid: int
    geom: bytes
    geom_4326: bytes
    area_m2: float


@dataclass(frozen=True, slots=True)
class Restore:
    """A unit to be as an earlier version was; `new_version` is the one it has now, None when it ended."""

    is_parcel: bool
    unit_id: int
    version: int
    new_version: int | None


def redraw(conn: psycopg.Connection, unit: Redraw, valid_from: dt.date) -> bool:
    """Give a unit its new polygon as a new version; False when it is no longer at the version it was drawn for."""
    statement = load("proposals")["redraw_parcel" if unit.is_parcel else "redraw_object"]
    values = {
        "unit_id": unit.unit_id,
        "version": unit.version,
        "srid": unit.srid,
        "geom": unit.geom,
        "geom_4326": unit.geom_4326,
        "area_m2": unit.area_m2,
        "valid_from": valid_from,
    }
    return conn.execute(statement, values).rowcount == 1


def close(conn: psycopg.Connection, parcel_id: int, version: int) -> bool:
    """End a parcel with its uses; False when it changed meanwhile or a right hangs on it."""
    statements, values = load("proposals"), {"unit_id": parcel_id, "version": version}
    conn.execute(statements["close_uses"], values)
    return conn.execute(statements["close_parcel"], values).rowcount == 1


def restore(conn: psycopg.Connection, unit: Restore, transaction_id: int, valid_from: dt.date) -> bool:
    """Make a unit what it was before a change; False when it changed since, or its number was given anew.

    `transaction_id` is the change that is taken back.
    """
    statements = load("proposals")
    values = {
        "unit_id": unit.unit_id,
        "version": unit.version,
        "new_version": unit.new_version,
        "transaction_id": transaction_id,
        "valid_from": valid_from,
    }
    if unit.new_version is not None:
        statement = statements["restore_parcel" if unit.is_parcel else "restore_object"]
        return conn.execute(statement, values).rowcount == 1
    if conn.execute(statements["reopen_parcel"], values).rowcount != 1:
        return False
    conn.execute(statements["reopen_uses"], values)
    return True


class Frame(NamedTuple):
    """A sheet's frame: WKB in its CRS and in WGS 84."""

    sheet_id: int
    srid: int
    geom: bytes
    geom_4326: bytes | None


def find_frame(conn: psycopg.Connection, commune_id: int, sheet_no: str) -> Frame | None:
    """Give a sheet's frame; None when it has none."""
    values = {"commune_id": commune_id, "sheet_no": sheet_no}
    row = conn.execute(load("proposals")["frame"], values, binary=True).fetchone()
    return None if row is None else Frame(*row)


def set_frame(conn: psycopg.Connection, frame: Frame) -> None:
    """Give a sheet another frame; sheets have no versions, so the change on record keeps the former."""
    conn.execute(load("proposals")["set_frame"], frame._asdict())


def find_former_frame(conn: psycopg.Connection, transaction_id: int) -> Frame | None:
    """Give the frame that a change kept on record before it moved the sheet; None when it moved none."""
    values = {"transaction_id": transaction_id}
    row = conn.execute(load("proposals")["former_frame"], values, binary=True).fetchone()
    return None if row is None else Frame(*row)
