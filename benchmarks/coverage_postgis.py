"""Overlaps by PostGIS: the self-join that people write, with its backend's CPU time."""

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks import bulk, coverage_fabrics, databases
from landdb.conformance.commune import SRID
from landdb.store.statements import load

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def relate(url: str, parcels: int) -> dict[str, Any]:
    """Give the time that PostGIS takes to look for overlaps among so many parcels, and how many pairs it finds."""
    texts = load("coverage_peers", package="benchmarks")
    with (
        databases.postgis_template(url) as template,
        databases.fresh(url, template) as made,
        psycopg.connect(made, autocommit=True) as conn,
    ):
        conn.execute(texts["make_units"])
        for commune in coverage_fabrics.load(parcels):
            units = np.concatenate([commune.parcels, commune.objects])
            bulk.copy_columns(conn, ("public", "unit"), {"geom": bulk.ewkb(units, SRID)})
        conn.execute(texts["index_units"])
        conn.execute("VACUUM ANALYZE unit")
        conn.execute("SET max_parallel_workers_per_gather = 0")  # one core, as all contenders
        cpu, wall = _backend_cpu_s(conn), time.perf_counter()
        row = conn.execute(texts["overlapping_pairs"]).fetchone()
        return {
            "parcels": parcels,
            "pairs": row[0] if row else 0,
            "cpu_s": round(_backend_cpu_s(conn) - cpu, 2),
            "wall_s": round(time.perf_counter() - wall, 2),
            "postgis": conn.execute("SELECT postgis_full_version()").fetchone()[0],  # type: ignore[index]
            "geos_of_shapely": ".".join(map(str, shapely.geos_version)),
        }


def _backend_cpu_s(conn: psycopg.Connection) -> float:
    """Give the CPU seconds of the connection's server process, which must run on this machine."""
    fields = Path(f"/proc/{conn.info.backend_pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
