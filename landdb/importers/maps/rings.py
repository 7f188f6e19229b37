"""The rings of a batch's polygons, looked at all at once: their order, direction and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from shapely import GeometryType

#: A ring's area must exceed this share of the longest reach, squared: beyond the rounding of 100,000 vertices' sum.
_CLEAR_AREA: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of polygons and multipolygons in the order in which WKB writes them."""

    is_multi: np.ndarray  # for each shape
    part_owner: np.ndarray  # for each polygon its shape
    owner: np.ndarray  # for each ring its polygon
    sizes: np.ndarray  # for each ring its vertices
    vertices: np.ndarray  # x, y of all

    @property
    def shapes(self) -> np.ndarray:
        """Give for each ring its shape."""
        return np.asarray(self.part_owner[self.owner])

    @property
    def ends(self) -> np.ndarray:
        """Give for each ring where the vertices of the next one begin."""
        return np.cumsum(self.sizes)


def rings_of(shapes: np.ndarray) -> Rings:
    """Give the rings of polygons and multipolygons."""
    is_multi = shapely.get_type_id(shapes) == GeometryType.MULTIPOLYGON
    parts, part_owner = _split(shapes, is_multi, shapely.get_parts)
    not_one = (shapely.get_num_interior_rings(parts) > 0) | shapely.is_empty(parts)
    rings, owner = _split(parts, not_one, shapely.get_rings)
    return Rings(is_multi, part_owner, owner, shapely.get_num_coordinates(rings), shapely.get_coordinates(shapes))


def _split(shapes: np.ndarray, divided: np.ndarray, split: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray]:
    """Give the pieces of the divided shapes among the others, which are their own piece, and each one's shape."""
    if not divided.any():
        return shapes, np.arange(len(shapes))
    rows = np.flatnonzero(divided)
    pieces, row_of_piece = split(shapes[rows], return_index=True)
    owner = np.concatenate((np.flatnonzero(~divided), rows[row_of_piece]))
    order = np.argsort(owner, kind="stable")
    return np.concatenate((shapes[~divided], pieces))[order], owner[order]


def ordered(shapes: np.ndarray) -> Rings:
    """Give the rings of valid shapes, shells counter-clockwise, and each ending once.

    A doubled closing vertex is a drawing habit. Doubled vertices elsewhere stay: they are for a rule to find
    and for a person to judge. Rings that only need turning are turned all at once, odd ones shape by shape.
    """
    rings = rings_of(shapes)
    if not len(rings.sizes):
        return rings
    direction = _direction(rings)
    turned = _reversed(rings, direction < 0)
    odd = np.unique(rings.shapes[(direction == 0) | _ends_twice(rings) | _ends_twice(turned)])
    if not len(odd):
        return turned
    shapes = shapely.orient_polygons(_ended(odd, shapes))
    return rings_of(_ended(odd, shapes))  # a vertex doubled at the start of a ring ends it once it is turned


def _direction(rings: Rings) -> np.ndarray:
    """Give 1 for each ring that runs as it should (shells counter-clockwise), -1 for the opposite, 0 where unclear."""
    starts = rings.ends - rings.sizes
    from_start = rings.vertices - np.repeat(rings.vertices.take(starts, axis=0), rings.sizes, axis=0)
    x, y = from_start[:, 0], from_start[:, 1]
    # A ring begins and ends at its own zero, so that the products across two rings vanish.
    doubled_area = np.add.reduceat(x[:-1] * y[1:] - y[:-1] * x[1:], starts)
    is_shell = np.diff(rings.owner, prepend=-1) != 0
    reach = max(from_start.max(), -from_start.min())
    is_clear = np.abs(doubled_area) > 2 * _CLEAR_AREA * reach**2
    return np.where(is_clear, np.sign(np.where(is_shell, doubled_area, -doubled_area)), 0)


def _reversed(rings: Rings, which: np.ndarray) -> Rings:
    """Give the rings with some of them run through the other way."""
    if not which.any():
        return rings
    order = np.arange(len(rings.vertices))
    mirrored = np.repeat(2 * rings.ends - rings.sizes - 1, rings.sizes) - order
    order = np.where(np.repeat(which, rings.sizes), mirrored, order)
    return replace(rings, vertices=rings.vertices.take(order, axis=0))


def _ends_twice(rings: Rings) -> np.ndarray:
    """Tell of each ring whether the vertex before its last is the same."""
    last = rings.ends - 1
    x, y = rings.vertices.T
    return np.asarray((x[last] == x[last - 1]) & (y[last] == y[last - 1]))


def _ended(positions: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Give the shapes with each ring of those at the positions ending once."""
    changed = shapes.copy()
    for position in positions:
        changed[position] = _ended_once(shapes[position])
    return changed


def _ended_once(shape: shapely.Geometry) -> shapely.Geometry:
    polygons = []
    for part in shapely.get_parts(shape):
        rings = [_ring_ended_once(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]) if rings else part)
    return polygons[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(polygons)


def _ring_ended_once(ring: np.ndarray) -> np.ndarray:
    last = len(ring) - 1
    while last > 3 and (ring[last - 1] == ring[-1]).all():
        last -= 1
    return np.asarray(ring[: last + 1])
