"""Edges that meet without sharing their vertices (COV006 within a commune, COV011 across a seam)."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.domain.finding import Finding
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import Touches
from landdb.validators.fabric import NO_PARCEL, Units
from landdb.validators.places import subject_of
from landdb.validators.rings import Flags


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
    one_id, other_id = units.parcel_id[one], units.parcel_id[other]
    one_id, other_id = (
        np.where(one_id == NO_PARCEL, other_id, one_id),
        np.where(one_id == NO_PARCEL, one_id, other_id),
    )
    scale = np.maximum(units.scale_denominator[one], units.scale_denominator[other])
    limits = {
        at: {"vertex_tolerance_m": catalogue["COV006"].limit("vertex_tolerance_m", at), "scale_denominator": at}
        for at in np.unique(scale).tolist()
    }
    columns = (one, other, one_id, other_id, units.commune_id[one], units.commune_id[other], lacking, scale, counts, xy)
    within, across = catalogue["COV006"], catalogue["COV011"]
    for one_, other_, id_, other_id_, commune, other_commune, lacks, at, count, place, geometry in zip(
        *(column.tolist() for column in columns), places.tolist(), strict=True
    ):
        rule = within if commune == other_commune else across
        yield Finding(
            rule_id=rule.rule_id,
            severity=rule.severity,
            commune_id=commune,
            other_commune_id=None if rule is within else other_commune,
            subject=f"{units.key[one_]}|{units.key[other_]}" if rule is within else subject_of(units, (one_, other_)),
            parcel_id=id_,
            other_parcel_id=None if other_id_ == NO_PARCEL else other_id_,
            point=tuple(place),
            geometry=geometry,
            srid=units.srid,
            measure=float(count),
            unit=rule.unit,
            details={"lacking": units.key[lacks], "limits": limits[at]},
        )
