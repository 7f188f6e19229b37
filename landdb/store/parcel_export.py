"""The parcels of a commune as they stood, for files."""

import datetime as dt
from typing import Any

import psycopg
from psycopg.rows import dict_row

from landdb.store.statements import load


def list_parcels(
    conn: psycopg.Connection, commune_code: str, *, valid_at: dt.date, known_at: dt.datetime | None
) -> list[dict[str, Any]]:
    """Give the parcels with a polygon (WKB in `srid`) as true on that day and known at that moment (None: now)."""
    with conn.cursor(row_factory=dict_row, binary=True) as cursor:
        asked = {"commune_code": commune_code, "valid_at": valid_at, "known_at": known_at}
        return cursor.execute(load("export_parcels")["parcels"], asked).fetchall()
