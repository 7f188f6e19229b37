"""Ground that belongs to two units: overlaps, slivers, containment, polygons drawn twice (COV001–3, 8, 9, 13)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.domain.area_limits import edge_limit_m
from landdb.domain.finding import Finding, Severity
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.fabric import Units
from landdb.validators.places import fault_finding, label_point
from landdb.validators.rings import Geometries, Integers
from landdb.validators.widths import opened, polygon_parts, widths_m

#: Up to here all pairs of the units in one face are tried; beyond, two sheets of one ground lie over each other.
_FEW = 16
#: What noise of micrometres on shared edges leaves is thinner than this.
_THREAD_M = 1e-5
#: Cutting threads off makes a rim this much shorter only where it hangs on threads.
_THREADED = 0.9

#: Gives the units, with their polygons, whose envelopes meet those of some faces.
UnitsNear = Callable[[Geometries], tuple[Units, Geometries]]


@dataclass(frozen=True, slots=True)
class Shared:
    """The ground that two units share: its polygons, and the width of the widest."""

    pair: tuple[int, int]
    ground: BaseGeometry
    width_m: float
    agreement: float
    contained: float


def check_overlaps(arrangement: Arrangement, units_near: UnitsNear, catalogue: Catalogue) -> list[Finding]:
    """Give one finding for each pair of units that share ground above the noise."""
    faces = arrangement.overlaps()
    faces = faces[shapely.area(faces) > 0]
    if not len(faces):
        return []
    units, polygons = units_near(faces)
    one, other = _candidate_pairs(faces, units, polygons)
    if not len(one):
        return []
    grounds = shapely.intersection(polygons[one], polygons[other])
    real = shapely.area(grounds) >= catalogue["COV001"].limit("noise_area_m2")
    one, other, grounds = one[real], other[real], grounds[real]
    areas, shared_m2 = shapely.area(polygons), shapely.area(grounds)
    agreement = shared_m2 / (areas[one] + areas[other] - shared_m2)
    contained = shared_m2 / np.minimum(areas[one], areas[other])
    found: list[Finding] = []
    for index, width in enumerate(_widths(grounds).tolist()):
        pair = int(one[index]), int(other[index])
        ground = _polygons_only(grounds[index])
        shared = Shared(pair, ground, width, float(agreement[index]), float(contained[index]))
        found.extend(_judge(units, catalogue, shared))
    return found


def _widths(shared: Geometries) -> NDArray[np.float64]:
    """Give the width of the widest part of each overlap, all searched at once."""
    parts, index = shapely.get_parts(shared, return_index=True)
    areal = shapely.get_type_id(parts) == 3
    widest = np.zeros(len(shared))
    np.maximum.at(widest, index[areal], widths_m(parts[areal]))
    return widest


def _polygons_only(shared: BaseGeometry) -> BaseGeometry:
    """Give the overlap without the lines and points where the two units merely touch."""
    parts = polygon_parts(shared)
    ground: BaseGeometry = shapely.multipolygons(parts) if len(parts) > 1 else parts[0]
    return ground


def _candidate_pairs(faces: Geometries, units: Units, polygons: Geometries) -> tuple[Integers, Integers]:
    """Give the pairs of units that meet in a face covered twice, at least one of each a parcel.

    A face can span several pairs (two sheets of one ground, each sound in itself), so every pair with
    touching envelopes is tried, and the intersection decides. Never `overlaps`: it is false for identical
    and for contained polygons.
    """
    unit, face = shapely.STRtree(faces).query(polygons, predicate="intersects")
    if not len(unit):
        return unit, face
    order = np.lexsort((unit, face))
    unit, face = unit[order], face[order]
    groups = np.split(unit, np.flatnonzero(np.diff(face)) + 1)
    pairs = np.concatenate([_meeting_pairs(polygons, group) for group in groups])
    one, other = np.divmod(np.unique(pairs[:, 0] * np.int64(len(units)) + pairs[:, 1]), np.int64(len(units)))
    with_parcel = (units.parcel_id[one] >= 0) | (units.parcel_id[other] >= 0)
    return one[with_parcel], other[with_parcel]


def _meeting_pairs(polygons: Geometries, group: Integers) -> Integers:
    """Give the pairs of an ascending list of units whose envelopes meet; a long list is searched by an index."""
    if len(group) > _FEW:
        first, second = shapely.STRtree(polygons[group]).query(polygons[group])
        ascending = first < second
        return np.stack([group[first[ascending]], group[second[ascending]]], axis=1)
    first, second = np.triu_indices(len(group), k=1)
    one, other = group[first], group[second]
    meet = shapely.intersects(shapely.envelope(polygons[one]), shapely.envelope(polygons[other]))
    return np.stack([one[meet], other[meet]], axis=1)


def _judge(units: Units, catalogue: Catalogue, shared: Shared) -> Iterator[Finding]:
    """Give the finding for one pair's shared ground: duplicate, contained, overlap or sliver; nothing for noise."""
    scale = units.coarser_scale(shared.pair)
    overlap = catalogue["COV001"]
    noise_width_m = overlap.limit("noise_width_m", scale)
    if units.crosses_zones(shared.pair):
        noise_width_m = max(noise_width_m, overlap.limit("cross_zone_noise_m"))
    if shared.width_m < noise_width_m:
        return
    parts, edge_m = _without_threads(shapely.get_parts(shared.ground), noise_width_m)
    shared = replace(shared, ground=shapely.multipolygons(parts) if len(parts) > 1 else parts[0])
    limit_m = edge_limit_m(edge_m, scale or None)
    limits = {"edge_limit_m": round(limit_m, 4), "noise_width_m": noise_width_m, "scale_denominator": scale}
    rule_id, severity, measure = _rule_for(units, catalogue, shared, limit_m)
    limits |= {name: limit.default for name, limit in catalogue[rule_id].limits.items() if name.startswith("min_")}
    yield fault_finding(
        units,
        catalogue[rule_id],
        members=shared.pair,
        geometry=shared.ground,
        point=label_point(shared.ground),
        measure=measure,
        width_m=shared.width_m,
        severity=severity,
        details={"limits": limits, "parts": len(parts)},
    )


