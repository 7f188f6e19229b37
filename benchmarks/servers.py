"""Servers under load: landdb's own API and its peer over the same table, and the processor time that each costs."""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.province import key_file

#: The parcels as each of the two names them.
OURS, PEER = "/collections/parcels", "/collections/cadastre.parcel"
_TICKS = os.sysconf("SC_CLK_TCK")
_SECONDS_TO_START = 90
#: So generous that nobody is refused, and counted all the same.
LIMITS = {f"LANDDB_{name}_RATE": "1000000:1000000" for name in ("PUBLIC", "SUBJECT", "ORGANISATION", "FAILURE")}
#: What the peer answers with: as many attributes of the same table as our features have.
PEER_COLUMNS = (
    "parcel_id", "parcel_no", "parcel_code", "sheet_id", "commune_id", "old_sheet_no", "old_parcel_no", "address",
    "land_use_label", "legal_area_m2", "registered_area_m2", "computed_area_m2", "version",
)  # fmt: skip


@dataclass(slots=True)
class Server:
    """A server that answers at `base`; its backends are known by a pattern of application names."""

    name: str
    base: str
    process: subprocess.Popen[bytes]
    application: str
    headers: dict[str, str] = field(default_factory=dict)
    credentials: tuple[str, str] | None = None

    def get(
        self, path: str, *, timeout_s: float = 120, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Give status, headers (lower case) and body of one question; a path may be a whole address."""
        address = path if path.startswith("http") else self.base + path
        request = urllib.request.Request(address, headers={**self.headers, **(headers or {})})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310 - a server of ours
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {}, error.read()

    def authorise(self) -> None:
        """Get a new token where one is used: they hold for ten minutes."""
        if self.credentials is None:
            return
        client, secret = self.credentials
        asked = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        body = urllib.parse.urlencode(asked).encode()
        with urllib.request.urlopen(f"{self.base}/oauth/token", body, timeout=30) as answer:  # noqa: S310
            self.headers["Authorization"] = f"Bearer {json.loads(answer.read())['access_token']}"

    def processor_s(self) -> float:
        """Give the processor time of its processes so far."""
        return sum(map(_processor_s, self._processes()))

    def memory_mib(self) -> float:
        """Give what its processes hold for themselves."""
        return sum(map(_memory_mib, self._processes()))

    def backend_s(self, conn: psycopg.Connection) -> float:
        """Give the processor time so far of the database's processes that work for it."""
        rows = conn.execute("SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s", [self.application])
        return sum(_processor_s(pid) for (pid,) in rows)

    def _processes(self) -> list[int]:
        return [self.process.pid, *_children(self.process.pid)]


@contextmanager
def landdb(url: str, port: int) -> Iterator[Server]:
    """Give landdb's API over this database, asked with a token, with ETags and rate limits as always."""
    environment = {**os.environ, **LIMITS, "LANDDB_DATABASE_URL": url, "LANDDB_KEY_FILE": str(key_file())}
    program, client = str(Path(sys.executable).with_name("landdb")), f"bench-{secrets.token_hex(4)}"
    added = subprocess.run(
        [program, "client", "add", client, "--role", "analyst", "--days", "1"],
        env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    with _running([program, "serve", "--port", str(port)], environment, port, "/healthz") as process:
        server = Server("landdb", f"http://127.0.0.1:{port}", process, "landdb-api%")
        server.credentials = client, added.stdout.strip()
        server.authorise()
        yield server


@contextmanager
def tipg(url: str, port: int) -> Iterator[Server | None]:
    """Give tipg over landdb's own parcel table (TIPG_PYTHON: a Python that has tipg); None without it."""
    python = os.environ.get("TIPG_PYTHON")
    if python is None:
        yield None
        return
    with psycopg.connect(url) as conn:
        info = conn.info
        address = (
            f"postgresql://{info.user}:{urllib.parse.quote(info.password or '')}@127.0.0.1:{info.port}/{info.dbname}"
            "?application_name=tipg"
        )
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "TIPG_DB_SCHEMAS": '["cadastre"]',
        "TIPG_DB_TABLES": '["cadastre.parcel"]',
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_CATALOG_TTL": "36000",
        "TIPG_TABLE_CONFIG__CADASTRE_PARCEL__GEOMCOL": "geom_4326",
        "TIPG_TABLE_CONFIG__CADASTRE_PARCEL__PK": "parcel_id",
        "TIPG_TABLE_CONFIG__CADASTRE_PARCEL__PROPERTIES": json.dumps(PEER_COLUMNS),
    }
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--no-access-log", "--log-level", "error"]
    with _running(command, environment, port, "/healthz") as process:
        yield Server("tipg", f"http://127.0.0.1:{port}", process, "tipg")


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], port: int, path: str
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(process, f"http://127.0.0.1:{port}{path}")
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - a server of ours
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"{address} did not answer: start the server by hand to see why")


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return []


def _processor_s(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _children(pid: int) -> list[int]:
    try:
        direct = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []
    return [*direct, *(grandchild for child in direct for grandchild in _children(child))]


def _memory_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    private = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return private / 1024
