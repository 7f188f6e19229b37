"""Which edges have no twin: the residual of a fabric, on an integer grid of 0.1 mm.

In a sound coverage every edge between two units is drawn exactly twice, in opposite directions, by two
units. Those pairs cancel. What is left bounds everything that is wrong, and the outside (`residual`).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.validators.fabric import Geometries, Integers

#: Vertices closer than this are one vertex by design: no survey tells them apart.
CELL_M = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Directed segments between numbered vertices, the ground of `unit` on their left."""

    start: Integers
    end: Integers
    unit: Integers
    xy: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_]) -> "Segments":
        """Give the segments chosen by a mask."""
        return Segments(self.start[which], self.end[which], self.unit[which], self.xy)

    def lines(self) -> Geometries:
        """Give one line per segment."""
        if not len(self.start):
            return np.empty(0, dtype=object)
        lines: Geometries = shapely.linestrings(np.stack([self.xy[self.start], self.xy[self.end]], axis=1))
        return lines


def residual(units: Geometries) -> Segments:
    """Give the segments of all rings that no opposite twin cancels."""
    segments = _directed(units)
    left = segments.take(~_cancels(segments))
    joined = _join_close_vertices(left)
    return joined.take(~_cancels(joined))


def _directed(units: Geometries) -> Segments:
    """Give every ring's segments, shells counter-clockwise and holes clockwise."""
    polygons, owner = shapely.get_parts(shapely.orient_polygons(units), return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(coordinates):
        nothing = np.empty(0, dtype=np.int64)
        return Segments(nothing, nothing, nothing, np.empty((0, 2)))
    number, xy = _number_vertices(coordinates)
    within = ring[1:] == ring[:-1]
    start, end = number[:-1][within], number[1:][within]
    unit = owner[polygon[ring[:-1][within]]].astype(np.int64)
    real = start != end
    return Segments(start[real], end[real], unit[real], xy)


def _number_vertices(coordinates: NDArray[np.float64]) -> tuple[Integers, NDArray[np.float64]]:
    """Give a number per grid cell for each coordinate, and one position per number.

    Columns and rows are ranked apart, so that a stray polygon a thousand kilometres away (wrong meridian)
    cannot overflow a packed key.
    """
    origin = np.floor(coordinates.min(axis=0))
    cells = np.rint((coordinates - origin) / CELL_M).astype(np.int64)
    column = np.unique(cells[:, 0], return_inverse=True)[1]
    row = np.unique(cells[:, 1], return_inverse=True)[1]
    key = column * (row.max() + 1) + row
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return number.astype(np.int64), coordinates[first]


def _cancels(segments: Segments) -> NDArray[np.bool_]:
    """Tell for each segment whether its edge is drawn exactly once each way, and so bounds two units that agree."""
    if not len(segments.start):
        return np.empty(0, dtype=bool)
    low, high = np.minimum(segments.start, segments.end), np.maximum(segments.start, segments.end)
    _, edge = np.unique(low * np.int64(len(segments.xy)) + high, return_inverse=True)
    forward = segments.start == low
    onward = np.bincount(edge, weights=forward)
    back = np.bincount(edge, weights=~forward)
    clean: NDArray[np.bool_] = ((onward == 1) & (back == 1))[edge]
    return clean


def _join_close_vertices(segments: Segments) -> Segments:
    """Give the segments with vertices in neighbouring cells made one: noise that straddles a cell's border."""
    used = np.unique(np.concatenate([segments.start, segments.end]))
    if not len(used):
        return segments
    points = shapely.points(segments.xy[used])
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=1.5 * CELL_M)
    label = _components(len(used), one, other)
    number = np.arange(len(segments.xy), dtype=np.int64)
    number[used] = used[label]
    start, end = number[segments.start], number[segments.end]
    real = start != end
    return Segments(start[real], end[real], segments.unit[real], segments.xy)


def _components(count: int, one: Integers, other: Integers) -> Integers:
    """Give the smallest member's index of each connected group, by passing labels along until they rest."""
    label = np.arange(count, dtype=np.int64)
    while True:
        passed = label.copy()
        np.minimum.at(passed, one, label[other])
        passed = passed[passed]
        if np.array_equal(passed, label):
            return label
        label = passed
