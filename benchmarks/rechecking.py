"""What it costs to judge an edited parcel in its transaction, and whether that equals whole runs.

``python -m benchmarks.rechecking URL`` edits random parcels of a database that holds an invented province
(``--load`` makes one of 781,000 parcels first) and rolls every edit back. ``--equal N`` makes N random edits in a
small fabric of its own database and compares, every few edits, what rechecking left with whole runs; exit code 1
when anything differs.
"""

import argparse
import random
import statistics
import sys
import time
from typing import Any

import psycopg

from benchmarks import measure
from benchmarks.bulk import without_indexes
from benchmarks.parcel_edits import EDITS, Edit, apply
from benchmarks.stored_fabric import store
from landdb.conformance.commune import make_fabric
from landdb.store.locks import lock_communes
from landdb.validators.incremental import judge_around, look_around
from landdb.validators.rechecking import recheck
from landdb.validators.runner import check_commune
from landdb.validators.tuning import effective_catalogues

PARCELS = 781_000
#: Edits a clerk makes: nothing is left uncovered, so nothing runs out of sight.
_SOUND = ("move_with_neighbours", "drop_vertex", "add_vertex", "move")
#: Rules about whole sheets and boundaries wait for the next whole run.
_LEFT = ("ADM003", "COV007")


def time_edits(url: str, edits: int) -> dict[str, Any]:
    """Give milliseconds per edited parcel: of the array rules alone, and of all that a recheck does."""
    chance = random.Random(1)
    arrays, whole = [], []
    with psycopg.connect(url) as conn:
        communes = [row[0] for row in conn.execute("SELECT DISTINCT commune_id FROM cadastre.parcel ORDER BY 1")]
        for number in range(edits + 20):
            commune = chance.choice(communes)
            edit = Edit(chance.choice(_SOUND), chance.randrange(5_000), chance.randrange(30), 0.02)
            lock_communes(conn, [commune])
            parcels = apply(conn, [commune], edit)
            started = time.perf_counter()
            around = look_around(conn, parcels)
            if around is not None:
                judge_around(conn, around, effective_catalogues(conn, around.commune_ids or [commune]))
            between = time.perf_counter()
            recheck(conn, parcels, [commune])
            if number >= 20 and parcels:
                arrays.append((between - started) * 1e3 / len(parcels))
                whole.append((time.perf_counter() - between) * 1e3 / len(parcels))
            conn.rollback()
    return {"edits": edits, "array_rules_ms": _spread(arrays), "recheck_ms": _spread(whole)}


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "least": round(ordered[0], 2),
    }


def compare(url: str, edits: int, together: int = 5) -> dict[str, int]:
    """Give how many edits were made and how often rechecking left something else than whole runs."""
    chance = random.Random(2)
    differ = made = whole = 0
    with psycopg.connect(url) as conn:
        communes = store(conn, make_fabric(7, 240, communes=3))
        for commune in communes:
            check_commune(conn, commune)
        while made < edits:
            conn.execute("SAVEPOINT before")
            for _ in range(together):
                edit = Edit(
                    chance.choice(EDITS), chance.randrange(240), chance.randrange(40),
                    chance.choice((0.002, 0.02, 0.4, 3.0)),
                )  # fmt: skip
                lock_communes(conn, communes)
                whole += len(recheck(conn, apply(conn, communes, edit), communes).whole_communes) > 0
                made += 1
            left = _live(conn)
            for commune in communes:
                check_commune(conn, commune)
            differ += left != _live(conn)
            conn.execute("ROLLBACK TO before")
        conn.rollback()
    return {"edits": made, "compared": made // together, "differences": differ, "judged_by_communes": whole}


def _live(conn: psycopg.Connection) -> list[Any]:
    return conn.execute(
        """SELECT rule_id, subject, severity, round(measure::numeric, 2) FROM quality.finding
        WHERE state <> 'fixed' AND rule_id <> ALL(%s) ORDER BY 1, 2, 3, 4""",
        [list(_LEFT)],
    ).fetchall()


def load(url: str, parcels: int) -> None:
    """Store an invented province."""
    with (
        psycopg.connect(url) as conn,
        without_indexes(conn, [("cadastre", "parcel"), ("cadastre", "land_object")]),
    ):
        store(conn, make_fabric(1, parcels))
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url")
    parser.add_argument("--load", type=int, nargs="?", const=PARCELS, help="store so many parcels first")
    parser.add_argument("--edits", type=int, default=400)
    parser.add_argument("--equal", type=int, default=0, help="compare with whole runs over so many edits instead")
    asked = parser.parse_args()
    if asked.equal:
        result = compare(asked.database_url, asked.equal)
        measure.write("rechecking_equal", result)
        print(result)
        sys.exit(bool(result["differences"]))
    if asked.load:
        load(asked.database_url, asked.load)
    result = time_edits(asked.database_url, asked.edits)
    measure.write("rechecking", result)
    print(result)


if __name__ == "__main__":
    main()
