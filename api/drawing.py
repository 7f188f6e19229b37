"""The connections that map tiles are drawn on: few, since each takes a core while it draws, apart from all others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from landdb.cartography.tiles import Pool, TileDesk
from landdb.store.connection import checked_url
from landdb.store.tiles import DRAWING

AT_ONCE: Final = 3
_SESSION: Final = (
    f"{DRAWING} -c statement_timeout=10000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=5000"
    " -c jit=off -c max_parallel_workers_per_gather=0"
)


@asynccontextmanager
async def tile_desk(url: str, finding: Pool) -> AsyncIterator[TileDesk]:
    """Give where tiles are asked for; `finding` are the connections of all questions."""
    async with AsyncConnectionPool[psycopg.AsyncConnection[Any]](
        checked_url(url),
        min_size=1,
        max_size=AT_ONCE,
        timeout=10,
        kwargs={"autocommit": True, "application_name": "landdb-api-tiles", "options": _SESSION},
        check=AsyncConnectionPool.check_connection,
        name="landdb-api-tiles",
        open=False,
    ) as drawing:
        yield TileDesk(finding, drawing)
