"""Edges that meet without sharing their vertices (COV006)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.domain.finding import Finding
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.fabric import Flags, Integers
from landdb.validators.places import fault_finding


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Residual vertices that lie on or near another unit's residual edge."""

    vertex: Integers
    segment: Integers

    def take(self, which: Flags) -> "Touches":
        """Give the touches chosen by a mask."""
        return Touches(self.vertex[which], self.segment[which])


def check_vertices(arrangement: Arrangement, catalogue: Catalogue, explained: Sequence[Finding]) -> list[Finding]:
    """Give one finding for each pair of units of which one lacks vertices of the other.

    A vertex at the rim of an overlap or narrow gap (`explained`) is that finding's corner, not one more.
    """
    segments = arrangement.segments
    if not len(segments.start):
        return []
    tolerance = _tolerances(arrangement, catalogue)
    touches = _lacking(arrangement, _near(arrangement, tolerance), tolerance)
    touches = touches.take(~_explained(arrangement, touches, tolerance, explained))
    owners = _owners(arrangement)
    vertices: dict[tuple[int, int], set[int]] = {}
    for vertex, segment in zip(touches.vertex.tolist(), touches.segment.tolist(), strict=True):
        lacking = int(segments.unit[segment])
        owner = _named_owner(arrangement, owners[vertex])
        if arrangement.fabric.is_parcel(lacking) or arrangement.fabric.is_parcel(owner):
            vertices.setdefault((lacking, owner), set()).add(vertex)
    return [_finding(arrangement, catalogue, pair, sorted(found)) for pair, found in vertices.items()]


def _tolerances(arrangement: Arrangement, catalogue: Catalogue) -> NDArray[np.float64]:
    """Give the tolerance of each unit's sheet; an object has none of its own and takes its neighbour's."""
    rule = catalogue["COV006"]
    fabric = arrangement.fabric
    by_scale = {scale: rule.limit("vertex_tolerance_m", scale) for scale in set(fabric.scale_denominator.tolist())}
    smallest = min(by_scale.values(), default=rule.limit("vertex_tolerance_m"))
    parcels = [by_scale[scale] for scale in fabric.scale_denominator.tolist()]
    return np.array(parcels + [smallest] * len(fabric.objects))


def _near(arrangement: Arrangement, tolerance: NDArray[np.float64]) -> Touches:
    """Give the residual vertices within tolerance of a residual edge of a unit that does not own them."""
    segments = arrangement.segments
    used = np.unique(np.concatenate([segments.start, segments.end]))
    points = shapely.points(segments.xy[used])
    tree = shapely.STRtree(arrangement.lines)
    found, segment = tree.query(points, predicate="dwithin", distance=float(tolerance.max()))
    vertex = used[found]
    count = np.int64(len(tolerance))
    owned = np.unique(np.concatenate([segments.start, segments.end]) * count + np.tile(segments.unit, 2))
    foreign = ~np.isin(vertex * count + segments.unit[segment], owned)
    touches = Touches(vertex, segment).take(foreign)
    coarsest = np.zeros(len(segments.xy))
    np.maximum.at(coarsest, segments.start, tolerance[segments.unit])
    np.maximum.at(coarsest, segments.end, tolerance[segments.unit])
    limit = np.maximum(coarsest[touches.vertex], tolerance[segments.unit[touches.segment]])
    distance = shapely.distance(shapely.points(segments.xy[touches.vertex]), arrangement.lines[touches.segment])
    return touches.take(distance <= limit)


def _lacking(arrangement: Arrangement, touches: Touches, tolerance: NDArray[np.float64]) -> Touches:
    """Give the touches where the edge's unit has no vertex of its own within tolerance."""
    segments = arrangement.segments
    place = segments.xy[touches.vertex]
    to_start = np.hypot(*(segments.xy[segments.start[touches.segment]] - place).T)
    to_end = np.hypot(*(segments.xy[segments.end[touches.segment]] - place).T)
    unit = segments.unit[touches.segment]
    has_own = np.minimum(to_start, to_end) <= tolerance[unit]
    key = touches.vertex * np.int64(len(tolerance)) + unit
    return touches.take(~np.isin(key, np.unique(key[has_own])))


def _explained(
    arrangement: Arrangement, touches: Touches, tolerance: NDArray[np.float64], explained: Sequence[Finding]
) -> Flags:
    """Tell which touches lie at the rim of a fault that is reported already."""
    shapes = [finding.geometry for finding in explained if finding.geometry is not None]
    flags = np.zeros(len(touches.vertex), dtype=bool)
    if shapes and len(flags):
        points = shapely.points(arrangement.segments.xy[touches.vertex])
        hit = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=float(tolerance.max()))[0]
        flags[hit] = True
    return flags


def _owners(arrangement: Arrangement) -> dict[int, set[int]]:
    """Give the units that own each residual vertex."""
    segments = arrangement.segments
    owners: dict[int, set[int]] = {}
    for ends in (segments.start, segments.end):
        for vertex, unit in zip(ends.tolist(), segments.unit.tolist(), strict=True):
            owners.setdefault(vertex, set()).add(unit)
    return owners


def _named_owner(arrangement: Arrangement, owners: set[int]) -> int:
    """Give the one owner that stands for all: a parcel before an object, then by key."""
    fabric = arrangement.fabric
    return min(owners, key=lambda unit: (not fabric.is_parcel(unit), fabric.key_of(unit)))


def _finding(arrangement: Arrangement, catalogue: Catalogue, pair: tuple[int, int], vertices: Sequence[int]) -> Finding:
    fabric = arrangement.fabric
    rule = catalogue["COV006"]
    scale = fabric.coarser_scale(pair)
    places = arrangement.segments.xy[np.asarray(vertices)]
    places = places[np.lexsort((places[:, 1], places[:, 0]))]
    return fault_finding(
        fabric,
        rule,
        units=pair,
        geometry=shapely.multipoints(places),
        point=(float(places[0, 0]), float(places[0, 1])),
        measure=float(len(places)),
        details={
            "lacking": fabric.key_of(pair[0]),
            "limits": {
                "vertex_tolerance_m": rule.limit("vertex_tolerance_m", scale),
                "scale_denominator": scale,
            },
        },
    )
