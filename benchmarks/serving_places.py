"""Where the API is asked under load: parcels, boxes, points and dense tiles of the benchmark's province."""

import random
from collections import Counter
from dataclasses import dataclass

import psycopg

from landdb.domain.tile_grid import Tile, tile_at

COUNT = 400
#: Of all tiles of a zoom the densest, so many: what a map of a town asks for.
DENSEST = {14: 60, 15: 150, 16: 400}
#: Degrees that a box of about so many parcels takes, grown until it holds them.
_SIDES = {10: 0.0006, 1000: 0.009}


@dataclass(frozen=True, slots=True)
class Places:
    """Identities, boxes as `west,south,east,north`, points, and (column, row) of tiles by zoom."""

    ids: list[int]
    boxes_of_10: list[str]
    boxes_of_1000: list[str]
    points: list[tuple[float, float]]
    tiles: dict[int, list[tuple[int, int]]]


def find_places(conn: psycopg.Connection) -> Places:
    """Give places spread over the whole province; the same database gives the same places."""
    chosen = random.Random(7)
    rows = conn.execute(
        """SELECT parcel_id, round(ST_X(p)::numeric, 7)::float8, round(ST_Y(p)::numeric, 7)::float8
        FROM (SELECT parcel_id, ST_Transform(label_3857, 4326) AS p FROM serving.rendered_parcel) AS r
        ORDER BY parcel_id"""
    ).fetchall()
    if not rows:
        raise RuntimeError("nothing is rendered: run `landdb render` first")
    some = chosen.sample(rows, min(COUNT, len(rows)))
    return Places(
        ids=[number for number, _, _ in some],
        boxes_of_10=[_box(lon, lat, _SIDES[10]) for _, lon, lat in some],
        boxes_of_1000=[_box(lon, lat, _SIDES[1000]) for _, lon, lat in some],
        points=[(lon, lat) for _, lon, lat in some],
        tiles={z: _densest(rows, z) for z in DENSEST},
    )


def _box(lon: float, lat: float, side: float) -> str:
    return f"{lon - side / 2:.7f},{lat - side / 2:.7f},{lon + side / 2:.7f},{lat + side / 2:.7f}"


def _densest(rows: list[tuple[int, float, float]], z: int) -> list[tuple[int, int]]:
    counted: Counter[Tile] = Counter(tile_at(lon, lat, z) for _, lon, lat in rows)
    return [(tile.x, tile.y) for tile, _ in counted.most_common(DENSEST[z])]
