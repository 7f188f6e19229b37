"""Map tiles: drawn by PostGIS in one statement, kept with the snapshot they were drawn from, found while they hold.

A kept tile holds as long as no change has touched its ground that its snapshot does not have (`serving.touched`,
written by the change itself). So a reader never sees an old tile, whoever drew it and whenever it was stored, and no
change has to wait for tiles.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any, Final, LiteralString

import psycopg

from landdb.domain.tile_grid import BUFFER, DEEPEST, EXTENT, Tile
from landdb.domain.tile_layers import DUST, layers_of
from landdb.store.rendering import form, live_forms
from landdb.store.statements import load, render, without_comments

MOST_FINDINGS: Final = 5_000
#: How connections that draw are set up: each statement is planned once, for whichever box; planning anew takes as long
#: as drawing a tile of a street. What is kept can be drawn again, so nobody waits until it is on the disk.
DRAWING: Final = "-c plan_cache_mode=force_generic_plan -c synchronous_commit=off"
#: Square pixels that a number needs; that an object must have to be drawn at small zooms, by zoom.
_READABLE_PX: Final = 320
_VISIBLE_PX: Final = {12: 400, 13: 60, 14: 6, 15: 2}
_PARTS: Final = ("box", "square", "public_rule")
#: Changes that are forgotten in one transaction.
_SWEEP: Final = 2_000


@dataclass(frozen=True, slots=True)
class KeptTile:
    """A tile that holds. `body` is gzip of a Mapbox Vector Tile, None when the asker has it by its `etag`."""

    etag: str
    body: bytes | None
    omitted: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A tile as drawn, not compressed, and the snapshot of the database that it shows."""

    body: bytes
    snapshot: str


async def find_tile(
    conn: psycopg.AsyncConnection[Any], tile: Tile, collections: Sequence[str], *, known: Sequence[str] = ()
) -> KeptTile | None:
    """Give the kept tile if it still shows what the register says, None when it must be drawn."""
    row = await _row(conn, load("tiles")["find"], _parameters(tile, collections) | {"known": list(known)}, prepare=None)
    return KeptTile(*row) if row else None


async def draw_tile(
    conn: psycopg.AsyncConnection[Any], tile: Tile, collections: Sequence[str], *, min_area_m2: float = 0
) -> Drawing:
    """Give the tile of these collections, drawn from one snapshot; parcels and objects below `min_area_m2` left out."""
    statement = _drawing(tuple(collections), tile.z)
    row = await _row(conn, statement, _parameters(tile, collections, min_area_m2), prepare=True)
    assert row is not None  # noqa: S101 - a SELECT without FROM gives one row
    return Drawing(*row)


async def keep_tile(
    conn: psycopg.AsyncConnection[Any],
    tile: Tile,
    collections: Sequence[str],
    drawing: Drawing,
    kept: KeptTile,
) -> None:
    """Keep a tile as drawn; an older drawing that comes later does no harm, it is found out."""
    values = {"snapshot": drawing.snapshot, "etag": kept.etag, "body": kept.body, "omitted": kept.omitted}
    await conn.execute(load("tiles")["keep"], _parameters(tile, collections) | values)


async def count_smaller(conn: psycopg.AsyncConnection[Any], tile: Tile, *, min_area_m2: float) -> int:
    """Give how many parcels of the tile are smaller than that."""
    fragments = _fragments()
    statement = f"{fragments['ground']} {load('tiles')['count_smaller']}"
    row = await _row(conn, statement, _parameters(tile, (), min_area_m2), prepare=False)
    return int(row[0]) if row else 0


async def get_extent(conn: psycopg.AsyncConnection[Any]) -> tuple[float, float, float, float] | None:
    """Give west, south, east, north of all communes and sheets that are drawn, degrees; None while none is."""
    row = await _row(conn, load("tiles")["extent"], {}, prepare=None)
    return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])


def sweep_tiles(conn: psycopg.Connection, *, most_bytes: int) -> int:
    """Remove tiles that do not hold any more and the changes that nobody needs to know of; gives how many of these.

    Beyond `most_bytes` the tiles go as well that are drawn fastest.
    """
    swept = conn.execute(load("tiles")["sweep"], {"limit": _SWEEP, "deepest": DEEPEST}).rowcount
    conn.execute(load("tiles")["evict"], {"most_bytes": most_bytes})
    return swept


def _parameters(tile: Tile, collections: Sequence[str], min_area_m2: float = 0) -> dict[str, Any]:
    west, south, east, north = tile.box(buffer=BUFFER)
    x_min, y_min, x_max, y_max = tile.square(buffer=BUFFER)
    x_0, _, _, y_0 = tile.square()
    pixel_m2 = (tile.pixel_m * math.cos(math.radians((south + north) / 2))) ** 2
    return {
        "z": tile.z, "x": tile.x, "y": tile.y,
        "collections": ",".join(collections),
        "sources": [layer.source for layer in layers_of(collections, tile.z)],
        "west": west, "south": south, "east": east, "north": north,
        "x_min": x_min, "y_min": y_min, "x_max": x_max, "y_max": y_max, "x_0": x_0, "y_0": y_0,
        "per_m": EXTENT / tile.side_m, "pixel_m": tile.pixel_m,
        "min_area_m2": float(min_area_m2),
        "readable_m2": _READABLE_PX * pixel_m2,
        "visible_m2": float(_VISIBLE_PX.get(tile.z, 0)) * pixel_m2,
        "most_findings": MOST_FINDINGS, "form": form(),
    }  # fmt: skip


@cache
def _drawing(collections: tuple[str, ...], z: int) -> LiteralString:
    fragments, layers = _fragments(), layers_of(collections, z)
    drawn = [_layer(layer.name, fragments[layer.statement], has_ids=layer.has_ids) for layer in layers]
    has_ground = z >= DUST and "parcels" in collections
    return render(
        load("tiles")["draw"],
        {"with": fragments["ground"] if has_ground else "", "layers": " || ".join(drawn) or "''::bytea"},
    )


def _layer(name: str, features: LiteralString, *, has_ids: bool) -> LiteralString:
    ids = ", 'id'" if has_ids else ""
    # What the grid of the tile swallows would be a feature without geometry, which stops the reader of the whole tile.
    # OFFSET 0 keeps the condition from being asked below, where it would draw every polygon twice.
    drawn = f"FROM ({features} OFFSET 0) AS t WHERE NOT ST_IsEmpty(t.geom)"
    return f"(SELECT coalesce(ST_AsMVT(t, '{name}', {EXTENT}, 'geom'{ids}), '') {drawn})"


@cache
def _fragments() -> dict[str, LiteralString]:
    """Give the statements of the file with their parts put in."""
    texts = {name: without_comments(text) for name, text in load("tiles").items()}
    parts = {name: texts[name] for name in _PARTS} | live_forms()
    parts["drawn"] = render(texts["drawn"], parts)
    return {name: Template(text).safe_substitute(parts) for name, text in texts.items()}


async def _row(
    conn: psycopg.AsyncConnection[Any], statement: LiteralString, values: dict[str, Any], *, prepare: bool | None
) -> tuple[Any, ...] | None:
    async with conn.cursor(binary=True) as cursor:
        await cursor.execute(statement, values, prepare=prepare)
        return await cursor.fetchone()
