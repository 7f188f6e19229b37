"""Storing what runs find: known again by place, with scope, waivers and trend, beside a bare COPY of the same rows.

``python -m benchmarks.findings URL`` makes a database on that server and drops it afterwards.
"""

import argparse
import datetime as dt
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import shapely

from benchmarks import databases, measure
from landdb.domain.crs import to_wgs84
from landdb.store import migrate
from landdb.store.finding_rows import FindingRow, hashed
from landdb.store.runs import RunRecord, RunScope, store_run

COMMUNES, PER_COMMUNE, EDITS, ROUNDS = 148, 200, 200, 3
RULES = [f"COV00{number}" for number in range(1, 8)]
SRID, X, Y, SIDE_M = 9208, 556_000.0, 2_370_000.0, 5_000.0
#: As much as the catalogue's limits take.
LIMITS = {f"RULE{n}": {"limit_m": {"default": 1.0, "unit": "m", "by_scale": {"500": 0.1}}} for n in range(60)}

Rows = dict[int, list[FindingRow]]


def run(url: str) -> dict[str, Any]:
    """Measure, print and keep the figures."""
    with databases.fresh(url) as made:
        migrate.upgrade(made)
        with psycopg.connect(made) as conn:
            before = measure.machine(conn)
            found = [_round(conn) for _ in range(ROUNDS)]
    names = ("bare_copy_s", "first_s", "again_s", "moved_s", "edit_ms", "edit_p95_ms")
    result: dict[str, Any] = {name: measure.median([one[name] for one in found]) for name in names}
    result |= {"findings": COMMUNES * PER_COMMUNE, "communes": COMMUNES, "machine": before}
    result["load_average_after"] = measure.load()
    measure.write("findings", result)
    measure.show("findings stored", [{name: result[name] for name in ("findings", *names)}])
    return result


def _round(conn: psycopg.Connection) -> dict[str, float]:
    """Give the times of one round, on empty tables."""
    tables = "finding_event, waiver, finding, run_count, run_commune, rule_run"
    conn.execute("ALTER TABLE quality.finding_event DISABLE TRIGGER USER")
    conn.execute("TRUNCATE " + ", ".join(f"quality.{name}" for name in tables.split(", ")) + " CASCADE")
    conn.execute("ALTER TABLE quality.finding_event ENABLE TRIGGER USER")
    conn.commit()
    rows = _rows(conn)
    moved = {commune: [_moved(row) for row in found] for commune, found in rows.items()}
    times = {
        "bare_copy_s": _seconds(lambda: _bare_copy(conn, rows)),
        "first_s": _seconds(lambda: _store(conn, rows)),
        "again_s": _seconds(lambda: _store(conn, rows)),
        "moved_s": _seconds(lambda: _store(conn, moved)),
    }
    edits = [_seconds(lambda row=row: _edit(conn, row)) * 1e3 for row in next(iter(moved.values()))[:EDITS]]  # type: ignore[misc]
    return times | {"edit_ms": measure.median(edits), "edit_p95_ms": measure.percentile(edits, 0.95)}


def _rows(conn: psycopg.Connection) -> Rows:
    """Give overlaps of half a metre all over a square, so many for each of the communes."""
    chance = random.Random(7)
    ids = conn.execute("SELECT commune_id FROM admin.commune ORDER BY commune_id LIMIT %s", [COMMUNES]).fetchall()
    return {commune: [_row(commune, number, chance) for number in range(PER_COMMUNE)] for (commune,) in ids}


def _row(commune: int, number: int, chance: random.Random) -> FindingRow:
    x, y = X + chance.uniform(0, SIDE_M), Y + chance.uniform(0, SIDE_M)
    subject = f"{number // 50}/{number}|{number // 50}/{number + 1}"
    parcel = commune * 10_000 + number
    return _overlap(FindingRow(
        RULES[number % len(RULES)], "error", commune, None, subject, parcel, parcel + 1, None, None, None, 0.5, "m",
        0.7, 0.5, {"limits": {"noise_area_m2": 0.01, "scale_denominator": 500}},
    ), x, y)  # fmt: skip


def _overlap(row: FindingRow, x: float, y: float) -> FindingRow:
    lon, lat = to_wgs84(SRID)([x], [y])
    shape = shapely.set_srid(shapely.Point(x, y).buffer(0.5, quad_segs=4), SRID)
    geom = shapely.to_wkb(shape, include_srid=True)
    return row._replace(lon=float(lon[0]), lat=float(lat[0]), geom=geom)


def _moved(row: FindingRow) -> FindingRow:
    """Give the fault after a redraw by two decimetres."""
    place = shapely.from_wkb(row.geom).centroid
    return _overlap(row, place.x + 0.2, place.y)


def _bare_copy(conn: psycopg.Connection, rows: Rows) -> None:
    """Copy the same rows, encoded alike, into a table without keys, indexes, identity or state."""
    names = ", ".join(FindingRow._fields[:7] + FindingRow._fields[9:])
    conn.execute("DROP TABLE IF EXISTS bare")
    conn.execute(f"CREATE TEMP TABLE bare AS SELECT {names} FROM quality.finding WITH NO DATA")
    with conn.cursor().copy(f"COPY bare ({names}) FROM STDIN") as copy:
        for found in rows.values():
            for row in found:
                plain = hashed(row)
                copy.write_row((*row[:7], row.geom and row.geom.hex(), *row[10:14], plain.details))


def _store(conn: psycopg.Connection, rows: Rows) -> None:
    for commune, found in rows.items():
        _run(conn, RunScope({commune: 5_000}, RULES), found)


def _edit(conn: psycopg.Connection, row: FindingRow) -> None:
    """Store what the check of one edited parcel gives: the fault mended, or still there."""
    scope = RunScope({row.commune_id: 5_000}, RULES, parcel_ids=[row.parcel_id or 0])
    _run(conn, scope, [row] if (row.parcel_id or 0) % 3 else [])


def _run(conn: psycopg.Connection, scope: RunScope, rows: Sequence[FindingRow]) -> None:
    store_run(conn, RunRecord(scope, dt.datetime.now(dt.UTC), LIMITS, "benchmark", {"landdb": "benchmark"}), rows)


def _seconds(work: Callable[[], None]) -> float:
    """Give how long the work takes; its commit is the caller's and comes with the next one."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of a server where databases may be made")
    run(parser.parse_args().url)
