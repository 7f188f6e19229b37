"""The feed: every committed change once, in commit order, resumable anywhere, and nothing personal in it."""

import asyncio
import json
import os
import random
import threading

import factories
import psycopg
import pytest
import registers
from psycopg.types.json import Jsonb
from registers import NAMES, NUMBERS, apply, halving_line, request

from landdb.errors import InvalidValue
from landdb.registration.feed import read_changes
from landdb.store import feed

pytestmark = [pytest.mark.db, pytest.mark.timeout(3600)]

#: So many events are tried by eight writers, who roll a third back; `make soak` tries 150,000.
EVENTS = int(os.environ.get("LANDDB_FEED_EVENTS", "800"))


def read(url, after=None, **options):
    async def ask():
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            return await read_changes(conn, after, **options)

    return asyncio.run(ask())


def read_all(url, after=None, *, limit=100, communes=None):
    events = []
    while True:
        page = read(url, after, limit=limit, communes=communes)
        events += page.events
        after = page.next
        if not page.is_full:
            return events, after


@pytest.fixture
def street(fresh_database, vault):
    with psycopg.connect(fresh_database) as conn:
        return registers.build(conn, vault)


def test_a_change_is_told_once_with_ids_versions_fields_and_lineage(fresh_database, vault, street):
    with psycopg.connect(fresh_database) as conn:
        outcome = apply(conn, vault, request("split", [street.parcels[0]], halving_line(street)))
    (event,), _ = read_all(fresh_database)
    assert event["type"] == "vn.landdb.transaction.approved"
    assert event["id"] == f"transaction-{outcome['transaction_id']}"
    data = event["data"]
    children = [row["parcel_id"] for row in outcome["numbers"]]
    assert data["lineage"] == [[street.parcels[0], child] for child in children]
    told = {(change["noun"], change["id"]): change for change in data["changes"]}
    assert told["parcel", street.parcels[0]]["action"] == "ended"
    assert {told["parcel", child]["action"] for child in children} == {"created"}
    assert ("parcel", street.parcels[1]) not in told


def test_nothing_personal_is_told(fresh_database, vault, street):
    buyer = {"name": NAMES[2], "citizen_id": NUMBERS[2]}
    with psycopg.connect(fresh_database) as conn:
        apply(conn, vault, request("transfer", [street.parcels[0]], {"moves": [{"to": buyer}]}))
    events, _ = read_all(fresh_database)
    text = json.dumps(events, ensure_ascii=False)
    assert len(events) == 1
    for secret in (*NAMES, *NUMBERS, "masked", "N*"):
        assert secret not in text.replace("name_masked", "").replace("citizen_id_masked", "")


def test_previews_and_refusals_are_not_told(fresh_database, vault, street):
    with psycopg.connect(fresh_database) as conn:
        apply(conn, vault, request("split", [street.parcels[0]], halving_line(street)), dry_run=True)
        apply(conn, vault, request("merge", list(street.parcels[1:3])))
    assert read_all(fresh_database)[0] == []


def test_a_cursor_resumes_anywhere(fresh_database, vault, street):
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        for number in range(5):
            apply(conn, vault, request("block", [street.parcels[0]], {"reference": f"CV {number}"}))
    whole, end = read_all(fresh_database)
    assert [read_all(fresh_database, event["landdbcursor"])[0] for event in whole] == [
        whole[index + 1 :] for index in range(5)
    ]
    assert read_all(fresh_database, end)[0] == []
    assert read_all(fresh_database, limit=1)[0] == whole
    assert read_all(fresh_database, communes=["07900"])[0] == []
    assert read_all(fresh_database, communes=[factories.PHONG_CHAU])[0] == whole


def test_an_unfinished_change_holds_back_what_began_after_it(fresh_database, vault, street):
    with psycopg.connect(fresh_database) as slow, psycopg.connect(fresh_database, autocommit=True) as quick:
        insert(slow, "slow")
        insert(quick, "quick")
        assert read_all(fresh_database)[0] == []
        slow.commit()
    assert [event["id"] for event in read_all(fresh_database)[0]] == ["slow", "quick"]


@pytest.mark.parametrize("cursor", ["x", "1.2", "0:1", "%27", "0" * 36 + ":1.-2"])
def test_what_is_no_cursor_is_refused(fresh_database, cursor):
    with pytest.raises(InvalidValue) as fault:
        read(fresh_database, cursor)
    assert fault.value.reason == "NOT_A_CURSOR"


def test_a_cursor_of_a_restored_database_is_refused(fresh_database):
    with psycopg.connect(fresh_database) as conn:
        insert(conn, "one")
    _, end = read_all(fresh_database)
    with psycopg.connect(fresh_database) as conn:
        feed.restart(conn)
    with pytest.raises(InvalidValue) as fault:
        read(fresh_database, end)
    assert fault.value.reason == "FEED_RESTARTED"


def test_after_a_restore_new_events_stand_behind_old_ones_and_none_is_hidden(fresh_database):
    """The backup came from a server that had counted a million transactions; this one has counted a thousand."""
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        insert(conn, "old 1")
        insert(conn, "old 2")
        conn.execute("UPDATE feed.event SET xid = xid + 1000000")
        assert read_all(fresh_database)[0] == []
        with conn.transaction():
            feed.restart(conn)
        insert(conn, "new 1")
    events, end = read_all(fresh_database)
    assert [event["id"] for event in events] == ["old 1", "old 2", "new 1"]
    with psycopg.connect(fresh_database, autocommit=True) as conn, conn.transaction():
        feed.restart(conn)
        insert(conn, "new 2")
    assert [event["id"] for event in read_all(fresh_database)[0]] == ["old 1", "old 2", "new 1", "new 2"]
    with pytest.raises(InvalidValue, match="FEED_RESTARTED"):
        read(fresh_database, end)


def test_with_many_writers_and_a_consumer_that_crashes_nothing_is_lost_and_nothing_comes_twice(fresh_database):
    committed: list[str] = []
    writers = [threading.Thread(target=write, args=(fresh_database, number, committed)) for number in range(8)]
    seen: dict[str, int] = {}
    order: list[tuple[int, int]] = []
    cursor, chance = None, random.Random(7)  # noqa: S311
    for writer in writers:
        writer.start()
    while True:
        done = not any(writer.is_alive() for writer in writers)
        page = read(fresh_database, cursor, limit=max(50, EVENTS // 400))
        for event in page.events:
            seen[event["id"]] = seen.get(event["id"], 0) + 1
        if chance.random() < 0.3:
            continue  # crashed before it kept the cursor: the page comes again
        order += [place(event) for event in page.events]
        cursor = page.next
        if done and not page.is_full:
            break
    assert set(seen) == set(committed)
    assert order == sorted(set(order)), "in order, each once after the reader's own repetitions"
    assert len(order) == len(committed)
    print(f"\n{len(committed)} events, {sum(seen.values()) - len(seen)} read again after a crash")


def write(url, number, committed):
    chance = random.Random(number)  # noqa: S311
    with psycopg.connect(url, autocommit=True) as conn:
        for step in range(EVENTS // 20):
            names = [f"{number}-{step}-{part}" for part in range(chance.randint(1, 4))]
            with conn.transaction() as attempt:
                for name in names:
                    insert(conn, name)
                if chance.random() < 0.3:
                    raise psycopg.Rollback(attempt)
                committed += names


def insert(conn, name):
    conn.execute("INSERT INTO feed.event (commune_ids, content) VALUES ('{1}', %s)", [Jsonb({"id": name})])


def place(event):
    xid, _, seq = event["landdbcursor"].partition(":")[2].partition(".")
    return int(xid), int(seq)
