"""What is told of whole collections, asked once a minute at most: counting a million parcels takes a moment."""

import time
from typing import Final

import anyio

from api.ogc.documents import Told
from api.pools import Pool
from landdb.lookups import features

LIFETIME_S: Final = 60.0


class KnownFacts:
    """The facts of all collections, kept for a while; one asker at a time renews them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._told: Told | None = None
        self._until = 0.0
        self._lock = anyio.Lock()

    async def get(self) -> Told:
        """Give the facts."""
        if self._told is None or time.monotonic() >= self._until:
            async with self._lock:
                if self._told is None or time.monotonic() >= self._until:
                    self._told = await self._ask()
                    self._until = time.monotonic() + LIFETIME_S
        return self._told

    async def _ask(self) -> Told:
        async with self._pool.connection() as conn:
            zones = tuple(await features.sheet_zones(conn))
            facts = {
                known.id: await features.collection_facts(conn, known) for known in features.collections().values()
            }
        return Told(zones, facts)
