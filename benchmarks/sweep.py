"""A whole province judged from PostGIS to stored findings, on two workers, beside one GEOS call on the same polygons.

``python -m benchmarks.sweep URL`` needs a database with an invented province (``python -m benchmarks.rechecking URL
--load``, or ``python -m benchmarks.province URL`` for one with holders). GEOS judges all polygons, read beforehand;
landdb reads, judges and stores. Rounds in turn; medians. ``--rules all`` judges by the whole catalogue instead of
the coverage alone and leaves GEOS out.
"""

import argparse
import os
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import psycopg
import shapely

from benchmarks import measure
from benchmarks.processor_time import ProcessorTime
from landdb.store import sweeps
from landdb.validators.sweep import Order, sweep
from landdb.validators.worker import local_workers

GAP_WIDTH_M = 2.5
_SAMPLE_S = 0.2


class PeakMemory:
    """Adds up what all processes of a program and of its database hold for themselves, while it is open."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.peak_mib = 0.0
        self.parts_mib: dict[str, int] = {}
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    def _sample(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as conn:
            while not self._stop.wait(_SAMPLE_S):
                backends = conn.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'landdb worker'")
                ours = {
                    "program": {os.getpid()},
                    "workers": _children_of(os.getpid()),
                    "backends": {pid for (pid,) in backends},
                }
                held = {name: sum(map(_private_kib, processes)) / 1024 for name, processes in ours.items()}
                if sum(held.values()) > self.peak_mib:
                    self.peak_mib = sum(held.values())
                    self.parts_mib = {name: round(mib) for name, mib in held.items()}


def _children_of(parent: int) -> set[int]:
    """Give the processes that another one started, and that these started."""
    found: set[int] = set()
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):
            found |= {int(pid) for pid in path.read_text().split()}
    return found.union(*(_children_of(pid) for pid in found)) if found else found


def _private_kib(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def run_once(url: str, rules: tuple[str, ...] | None) -> dict[str, Any]:
    """Judge every commune once on two new workers; gives seconds, processor seconds, memory, findings."""
    with psycopg.connect(url, autocommit=True) as conn:
        communes = [row[0] for row in conn.execute("SELECT DISTINCT commune_id FROM cadastre.parcel ORDER BY 1")]
        order = Order(url, rules, sweeps.mark(conn), datetime.now(UTC))
    used = ProcessorTime(url)
    own, started = time.process_time(), time.perf_counter()
    with PeakMemory(url) as memory, local_workers(2) as executor:
        found = sum(len(result.findings) for result in sweep(order, communes, executor))
    wall_s = time.perf_counter() - started
    cpu_s = (used.used_s() or 0.0) + time.process_time() - own
    return {
        "communes": len(communes),
        "findings": found,
        "wall_s": round(wall_s, 2),
        "cpu_s": round(cpu_s, 2),
        "peak_mib": round(memory.peak_mib),
        "peak_parts_mib": memory.parts_mib,
    }


def read_polygons(url: str) -> np.ndarray:
    """Give all polygons of the database, parcels and land objects."""
    with psycopg.connect(url) as conn, conn.cursor(binary=True) as cursor:
        cursor.execute(
            """SELECT ST_AsBinary(geom) FROM cadastre.parcel WHERE geom IS NOT NULL
            UNION ALL SELECT ST_AsBinary(geom) FROM cadastre.land_object"""
        )
        return shapely.from_wkb(np.array([row[0] for row in cursor], dtype=object))


def run(url: str, rules: tuple[str, ...] | None, rounds: int) -> dict[str, Any]:
    """Measure rounds in turn and give medians."""
    polygons = None if rules is None else read_polygons(url)
    geos, landdb = [], []
    run_once(url, rules)  # findings are stored as new once; from then on they are known
    for _ in range(rounds):
        if polygons is not None:
            own, started = time.process_time(), time.perf_counter()
            shapely.coverage_invalid_edges(polygons, gap_width=GAP_WIDTH_M)
            geos.append((time.perf_counter() - started, time.process_time() - own))
        landdb.append(run_once(url, rules))
    result: dict[str, Any] = {
        **landdb[-1],
        "wall_s": measure.median([one["wall_s"] for one in landdb]),
        "cpu_s": measure.median([one["cpu_s"] for one in landdb]),
        "rounds": landdb,
        **measure.host(),
    }
    if geos:
        result["geos_wall_s"] = measure.median([one for one, _ in geos])
        result["geos_cpu_s"] = measure.median([one for _, one in geos])
        result["ratio_wall"] = round(result["wall_s"] / result["geos_wall_s"], 3)
    return result


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url")
    parser.add_argument("--rules", choices=("coverage", "all"), default="coverage")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    result = run(asked.database_url, ("COV",) if asked.rules == "coverage" else None, asked.rounds)
    measure.write(f"sweep_{asked.rules}", result)
    print(result)


if __name__ == "__main__":
    main()
