"""One map tile: found as it was kept, or drawn, made small enough, and kept."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import psycopg
from isal import igzip
from psycopg_pool import AsyncConnectionPool

from landdb.domain.tile_grid import Tile
from landdb.store import tiles
from landdb.store.tiles import Drawing, KeptTile

#: No tile is larger than this, uncompressed: a phone must be able to draw it.
MOST_BYTES: Final = 1_000_000
#: A tile that is too large is drawn again without its smallest parcels, from here on and each time four times larger.
FIRST_LEFT_OUT_M2: Final = 25.0
#: ISA-L compresses a seventh better than zlib's fastest level, in a sixth of its time: a millisecond at the most.
_LEVEL: Final = 2

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]


#: Whoever waited longer for a turn to draw looks whether another one has drawn the tile meanwhile.
_WAITED_S: Final = 0.002


@dataclass(frozen=True, slots=True)
class TileDesk:
    """Where tiles are asked for: connections to find kept ones on, and those to draw and keep on.

    Drawing takes tens of milliseconds of a core; with connections of its own, as few as may draw at once, no lookup
    waits behind a hundred tiles.
    """

    finding: Pool
    drawing: Pool

    async def get_tile(self, tile: Tile, collections: Sequence[str], *, known: Sequence[str] = ()) -> KeptTile:
        """Give the tile as the register is now; without `body` when the asker knows it by one of its ETags."""
        async with self.finding.connection() as conn:
            kept = await tiles.find_tile(conn, tile, collections, known=known)
        if kept is not None:
            return kept
        asked_at = time.monotonic()
        async with self.drawing.connection() as conn:
            if time.monotonic() - asked_at > _WAITED_S:
                kept = await tiles.find_tile(conn, tile, collections, known=known)
            return kept or await _draw_and_keep(conn, tile, collections, known)

    async def get_extent(self) -> tuple[float, float, float, float] | None:
        """Give west, south, east, north of all that is drawn, degrees; None while nothing is."""
        async with self.finding.connection() as conn:
            return await tiles.get_extent(conn)


async def _draw_and_keep(
    conn: psycopg.AsyncConnection[Any], tile: Tile, collections: Sequence[str], known: Sequence[str]
) -> KeptTile:
    drawing, omitted = await draw(conn, tile, collections)
    made = igzip.compress(drawing.body, _LEVEL) if drawing.body else b""
    kept = KeptTile(etag_of(drawing.body), made, omitted)
    if drawing.body:
        # The tile is drawn; that it cannot be kept is a pity, not a failure.
        with suppress(psycopg.Error):
            await tiles.keep_tile(conn, tile, collections, drawing, kept)
    return KeptTile(kept.etag, None, omitted) if kept.etag in known else kept


async def draw(conn: psycopg.AsyncConnection[Any], tile: Tile, collections: Sequence[str]) -> tuple[Drawing, int]:
    """Give the tile, and how many parcels were left out because they are the smallest of too many."""
    drawing, min_area_m2 = await tiles.draw_tile(conn, tile, collections), FIRST_LEFT_OUT_M2
    if len(drawing.body) <= MOST_BYTES:
        return drawing, 0
    while len(drawing.body) > MOST_BYTES and min_area_m2 < 1e9:
        drawing = await tiles.draw_tile(conn, tile, collections, min_area_m2=min_area_m2)
        left_out_m2, min_area_m2 = min_area_m2, min_area_m2 * 4
    return drawing, await tiles.count_smaller(conn, tile, min_area_m2=left_out_m2)


def etag_of(body: bytes) -> str:
    """Give the name of these bytes; drawn twice from the same ground they are the same."""
    return blake2b(body, digest_size=8).hexdigest()
