"""What a report draws: parcels, roads and water of a commune, what lies around a fault, boundaries of communes."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import class_row

from landdb.store.statements import load

#: Neighbours in one sketch: more would only be ink.
MOST_IN_A_WINDOW = 60


class Window(NamedTuple):
    """A box in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class CommuneShapes:
    """WKB in WGS 84: every parcel, and land-occupying objects by kind."""

    parcels: list[bytes]
    land_objects: list[tuple[str, bytes]]


class ParcelInWindow(NamedTuple):
    """A parcel in the window with that number, counted from 1."""

    number: int
    parcel_id: int
    sheet_no: str
    parcel_no: str
    geom: bytes


class ObjectInWindow(NamedTuple):
    """A land-occupying object in the window with that number, counted from 1."""

    number: int
    object_kind: str
    geom: bytes


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last whole check of a commune."""

    commune_id: int
    run_id: int
    finished_at: dt.datetime
    catalogue_hash: str


def read_shapes(conn: psycopg.Connection, commune_id: int) -> CommuneShapes:
    """Give everything that the map of a commune draws."""
    statements = load("report_ground")
    with conn.cursor(binary=True) as cursor:
        parcels = [row[0] for row in cursor.execute(statements["parcels"], {"commune_id": commune_id})]
        objects = cursor.execute(statements["land_objects"], {"commune_id": commune_id}).fetchall()
    return CommuneShapes(parcels, objects)


def list_boundaries(conn: psycopg.Connection, communes: Collection[int]) -> dict[int, bytes]:
    """Give the boundaries that were delivered, as WKB in WGS 84."""
    with conn.cursor(binary=True) as cursor:
        return dict(cursor.execute(load("report_ground")["boundaries"], {"communes": list(communes)}).fetchall())


def parcels_in_windows(conn: psycopg.Connection, windows: Sequence[Window]) -> list[ParcelInWindow]:
    """Give the parcels in each window, by its number and by parcel."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(load("report_ground")["parcels_in_windows"], _corners(windows))
        return [ParcelInWindow(*row) for row in rows]


def land_objects_in_windows(conn: psycopg.Connection, windows: Sequence[Window]) -> list[ObjectInWindow]:
    """Give the land-occupying objects in each window, by its number."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(load("report_ground")["land_objects_in_windows"], _corners(windows))
        return [ObjectInWindow(*row) for row in rows]


def parcel_shapes(conn: psycopg.Connection, parcel_ids: Collection[int]) -> dict[int, bytes]:
    """Give the polygons of these parcels as WKB in WGS 84."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(load("report_ground")["parcel_shapes"], {"parcel_ids": list(parcel_ids)})
        return dict(rows.fetchall())


def find_province_name(conn: psycopg.Connection, province_code: str) -> str | None:
    """Give the name of the province in force under that code, if there is one."""
    row = conn.execute(load("report_ground")["province_name"], {"province_code": province_code}).fetchone()
    return None if row is None else str(row[0])


def list_last_runs(conn: psycopg.Connection, communes: Collection[int]) -> dict[int, LastRun]:
    """Give the last whole check of each commune that was ever checked."""
    with conn.cursor(row_factory=class_row(LastRun)) as cursor:
        rows = cursor.execute(load("report_ground")["last_runs"], {"communes": list(communes)}).fetchall()
    return {row.commune_id: row for row in rows}


def _corners(windows: Sequence[Window]) -> dict[str, Any]:
    named = {name: [getattr(window, name) for window in windows] for name in Window._fields}
    return {**named, "limit": MOST_IN_A_WINDOW}
