"""Edges that meet without sharing their vertices (COV006 within a commune, COV011 across a seam)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.domain.finding import Finding
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import Touches
from landdb.validators.fabric import NO_PARCEL, Units
from landdb.validators.places import subject_of
from landdb.validators.rings import Flags, Integers


def touch_limits_m(units: Units, catalogue: Catalogue) -> NDArray[np.float64]:
    """Give how near a foreign vertex must lie to each unit's edge; an object has no scale and takes the smallest."""
    rule = catalogue["COV006"]
    scales, scale = np.unique(units.scale_denominator, return_inverse=True)
    limits = np.array([rule.limit("vertex_tolerance_m", found) for found in scales.tolist()])
    is_parcel = units.parcel_id != NO_PARCEL
    smallest = limits[scale[is_parcel]].min() if is_parcel.any() else rule.limit("vertex_tolerance_m")
    by_unit: NDArray[np.float64] = np.where(is_parcel, limits[scale] if len(limits) else smallest, smallest)
    return by_unit


def check_vertices(units: Units, touches: Touches, catalogue: Catalogue, explained: Sequence[Finding]) -> list[Finding]:
    """Give one finding for each pair of units of which one lacks vertices of the other.

    A vertex at the rim of an overlap or narrow gap (`explained`) is that finding's corner, not one more.
    """
    parcel = units.parcel_id != NO_PARCEL
    touches = touches.take(parcel[touches.lacking] | parcel[touches.owner])
    touches = touches.take(~_explained(touches, explained, touch_limits_m(units, catalogue)))
    return list(_by_pair(units, touches, catalogue)) if len(touches) else []


def _explained(touches: Touches, explained: Sequence[Finding], limit_m: NDArray[np.float64]) -> Flags:
    """Tell which touches lie at the rim of a fault that is reported already."""
    shapes = [finding.geometry for finding in explained if finding.geometry is not None]
    flags = np.zeros(len(touches), dtype=bool)
    if shapes and len(touches):
        points = shapely.points(touches.xy)
        hit = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=float(limit_m.max()))[0]
        flags[hit] = True
    return flags


def _by_pair(units: Units, touches: Touches, catalogue: Catalogue) -> Iterator[Finding]:
    """Give the findings, touches of one pair together; a badly matched commune has thousands, so by column."""
    order = np.lexsort((touches.xy[:, 1], touches.xy[:, 0], touches.owner, touches.lacking))
    lacking, owner, xy = touches.lacking[order], touches.owner[order], touches.xy[order]
    begins = np.concatenate([[True], (lacking[1:] != lacking[:-1]) | (owner[1:] != owner[:-1])])
    first = np.flatnonzero(begins)
    places = shapely.multipoints(shapely.points(xy), indices=np.cumsum(begins) - 1)
    counts = np.diff(np.append(first, len(xy)))
    lacking, owner, xy = lacking[first], owner[first], xy[first]
    rank = units.ranks()
    one, other = np.where(rank[lacking] < rank[owner], (lacking, owner), (owner, lacking))
    ids, other_ids = _parcels_first(units.parcel_id[one], units.parcel_id[other])
    is_across = units.commune_id[one] != units.commune_id[other]
    rules = np.array([catalogue["COV006"], catalogue["COV011"]], dtype=object)[is_across.astype(int)].tolist()
    columns: dict[str, Iterable[object]] = {
        "rule_id": (rule.rule_id for rule in rules),
        "severity": (rule.severity for rule in rules),
        "commune_id": units.commune_id[one].tolist(),
        "subject": _subjects(units, one, other, is_across),
        "parcel_id": ids.tolist(),
        "other_parcel_id": _or_none(other_ids, other_ids != NO_PARCEL),
        "point": zip(*xy.T.tolist(), strict=True),
        "geometry": places,
        "srid": repeat(units.srid),
        "measure": counts.astype(float).tolist(),
        "unit": (rule.unit for rule in rules),
        "area_m2": repeat(None),
        "width_m": repeat(None),
        "details": _details(units, lacking, one, other, catalogue),
        "other_commune_id": _or_none(units.commune_id[other], is_across),
    }
    return map(Finding._make, zip(*(columns[name] for name in Finding._fields), strict=False))


def _parcels_first(one_id: Integers, other_id: Integers) -> tuple[Integers, Integers]:
    """Give the parcels' ids of pairs, an object's after its parcel's."""
    is_object = one_id == NO_PARCEL
    return np.where(is_object, other_id, one_id), np.where(is_object, one_id, other_id)


def _subjects(units: Units, one: Integers, other: Integers, is_across: Flags) -> list[str]:
    """Give the stable names of pairs in order."""
    keys = zip(units.key[one].tolist(), units.key[other].tolist(), strict=True)
    subjects = [f"{first}|{second}" for first, second in keys]
    for index in np.flatnonzero(is_across).tolist():
        subjects[index] = subject_of(units, (one[index], other[index]))
    return subjects


def _details(
    units: Units, lacking: Integers, one: Integers, other: Integers, catalogue: Catalogue
) -> Iterator[dict[str, Any]]:
    """Give who lacks the vertices of each pair, and the limits of the coarser sheet."""
    scale = np.maximum(units.scale_denominator[one], units.scale_denominator[other])
    limits = {
        at: {"vertex_tolerance_m": catalogue["COV006"].limit("vertex_tolerance_m", at), "scale_denominator": at}
        for at in np.unique(scale).tolist()
    }
    keys = units.key[lacking].tolist()
    return ({"lacking": key, "limits": limits[at]} for key, at in zip(keys, scale.tolist(), strict=True))


def _or_none(values: Integers, is_told: Flags) -> list[int | None]:
    """Give values, None where they are not to be told."""
    told = values.astype(object)
    told[~is_told] = None
    listed: list[int | None] = told.tolist()
    return listed
