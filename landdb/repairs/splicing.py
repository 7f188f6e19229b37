"""A change of a piece carried over to the whole that it was cut from, vertex by vertex."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.repairs.rings import Edge, Point, Ring, rings_of, to_geometry


def spliced(whole: BaseGeometry, before: BaseGeometry, after: BaseGeometry) -> BaseGeometry | None:
    """Give the whole with what changed between two states of a piece of it; None when it cannot be carried over.

    Where the piece lost a way from one vertex to another and has a new one, the whole's ring takes the new one.
    Every other vertex stays to the bit. The piece's own cut edges are in both states and drop out.
    """
    had, has = _directed(before), _directed(after)
    lost, gained = had - has, has - had
    onward = dict(gained)
    if len(onward) != len(gained):
        return None
    starts = {one for one, _ in lost}
    polygons: list[list[Ring]] = []
    for rings in rings_of(shapely.orient_polygons(whole)):
        changed = [_with_new_ways(ring, lost, onward) if not starts.isdisjoint(ring) else ring for ring in rings]
        if any(ring is None for ring in changed):
            return None
        polygons.append([ring for ring in changed if ring is not None])
    return None if onward else to_geometry(polygons)


def _directed(geom: BaseGeometry) -> set[Edge]:
    """Give the edges with the ground on their left."""
    return {
        edge
        for rings in rings_of(shapely.orient_polygons(geom))
        for ring in rings
        for edge in zip(ring, [*ring[1:], *ring[:1]], strict=True)
    }


def _with_new_ways(ring: Ring, lost: set[Edge], onward: dict[Point, Point]) -> Ring | None:
    """Give a ring with each lost way replaced by the new way between its ends; the ways taken leave `onward`."""
    count = len(ring)
    kept = [(ring[i], ring[(i + 1) % count]) not in lost for i in range(count)]
    if not any(kept):
        return None
    start = (int(np.flatnonzero(kept)[0]) + 1) % count
    ring, kept = [*ring[start:], *ring[:start]], [*kept[start:], *kept[:start]]
    result: Ring = []
    index = 0
    while index < count:
        result.append(ring[index])
        if kept[index]:
            index += 1
            continue
        end = _take(ring[index], onward, result)
        index += 1
        while index < count and ring[index] != end:
            if kept[index]:
                return None
            index += 1
        if index == count and ring[0] != end:
            return None
        if index < count:
            result.pop()
    return result if result[-1] != result[0] else result[:-1]


def _take(vertex: Point, onward: dict[Point, Point], result: Ring) -> Point:
    """Follow the new way from a vertex into the result; gives where it ends."""
    while vertex in onward:
        vertex = onward.pop(vertex)
        result.append(vertex)
    return vertex
