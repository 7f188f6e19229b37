"""How long single lookups take in the database, now and as of a past day, beside the plainest SQL for the same key.

``python -m benchmarks.lookups DATABASE_URL`` asks through landdb.lookups itself; a cursor that keeps time sees
every statement on its way. Every key is asked once unmeasured (warm), then measured, in turn with its peer.
"""

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from benchmarks import measure
from benchmarks.lookup_plans import Explained, Statement, explain
from benchmarks.lookup_questions import Key, Question, questions
from benchmarks.province import key_file
from landdb.lookups import Viewpoint
from landdb.store.statements import load
from landdb.store.vault import Vault

KEYS, EXPLAINED = 400, 7
#: So many questions on a new connection PostgreSQL plans one by one, before it may keep a plan.
YOUNG = 5
LIMIT_MS = 5.0
#: A page of a holder of thousands of parcels is a list, not a single lookup.
LISTS = ("largest organisation, a page of 50",)
#: As the API connects, read-only except for the access record.
SESSION = "-c default_transaction_read_only=on -c jit=off -c max_parallel_workers_per_gather=0"
VIEWS = {
    "now": Viewpoint(audience="staff"),
    "as of": Viewpoint(dt.date(2025, 8, 1), dt.datetime(2025, 9, 1, tzinfo=dt.UTC), audience="staff"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one question took, in milliseconds."""

    statements_ms: float
    call_ms: float
    peer_ms: float
    is_resolved: bool


class TimedCursor(psycopg.AsyncCursor[Any]):
    """Keeps the time and text of every statement of a question."""

    spent_ms = 0.0
    seen: list[Statement] = []  # noqa: RUF012 - one list for all cursors of the run is meant

    async def execute(self, query: Any, params: Any = None, **options: Any) -> "TimedCursor":
        """Execute and add to the time spent."""
        start = time.perf_counter()
        try:
            return await super().execute(query, params, **options)
        finally:
            TimedCursor.spent_ms += (time.perf_counter() - start) * 1000
            TimedCursor.seen.append((query, params or {}))


async def measure_question(conn: psycopg.AsyncConnection[Any], question: Question, view: Viewpoint) -> dict[str, Any]:
    """Give the milliseconds of one question: its statements, the whole call, and the peer."""
    early = [await _ask(conn, question, key, view) for key in question.keys]
    taken = [await _ask(conn, question, key, view) for key in question.keys]
    statements = [one.statements_ms for one in taken]
    calls, peers = [one.call_ms for one in taken], [one.peer_ms for one in taken]
    return {
        "keys": len(taken),
        "resolved": sum(one.is_resolved for one in taken),
        "first_ms": round(early[0].statements_ms, 3),
        "young_ms": measure.median([one.statements_ms for one in early[1:YOUNG]]),
        "statements_ms": measure.median(statements),
        "statements_p95_ms": measure.percentile(statements, 0.95),
        "call_ms": measure.median(calls),
        "call_p95_ms": measure.percentile(calls, 0.95),
        "peer_ms": measure.median(peers),
        "peer_p95_ms": measure.percentile(peers, 0.95),
    }


async def _ask(conn: psycopg.AsyncConnection[Any], question: Question, key: Key, view: Viewpoint) -> Taken:
    """Give what one question took, and its peer right after it."""
    peer = load("lookup_peers", package="benchmarks")[question.peer]
    TimedCursor.spent_ms = 0.0
    start = time.perf_counter()
    answer = await question.ask(conn, key, view)
    answered = time.perf_counter()
    spent = TimedCursor.spent_ms
    before = time.perf_counter()
    await (await conn.execute(peer, key)).fetchall()
    peer_ms = (time.perf_counter() - before) * 1000
    return Taken(spent, (answered - start) * 1000, peer_ms, getattr(answer, "status", "RESOLVED") == "RESOLVED")


async def explain_question(
    conn: psycopg.AsyncConnection[Any], question: Question, view: Viewpoint, rows: dict[str, int]
) -> dict[str, Any]:
    """Give the server's own times and the indexes of the plans for a few keys."""
    told: list[Explained] = []
    for key in question.keys[:EXPLAINED]:
        TimedCursor.seen.clear()
        await question.ask(conn, key, view)
        told.append(await explain(conn, list(TimedCursor.seen), rows))
    return {
        "server_ms": measure.median([one.execution_ms for one in told]),
        "planning_ms": measure.median([one.planning_ms for one in told]),
        "plan_kept": all(one.has_kept_plans for one in told),
        "indexes": sorted(set[str]().union(*(one.indexes for one in told))),
        "scanned": sorted(set[str]().union(*(one.scanned for one in told))),
    }


async def measure_all(url: str, asked: Sequence[Question], rows: dict[str, int]) -> list[dict[str, Any]]:
    """Measure every question from every viewpoint."""
    results = []
    for question in asked:
        for name, view in VIEWS.items():
            async with await psycopg.AsyncConnection.connect(
                url, autocommit=True, options=SESSION, cursor_factory=TimedCursor, prepare_threshold=0
            ) as conn:
                figures = await measure_question(conn, question, view)
                results.append({"lookup": question.name, "at": name, **figures})
                results[-1] |= await explain_question(conn, question, view, rows)
            print(f"  {question.name}, {name}: {figures['statements_ms']} ms", flush=True)
    return results


def run(url: str, keys: int = KEYS, key: Path | None = None) -> dict[str, Any]:
    """Measure, print the table and keep the result."""
    with psycopg.connect(url) as conn:
        found = conn.execute(load("lookup_keys", package="benchmarks")["rows"]).fetchall()
        rows = {name: int(estimate) for name, estimate in found}
        counted = conn.execute("SELECT count(*) FROM cadastre.parcel").fetchone()
        asked = questions(conn, Vault.make(key or key_file()), keys)
        result: dict[str, Any] = {"machine": measure.machine(conn), "parcels": counted[0] if counted else 0}
    result["lookups"] = uvloop.run(measure_all(url, asked, rows))
    result["load_average_after"] = measure.load()
    measure.write("lookups", result)
    show(result)
    return result


def show(result: dict[str, Any]) -> None:
    """Print the figures, and say which lookup breaks the promise."""
    columns = ("lookup", "at", "statements_ms", "statements_p95_ms", "young_ms", "call_ms", "server_ms", "peer_ms")
    rows = [{name: row[name] for name in columns} for row in result["lookups"]]
    load_average = result["machine"]["load_average"]
    measure.show(f"Lookups among {result['parcels']:,} parcels, ms, load average {load_average}", rows)
    for row in result["lookups"]:
        is_slow = row["statements_ms"] > LIMIT_MS and row["lookup"] not in LISTS
        if is_slow or row["scanned"]:
            print(f"  ! {row['lookup']}, {row['at']}: {row['statements_ms']} ms, read whole: {row['scanned']}")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--keys", type=int, default=KEYS)
    asked = parser.parse_args()
    run(asked.database_url, asked.keys)


if __name__ == "__main__":
    main()
