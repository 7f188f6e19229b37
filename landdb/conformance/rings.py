"""Small deliberate changes to polygons. Shells run counter-clockwise here, so the outside is to the right."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely import Polygon

from landdb.conformance.walls import Floats

Point = tuple[float, float]


def shell_of(polygon: Polygon) -> Floats:
    """Give the shell's vertices counter-clockwise, the closing one left out."""
    ring = np.asarray(polygon.exterior.coords)[:-1, :2]
    return ring if polygon.exterior.is_ccw else ring[::-1]


def with_shell(polygon: Polygon, shell: Floats) -> Polygon:
    """Give the polygon with another shell and the holes it had."""
    return Polygon(shell, polygon.interiors)


def edges_shared(polygon: Polygon, other: Polygon) -> list[int]:
    """Give the indexes of the shell's edges that the other polygon draws the other way round."""
    theirs: set[tuple[Point, Point]] = set()
    for ring in shapely.get_rings(other):
        points = [tuple(point) for point in np.asarray(ring.coords)[:, :2]]
        theirs.update(pairwise(points))
        theirs.update(pairwise(points[::-1]))
    mine = [tuple(point) for point in shell_of(polygon)]
    edges = zip(mine, [*mine[1:], mine[0]], strict=True)
    return [index for index, edge in enumerate(edges) if edge in theirs]


def edge_of(polygon: Polygon, index: int) -> tuple[Floats, Floats]:
    """Give the two ends of a shell's edge."""
    shell = shell_of(polygon)
    return shell[index], shell[(index + 1) % len(shell)]


def edge_length_m(polygon: Polygon, index: int) -> float:
    """Give the length of a shell's edge."""
    one, other = edge_of(polygon, index)
    return float(np.hypot(*(other - one)))


def beside(one: Floats, other: Floats, along_m: float, outward_m: float) -> Point:
    """Give the point so far along an edge and so far to its right."""
    along = (other - one) / np.hypot(*(other - one))
    x, y = one + along * along_m + np.array([along[1], -along[0]]) * outward_m
    return float(x), float(y)


def inserted(polygon: Polygon, index: int, points: Sequence[Point]) -> Polygon:
    """Give the polygon with points put into a shell's edge."""
    return with_shell(polygon, np.insert(shell_of(polygon), index + 1, np.asarray(points), axis=0))


def pushed(polygon: Polygon, index: int, outward_m: float) -> tuple[Polygon, Polygon]:
    """Give the polygon with an edge pushed out (in, when negative), and the strip between old and new edge.

    The strip is a trapezoid as wide as asked for over at least half of the edge's length.
    """
    one, other = edge_of(polygon, index)
    length_m = float(np.hypot(*(other - one)))
    inset_m = min(max(abs(outward_m), 0.1 * length_m), 0.25 * length_m)
    moved = [beside(one, other, inset_m, outward_m), beside(one, other, length_m - inset_m, outward_m)]
    return inserted(polygon, index, moved), Polygon([one, *moved, other])


def moved_vertex(polygon: Polygon, index: int, by: Floats) -> Polygon:
    """Give the polygon with one vertex of its shell moved."""
    shell = shell_of(polygon).copy()
    shell[index] += by
    return with_shell(polygon, shell)


def without_vertex(polygon: Polygon, index: int) -> Polygon:
    """Give the polygon without one vertex of its shell."""
    return with_shell(polygon, np.delete(shell_of(polygon), index, axis=0))


def offset_m(polygon: Polygon, index: int) -> float:
    """Give how far a vertex lies outside (inside, when negative) the line between its neighbours."""
    shell = shell_of(polygon)
    before, here, after = shell[index - 1], shell[index], shell[(index + 1) % len(shell)]
    along = (after - before) / np.hypot(*(after - before))
    return float((here - before) @ np.array([along[1], -along[0]]))


def room(polygon: Polygon) -> tuple[Floats, float]:
    """Give the middle and the radius of the largest circle inside."""
    radius = shapely.maximum_inscribed_circle(polygon, tolerance=0.05)
    return np.asarray(radius.coords[0]), float(radius.length)


def disc(middle: Floats, radius_m: float, corners: int = 8) -> Floats:
    """Give the corners of a regular polygon on the grid of 1 mm."""
    angle = np.arange(corners) * 2 * np.pi / corners + 0.3
    ring: Floats = np.round(middle + radius_m * np.stack([np.cos(angle), np.sin(angle)], axis=1), 3)
    return ring
