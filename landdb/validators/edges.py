"""Which edges have no twin: the residual of units, on an integer grid of 0.1 mm.

In a sound coverage every edge between two units is drawn exactly twice, in opposite directions, by two
units. Those pairs cancel. What is left bounds everything that is wrong, and the outside. Cancelling is
linear: the residuals of communes, put together, cancel along their seams.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from landdb.validators import kernels
from landdb.validators.fabric import Units
from landdb.validators.rings import Coordinates, Flags, Geometries, Integers, Polygons

#: Min x, min y, max x, max y.
Bounds = tuple[float, float, float, float]

#: Vertices closer than this are one vertex by design: no survey tells them apart.
CELL_M = 1e-4
#: Coordinates are delivered by the millimetre, so rounding alone moves a vertex of a straight edge off it by this.
ROUNDING_M = 1.42e-3
#: What a vertex may be off when it was reprojected from another zone.
ACROSS_ZONES_M = 1e-2
#: Width of the grid in which touching vertices are looked up; about the length of an edge of a road or field.
_SEARCH_M = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Directed segments between numbered vertices, the ground of `unit` on their left."""

    start: Integers
    end: Integers
    unit: Integers
    xy: Coordinates

    def __len__(self) -> int:
        return len(self.start)

    def take(self, which: Flags | Integers | slice) -> "Segments":
        """Give the segments chosen by a mask, by index or by place."""
        return Segments(self.start[which], self.end[which], self.unit[which], self.xy)

    def uncancelled(self) -> "Segments":
        """Give the segments that are not drawn exactly once each way."""
        return self.take(kernels.uncancelled(self.start, self.end))

    def lines(self) -> Geometries:
        """Give one line per segment."""
        if not len(self):
            return np.empty(0, dtype=object)
        lines: Geometries = shapely.linestrings(np.stack([self.xy[self.start], self.xy[self.end]], axis=1))
        return lines

    def meeting(self, bounds: Bounds) -> "Segments":
        """Give the segments whose envelopes meet a rectangle."""
        return self.take(kernels.meeting(self.xy, self.start, self.end, bounds))

    def compact(self) -> "Segments":
        """Give the segments with only the vertices they use."""
        start, end, used = kernels.renumbered(self.start, self.end, len(self.xy))
        return Segments(start, end, self.unit, self.xy[used])

    def bounds(self) -> Bounds:
        """Give min x, min y, max x, max y of all segments."""
        low_x, low_y, high_x, high_y = kernels.bounds_of(self.xy, self.start, self.end)
        return low_x, low_y, high_x, high_y

    def backward(self) -> "Segments":
        """Give the segments drawn the other way: the ground on their right."""
        return Segments(self.end, self.start, self.unit, self.xy)


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Places (n, 2) where the unit `lacking` has no vertex although its edge passes a vertex of `owner`."""

    xy: Coordinates
    lacking: Integers
    owner: Integers

    def __len__(self) -> int:
        return len(self.lacking)

    def take(self, which: Flags | slice) -> "Touches":
        """Give the touches chosen by a mask or by place."""
        return Touches(self.xy[which], self.lacking[which], self.owner[which])


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """What is left of units' edges, and where edges meet without sharing a vertex."""

    segments: Segments
    touches: Touches


def residual_of(polygons: Polygons, units: Units, touch_m: Coordinates) -> Residual:
    """Give the residual of polygons; `touch_m` is how near a foreign vertex must lie to each unit's edge to count."""
    return resolve(directed(polygons), units, touch_m)


def directed(polygons: Polygons) -> Segments:
    """Give every ring's segments with the unit's ground on their left."""
    rings = polygons.rings
    number, first = kernels.number_vertices(rings.xy, CELL_M)
    start, end, unit = kernels.directed_segments(rings.xy, number, rings.start, rings.unit, rings.is_hole)
    return Segments(start, end, unit, rings.xy[first])


def put_together(parts: Sequence[Segments]) -> Segments:
    """Give several communes' segments with their vertices numbered alike; the units follow one another too."""
    xy = np.concatenate([part.xy for part in parts])
    number, first = kernels.number_vertices(xy, CELL_M)
    vertices = np.cumsum([0] + [len(part.xy) for part in parts])
    return Segments(
        np.concatenate([number[part.start + shift] for part, shift in zip(parts, vertices[:-1], strict=True)]),
        np.concatenate([number[part.end + shift] for part, shift in zip(parts, vertices[:-1], strict=True)]),
        np.concatenate([part.unit for part in parts]),
        xy[first],
    )


