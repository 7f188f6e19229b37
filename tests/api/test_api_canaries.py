"""A thousand people whose numbers and names appear nowhere but in audited answers.

They are imported from a file, some of its rows in error. Then every operation is asked in every role, also with their
numbers and names where nobody should write them; commands export and report. PostgreSQL logs every statement with its
parameters. What is searched: answers, logs, metrics, files, PostgreSQL's log.
"""

import csv
import io
import itertools
import os
import re
import zipfile
import zlib
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path

import callers
import factories
import httpx
import openapi_requests
import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg import sql
from test_api_connections import serving
from test_api_mutated import ROLES, UNLIMITED, known_things
from test_api_serving import free_port
from typer.testing import CliRunner

from api.app import create_app
from landdb import cluster, pipeline
from landdb.cli import app as commands
from landdb.importers import ImportJob
from landdb.settings import Settings
from landdb.store import migrate
from landdb.store.audit import set_quota
from landdb.store.sealing_key import open_vault

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE, BROKEN, REVEALED = 1000, 20, 30
#: Every role in `make soak`.
ASKING = ROLES if os.environ.get("LANDDB_CANARY_ROLES") == "all" else (None, "clerk")
LETTERS = "bcdghklmnt"
#: Numbers of people: 12 digits of a province that issues none, and names that no other word holds.
NUMBERS = [f"099085{number:06d}" for number in range(100_000, 100_000 + PEOPLE)]
NAMES = ["Zu" + "".join(f"{LETTERS[int(digit)]}a" for digit in f"{number:04d}") for number in range(PEOPLE)]
CANARY = re.compile(rb"0\W?9\W?9\W?0\W?8\W?5\W?1\W?0\W?\d\W?\d\W?\d\W?\d|zu(?:[bcdghklmnt]a){4}", re.IGNORECASE)
LOGGED = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_min_error_statement": "error",
    "log_min_messages": "info",
    "log_error_verbosity": "verbose",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
}


@pytest.fixture
def talkative(own_cluster) -> Settings:
    """Give the settings of a cluster that logs every statement and every parameter."""
    cluster.start(own_cluster, durable=False)
    with psycopg.connect(cluster.admin_url(own_cluster), autocommit=True) as conn:
        for name, value in LOGGED.items():
            conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        conn.execute("SELECT pg_reload_conf()")
    url = cluster.url(own_cluster)
    migrate.upgrade(url)
    return Settings(own_cluster.home, url, own_cluster.key_file, seals=True, renders=True)


def import_people(settings: Settings, folder: Path) -> None:
    """Import a holder for each of a thousand parcels; a few rows are about parcels that do not exist."""
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        vault = open_vault(conn, settings.key_file)
        with conn.transaction():
            batch = factories.add_batch(conn)
            sheet = factories.add_sheet(conn, "12", batch=batch)
            for place in range(PEOPLE - BROKEN):
                factories.add_parcel(conn, sheet, str(place + 1), place=place % 200, batch=batch)
            factories.add_finding(conn, factories.PHONG_CHAU, "TEN001", parcel=1)
            set_quota(conn, "person", "*", per_hour=10**6, per_day=10**6)
        table = folder / "holders.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["sheet_no", "parcel_no", "name", "citizen_id", "birth", "residence", "certificate"])
            for place, (number, name) in enumerate(zip(NUMBERS, NAMES, strict=True)):
                serial = f"AB {10_000_000 + place}"
                rows.writerow(["12", place + 1, f"Nguyễn {name}", number, "1985", f"Xóm {name}", serial])
        job = ImportJob(table, commune_code=factories.PHONG_CHAU)
        with conn.transaction():
            done = pipeline.ingest(conn, job, vault, pipeline.Handover("tests"))
        assert (done.counts.stored, done.counts.rejected) == (PEOPLE - BROKEN, BROKEN)


def test_people_appear_nowhere_but_in_audited_answers(talkative, tmp_path, monkeypatch):
    import_people(talkative, tmp_path)
    url, metrics_port = talkative.database_url, free_port()
    found: dict[str, int] = {}
    with (
        (tmp_path / "log").open("w") as log,
        serving(talkative, log, LANDDB_METRICS_PORT=str(metrics_port), **UNLIMITED) as port,
    ):
        headers = {role: callers.issue(url, talkative.key_file, role) if role else {} for role in ASKING}
        link = HTTPConnection("127.0.0.1", port, timeout=60)
        statuses = ask_everything(link, url, talkative, headers, found)
        clear = reveal_some(link, url, headers["clerk"])
        link.close()
        found |= leaks("metrics", httpx.get(f"http://127.0.0.1:{metrics_port}/metrics").content)
    run_commands(talkative, tmp_path, monkeypatch, found)
    found |= leaks("service log", (tmp_path / "log").read_bytes())
    for path in (talkative.home / "cluster").rglob("*.log"):
        found |= leaks(f"PostgreSQL log {path.name}", path.read_bytes())
    found |= leaks("seals", (talkative.home / "audit" / "seals.jsonl").read_bytes())
    print(f"\n{sum(statuses.values())} questions: {dict(sorted(statuses.items()))}; {clear} clear values")
    assert found == {}
    with psycopg.connect(url) as conn:
        recorded = conn.execute(
            """SELECT count(*), sum(cardinality(a.fields)) FROM audit.access AS a
            JOIN audit.consumed AS c USING (ticket) WHERE a.case_ref = 'CANARY'"""
        ).fetchone()
    assert recorded == (REVEALED, clear)
    assert statuses[200] > 500


