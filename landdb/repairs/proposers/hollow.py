"""Fit a parcel to its neighbours: shifted or turned as a whole, it takes exactly the ground that they leave."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.validators.widths import polygon_parts

#: Corners of the fault were noded on the engine's grid.
_AT_FAULT_M = 0.02


def propose_fitting(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give, for each parcel at the fault, the draft in which it takes the ground that all others leave around it."""
    if finding.geometry is None:
        return
    for unit in near.near(finding.geometry, _AT_FAULT_M):
        found = near.units[unit]
        hollow = _hollow(near, unit) if found.is_parcel and not found.is_from_other_zone else None
        if hollow is not None:
            place = shapely.union(shapely.boundary(near.geom(unit)), finding.geometry)
            yield Draft("FIT_TO_NEIGHBOURS", {unit: hollow}, "DRAWN_AMISS", place=place, values={"giver": found.label})


def _hollow(near: Neighbourhood, unit: int) -> BaseGeometry | None:
    """Give the ground around a unit that nobody else covers; None when it is open to the outside within reach."""
    geom, reach_m = near.geom(unit), near.accuracy_m(unit)
    around = shapely.buffer(geom, reach_m, join_style="mitre")
    members = np.array([other for other in near.near(around, 0.0) if other != unit], dtype=np.int64)
    if not len(members):
        return None
    left = polygon_parts(shapely.difference(around, shapely.union_all(near.geoms[members])))
    if not len(left):
        return None
    shared = shapely.area(shapely.intersection(left, geom))
    hollow: BaseGeometry = left[int(np.argmax(shared))]
    is_open = shapely.intersects(hollow, shapely.boundary(around))
    return None if is_open else hollow
