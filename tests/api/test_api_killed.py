"""`landdb serve` and its PostgreSQL killed in the middle of changes: nothing acknowledged is lost, nothing half done.

Clerks write over HTTP as users do, each request under an idempotency key; who gets no answer asks again, the very
same. One of each in `make test`; `make soak` takes LANDDB_SERVICE_KILLS (20) and LANDDB_SERVER_KILLS (5).
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import callers
import httpx
import psycopg
import pytest
import registers
from registers import request
from replaying import hashed, read_feed, replayed, versions

from landdb import cluster
from landdb.cluster.processes import postmaster
from landdb.settings import Settings
from landdb.store import admin_units, migrate
from landdb.store.vault import Vault

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(3600)]

SERVICE_KILLS = int(os.environ.get("LANDDB_SERVICE_KILLS", "1"))
SERVER_KILLS = int(os.environ.get("LANDDB_SERVER_KILLS", "1"))
PORT = int(os.environ.get("LANDDB_KILL_PORT", "8171"))
CLERKS = 4
_TRY_AGAIN = (429, 500, 503)
PATIENCE_S = 120


@dataclass(slots=True)
class Office:
    """A service as a user starts it, on a private cluster, and what its clerks have been told."""

    settings: Settings
    bearer: Callable[[], dict[str, str]] = dict
    service: subprocess.Popen[bytes] | None = None
    acknowledged: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=dict)
    repeated: int = 0
    is_closing: threading.Event = field(default_factory=threading.Event)
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return cluster.url(self.settings)

    def client(self) -> httpx.Client:
        def signed(asked: httpx.Request) -> httpx.Request:
            asked.headers.update(self.bearer())
            return asked

        return httpx.Client(base_url=f"http://127.0.0.1:{PORT}", auth=signed, timeout=20)

    def open(self) -> None:
        command = [sys.executable, "-m", "landdb", "serve", "--port", str(PORT)]
        env = {name: value for name, value in os.environ.items() if not name.startswith("LANDDB_")}
        env["LANDDB_HOME"] = str(self.settings.home)
        self.service = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{PORT}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError

    def kill_service(self) -> None:
        assert self.service is not None
        self.service.send_signal(signal.SIGKILL)
        self.service.wait(30)

    def kill_server(self) -> None:
        data = self.settings.home / "cluster" / "data"
        running = postmaster(data)
        assert running is not None
        os.kill(running[0], signal.SIGKILL)
        # A process that is about to die still counts as running.
        while postmaster(data) is not None:
            time.sleep(0.01)


@pytest.fixture
def office(own_cluster):
    cluster.start(own_cluster)
    found = Office(own_cluster)
    migrate.upgrade(found.url)
    with psycopg.connect(found.url) as conn:
        admin_units.load_lists(conn)
    yield found
    found.is_closing.set()
    if found.service is not None and found.service.poll() is None:
        found.kill_service()


def clerk_at_work(office: Office, name: str, parcels: list[int]) -> None:
    """Split, lay and lift on own parcels until the office closes; every request until it is answered."""
    try:
        with office.client() as client:
            chance = random.Random(name)  # noqa: S311
            number = 0
            while not office.is_closing.is_set():
                number += 1
                place = chance.randrange(len(parcels))
                asked = _wish(parcels[place], chance)
                outcome = _insist(office, client, f"{name}-{number}", asked)
                if outcome and outcome["result"] == "APPROVED" and asked["kind"] == "split":
                    parcels[place : place + 1] = [row["parcel_id"] for row in outcome["numbers"]]
    except Exception as fault:  # noqa: BLE001 - told by the test, not by the thread
        office.faults.append(f"{name}: {fault!r}")


def _wish(parcel: int, chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.4:
        acknowledged = ["COV005", "COV006", "GEO003", "GEO004", "ARE001", "ARE002", "ARE003"]
        return request("split", [parcel], {"edge": 0, "ratio": [1, 1]}, acknowledge=acknowledged)
    return request("correction", [parcel], {"field": "address", "value": f"Xóm {chance.randrange(9**9)}"})


def _insist(office: Office, client: httpx.Client, key: str, asked: dict[str, Any]) -> dict[str, Any] | None:
    """Give the answer to the change, asked until somebody answers; None when the office closed before."""
    tag, posted, state = None, 0, f"/parcels/{asked['parcels'][0]['parcel_id']}/state"
    for attempt in range(10_000):
        if attempt and office.is_closing.is_set():
            return None
        try:
            if tag is None:
                seen = client.get(state)
                assert seen.status_code in {200, *_TRY_AGAIN}, seen.text
                tag = seen.json().get("tag")
                continue
            headers = {"Idempotency-Key": key, "If-Match": f'"{tag}"'}
            posted += 1
            answer = client.post("/transactions", json=asked, headers=headers)
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        if answer.status_code in _TRY_AGAIN:
            time.sleep(0.05)
            continue
        office.repeated += posted > 1
        if answer.status_code == 200:
            office.acknowledged[key] = (answer.json()["transaction_id"], asked, headers)
            return answer.json()
        assert answer.status_code == 409, answer.text
        return None
    raise TimeoutError(key)


def test_whatever_is_killed_no_acknowledged_change_is_lost_or_half_done(office):
    vault = Vault.make(office.settings.key_file)
    with psycopg.connect(office.url) as conn:
        streets = [registers.build(conn, vault, sheet_no=str(500 + clerk)) for clerk in range(CLERKS)]
        subject = callers.mandated(conn, "clerk", vault=vault)
        before = versions(conn)
    # Kills and restarts take longer than a token lives, so each request has one of its own.
    office.bearer = partial(callers.header, office.settings.key_file, subject)
    office.open()
    clerks = [
        threading.Thread(target=clerk_at_work, args=(office, f"c{clerk}", list(street.parcels)))
        for clerk, street in enumerate(streets)
    ]
    for clerk in clerks:
        clerk.start()
    _kill_at_random(office)
    _wait_for_more(office)
    office.is_closing.set()
    for clerk in clerks:
        clerk.join(60)
    assert office.faults == []
    made = _judged(office, before)
    print(f"\n{made} changes, {len(office.acknowledged)} acknowledged, {office.repeated} answered on repetition")


def _kill_at_random(office: Office) -> None:
    chance = random.Random(7)  # noqa: S311
    kills = ["service"] * SERVICE_KILLS + ["server"] * SERVER_KILLS
    chance.shuffle(kills)
    for what in kills:
        _wait_for_more(office)
        time.sleep(chance.random())
        if what == "service":
            office.kill_service()
            office.open()
        else:
            office.kill_server()
            cluster.start(office.settings)


def _wait_for_more(office: Office, more: int = 3) -> None:
    """Wait until the clerks are at work again."""
    wanted, deadline = len(office.acknowledged) + more, time.monotonic() + PATIENCE_S
    while len(office.acknowledged) < wanted:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        assert not office.faults, office.faults
        time.sleep(0.02)


def _judged(office: Office, before: dict[tuple[str, int], int]) -> int:
    """Check what is kept against what was told; gives how many changes were made."""
    with psycopg.connect(office.url, autocommit=True) as conn:
        kept = dict(conn.execute("SELECT idempotency_key, transaction_id FROM registry.transaction").fetchall())
        states = conn.execute("SELECT DISTINCT state FROM registry.transaction").fetchall()
        assert states == [("APPROVED",)]
        assert {key: told for key, (told, *_) in office.acknowledged.items()}.items() <= kept.items()
        events, _ = read_feed(office.url)
        assert sorted(event["id"] for event in events) == sorted(f"transaction-{number}" for number in kept.values())
        assert hashed(replayed(before, events)) == hashed(versions(conn))
        with office.client() as client:
            for told, asked, headers in office.acknowledged.values():
                answer = client.post("/transactions", json=asked, headers=headers)
                assert (answer.status_code, answer.json()["transaction_id"]) == (200, told)
        assert conn.execute("SELECT count(*) FROM registry.transaction").fetchone() == (len(kept),)
        assert len(read_feed(office.url)[0]) == len(kept)
    return len(kept)
