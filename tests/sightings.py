"""Findings handed to the store as a run hands them over, and what the store then knows."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import psycopg
import shapely

from landdb.domain.crs import to_wgs84
from landdb.store.finding_rows import FindingRow
from landdb.store.runs import RunRecord, RunScope, StoredRun, store_run

X, Y = 556_000.0, 2_370_000.0


def overlap(commune: int, east: float = 0.0, *, side: float = 1.0, **other: Any) -> FindingRow:
    """Give a square overlap so many metres from a fixed place."""
    ground = shapely.box(X + east, Y, X + east + side, Y + side)
    lon, lat = to_wgs84(9208)([X + east + side / 2], [Y + side / 2])
    row = FindingRow(
        "COV001", "error", commune, None, "12/1|12/2", None, None, float(lon[0]), float(lat[0]),
        shapely.to_wkb(shapely.set_srid(ground, 9208), include_srid=True), side, "m", side * side, side, {},
    )  # fmt: skip
    return row._replace(**other)


def run(
    conn: psycopg.Connection, scope: RunScope | int, rows: Sequence[FindingRow], rules: Sequence[str] = ("COV001",)
) -> StoredRun:
    if isinstance(scope, int):
        scope = RunScope({scope: 5}, rules=rules)
    return store_run(conn, RunRecord(scope, dt.datetime.now(dt.UTC), {}, "hash", {"landdb": "test"}), rows)


def known(conn: psycopg.Connection, *columns: str) -> list[Any]:
    text = f"SELECT {', '.join(columns)} FROM quality.finding ORDER BY finding_id"
    rows = conn.execute(text).fetchall()
    return [row[0] for row in rows] if len(columns) == 1 else rows


def events(conn: psycopg.Connection) -> list[tuple[str, str | None, str | None]]:
    return conn.execute("SELECT kind, from_state, to_state FROM quality.finding_event ORDER BY event_id").fetchall()


def waive(conn: psycopg.Connection, finding_id: int, ends_on: dt.date | None = None) -> None:
    """Enter a waiver as the door does."""
    conn.execute(
        """INSERT INTO quality.waiver (finding_id, actor, reason, ends_on, measure, area_m2, width_m)
        SELECT finding_id, 'clerk-1', 'agreed on the ground', %s, measure, area_m2, width_m
        FROM quality.finding WHERE finding_id = %s""",
        [ends_on, finding_id],
    )
    conn.execute(
        "UPDATE quality.finding SET state = 'accepted', accepted_until = %s WHERE finding_id = %s",
        [ends_on, finding_id],
    )
