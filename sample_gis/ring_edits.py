"""Small deliberate damages to polygons, and the map of which edge belongs to whom."""

import math
import struct
from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from pyproj import Transformer
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from sample_gis.fabric import Ground, rings_of, to_mm

Point = tuple[float, float]
Edge = tuple[Point, Point]
INSET_M = 0.5  # keeps every new edge long enough not to be a fault of its own


def edges_of(geom: BaseGeometry) -> list[Edge]:
    """List the directed edges of all rings."""
    return [(a, b) for ring in rings_of(geom) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]


def undirected(edge: Edge) -> Edge:
    """Give the edge with its smaller end first."""
    return min(edge), max(edge)


def owners_by_edge(grounds: Mapping[str, Ground]) -> dict[Edge, list[str]]:
    """Tell for every edge who has it: two keys inside the commune, one on its border."""
    owners: dict[Edge, list[str]] = {}
    for key, geom in grounds.items():
        for edge in edges_of(geom):
            owners.setdefault(undirected(edge), []).append(key)
    return owners


def length(edge: Edge) -> float:
    """Give the length in metres."""
    return math.dist(*edge)


def on_grid(x: float, y: float) -> Point:
    """Give the nearest point of the 1 mm grid."""
    mm = to_mm((x, y))
    return mm[0] / 1000, mm[1] / 1000


def beside(edge: Edge, along_m: float, out_m: float, *, outward: int) -> Point:
    """Give the point at `along_m` on the edge and `out_m` off it; `outward` is +1 when right of the edge is outside."""
    (ax, ay), (bx, by) = edge
    size = length(edge)
    ux, uy = (bx - ax) / size, (by - ay) / size
    return on_grid(ax + ux * along_m + uy * out_m * outward, ay + uy * along_m - ux * out_m * outward)


def _outward(geom: Polygon) -> int:
    return 1 if geom.exterior.is_ccw else -1


def with_points(geom: Polygon, edge: Edge, points: Iterable[Point]) -> Polygon:
    """Give the polygon with `points` (in the direction of `edge`) between the ends of `edge`."""
    ring = rings_of(geom)[0]
    inserted: list[Point] = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        inserted.append(a)
        if (a, b) == edge:
            inserted += list(points)
        elif (b, a) == edge:
            inserted += list(points)[::-1]
    return Polygon(inserted, geom.interiors)


def own_direction(geom: Polygon, edge: Edge) -> Edge:
    """Give the edge as this polygon runs through it."""
    return next(e for e in edges_of(geom) if undirected(e) == undirected(edge))


def pushed(geom: Polygon, edge: Edge, distance_m: float) -> Polygon:
    """Give the polygon with one edge pushed out (or in, when negative) as a long low trapezium."""
    own = own_direction(geom, edge)
    side = _outward(geom)
    first = beside(own, INSET_M, distance_m, outward=side)
    last = beside(own, length(own) - INSET_M, distance_m, outward=side)
    return with_points(geom, own, [first, last])


def notched(host: Polygon, other: Polygon, edge: Edge, width_m: float, depth_m: float) -> tuple[Polygon, ...]:
    """Cut a box out of `host` at the middle of a shared edge; give host, other (with the new vertices) and the box."""
    own = own_direction(host, edge)
    start, end = (length(own) - width_m) / 2, (length(own) + width_m) / 2
    side = _outward(host)
    a, b = (beside(own, at, 0.0, outward=side) for at in (start, end))
    deep_a, deep_b = (beside(own, at, -depth_m, outward=side) for at in (start, end))
    box = Polygon([a, deep_a, deep_b, b])
    return with_points(host, own, [a, deep_a, deep_b, b]), with_points(other, own, [a, b]), box


