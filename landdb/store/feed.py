"""The change feed: events written with their change, read behind the oldest transaction that still runs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from landdb.errors import NotFound
from landdb.store.statements import load

#: Sorts after every event of its transaction.
LAST_SEQ = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the feed: after this event of this database transaction."""

    xid: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive events with their positions, and where to go on reading."""

    epoch: str
    events: tuple[tuple[Position, dict[str, Any]], ...]
    end: Position


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A webhook whose next batch is due."""

    webhook_id: int
    url: str
    secret_enc: bytes
    commune_codes: list[str] | None
    after_xid: int
    after_seq: int
    failures: int


def announce(conn: psycopg.Connection, transaction_id: int) -> None:
    """Write the event of a change in the change's own transaction."""
    conn.execute(load("feed")["announce_transaction"], {"transaction_id": transaction_id})


def announce_batch(conn: psycopg.Connection, batch_id: int, commune_codes: Sequence[str]) -> None:
    """Write the event of an import in the import's own transaction."""
    conn.execute(load("feed")["announce_batch"], {"batch_id": batch_id, "commune_codes": list(commune_codes)})


async def read(
    conn: psycopg.AsyncConnection[Any], after: Position, *, limit: int, communes: Sequence[str] | None
) -> Stretch:
    """Give at most `limit` events after that position, of these communes (None: all).

    The horizon is taken first: an event that commits between the two statements lies behind it and comes next time.
    """
    epoch, horizon = await _position(conn)
    cursor = await conn.execute(
        load("feed")["list_events"],
        {
            "xid": after.xid,
            "seq": after.seq,
            "horizon": horizon,
            "limit": limit,
            "communes": None if communes is None else list(communes),
        },
    )
    events = tuple((Position(xid, seq), content) for xid, seq, content in await cursor.fetchall())
    end = events[-1][0] if len(events) == limit else max(after, Position(horizon - 1, LAST_SEQ))
    return Stretch(epoch, events, end)


async def _position(conn: psycopg.AsyncConnection[Any]) -> tuple[str, int]:
    row = await (await conn.execute(load("feed")["position"])).fetchone()
    if row is None:
        raise NotFound("the feed has no epoch", remedy="bring the schema up to date: landdb doctor")
    return row[0], row[1]


def now(conn: psycopg.Connection) -> Position:
    """Give the place after everything that is committed for certain."""
    row = conn.execute(load("feed")["position"]).fetchone()
    return Position(row[1] - 1, LAST_SEQ) if row else Position()


def restart(conn: psycopg.Connection) -> str:
    """Begin a new epoch, whose events stand after all there are: every cursor of the old one is refused from now on.

    For a database that came out of a backup: its server counts transactions anew, so new events would stand before old
    ones, and old ones behind the horizon.
    """
    with conn.transaction():
        conn.execute(load("feed")["stop_writers"])
        row = conn.execute(load("feed")["restart"]).fetchone()
    assert row is not None  # noqa: S101 - the table has one row
    return str(row[0])


def add_webhook(conn: psycopg.Connection, url: str, *, commune_codes: Sequence[str] | None, after: Position) -> int:
    """Enter a subscriber; its secret is set afterwards, bound to its number."""
    codes = None if commune_codes is None else list(commune_codes)
    values = {"url": url, "secret_enc": b"", "commune_codes": codes, "xid": after.xid, "seq": after.seq}
    row = conn.execute(load("feed")["add_webhook"], values).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])


def set_secret(conn: psycopg.Connection, webhook_id: int, secret_enc: bytes) -> None:
    """Keep the subscriber's sealed secret."""
    conn.execute(load("feed")["set_secret"], {"webhook_id": webhook_id, "secret_enc": secret_enc})


def list_webhooks(conn: psycopg.Connection) -> list[dict[str, Any]]:
    """Give the subscribers and how their deliveries fare."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("feed")["list_webhooks"]).fetchall()


def remove_webhook(conn: psycopg.Connection, webhook_id: int) -> None:
    """Tell this subscriber no more; raises NotFound."""
    if conn.execute(load("feed")["remove_webhook"], {"webhook_id": webhook_id}).fetchone() is None:
        raise NotFound(f"there is no webhook {webhook_id}", remedy="list them: landdb webhook list")


async def take_due(conn: psycopg.AsyncConnection[Any], *, after_id: int) -> Subscriber | None:
    """Give the next subscriber whose batch is due, locked until the caller's transaction ends."""
    async with conn.cursor(row_factory=class_row(Subscriber)) as cursor:
        await cursor.execute(load("feed")["take_due_webhook"], {"after_id": after_id})
        return await cursor.fetchone()


async def confirm(conn: psycopg.AsyncConnection[Any], webhook_id: int, position: Position) -> None:
    """Note that the subscriber has everything up to there."""
    values = {"webhook_id": webhook_id, "xid": position.xid, "seq": position.seq}
    await conn.execute(load("feed")["confirm_webhook"], values)


async def fail(conn: psycopg.AsyncConnection[Any], webhook_id: int, fault: str, wait: dt.timedelta) -> None:
    """Note a failed delivery; the next attempt waits."""
    values = {"webhook_id": webhook_id, "fault": fault, "wait": wait}
    await conn.execute(load("feed")["fail_webhook"], values)
