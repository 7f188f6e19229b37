"""One hostile file through the whole import, watched: what came of it, what it reached, what it left behind."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
from hostile_files import COMMUNE, EAST, NORTH, Hostile, Place, feature, geojson, polygon, square

from landdb import pipeline
from landdb.domain.crs import to_wgs84
from landdb.errors import ImportRefused
from landdb.importers import ImportJob
from landdb.store.vault import Vault

HANDOVER = pipeline.Handover(actor="tests")
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND (n.nspname IN ('audit', 'cadastre', 'party', 'quality', 'registry', 'staging')
    OR n.nspname = 'admin' AND c.relname = 'commune_boundary')  -- the lists of communes are thousands of rows
"""


class ListeningVault(Vault):
    """A vault that remembers what it was asked to seal, so that a test can look for what must not be there."""

    __slots__ = ()
    heard: list[str] = []  # noqa: RUF012 - one list for the process, emptied by each run

    def seal(self, plaintext: str | None, *, cell: tuple[str, int, str]) -> bytes | None:
        if plaintext is not None:
            self.heard.append(plaintext)
        return Vault.seal(self, plaintext, cell=cell)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one file: refused, or imported with the rows it was read as; and all text that is now kept."""

    error: ImportRefused | None
    result: pipeline.Ingested | None
    rejected: Counter[str]
    batch: dict[str, Any]
    is_untouched: bool
    clear: str
    sealed: str
    seconds: float


def prepare(conn: psycopg.Connection, vault: Vault, folder: Path) -> None:
    """Register the commune, with the parcel 7/1 for tables of holders to hang on."""
    lon, lat = to_wgs84(9208)(EAST, NORTH)
    conn.execute(
        """INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to,
        lon, lat, area_km2) VALUES (%s, 'Thử', 'thu', 'xã', '25', '2025-07-01', 'infinity', %s, %s, 20)""",
        (COMMUNE, float(lon), float(lat)),
    )
    path = folder / "honest.geojson"
    path.write_text(geojson(feature(polygon(square(900)), SoHieuToBanDo="7")))
    with conn.transaction():
        pipeline.ingest(conn, ImportJob(path), vault, HANDOVER)


def run(conn: psycopg.Connection, vault: ListeningVault, case: Hostile, place: Place) -> Run:
    """Import the file in a transaction that is undone when it is refused, as the command line does; then undo all."""
    vault.heard.clear()
    result = error = None
    with conn.transaction(force_rollback=True):
        before = _snapshot(conn)
        job = ImportJob(**{"path": case.build(place), **case.job})
        started = time.monotonic()
        try:
            with conn.transaction():
                result = pipeline.ingest(conn, job, vault, HANDOVER)
        except ImportRefused as refused:
            error = refused
        seconds = time.monotonic() - started
        is_untouched = _snapshot(conn) == before
        return Run(
            error, result, _rejects(conn), _batch(conn), is_untouched, _text(conn), "\n".join(vault.heard), seconds
        )


def _of_every_table(conn: psycopg.Connection, question: str) -> list[tuple[Any, ...]]:
    """Give the answers to a question about the rows `t` of each table in turn, asked at once."""
    names = [name for (name,) in conn.execute(TABLES)]
    return conn.execute(" UNION ALL ".join(question.format(name=name) for name in names)).fetchall()


def _snapshot(conn: psycopg.Connection) -> set[tuple[Any, ...]]:
    """Give the number of rows and a digest of every table."""
    question = "SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} AS t"
    return set(_of_every_table(conn, question))


def _text(conn: psycopg.Connection) -> str:
    """Give the text of every row of every table."""
    return "\n".join(row for (row,) in _of_every_table(conn, "SELECT t::text FROM {name} AS t"))


def _rejects(conn: psycopg.Connection) -> Counter[str]:
    return Counter(dict(conn.execute("SELECT reason_code, count(*) FROM staging.rejected_row GROUP BY 1").fetchall()))


def _batch(conn: psycopg.Connection) -> dict[str, Any]:
    """Give the last batch and how many rows wait in the staging tables."""
    cursor = conn.execute(
        """SELECT state, source_count, stored_count, merged_count, unchanged_count, rejected_count,
            (SELECT count(*) FROM staging.staged_feature) + (SELECT count(*) FROM staging.staged_holding)
            + (SELECT count(*) FROM staging.staged_crosswalk) AS waiting
        FROM staging.import_batch ORDER BY batch_id DESC LIMIT 1"""
    )
    row = cursor.fetchone()
    assert row is not None
    assert cursor.description is not None
    return dict(zip((column.name for column in cursor.description), row, strict=True))


@contextmanager
def canary_server() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a web server on this machine, and the list of what was asked of it."""
    hits: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            hits.append("called")
            self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", hits
        server.shutdown()
        thread.join()


def children() -> set[int]:
    """Give the processes that this one started and that are still there, finished ones included."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue  # it ended while we looked
            if int(parent) == os.getpid():
                found.add(int(entry.name))
    return found
