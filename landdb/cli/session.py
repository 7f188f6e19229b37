"""One database session for a command: the private cluster is started and brought up to date on the way."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg

from landdb.cluster import ensure_url
from landdb.settings import Settings
from landdb.store.connection import connect
from landdb.store.migrate import current, head, upgrade

Answer = TypeVar("Answer")
Question = Callable[[psycopg.AsyncConnection[Any]], Awaitable[Answer]]


@contextmanager
def session() -> Iterator[tuple[Settings, psycopg.Connection]]:
    """Give the settings and an open connection to a database whose schema is the newest.

    The private cluster is landdb's own and is migrated without asking; so is a given database, because a
    program and a schema that differ help nobody.
    """
    settings = Settings.from_environment()
    url = ensure_url(settings)
    with connect(url) as conn:
        conn.autocommit = True
        if current(conn) != head():
            upgrade(url)
        yield settings, conn


def asked(conn: psycopg.Connection, question: Question[Answer]) -> Answer:
    """Give the answer to a question of `lookups`, asked beside the session: lookups are async, commands are not."""

    async def ask() -> Answer:
        dsn, password = conn.info.dsn, conn.info.password
        async with await psycopg.AsyncConnection.connect(dsn, password=password, autocommit=True) as link:
            return await question(link)

    return asyncio.run(ask())
