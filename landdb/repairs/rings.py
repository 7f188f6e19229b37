"""Polygons as rings of vertices, and the few edits that repairs are made of.

A vertex is its coordinates to the last bit: neighbours share a vertex only when they agree on every one.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
Edge = tuple[Point, Point]
Ring = list[Point]
Coordinates = NDArray[np.float64]

#: The grid that new vertices lie on, metres.
GRID_M: Final = 0.001


def rings_of(geom: BaseGeometry) -> list[list[Ring]]:
    """Give the rings of each polygon, shell first, without the closing vertex."""
    polygons = []
    for part in shapely.get_parts(geom):
        rings = [shapely.get_coordinates(ring)[:-1].tolist() for ring in shapely.get_rings(part)]
        polygons.append([[(x, y) for x, y in ring] for ring in rings])
    return polygons


def to_geometry(polygons: list[list[Ring]]) -> BaseGeometry | None:
    """Give polygons as one geometry; a ring of fewer than three vertices is gone, and None is nothing left."""
    kept = []
    for rings in polygons:
        whole = [_once(ring) for ring in rings]
        if len(whole[0]) >= 3:
            kept.append(shapely.Polygon(whole[0], [ring for ring in whole[1:] if len(ring) >= 3]))
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _once(ring: Ring) -> Ring:
    """Give the ring without vertices that repeat the one before."""
    return [vertex for index, vertex in enumerate(ring) if vertex != ring[index - 1]]


def vertices(geom: BaseGeometry) -> set[Point]:
    """Give the distinct vertices of a geometry."""
    return {(x, y) for x, y in shapely.get_coordinates(geom).tolist()}


def edges(geom: BaseGeometry) -> set[Edge]:
    """Give the edges of a geometry, each with its lower end first."""
    return {
        (min(one, other), max(one, other))
        for rings in rings_of(geom)
        for ring in rings
        for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True)
    }


def replaced(geom: BaseGeometry, moves: Mapping[Point, Point | None]) -> BaseGeometry | None:
    """Give the geometry with vertices moved, or dropped where they move to None."""
    if moves.keys().isdisjoint(vertices(geom)):
        return geom
    return to_geometry(
        [
            [[moved for vertex in ring if (moved := moves.get(vertex, vertex)) is not None] for ring in rings]
            for rings in rings_of(geom)
        ]
    )


def with_vertices(
    geom: BaseGeometry, points: Collection[Point], *, tolerance_m: float, only: Collection[Edge] | None = None
) -> BaseGeometry:
    """Give the geometry with each point inserted in the edge that it lies on; vertices it has stay alone.

    A point is inserted at most once, in the nearest edge within the tolerance; `only` limits the edges.
    """
    own = vertices(geom)
    missing = [point for point in points if point not in own]
    if not missing:
        return geom
    polygons = [[_ring_with(ring, missing, tolerance_m, only) for ring in rings] for rings in rings_of(geom)]
    return to_geometry(polygons) or geom


def _ring_with(ring: Ring, points: list[Point], tolerance_m: float, only: Collection[Edge] | None) -> Ring:
    start = np.array(ring)
    end = np.roll(start, -1, axis=0)
    inserted: dict[int, list[tuple[float, Point]]] = {}
    for point in points:
        along, distance = _on_edges(start, end, point)
        inside = (along > 0) & (along < 1) & (distance <= tolerance_m)
        for edge in np.flatnonzero(inside)[np.argsort(distance[inside], kind="stable")].tolist():
            one, other = ring[edge], ring[(edge + 1) % len(ring)]
            if only is None or (min(one, other), max(one, other)) in only:
                inserted.setdefault(edge, []).append((float(along[edge]), point))
                break
    return [
        vertex
        for edge, corner in enumerate(ring)
        for vertex in (corner, *(point for _, point in sorted(inserted.get(edge, []))))
    ]


def _on_edges(start: Coordinates, end: Coordinates, point: Point) -> tuple[Coordinates, Coordinates]:
    """Give where on each edge (0 to 1) a point's nearest place lies, and how far the point is from it."""
    direction, to_point = end - start, np.array(point) - start
    squared = (direction**2).sum(axis=1)
    along = np.divide((to_point * direction).sum(axis=1), squared, out=np.zeros(len(start)), where=squared > 0)
    nearest = start + np.clip(along, 0, 1)[:, None] * direction
    return along, np.hypot(*(np.array(point) - nearest).T)


def neighbours_of(geom: BaseGeometry, vertex: Point) -> Iterator[Edge]:
    """Give the vertices before and after each occurrence of a vertex."""
    for rings in rings_of(geom):
        for ring in rings:
            for index, found in enumerate(ring):
                if found == vertex:
                    yield ring[index - 1], ring[(index + 1) % len(ring)]


def on_grid(point: Point) -> Point:
    """Give the grid point nearest to a point."""
    return round(point[0], 3), round(point[1], 3)


def is_on_grid(point: Point) -> bool:
    """Tell whether a point lies on the grid, as far as a double at a million metres can say."""
    return max(abs(point[0] - round(point[0], 3)), abs(point[1] - round(point[1], 3))) < 1e-6
