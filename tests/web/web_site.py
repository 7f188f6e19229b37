"""The server over the two sample communes, as `landdb demo` leaves them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg
from web_paths import ROOT

from landdb.cli.serving import server_arguments

PATIENCE_S = 60


class Account(NamedTuple):
    """Somebody who can sign in."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Site:
    """Where the page answers, and what lies behind it."""

    origin: str
    database_url: str
    environment: dict[str, str]

    def parcel_id(self, sheet_no: str, parcel_no: str, commune_code: str = "99001") -> int:
        """Give the key of a parcel in force."""
        row = self.ask(
            "SELECT p.parcel_id FROM cadastre.parcel AS p JOIN cadastre.sheet AS s USING (sheet_id)"
            " JOIN admin.commune AS c ON s.commune_id = c.commune_id"
            " WHERE (c.commune_code, s.sheet_no, p.parcel_no) = (%s, %s, %s)",
            commune_code, sheet_no, parcel_no,
        )  # fmt: skip
        return int(row[0])

    def ask(self, statement: str, *values: object) -> tuple[object, ...]:
        """Give the first row of a question to the database itself."""
        with psycopg.connect(self.database_url) as conn:
            row = conn.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row

    def run(self, *arguments: str, typed: str = "") -> str:
        """Give what a command of landdb prints, to which something is piped; it must succeed."""
        command = [sys.executable, "-m", "landdb", *arguments]
        ran = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=typed, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def serving(database_url: str, home: Path) -> Iterator[Site]:
    """Import and check the sample communes, then serve them until the end."""
    known = {"LANDDB_DATABASE_URL": database_url, "LANDDB_HOME": str(home), "LANDDB_KEY_FILE": str(home / "landdb.key")}
    environment = {**os.environ, **known, "LANDDB_DEMO_ONCE": "1", "NO_COLOR": "1"}
    site = Site(f"http://127.0.0.1:{free_port()}", database_url, environment)
    site.run("demo")
    with running(site):
        yield site


@contextmanager
def running(site: Site) -> Iterator[None]:
    """Let the server answer during the block; what it logs goes into its home."""
    port = int(site.origin.rpartition(":")[2])
    command = [sys.executable, *server_arguments("127.0.0.1", port)]
    with (Path(site.environment["LANDDB_HOME"]) / f"server-{port}.log").open("a") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log)
        try:
            _wait(f"{site.origin}/readyz")
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.1)
