"""What an extract needs of the register, and the record of extracts that were issued."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from landdb.domain.box import Box
from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Moment:
    """The two dates that an extract is about; `known_at` None is all that is known now."""

    valid_at: dt.date
    known_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The record of one extract; it names a parcel and a role, nobody.

    `state_tag` is the tag of all that was registered at the parcel when it was issued.
    """

    extract_code: str
    parcel_id: int
    state_tag: str | None
    language: str
    valid_at: dt.date
    known_at: dt.datetime | None
    content_hash: bytes
    key_id: str
    issued_for_role: str
    issued_at: dt.datetime


def parcels_around(
    conn: psycopg.Connection, parcel_id: int, box: Box, *, srid: int, moment: Moment, limit: int
) -> list[dict[str, Any]]:
    """Give parcel_id, sheet_no, parcel_no, land_use and geom (WKB in `srid`) of the others in a WGS 84 box."""
    return _rows(conn, "around", {"parcel_id": parcel_id, **_window(box, srid, moment, limit)})


def objects_around(
    conn: psycopg.Connection, box: Box, *, srid: int, moment: Moment, limit: int
) -> list[dict[str, Any]]:
    """Give object_kind, object_name and geom (WKB in `srid`) of the land-occupying objects in a WGS 84 box."""
    return _rows(conn, "objects_around", _window(box, srid, moment, limit))


def province_name(conn: psycopg.Connection, commune_code: str, valid_at: dt.date) -> str | None:
    """Give the name of the commune's province on a day, None when the commune was not in force."""
    rows = _rows(conn, "province_name", {"commune_code": commune_code, "valid_at": valid_at})
    return rows[0]["name"] if rows else None


def restrictions(conn: psycopg.Connection, parcel_id: int, moment: Moment) -> list[dict[str, Any]]:
    """Give kind, rank, reference and valid_from of what lies on the parcel."""
    return _rows(conn, "restrictions", {"parcel_id": parcel_id, **asdict(moment)})


def note_issued(conn: psycopg.Connection, issued: Issued) -> None:
    """Keep that this extract was issued."""
    conn.execute(load("extracts")["note_issued"], asdict(issued))


def find_issued(conn: psycopg.Connection, extract_code: str) -> Issued | None:
    """Give the record of this code, None when no extract has it."""
    rows = _rows(conn, "find_issued", {"extract_code": extract_code})
    return Issued(**rows[0]) if rows else None


def _window(box: Box, srid: int, moment: Moment, limit: int) -> dict[str, Any]:
    west, south, east, north = box
    return {"west": west, "south": south, "east": east, "north": north, "srid": srid, "limit": limit, **asdict(moment)}


def _rows(conn: psycopg.Connection, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("extracts")[name], parameters).fetchall()
