"""A split on the province: preview and commit, with validation, numbering, lineage, feed and audit.

By the clock, and in processor time of both sides, which a busy machine hardly changes.

``python -m benchmarks.splits DATABASE_URL`` on a database that `benchmarks.province` filled. Parcels are drawn from
communes that were checked just before, cut in halves parallel to their first edge, previewed, then split for good.
The peer is what the same database takes for the bare statements: one DELETE, two INSERTs, nothing kept.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.province import key_file
from landdb.domain.dates import today
from landdb.errors import InvalidValue
from landdb.registration import Clerk, parse_change, register
from landdb.store.vault import Vault
from landdb.validators.runner import check_commune

RESULTS = Path(__file__).parent / "results" / "splits.json"
CLERK = Clerk("benchmark")
COMMUNES = 3
WARMING = 20


def run(url: str, splits: int, seed: int = 7) -> dict[str, Any]:
    """Measure that many splits and keep the figures."""
    chance = random.Random(seed)
    vault = Vault.make(key_file())
    with psycopg.connect(url, autocommit=True, application_name="landdb-benchmark") as conn:
        conn.execute("SET jit = off")
        communes = _checked_communes(conn, chance)
        parcels = _drawn(conn, splits + WARMING, chance, communes)
        _warm(conn, vault, parcels[:WARMING])
        timed = [_one(conn, vault, parcel) for parcel in parcels[WARMING:]]
        bare = [_bare(conn, parcel) for parcel in _drawn(conn, splits, chance, communes)]
    made = [row for row in timed if row["result"] == "APPROVED"]
    figures = {
        "parcels": _count(url),
        "splits": len(timed),
        "made": len(made),
        "refused": sorted({code for row in timed for code in row["refusing"]}),
        "preview_ms": _summary([row["preview_ms"] for row in made]),
        "commit_ms": _summary([row["commit_ms"] for row in made]),
        "commit_processor_ms": _summary([row["processor_ms"] for row in made]),
        "bare_statements_ms": _summary(bare),
        "made_on": date.today().isoformat(),  # noqa: DTZ011 - the machine's own day
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _checked_communes(conn: psycopg.Connection, chance: random.Random) -> list[int]:
    """Give some communes, each checked as a whole, as an office's commune is."""
    held = [row[0] for row in conn.execute("SELECT DISTINCT commune_id FROM cadastre.parcel ORDER BY 1")]
    communes = chance.sample(held, min(COMMUNES, len(held)))
    for commune_id in communes:
        with conn.transaction():
            check_commune(conn, commune_id)
    return communes


def _drawn(conn: psycopg.Connection, count: int, chance: random.Random, communes: list[int]) -> list[int]:
    """Give parcels of some size, spread over the communes."""
    rows = conn.execute(
        """SELECT parcel_id FROM cadastre.parcel
        WHERE commune_id = ANY(%s) AND computed_area_m2 BETWEEN 100 AND 5000 AND geom IS NOT NULL ORDER BY parcel_id""",
        [communes],
    ).fetchall()
    return [row[0] for row in chance.sample(rows, count)]


def _warm(conn: psycopg.Connection, vault: Vault, parcels: list[int]) -> None:
    for parcel in parcels:
        _timed(lambda parcel=parcel: register(conn, vault, _change(parcel), CLERK, dry_run=True))


def _one(conn: psycopg.Connection, vault: Vault, parcel: int) -> dict[str, Any]:
    preview_ms, _ = _timed(lambda: register(conn, vault, _change(parcel), CLERK, dry_run=True))
    used_ms = _processor_ms(conn)
    commit_ms, outcome = _timed(lambda: register(conn, vault, _change(parcel), CLERK))
    told = outcome or {"result": "NOT_CUT", "refusing": []}
    return {
        "preview_ms": preview_ms,
        "commit_ms": commit_ms,
        "processor_ms": _processor_ms(conn) - used_ms,
        "result": told["result"],
        "refusing": told["refusing"],
    }


def _processor_ms(conn: psycopg.Connection) -> float:
    """Give what this program and its server process have used so far; /proc counts in nanoseconds there."""
    server = Path(f"/proc/{conn.info.backend_pid}/schedstat").read_text("ascii").split()[0]
    return time.process_time() * 1000 + int(server) / 1e6


def _change(parcel: int) -> Any:
    request = {
        "kind": "split",
        "parcels": [{"parcel_id": parcel}],
        "document": {"kind": "DECISION", "reference": "QĐ 1/2026"},
        "terms": {"edge": 0, "ratio": [1, 1]},
        "valid_from": today().isoformat(),
        "lender_consent": "CV 1",
        "acknowledge": ["COV005", "COV006", "GEO003", "GEO004", "ARE001", "ARE002", "ARE003", "COV004", "COV002"],
    }
    return parse_change(request, find_parcel=lambda *_: 0)


def _bare(conn: psycopg.Connection, parcel: int) -> float:
    """Give what the mere statements of a split take: the parcel out, two halves in."""
    columns = "commune_id, sheet_id, address, registered_area_m2, legal_area_m2, computed_area_m2, batch_id, source_row"

    def statements() -> None:
        with conn.transaction(force_rollback=True):
            for half in (1, 2):
                conn.execute(
                    f"""INSERT INTO cadastre.parcel ({columns}, parcel_no, geom, geom_4326, delivered_hash)
                    SELECT {columns}, 'x{half}', geom, geom_4326, delivered_hash
                    FROM cadastre.parcel WHERE parcel_id = %s""",
                    [parcel],
                )
            conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [parcel])

    return _timed(statements)[0]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    try:
        outcome = work()
    except InvalidValue:
        outcome = None
    return (time.perf_counter() - start) * 1000, outcome


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


def _count(url: str) -> int:
    with psycopg.connect(url) as conn:
        return int(conn.execute("SELECT count(*) FROM cadastre.parcel").fetchone()[0])


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--splits", type=int, default=200)
    asked = parser.parse_args()
    print(json.dumps(run(asked.database_url, asked.splits), indent=1))


if __name__ == "__main__":
    main()
