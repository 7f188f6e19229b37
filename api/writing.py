"""Changes: the doors for them are not async, so they run in a worker thread, in one transaction of their own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final, TypeVar

import anyio.to_thread
import psycopg
from fastapi import Request
from psycopg_pool import ConnectionPool

from api.access import PUBLIC
from landdb.access.context import Asking
from landdb.store.connection import checked_url
from landdb.store.statements import load

Changed = TypeVar("Changed")
WritingPool = ConnectionPool[psycopg.Connection[Any]]

#: As many changes at once; more of them wait for a connection, most of them for the same communes anyway.
CHANGES_AT_ONCE: Final = 4
#: A change that waits longer than this stands behind a long import; the asker tries again.
_SESSION: Final = (
    "-c lock_timeout=2000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=30000 -c jit=off"
)
#: Two changes whose rules must look at each other's whole communes may each wait for the other; PostgreSQL takes one
#: of them back, whole, and it is made again.
_ATTEMPTS: Final = 3


@asynccontextmanager
async def writing_pool(url: str) -> AsyncIterator[WritingPool]:
    """Give the connections that changes are made on, for as long as the application runs."""
    pool: WritingPool = ConnectionPool(
        checked_url(url),
        min_size=1,
        max_size=CHANGES_AT_ONCE,
        timeout=5,
        kwargs={"application_name": "landdb-api-changes", "options": _SESSION},
        # A connection that died with its server is found out before a change is tried on it.
        check=ConnectionPool.check_connection,
        name="landdb-api-changes",
        open=False,
    )
    await anyio.to_thread.run_sync(pool.open)
    try:
        yield pool
    finally:
        await anyio.to_thread.run_sync(pool.close)


async def change(request: Request, work: Callable[[psycopg.Connection], Changed]) -> Changed:
    """Give what `work` gives, once its transaction is committed; whatever it raises, nothing is changed."""
    pool: WritingPool = request.app.state.writing_pool
    asking: Asking = getattr(request.state, "asking", PUBLIC.asking)
    context = request.app.state.signer.sign(replace(asking, login="writer"))

    def worked() -> Changed:
        for _ in range(_ATTEMPTS - 1):
            try:
                return _once(pool, work, context)
            except psycopg.errors.DeadlockDetected:
                continue
        return _once(pool, work, context)

    return await anyio.to_thread.run_sync(worked)


def _once(pool: WritingPool, work: Callable[[psycopg.Connection], Changed], context: Mapping[str, str]) -> Changed:
    # Leaving the block commits, or takes everything back, and only then gives the connection back.
    with pool.connection() as conn:
        conn.execute(load("access")["enter_context"], context)
        return work(conn)