def spiked(host: Polygon, other: Polygon, edge: Edge, reach_m: float) -> tuple[Polygon, Polygon]:
    """Drive a spike of `host`, 2 mm at its foot, into `other`, which gets the very same vertices."""
    own = own_direction(host, edge)
    side, middle = _outward(host), length(own) / 2
    foot = [beside(own, middle - 0.001, 0.0, outward=side), beside(own, middle + 0.001, 0.0, outward=side)]
    tip = beside(own, middle, reach_m, outward=side)
    points = [foot[0], tip, foot[1]]
    return with_points(host, own, points), with_points(other, own, points)


def shrunk(geom: Polygon, share: float) -> Polygon:
    """Give the polygon drawn smaller around the point that is farthest from its boundary."""
    x, y = shapely.maximum_inscribed_circle(geom, tolerance=0.01).coords[0]
    return Polygon([on_grid(x + (a - x) * share, y + (b - y) * share) for a, b in rings_of(geom)[0]])


def kite(geom: Polygon, corner: Point) -> Polygon:
    """Give a kite from a corner towards the middle of the polygon, two thirds as wide as long; it stops before it."""
    x, y = shapely.maximum_inscribed_circle(geom, tolerance=0.01).coords[0]
    axis = (corner, (x, y))
    reach = length(axis)
    left, right = (beside(axis, reach * 0.5, reach * 0.25, outward=side) for side in (1, -1))
    return Polygon([corner, left, beside(axis, reach * 0.75, 0.0, outward=1), right])


def with_end_moved(geom: Polygon, edge: Edge, end: Point, distance_m: float) -> Polygon:
    """Give the polygon with one end of an edge moved away from it, along the next edge of the boundary."""
    ring = rings_of(geom)[0]
    at = ring.index(end)
    onward = next(point for point in (ring[at - 1], ring[(at + 1) % len(ring)]) if point not in edge)
    moved = beside((end, onward), distance_m, 0.0, outward=1)
    return Polygon([*ring[:at], moved, *ring[at + 1 :]])


def in_zone(geom: Ground, srid: int, other_srid: int) -> Ground:
    """Give the ground in the coordinates of another zone, on the 1 mm grid."""
    move = Transformer.from_crs(srid, other_srid, always_xy=True)
    return shapely.transform(geom, lambda xy: np.round(np.stack(move.transform(*xy.T), axis=1), 3))


def bow_tie(geom: Polygon) -> Polygon | None:
    """Give the polygon with two neighbouring vertices swapped so that its boundary crosses itself once."""
    ring = rings_of(geom)[0]
    for i in range(1, len(ring) - 1):
        swapped = [*ring[:i], ring[i + 1], ring[i], *ring[i + 2 :]]
        crossed = Polygon(swapped)
        if not crossed.is_valid and shapely.make_valid(crossed).area > 0.3 * geom.area:
            return crossed
    return None


def with_repeated_vertex(geom: Polygon) -> Polygon:
    """Give the polygon with its third vertex written twice."""
    ring = rings_of(geom)[0]
    return Polygon([*ring[:3], ring[2], *ring[3:]])


def even_middle(edge: Edge) -> Point | None:
    """Give the middle of the edge when it lies exactly on the grid."""
    (ax, ay), (bx, by) = to_mm(edge[0]), to_mm(edge[1])
    return ((ax + bx) / 2000, (ay + by) / 2000) if (ax + bx) % 2 == 0 and (ay + by) % 2 == 0 else None


def unclosed_wkb(geom: Polygon) -> bytes:
    """Give WKB whose ring does not return to its start."""
    return _ring_wkb(rings_of(geom)[0])


def broken_number_wkb(geom: Polygon) -> bytes:
    """Give WKB with a vertex that is not a number."""
    ring = rings_of(geom)[0]
    return _ring_wkb([*ring[:2], (math.nan, math.nan), *ring[2:], ring[0]])


def _ring_wkb(points: list[Point]) -> bytes:
    head = struct.pack("<BIII", 1, 3, 1, len(points))
    return head + b"".join(struct.pack("<2d", *point) for point in points)
