"""Ground that belongs to two units: overlaps, slivers and polygons drawn twice (COV001–COV003)."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.domain.area_limits import edge_limit_m
from landdb.domain.finding import Finding
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.fabric import Geometries, Integers
from landdb.validators.places import fault_finding, label_point
from landdb.validators.widths import polygon_parts, widths_m

#: Up to here all pairs of the units in one face are tried; beyond, two sheets of one ground lie over each other.
_FEW = 16


def check_overlaps(arrangement: Arrangement, catalogue: Catalogue) -> list[Finding]:
    """Give one finding for each pair of units that share ground above the noise."""
    one, other = _candidate_pairs(arrangement)
    if not len(one):
        return []
    shared = shapely.intersection(arrangement.units[one], arrangement.units[other])
    real = shapely.area(shared) >= catalogue["COV001"].limit("noise_area_m2")
    pairs = list(zip(one[real].tolist(), other[real].tolist(), strict=True))
    found: list[Finding] = []
    for pair, ground, width in zip(pairs, shared[real], _widths(shared[real]).tolist(), strict=True):
        found.extend(_judge(arrangement, catalogue, pair, _polygons_only(ground), width))
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


def _candidate_pairs(arrangement: Arrangement) -> tuple[Integers, Integers]:
    """Give the pairs of units that meet in a face covered twice, at least one of each a parcel.

    A face can span several pairs (two sheets of one ground, each sound in itself), so every pair with
    touching envelopes is tried, and the intersection decides. Never `overlaps`: it is false for identical
    and for contained polygons.
    """
    faces = arrangement.overlaps()
    if not len(faces):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    unit, face = shapely.STRtree(faces).query(arrangement.units, predicate="intersects")
    order = np.lexsort((unit, face))
    unit, face = unit[order], face[order]
    groups = np.split(unit, np.flatnonzero(np.diff(face)) + 1)
    pairs = np.concatenate([_meeting_pairs(arrangement.units, group) for group in groups])
    count = np.int64(len(arrangement.units))
    one, other = np.divmod(np.unique(pairs[:, 0] * count + pairs[:, 1]), count)
    with_parcel = one < arrangement.fabric.parcel_count
    return one[with_parcel], other[with_parcel]


def _meeting_pairs(units: Geometries, group: Integers) -> Integers:
    """Give the pairs of an ascending list of units whose envelopes meet; a long list is searched by an index."""
    if len(group) > _FEW:
        first, second = shapely.STRtree(units[group]).query(units[group])
        ascending = first < second
        return np.stack([group[first[ascending]], group[second[ascending]]], axis=1)
    first, second = np.triu_indices(len(group), k=1)
    one, other = group[first], group[second]
    meet = shapely.intersects(shapely.envelope(units[one]), shapely.envelope(units[other]))
    return np.stack([one[meet], other[meet]], axis=1)


def _judge(
    arrangement: Arrangement, catalogue: Catalogue, pair: tuple[int, int], ground: BaseGeometry, width: float
) -> Iterator[Finding]:
    """Give the finding for one pair's shared ground: duplicate, overlap or sliver; nothing for noise."""
    fabric = arrangement.fabric
    scale = fabric.coarser_scale(pair)
    overlap = catalogue["COV001"]
    noise_width_m = overlap.limit("noise_width_m", scale)
    if fabric.crosses_zones(pair):
        noise_width_m = max(noise_width_m, overlap.limit("cross_zone_noise_m"))
    if width < noise_width_m:
        return
    parts = shapely.get_parts(ground)
    limit_m = edge_limit_m(float(shapely.length(parts).max()) / 2, scale or None)
    agreement = ground.area / (arrangement.units[pair[0]].area + arrangement.units[pair[1]].area - ground.area)
    limits = {"edge_limit_m": round(limit_m, 4), "noise_width_m": noise_width_m, "scale_denominator": scale}
    rule_id, measure = ("COV001", width) if width > limit_m else ("COV002", width)
    if agreement > catalogue["COV003"].limit("min_iou") and fabric.is_parcel(pair[1]):
        rule_id, measure = "COV003", agreement
        limits["min_iou"] = catalogue["COV003"].limit("min_iou")
    yield fault_finding(
        fabric,
        catalogue[rule_id],
        units=pair,
        geometry=ground,
        point=label_point(ground),
        measure=measure,
        width_m=width,
        details={"limits": limits, "parts": len(parts)},
    )
