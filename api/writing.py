"""Changes: the doors for them are not async, so they run in a worker thread, in one transaction of their own."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
import psycopg
from fastapi import Request

Changed = TypeVar("Changed")

#: A change that waits longer than this stands behind a long import; the asker tries again.
_SETTLE = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'"


async def change(request: Request, work: Callable[[psycopg.Connection], Changed]) -> Changed:
    """Give what `work` gives, once its transaction is committed; whatever it raises, nothing is changed."""
    url: str = request.app.state.database_url

    def worked() -> Changed:
        # Leaving the connection's block commits, or takes everything back.
        with psycopg.connect(url, application_name="landdb-api", connect_timeout=5) as conn:
            conn.execute(_SETTLE)
            return work(conn)

    return await anyio.to_thread.run_sync(worked)
