"""Which vertices a redrawing moves, and how far."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.repairs.rings import Point, vertices

#: Below this a boundary is where it was: half the diagonal of a cell of the grid, and what doubles lose.
STILL_M = 0.00075


@dataclass(frozen=True, slots=True)
class VertexMove:
    """One boundary point that changes. `distance_m` is how far the boundary moves there.

    A moved vertex has both places. An added one has only where it is now, its distance is to the old
    boundary; a removed one has only where it was, its distance is to the new boundary.
    """

    action: Literal["moved", "added", "removed"]
    old: Point | None
    new: Point | None
    distance_m: float


def vertex_moves(before: BaseGeometry | None, after: BaseGeometry | None, *, reach_m: float) -> list[VertexMove]:
    """Give every vertex that differs between two polygons, farthest first.

    A vertex that disappears and one that appears within `reach_m` of it are one that moved.
    """
    if before is None or after is None:
        return []
    old, new = vertices(before), vertices(after)
    removed, added = sorted(old - new), sorted(new - old)
    pairs = _pairs(removed, added, reach_m)
    moves = [
        VertexMove("moved", one, other, float(np.hypot(one[0] - other[0], one[1] - other[1]))) for one, other in pairs
    ]
    paired = {point for pair in pairs for point in pair}
    moves += [_to_boundary("removed", point, after) for point in removed if point not in paired]
    moves += [_to_boundary("added", point, before) for point in added if point not in paired]
    return sorted(moves, key=lambda move: (-move.distance_m, move.old or (), move.new or ()))


def _to_boundary(action: Literal["added", "removed"], point: Point, geom: BaseGeometry) -> VertexMove:
    distance = float(shapely.distance(shapely.Point(point), shapely.boundary(geom)))
    return VertexMove(action, point if action == "removed" else None, point if action == "added" else None, distance)


def _pairs(removed: list[Point], added: list[Point], reach_m: float) -> list[tuple[Point, Point]]:
    """Give the nearest pairs within reach, each vertex once, shortest first."""
    if not removed or not added:
        return []
    one, other = np.array(removed), np.array(added)
    distance = np.hypot(one[:, None, 0] - other[None, :, 0], one[:, None, 1] - other[None, :, 1])
    pairs: list[tuple[Point, Point]] = []
    used_one: set[int] = set()
    used_other: set[int] = set()
    for index in np.argsort(distance, axis=None, kind="stable").tolist():
        row, column = divmod(index, len(added))
        if distance[row, column] > reach_m:
            break
        if row not in used_one and column not in used_other:
            used_one.add(row)
            used_other.add(column)
            pairs.append((removed[row], added[column]))
    return pairs
