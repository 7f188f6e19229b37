"""What people read, at the size of a province: scores, campaign groups, pages, files, and the memory they need.

``python -m benchmarks.outputs URL`` measures on a database that `benchmarks.province` has filled. Its findings are
multiplied in a transaction that is rolled back. Each file is written by a process of its own, for a few communes and
for all, so that its peak memory tells whether it grows with the list.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import measure
from landdb.quality import assess, load_scheme, unmet_fields
from landdb.reporting import FORMATS, Selection, commune_page, export_findings
from landdb.store import admin_units

#: The promise: every parcel of a province tested for words and groups within so many seconds.
LIMIT_S = 20.0
ROUNDS = 3
FEW = 5


def timed(conn: psycopg.Connection, work: Callable[[], Any]) -> dict[str, Any]:
    """Give the shortest and median time of some rounds, the least processor time, and what the work gave.

    Processor time is that of this process and of its one backend: on a busy machine it is the steadier figure.
    """
    seconds, processor, given = [], [], None
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), processor_s(conn)
        given = work()
        seconds.append(time.perf_counter() - start)
        processor.append(processor_s(conn) - used)
    told = {"best_s": round(min(seconds), 2), "median_s": round(measure.median(seconds), 2)}
    return {**told, "processor_s": round(min(processor), 2), "gave": given}


def processor_s(conn: psycopg.Connection) -> float:
    """Give the processor time of this process and of its backend, which must run on this machine."""
    fields = Path(f"/proc/{conn.info.backend_pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    backend = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return time.process_time() + backend


def measure_figures(conn: psycopg.Connection) -> list[dict[str, Any]]:
    """Measure what the database is asked."""
    conn.execute("SET max_parallel_workers_per_gather = 0")
    communes = admin_units.list_communes(conn, with_parcels=True)
    ids = [commune.commune_id for commune in communes]
    scheme = load_scheme()
    works: dict[str, Callable[[], Any]] = {
        f"scores of {len(ids)} communes": lambda: len(assess(conn, ids)),
        "scores, words and groups, parcels": lambda: sum(
            one.standing.parcels for one in assess(conn, ids, scheme=scheme).values() if one.standing
        ),
        "words and groups of one commune, parcels": lambda: sum(
            one.standing.parcels for one in assess(conn, ids[:1], scheme=scheme).values() if one.standing
        ),
        "unmet fields of one commune": lambda: sum(1 for _ in unmet_fields(conn, ids[:1])),
        "page of one commune, bytes": lambda: len(commune_page(conn, communes[0].commune_code).encode()),
    }
    return [{"what": what, **timed(conn, work)} for what, work in works.items()]


def measure_file(url: str, form: str, communes: int, multiply: int) -> dict[str, Any]:
    """Write one file in a process of its own; gives its seconds, findings and peak memory."""
    command = [sys.executable, "-m", "benchmarks.outputs", url, "--form", form]
    command += ["--communes", str(communes), "--multiply", str(multiply)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(told)
    return result


def write_file(url: str, form: str, communes: int, multiply: int) -> None:
    """Be that process."""
    with psycopg.connect(url) as conn, tempfile.TemporaryDirectory() as folder:
        ids = [commune.commune_id for commune in admin_units.list_communes(conn, with_parcels=True)][:communes]
        conn.execute(_MULTIPLY, {"times": multiply, "communes": ids})
        target = Path(folder) / f"found.{form}"
        start = time.perf_counter()
        count = export_findings(conn, Selection(ids), target, form=form)  # type: ignore[arg-type]
        seconds = time.perf_counter() - start
        size = target.stat().st_size
        conn.rollback()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"findings": count, "s": round(seconds, 2), "bytes": size, "peak_mib": round(peak)}))


_MULTIPLY = """
INSERT INTO quality.finding (fingerprint, content_hash, rule_id, severity, state, commune_id, subject, parcel_id,
    other_parcel_id, point_4326, geom, measure, unit, area_m2, width_m, details, first_run_id, last_run_id)
SELECT sha256(f.fingerprint || int4send(n::int)), f.content_hash, f.rule_id, f.severity, f.state, f.commune_id,
    f.subject, f.parcel_id, f.other_parcel_id, f.point_4326, f.geom, f.measure, f.unit, f.area_m2, f.width_m, f.details,
    f.first_run_id, f.last_run_id
FROM quality.finding AS f CROSS JOIN generate_series(2, %(times)s) AS n
WHERE f.commune_id = ANY(%(communes)s::int[]) AND f.state IN ('open', 'regressed')
"""


def run(url: str, multiply: int = 5) -> dict[str, Any]:
    """Measure, print the tables and keep the result."""
    with psycopg.connect(url) as conn:
        counted = conn.execute("SELECT count(*) FROM cadastre.parcel").fetchone()
        result: dict[str, Any] = {"machine": measure.machine(conn), "parcels": counted[0] if counted else 0}
        result["figures"] = measure_figures(conn)
        conn.rollback()
    result["files"] = []
    for form in FORMATS:
        few, many = (measure_file(url, form, communes, multiply) for communes in (FEW, 100_000))
        ratio = round(many["peak_mib"] / few["peak_mib"], 2)
        result["files"].append({"form": form, **many, "few_findings": few["findings"], "few_peak_mib": few["peak_mib"],
                                "ratio_peak": ratio})  # fmt: skip
    result["load_average_after"] = measure.load()
    measure.write("outputs", result)
    measure.show(f"Figures, {result['parcels']:,} parcels, load {result['machine']['load_average']}", result["figures"])
    measure.show("Files", result["files"])
    return result


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--multiply", type=int, default=5, help="how many times as many findings as are stored")
    parser.add_argument("--form", choices=FORMATS, help="only write one file and tell its memory")
    parser.add_argument("--communes", type=int, default=FEW)
    asked = parser.parse_args()
    if asked.form:
        write_file(asked.database_url, asked.form, asked.communes, asked.multiply)
    else:
        run(asked.database_url, asked.multiply)


if __name__ == "__main__":
    main()
