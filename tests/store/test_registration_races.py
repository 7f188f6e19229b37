"""Two clerks at once, and a server that dies: one winner, no effect lost, none half done, none twice."""

import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
import registers
from races import at_once
from registers import CLERK, apply, halving_line, request

from landdb import cluster
from landdb.errors import LanddbError, NotFound, StaleState
from landdb.registration import parse_change, register
from landdb.store import migrate, register_subjects

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(3600)]

CLERKS = 8
ROUNDS = int(os.environ.get("LANDDB_RACE_ROUNDS", "6"))


@pytest.fixture
def street(fresh_database, vault):
    with psycopg.connect(fresh_database) as conn:
        return registers.build(conn, vault)


def test_of_eight_clerks_who_saw_one_state_exactly_one_changes_it(fresh_database, vault, street):
    links = [psycopg.connect(fresh_database, autocommit=True) for _ in range(CLERKS)]
    for number in range(ROUNDS):
        tag = register_subjects.list_tags(links[0], street.parcels)[street.parcels[0]][0]
        asked = request("block", [], {"reference": f"CV {number}"})
        asked["parcels"] = [{"parcel_id": street.parcels[0], "tag": tag}]

        def work(clerk: int, asked: dict = asked) -> str:
            try:
                change = parse_change(asked, find_parcel=lambda *_: 0)
                return register(links[clerk], vault, change, CLERK)["result"]
            except StaleState:
                return "STALE"

        assert at_once(CLERKS, work) == {"APPROVED": 1, "STALE": CLERKS - 1}, number
    for link in links:
        link.close()


def test_of_two_splits_of_one_parcel_one_is_made(fresh_database, vault, street):
    links = [psycopg.connect(fresh_database, autocommit=True) for _ in range(2)]

    def work(clerk: int) -> str:
        try:
            return apply(links[clerk], vault, request("split", [street.parcels[0]], halving_line(street)))["result"]
        except NotFound:
            return "GONE"

    assert at_once(2, work) == {"APPROVED": 1, "GONE": 1}
    assert links[0].execute("SELECT count(*) FROM cadastre.parcel").fetchone() == (5,)
    for link in links:
        link.close()


def test_one_key_from_many_hands_has_one_effect(fresh_database, vault, street):
    links = [psycopg.connect(fresh_database, autocommit=True) for _ in range(CLERKS)]
    asked = request("split", [street.parcels[0]], halving_line(street), idempotency_key="HS-7")

    def work(clerk: int) -> str:
        return str(apply(links[clerk], vault, asked)["transaction_id"])

    (answers,) = at_once(CLERKS, work).values()
    assert answers == CLERKS
    assert links[0].execute("SELECT count(*) FROM registry.transaction").fetchone() == (1,)
    for link in links:
        link.close()


def test_a_killed_clerk_leaves_nothing_half_done(fresh_database, vault, street, tmp_path):
    """Kill the program while it works: what it said was done is done, everything else is as it was."""
    script = tmp_path / "clerk.py"
    script.write_text(WORKER, encoding="utf-8")
    for number in range(3):
        process = subprocess.Popen(
            [sys.executable, str(script), fresh_database, str(tmp_path), str(street.parcels[number]), str(number)],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        wait_for_changes(fresh_database, number)
        process.send_signal(signal.SIGKILL)
        told = [line.strip() for line in process.communicate(timeout=30)[0].splitlines()]
        with psycopg.connect(fresh_database) as conn:
            kept = conn.execute(
                "SELECT idempotency_key, state FROM registry.transaction WHERE idempotency_key LIKE %s", [f"{number}-%"]
            ).fetchall()
            assert set(told) <= {key for key, _ in kept}, "acknowledged and lost"
            assert {state for _, state in kept} <= {"APPROVED"}
            consistent(conn)


def test_what_the_server_acknowledged_survives_its_death(own_cluster, vault):
    """Kill PostgreSQL while clerks work: acknowledged changes are there afterwards, and repeating adds none."""
    cluster.start(own_cluster)
    url = cluster.url(own_cluster)
    migrate.upgrade(url)
    with psycopg.connect(url) as conn:
        street = registers.build(conn, vault)
    acknowledged: list[str] = []
    stop = threading.Event()

    def work() -> None:
        number = 0
        try:
            with psycopg.connect(url, autocommit=True) as link:
                while not stop.is_set():
                    number += 1
                    block(link, vault, street, f"K{number}")
                    acknowledged.append(f"K{number}")
        except (psycopg.Error, LanddbError):
            pass

    thread = threading.Thread(target=work)
    thread.start()
    while len(acknowledged) < 5 and thread.is_alive():
        time.sleep(0.05)
    kill_postmaster(own_cluster)
    stop.set()
    thread.join(60)
    cluster.start(own_cluster)
    with psycopg.connect(cluster.url(own_cluster), autocommit=True) as conn:
        kept = {key for (key,) in conn.execute("SELECT idempotency_key FROM registry.transaction")}
        assert set(acknowledged) <= kept
        for key in acknowledged:
            block(conn, vault, street, key)
        assert conn.execute("SELECT count(*) FROM registry.transaction").fetchone() == (len(kept),)
        consistent(conn)


def wait_for_changes(url, number):
    """Wait until that clerk has made some changes, at the latest for a minute."""
    with psycopg.connect(url, autocommit=True) as conn:
        for _ in range(600):
            made = "SELECT count(*) FROM registry.transaction WHERE idempotency_key LIKE %s"
            if conn.execute(made, [f"{number}-%"]).fetchone()[0] > 2:
                return
            time.sleep(0.1)


def block(conn, vault, street, key):
    return apply(conn, vault, request("block", [street.parcels[0]], {"reference": "CV 1"}, idempotency_key=key))


def kill_postmaster(settings):
    pid = int((settings.home / "cluster" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)


def consistent(conn):
    """Check that a change has its event, its effects and its parcels, or is not there at all."""
    counts = conn.execute(
        """SELECT count(*), count(e.seq), count(DISTINCT tp.transaction_id), count(DISTINCT c.transaction_id)
        FROM registry.transaction AS t
        LEFT JOIN feed.event AS e ON e.content ->> 'id' = 'transaction-' || t.transaction_id
        LEFT JOIN LATERAL (SELECT transaction_id FROM registry.transaction_parcel AS p
            WHERE p.transaction_id = t.transaction_id LIMIT 1) AS tp ON true
        LEFT JOIN LATERAL (SELECT transaction_id FROM registry.transaction_change AS n
            WHERE n.transaction_id = t.transaction_id LIMIT 1) AS c ON true"""
    ).fetchone()
    assert len(set(counts)) == 1, counts


WORKER = """
import sys
from pathlib import Path
import psycopg
import registers
from races import at_once
from registers import apply, request
from landdb.store.vault import Vault

url, folder, parcel, name = sys.argv[1:]
vault = Vault.make(Path(folder) / "landdb.key")
with psycopg.connect(url, autocommit=True) as conn:
    for number in range(10_000):
        key = f"{name}-{number}"
        apply(conn, vault, request("block", [int(parcel)], {"reference": "CV 1"}, idempotency_key=key))
        print(key, flush=True)
"""
