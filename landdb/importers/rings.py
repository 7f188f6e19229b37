"""The rings of a batch's polygons, looked at all at once: their order, direction and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely import GeometryType

#: The least share of its shape's extent, squared, that a ring's area must have for the sum to tell its direction.
_CLEAR_AREA: Final = 1e-9


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
        return self.part_owner[self.owner]

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


def ordered(shapes: np.ndarray) -> tuple[np.ndarray, Rings]:
    """Give valid shapes with shells counter-clockwise and rings that end once, and their rings.

    A doubled closing vertex is a drawing habit. Doubled vertices elsewhere stay: they are for a rule to find
    and for a person to judge. Nearly all shapes are in order, and the rest is put so one by one.
    """
    rings = rings_of(shapes)
    if not len(shapes):
        return shapes, rings
    turned = np.unique(rings.shapes[~_runs_right(rings, shapely.bounds(shapes))])
    repeated = np.unique(rings.shapes[_ends_twice(rings)])
    if not len(turned) and not len(repeated):
        return shapes, rings
    shapes = shapes.copy()
    shapes[turned] = shapely.orient_polygons(shapes[turned])
    for position in repeated:
        shapes[position] = _ended_once(shapes[position])
    return shapes, rings_of(shapes)


def _runs_right(rings: Rings, bounds: np.ndarray) -> np.ndarray:
    """Tell of each ring whether it clearly runs as it should: shells counter-clockwise, holes clockwise."""
    starts = rings.ends - rings.sizes
    from_start = rings.vertices - np.repeat(rings.vertices[starts], rings.sizes, axis=0)
    x, y = from_start[:, 0], from_start[:, 1]
    # A ring begins and ends at its own zero, so that the products across two rings vanish.
    doubled = np.add.reduceat(x[:-1] * y[1:] - y[:-1] * x[1:], starts)
    extent = (bounds[:, 2] - bounds[:, 0]) + (bounds[:, 3] - bounds[:, 1])
    is_shell = np.diff(rings.owner, prepend=-1) != 0
    return np.where(is_shell, doubled, -doubled) > _CLEAR_AREA * (extent**2)[rings.shapes]


def _ends_twice(rings: Rings) -> np.ndarray:
    """Tell of each ring whether the vertex before its last is the same."""
    last = rings.ends - 1
    return np.asarray((rings.vertices[last] == rings.vertices[last - 1]).all(axis=1))


def _ended_once(shape: shapely.Geometry) -> shapely.Geometry:
    polygons = []
    for part in shapely.get_parts(shape):
        rings = [_ring_ended_once(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(polygons)


def _ring_ended_once(ring: np.ndarray) -> np.ndarray:
    last = len(ring) - 1
    while last > 3 and (ring[last - 1] == ring[-1]).all():
        last -= 1
    return np.asarray(ring[: last + 1])
