"""Connections to PostgreSQL, a pool for each login: one class of askers cannot take those of another.

Whoever takes a connection enters the signed context of its request on it, in the one round trip that finds out whether
the connection still lives. Row security then knows who asks.
"""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from fastapi import Request
from psycopg_pool import AsyncConnectionPool

from landdb.access.context import Asking, Signer
from landdb.service_limits import ServiceLimits
from landdb.store.privileges import Login
from landdb.store.statements import load

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

#: Connections beside those of a lane, for questions whether the service is ready.
_SPARE: Final = 2


def sizes(limits: ServiceLimits) -> dict[Login, tuple[int, int]]:
    """Give how many connections a process keeps open, and may open, of each login that asks questions."""
    return {
        "public": (2, limits.public_lane + limits.unproven_lane + _SPARE),
        "staff": (1, limits.staff_lane + limits.unproven_lane),
        "service": (1, limits.service_lane + limits.unproven_lane),
        "citizen": (0, 2),
        "audit": (0, 2),
    }


#: A reader that waits longer than this has a broken question or a broken index.
STATEMENT_TIMEOUT_MS: Final = 3000
#: Connections are read-only unless a transaction says otherwise; only the access record does.
SESSION: Final = (
    f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout=2000 -c idle_in_transaction_session_timeout=5000"
    " -c default_transaction_read_only=on -c jit=off -c max_parallel_workers_per_gather=0"
)
#: A connection that answered so lately is taken to live.
IDLE_S: Final = 1.0
_LAST_USED: Final[WeakKeyDictionary[psycopg.AsyncConnection[Any], float]] = WeakKeyDictionary()
#: What the pool enters on the connection that it is about to hand out; the pool checks it in the asker's own task.
_CONTEXT: Final[ContextVar[Mapping[str, str] | None]] = ContextVar("context", default=None)


class Pools:
    """The pools of one server."""

    def __init__(self, pools: Mapping[Login, Pool], signer: Signer) -> None:
        self._pools = pools
        self._signer = signer

    def of(self, login: Login) -> Pool:
        """Give the pool of a login; its connections know nobody until a context is entered."""
        return self._pools[login]

    def stats(self) -> dict[str, dict[str, int]]:
        """Give how the connections of each login are used."""
        return {login: pool.get_stats() for login, pool in self._pools.items()}

    @asynccontextmanager
    async def connection(self, asking: Asking) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Give a connection on which PostgreSQL knows who asks."""
        context = None if asking.login == "public" else self._signer.sign(asking)
        pool, before = self._pools[asking.login], _CONTEXT.set(context)
        try:
            conn = await pool.getconn()
        finally:
            _CONTEXT.reset(before)
        try:
            async with conn:
                yield conn
        finally:
            await pool.putconn(conn)


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections of one request: each of them knows who asks."""

    pools: Pools
    asking: Asking

    def connection(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]:
        """Give one."""
        return self.pools.connection(self.asking)


def connections_of(request: Request) -> Connections:
    """Give the connections of a request whose caller is known already."""
    return Connections(request.app.state.pools, request.state.asking)


@asynccontextmanager
async def open_pools(urls: Mapping[Login, str], signer: Signer, limits: ServiceLimits) -> AsyncIterator[Pools]:
    """Give the pools for as long as the server runs."""
    async with AsyncExitStack() as opened:
        pools = {
            login: await opened.enter_async_context(_pool(urls[login], least, most))
            for login, (least, most) in sizes(limits).items()
        }
        await pools["public"].wait(timeout=30)
        yield Pools(pools, signer)


def _pool(url: str, least: int, most: int) -> Pool:
    return AsyncConnectionPool(
        url,
        min_size=least,
        max_size=most,
        timeout=5,
        kwargs={
            "autocommit": True,
            "application_name": "landdb-api",
            "options": SESSION,
            # Few questions, asked again and again: PostgreSQL can keep the plan of one that it has prepared.
            "prepare_threshold": 0,
        },
        check=_enter,
        configure=_warm,
        open=False,
    )


async def _enter(conn: psycopg.AsyncConnection[Any]) -> None:
    """Enter the context of whoever takes the connection; raises when the connection is dead, and another is tried.

    The public has none. A connection of theirs is asked whether it lives only when nobody used it for a while: asking
    each time would double the round trips. One that died meanwhile fails its question, which can be asked again.
    """
    context = _CONTEXT.get()
    if context is not None:
        await conn.execute(load("access")["enter_context"], context)
    elif time.monotonic() - _LAST_USED.get(conn, 0.0) > IDLE_S:
        await AsyncConnectionPool.check_connection(conn)
    _LAST_USED[conn] = time.monotonic()


async def _warm(conn: psycopg.AsyncConnection[Any]) -> None:
    """Make the new backend load PostGIS before a question needs it: the first call costs tens of milliseconds."""
    await conn.execute("SELECT ST_AsGeoJSON(ST_Transform(ST_SetSRID(ST_MakePoint(105, 21), 4326), 3857))")