def _without_threads(parts: Geometries, noise_width_m: float) -> tuple[Geometries, float]:
    """Give the parts wider than noise, and how long the strip is that two units share: half the longest rim.

    Noise on shared edges spins threads that hang on to a fault and would make it look as long as the border.
    """
    wide = parts[widths_m(parts) >= noise_width_m] if len(parts) > 1 else parts
    cores = opened(wide, noise_width_m)
    lengths = shapely.length(np.where(shapely.is_empty(cores), wide, cores))
    trimmed = polygon_parts(shapely.geometrycollections(opened(wide, _THREAD_M)))
    has_threads = shapely.length(trimmed).sum() < _THREADED * shapely.length(wide).sum()
    return trimmed if has_threads and len(trimmed) else wide, float(lengths.max()) / 2


def _rule_for(units: Units, catalogue: Catalogue, shared: Shared, limit_m: float) -> tuple[str, Severity | None, float]:
    """Give the rule that shared ground breaks, its severity where it is not the rule's own, and the measure."""
    within_limit: Severity | None = "warning" if shared.width_m <= limit_m else None
    if units.crosses_communes(shared.pair):
        return "COV009", within_limit, shared.width_m
    if units.crosses_zones(shared.pair):
        return "COV013", within_limit, shared.width_m
    if all(units.is_parcel(unit) for unit in shared.pair):
        if shared.agreement > catalogue["COV003"].limit("min_iou"):
            return "COV003", None, shared.agreement
        if shared.contained > catalogue["COV008"].limit("min_contained"):
            return "COV008", None, shared.contained
    return "COV001" if within_limit is None else "COV002", None, shared.width_m
