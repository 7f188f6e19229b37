"""How long landdb takes to import a map of 100,000 parcels, beside ogr2ogr with COPY on the same file.

``python -m benchmarks.import_speed DATABASE_URL``; the role must be allowed to make databases and extensions.
Both load into fresh databases, in turn, and the order of the two changes every round. The figure is the median of
the rounds' ratios: what else the machine does in a round slows both. Processor time is told beside the clock.
"""

import argparse
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import databases, measure
from benchmarks.import_file import communes_of, import_with_landdb, replicated
from benchmarks.processor_time import ProcessorTime

PARCELS, ROUNDS = 100_000, 7
PROMISED = 2.0
_MEASURED = ("ogr2ogr_s", "ogr2ogr_cpu_s", "import_s", "process_s", "process_cpu_s")
OGR2OGR_MISSING = "ogr2ogr is missing: apt-get install gdal-bin; without it there is nothing to compare with"


def run(url: str, parcels: int = PARCELS, rounds: int = ROUNDS) -> dict[str, Any] | None:
    """Measure, print and keep the result; None without ogr2ogr."""
    if shutil.which("ogr2ogr") is None:
        print(OGR2OGR_MISSING)
        return None
    path = replicated(parcels)
    with psycopg.connect(url) as conn:
        result: dict[str, Any] = {"machine": measure.machine(conn), "parcels": parcels, "peer": _version()}
    result["rounds"] = _rounds(url, path, rounds)
    for name in _MEASURED:
        result[name] = measure.median([one[name] for one in result["rounds"]])
    result["ratio_import"] = _ratio(result["rounds"], "import_s", "ogr2ogr_s")
    result["ratio_process"] = _ratio(result["rounds"], "process_s", "ogr2ogr_s")
    result["ratio_cpu"] = _ratio(result["rounds"], "process_cpu_s", "ogr2ogr_cpu_s")
    result["load_average_after"] = measure.load()
    measure.write("import_speed", result)
    show(result)
    return result


def show(result: dict[str, Any]) -> None:
    """Print the rounds and the medians."""
    rows = [{"round": str(number), **one} for number, one in enumerate(result["rounds"], start=1)]
    rows.append({"round": "median", **{name: result[name] for name in _MEASURED}, "load": None})
    measure.show(f"Import of {result['parcels']:,} parcels, seconds", rows)
    print(
        f"landdb ÷ ogr2ogr, median of the rounds: {result['ratio_process']} (whole process; promised {PROMISED}),"
        f" {result['ratio_import']} (without the start of Python), {result['ratio_cpu']} (processor time)"
    )


def _ratio(rounds: list[dict[str, float]], ours: str, theirs: str) -> float:
    return round(measure.median([one[ours] / one[theirs] for one in rounds if one[theirs]] or [0]), 2)


def _rounds(url: str, path: Path, rounds: int) -> list[dict[str, float]]:
    results = []
    with databases.landdb_template(url, communes_of(path)) as ours, databases.postgis_template(url) as theirs:
        for number in range(rounds):
            one = {"load": measure.load()}
            sides = [(_landdb, ours), (_ogr2ogr, theirs)]
            for side, template in sides if number % 2 else reversed(sides):
                databases.settle(url)
                one |= side(url, path, template)
            results.append({name: one[name] for name in (*_MEASURED, "load")})
            print(f"  round {number + 1}: {results[-1]}", flush=True)
    return results


def _landdb(url: str, path: Path, template: str) -> dict[str, float]:
    with databases.fresh(url, template) as made:
        cpu = ProcessorTime(url)
        took = import_with_landdb(made, path)
        used = cpu.used_s()
        assert took.counts["rejected"] == 0, took.counts
    return {
        "import_s": round(took.import_s, 2),
        "process_s": round(took.process_s, 2),
        "process_cpu_s": used or 0.0,
    }


def _ogr2ogr(url: str, path: Path, template: str) -> dict[str, float]:
    """Give the seconds that ogr2ogr takes for all layers of the file, with its default spatial index."""
    with databases.fresh(url, template) as made:
        cpu = ProcessorTime(url)
        start = time.perf_counter()
        command = ["ogr2ogr", "-f", "PostgreSQL", made, str(path)]
        subprocess.run(command, check=True, env={**os.environ, "PG_USE_COPY": "YES"})
        took = time.perf_counter() - start
        used = cpu.used_s()
        with psycopg.connect(made) as conn:
            row = conn.execute("SELECT count(*) FROM thua_dat").fetchone()
            assert row is not None
            assert row[0] > 0
    return {"ogr2ogr_s": round(took, 2), "ogr2ogr_cpu_s": used or 0.0}


def _version() -> str:
    return subprocess.run(["ogr2ogr", "--version"], check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--parcels", type=int, default=PARCELS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    run(asked.database_url, asked.parcels, asked.rounds)


if __name__ == "__main__":
    main()