def ask_everything(link, url, settings, headers, found) -> Counter:
    """Ask every operation in every role: as it is meant, in all formats, and with a person in each place."""
    document = create_app(settings).openapi()
    known = known_things(url) | {"citizen_id": NUMBERS[0], "serial": "AB 10000000"}
    plain = [one for whole in (True, False) for one in openapi_requests.requests(document, known, whole=whole)]
    asked = [one for one in plain if not one.template.endswith("/reveal")]
    asked += list(itertools.chain.from_iterable(map(with_people, asked)))
    asked += list(itertools.chain.from_iterable(in_formats(document, one) for one in plain))
    statuses: Counter[int] = Counter()
    for role, given in headers.items():
        for one in asked:
            status, body = openapi_requests.send(link, one, given)
            statuses[status] += 1
            found |= leaks(f"{role} {status} {one.method} {one.template}", body)
    return statuses


def with_people(asked):
    """Give the request with a number or a name in each place that can hold one."""
    number, name = NUMBERS[1], NAMES[1]
    for key in asked.path:
        yield openapi_requests.replace(asked, path=asked.path | {key: number})
    for place, (key, _) in enumerate(asked.query):
        yield openapi_requests.replace(asked, query=[*asked.query[:place], (key, name), *asked.query[place + 1 :]])
    yield openapi_requests.replace(asked, query=[*asked.query, (number, name)])
    if isinstance(asked.body, dict):
        for key in asked.body:
            yield openapi_requests.replace(asked, body=asked.body | {key: number})
        yield openapi_requests.replace(asked, body=asked.body | {name: number})
        yield openapi_requests.replace(asked, raw=f'{{"{name}": {number}'.encode())
    yield openapi_requests.replace(asked, headers=(("X-Request-Id", number), ("traceparent", number), ("Accept", name)))


def in_formats(document, asked):
    """Give the request in every format that the operation has."""
    for parameter in document["paths"][asked.template].get(asked.method.lower(), {}).get("parameters", []):
        if parameter.get("name") == "f":
            for name in parameter["schema"].get("enum", []):
                others = [pair for pair in asked.query if pair[0] in {"commune", "sheet", "parcel", "limit"}]
                yield openapi_requests.replace(asked, query=[*others, ("f", name)])


def reveal_some(link, url, headers) -> int:
    """Reveal some people; gives how many clear values came."""
    clear = 0
    with psycopg.connect(url) as conn:
        parties = [row[0] for row in conn.execute("SELECT party_id FROM party.party ORDER BY 1 LIMIT %s", [REVEALED])]
    body = {"fields": ["name", "citizen_id"], "purpose": "REGISTRATION", "case_ref": "CANARY"}
    for party in parties:
        asked = openapi_requests.Asked("POST", "/parties/{party_id}/reveal", {"party_id": party}, body=body)
        status, answer = openapi_requests.send(link, asked, headers)
        assert status == 200
        clear += len(CANARY.findall(answer))
    return clear


def run_commands(settings: Settings, folder: Path, monkeypatch, found: dict[str, int]) -> None:
    """Run what prints and exports; what it writes is searched too."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LANDDB_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LANDDB_HOME", str(settings.home))
    monkeypatch.setenv("LANDDB_KEY_FILE", str(settings.key_file))
    commune = factories.PHONG_CHAU
    for line in (
        "audit list", "audit seal", "audit verify", "batches", "rejects 2", f"check {commune}",
        f"findings list {commune}",
        f"export parcels {commune} --out parcels.gpkg", f"export findings {commune} --out findings.xlsx",
        f"export findings {commune} --out findings.geojson", f"report {commune} --out report",
        f"lookup parcel {commune} 12 1", "lookup certificate AB10000000", f"quality {commune}", "changes",
        f"lookup person {NUMBERS[0]}",
    ):  # fmt: skip
        result = CliRunner(env={"COLUMNS": "200"}).invoke(commands, line.split())
        found |= leaks(f"landdb {line.split()[0]}", result.output.encode())
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in {"holders.csv", "log"}:
            found |= leaks(path.name, path.read_bytes())


def leaks(where: str, content: bytes) -> dict[str, int]:
    """Give where people were found and how often, nothing when nowhere."""
    count = sum(len(CANARY.findall(part)) for part in opened(content))
    return {where: count} if count else {}


def opened(content: bytes):
    """Give the content and, of what is packed, all that is in it."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if content.startswith(b"PAR1"):
        yield str(pq.read_table(io.BytesIO(content)).drop_columns(["geometry"]).to_pylist()).encode()
    if content.startswith(b"%PDF"):
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                yield zlib.decompressobj().decompress(packed)
            except zlib.error:
                continue
