"""A change of a piece carried over to the whole that it was cut from, vertex by vertex."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.repairs.rings import Edge, Point, Ring, rings_of, to_geometry


def spliced(whole: BaseGeometry, before: BaseGeometry, after: BaseGeometry) -> BaseGeometry | None:
    """Give the whole with what changed between two states of a piece of it; None when it cannot be carried over.

    Where the piece lost a way from one vertex to another and has a new one, the whole's ring takes the new one.
    A ring of which the piece lost every edge goes, and a closed way that starts at no other ring comes as a ring.
    Every other vertex stays to the bit. The piece's own cut edges are in both states and drop out.
    """
    had, has = _edges(_directed(before)), _edges(_directed(after))
    lost, gained = had - has, has - had
    onward, polygons = dict(gained), _directed(whole)
    if len(onward) != len(gained) or not lost <= _edges(polygons):
        return None
    starts = {one for one, _ in lost}
    result: list[list[Ring]] = []
    for rings in polygons:
        changed = [_with_new_ways(ring, lost, onward) if not starts.isdisjoint(ring) else ring for ring in rings]
        if any(ring is None for ring in changed):
            return None
        result.append([ring for ring in changed if ring is not None])
    loops = _loops(onward)
    if loops is None:
        return None
    every = [ring for rings in [*result, loops] for ring in rings]
    nested = _nested([ring for ring in every if len(ring) >= 3]) if loops or [] in every else result
    return None if nested is None else to_geometry(nested)


def _directed(geom: BaseGeometry) -> list[list[Ring]]:
    """Give the rings with the ground on their left."""
    return rings_of(shapely.orient_polygons(geom))


def _edges(polygons: list[list[Ring]]) -> set[Edge]:
    """Give the edges from vertex to vertex in the direction of their rings."""
    return {edge for rings in polygons for ring in rings for edge in zip(ring, [*ring[1:], *ring[:1]], strict=True)}


def _with_new_ways(ring: Ring, lost: set[Edge], onward: dict[Point, Point]) -> Ring | None:
    """Give a ring with each lost way replaced by the new way between its ends; the ways taken leave `onward`.

    A ring that lost every edge has no end to start from: nothing is left of it, and what replaces it is a loop.
    """
    count = len(ring)
    kept = [(ring[i], ring[(i + 1) % count]) not in lost for i in range(count)]
    if not any(kept):
        return []
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


def _loops(onward: dict[Point, Point]) -> list[Ring] | None:
    """Give the closed ways that no ring took; None when one of them does not close."""
    loops: list[Ring] = []
    while onward:
        start, loop = min(onward), list[Point]()
        if _take(start, onward, loop) != start:
            return None
        loops.append(loop)
    return loops


def _nested(rings: list[Ring]) -> list[list[Ring]] | None:
    """Give the rings as polygons: each hole, which runs clockwise, in the smallest shell around it.

    None when a hole lies in no shell.
    """
    is_shell = shapely.is_ccw([shapely.LinearRing(ring) for ring in rings])
    shells = [ring for ring, outer in zip(rings, is_shell, strict=True) if outer]
    grounds = [shapely.Polygon(shell) for shell in shells]
    polygons = [[shell] for shell in shells]
    for hole in (ring for ring, outer in zip(rings, is_shell, strict=True) if not outer):
        around = np.flatnonzero(shapely.covers(grounds, shapely.Polygon(hole))).tolist()
        if not around:
            return None
        polygons[min(around, key=lambda index: grounds[index].area)].append(hole)
    return polygons