def resolve(segments: Segments, units: Units, touch_m: Coordinates) -> Residual:
    """Give what does not cancel once rounding is allowed for.

    Vertices apart by rounding become one, and an edge that passes a foreign vertex within rounding is divided
    there; both then cancel like any other pair. A divided edge is a touch, as is every foreign vertex within
    `touch_m` of an edge whose unit has none of its own there.
    """
    left = segments.uncancelled().compact()
    if not len(left):
        return Residual(left, Touches(np.empty((0, 2)), left.start, left.start))
    joined = _join(left, units).uncancelled()
    if not len(joined):
        return Residual(joined, Touches(np.empty((0, 2)), joined.start, joined.start))
    joined = joined.compact()
    vertex, segment, place, distance_m = kernels.touching(
        joined.xy, _at_vertices(joined, touch_m), joined.start, joined.end, touch_m[joined.unit], _SEARCH_M
    )
    foreign = ~kernels.owned(joined.start, joined.end, joined.unit, vertex, joined.unit[segment])
    vertex, segment, place, distance_m = vertex[foreign], segment[foreign], place[foreign], distance_m[foreign]
    touches = _lacking(joined, vertex, segment, units, touch_m)
    meets_own_zone = (_zones(joined, units)[vertex] & _zone_bit(units)[joined.unit[segment]]) > 0
    limit_m = np.where(meets_own_zone, ROUNDING_M, ACROSS_ZONES_M)
    near = (distance_m <= limit_m) & (place > 0) & (place < 1)
    divided = _divide(joined, vertex[near], segment[near], place[near])
    return Residual(divided.uncancelled(), touches)


def _at_vertices(segments: Segments, by_unit: Coordinates) -> Coordinates:
    """Give each vertex the largest value among the units that own it."""
    largest = np.zeros(len(segments.xy))
    np.maximum.at(largest, segments.start, by_unit[segments.unit])
    np.maximum.at(largest, segments.end, by_unit[segments.unit])
    return largest


def _zone_bit(units: Units) -> Integers:
    """Give 1 for a unit drawn in the zone it is looked at in, 2 for one that was reprojected into it."""
    return np.where(units.from_other_zone, 2, 1)


def _zones(segments: Segments, units: Units) -> Integers:
    """Give the bits of the zones whose units own each vertex."""
    bit = _zone_bit(units)[segments.unit]
    zones = np.zeros(len(segments.xy), dtype=np.int64)
    np.bitwise_or.at(zones, segments.start, bit)
    np.bitwise_or.at(zones, segments.end, bit)
    return zones


def _join(segments: Segments, units: Units) -> Segments:
    """Give the segments with vertices that only rounding keeps apart made one."""
    label = kernels.join_close(segments.xy, _zones(segments, units), ROUNDING_M, ACROSS_ZONES_M)
    start, end = label[segments.start], label[segments.end]
    real = start != end
    return Segments(start[real], end[real], segments.unit[real], segments.xy)


def _lacking(segments: Segments, vertex: Integers, segment: Integers, units: Units, touch_m: Coordinates) -> Touches:
    """Give the touches where the edge's unit has no vertex of its own within its reach, each once.

    Of several units that own the vertex the first in the order of findings stands for all.
    """
    unit = segments.unit[segment]
    place = segments.xy[vertex]
    to_start = np.hypot(*(segments.xy[segments.start[segment]] - place).T)
    to_end = np.hypot(*(segments.xy[segments.end[segment]] - place).T)
    has_own = np.minimum(to_start, to_end) <= touch_m[unit]
    key = vertex * np.int64(len(units)) + unit
    lacks = np.unique(key[~has_own])
    lacks = lacks[~np.isin(lacks, key[has_own])]
    lacking_vertex, lacking_unit = np.divmod(lacks, np.int64(len(units)))
    return Touches(segments.xy[lacking_vertex], lacking_unit, _first_owners(segments, lacking_vertex, units))


def _first_owners(segments: Segments, vertex: Integers, units: Units) -> Integers:
    """Give the first owner of each vertex in the order that findings name units in."""
    if not len(vertex):
        return vertex
    drawn = np.unique(segments.unit)
    rank = np.zeros(len(units), dtype=np.int64)
    rank[drawn] = units.take(drawn).ranks()
    first = np.full(len(segments.xy), len(drawn), dtype=np.int64)
    np.minimum.at(first, segments.start, rank[segments.unit])
    np.minimum.at(first, segments.end, rank[segments.unit])
    return drawn[np.argsort(rank[drawn])][first[vertex]]


def _divide(segments: Segments, vertex: Integers, segment: Integers, place: Coordinates) -> Segments:
    """Give the segments divided at vertices that lie on them, `place` telling the order along each."""
    if not len(vertex):
        return segments
    everyone = np.arange(len(segments))
    owner = np.concatenate([everyone, segment, everyone])
    node = np.concatenate([segments.start, vertex, segments.end])
    along = np.concatenate([np.full(len(segments), -1.0), place, np.full(len(segments), 2.0)])
    order = np.lexsort((along, owner))
    owner, node = owner[order], node[order]
    piece = (owner[1:] == owner[:-1]) & (node[1:] != node[:-1])
    return Segments(node[:-1][piece], node[1:][piece], segments.unit[owner[:-1][piece]], segments.xy)
