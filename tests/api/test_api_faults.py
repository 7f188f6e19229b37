"""PostgreSQL restarted under load, and without room: what was acknowledged is there, and the service comes back."""

import dataclasses
import os
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import callers
import httpx
import psycopg
import pytest
import worlds
from psycopg import sql
from test_api_connections import serving
from test_api_mutated import UNLIMITED

from landdb import cluster
from landdb.settings import Settings
from landdb.store import migrate
from landdb.store.vault import Vault

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(300)]

WRITERS, SECONDS_AROUND = 4, 1.0


def prepared(own: Settings) -> Settings:
    """Give the settings of a service on a world in a cluster of its own."""
    cluster.start(own)
    url = cluster.url(own)
    migrate.upgrade(url)
    worlds.seed(url, Vault.make(own.key_file))
    return dataclasses.replace(own, database_url=url)


class Writer(threading.Thread):
    """Comments on a finding as fast as it can, and keeps what was acknowledged and what was not."""

    def __init__(self, port: int, headers: dict[str, str], name: str, finding: int) -> None:
        super().__init__(name=name)
        self.target = f"http://127.0.0.1:{port}/findings/{finding}/comment"
        self.headers = headers
        self.ended = threading.Event()
        self.acknowledged: list[str] = []
        self.statuses: set[int] = set()
        self.moments: list[float] = []

    def run(self) -> None:
        with httpx.Client(timeout=30, headers=self.headers) as client:
            number = 0
            while not self.ended.is_set():
                number += 1
                text = f"seen on site, note {self.name} {number}"
                status = client.post(self.target, json={"text": text}).status_code
                self.statuses.add(status)
                if status == 200:
                    self.acknowledged.append(text)
                    self.moments.append(time.monotonic())


def test_a_restart_under_load_loses_nothing_that_was_acknowledged(own_cluster):
    settings = prepared(own_cluster)
    with psycopg.connect(settings.database_url) as conn:
        finding = conn.execute("SELECT min(finding_id) FROM quality.finding").fetchone()[0]
    headers = callers.issue(settings.database_url, settings.key_file, "clerk")
    with serving(settings, **UNLIMITED) as port:
        writers = [Writer(port, headers, str(number), finding) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(SECONDS_AROUND)
        cluster.stop(settings)
        cluster.start(settings)
        started = time.monotonic()
        time.sleep(5)
        for writer in writers:
            writer.ended.set()
        for writer in writers:
            writer.join(40)
    back_s = min(moment for writer in writers for moment in writer.moments if moment > started) - started
    acknowledged = [text for writer in writers for text in writer.acknowledged]
    with psycopg.connect(settings.database_url) as conn:
        stored = {row[0] for row in conn.execute("SELECT note FROM quality.finding_event")}
    print(f"\n{len(acknowledged)} writes acknowledged, back {back_s:.2f} s after PostgreSQL")
    assert set(acknowledged) <= stored
    assert len(acknowledged) > 20
    assert set().union(*(writer.statuses for writer in writers)) <= {200, 503}
    assert back_s <= 5


@contextmanager
def small_disk(size: str):
    """Give a folder that holds no more than `size`; skips where none can be mounted."""
    folder = Path("/mnt/landdb-small-disk")
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", folder])
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


@pytest.mark.skipif(not os.environ.get("LANDDB_DISK_FULL"), reason="mounts a file system; `make soak` does it")
def test_without_room_changes_are_refused_and_questions_answered(own_cluster):
    settings = prepared(own_cluster)
    with small_disk("8m") as folder:
        shutil.chown(folder, *([cluster_owner(settings)] * 2))
        with psycopg.connect(cluster.admin_url(settings), autocommit=True) as conn:
            conn.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(folder))))
            conn.execute("GRANT CREATE ON TABLESPACE small TO PUBLIC")
        with psycopg.connect(settings.database_url, autocommit=True) as conn:
            conn.execute("ALTER TABLE quality.finding_event SET TABLESPACE small")
            finding = conn.execute("SELECT min(finding_id) FROM quality.finding").fetchone()[0]
            with pytest.raises(psycopg.errors.DiskFull):
                conn.execute(
                    "CREATE TABLE filler TABLESPACE small AS SELECT repeat('x', 999) FROM generate_series(1, 1e6)"
                )
            conn.execute("CREATE TABLE filler (filled text) TABLESPACE small")
            fill(conn)
        headers = callers.issue(settings.database_url, settings.key_file, "clerk")
        with serving(settings, **UNLIMITED) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            seen = [comment(client, headers, finding, number) for number in range(60)]
            question = client.get("/parcels?commune=07954&sheet=12&parcel=1").status_code
            with psycopg.connect(settings.database_url) as conn:
                conn.execute("DROP TABLE filler")
            after = comment(client, headers, finding, 99)
        with psycopg.connect(settings.database_url) as conn:
            conn.execute("ALTER TABLE quality.finding_event SET TABLESPACE pg_default")
    assert 507 in seen
    assert set(seen) <= {200, 507}
    assert (question, after) == (200, 200)


def comment(client, headers, finding: int, number: int) -> int:
    body = {"text": f"seen on site {number} " + "fence " * 300}
    return client.post(f"/findings/{finding}/comment", json=body, headers=headers).status_code


def fill(conn: psycopg.Connection) -> None:
    """Take all the room that is left, in smaller and smaller pieces."""
    for rows in (1000, 100, 10, 1):
        try:
            while True:
                conn.execute("INSERT INTO filler SELECT repeat('x', 999) FROM generate_series(1, %s)", [rows])
        except psycopg.errors.DiskFull:
            continue


def cluster_owner(settings: Settings) -> int:
    return next(settings.home.rglob("PG_VERSION")).stat().st_uid
