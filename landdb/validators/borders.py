"""The fabric against its commune's boundary, with the boundary's own tolerance (COV007, ADM001).

Boundary data are coarser than parcels and rarely share their vertices, so they never enter the
arrangement: that would turn every border edge into a finding.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.gaps import Rim
from landdb.validators.places import fault_finding, label_point
from landdb.validators.widths import polygon_parts, widths_m


def check_borders(arrangement: Arrangement, catalogue: Catalogue) -> list[Finding]:
    """Give the parcels beyond the boundary and the uncovered ground along it; nothing without a boundary."""
    boundary = arrangement.fabric.boundary
    if boundary is None or not arrangement.fabric.parcel_count:
        return []
    return [*_outside(arrangement, catalogue, boundary), *_uncovered(arrangement, catalogue, boundary)]


def _outside(arrangement: Arrangement, catalogue: Catalogue, boundary: BaseGeometry) -> Iterator[Finding]:
    """Give ADM001 for parcels that reach beyond the boundary by more than the tolerance."""
    rule = catalogue["ADM001"]
    tolerance_m = rule.limit("boundary_tolerance_m")
    geoms = arrangement.fabric.geoms
    reach = shapely.buffer(boundary, tolerance_m)
    shapely.prepare(reach)
    for index in np.flatnonzero(~shapely.covers(reach, geoms)):
        beyond = polygon_parts(shapely.difference(geoms[index], boundary))
        ground = shapely.multipolygons(beyond) if len(beyond) > 1 else beyond[0]
        corners = shapely.points(shapely.get_coordinates(ground))
        yield fault_finding(
            arrangement.fabric,
            rule,
            units=[int(index)],
            geometry=ground,
            point=label_point(ground),
            measure=float(shapely.distance(corners, boundary).max()),
            details={"limits": {"boundary_tolerance_m": tolerance_m}},
        )


def _uncovered(arrangement: Arrangement, catalogue: Catalogue, boundary: BaseGeometry) -> Iterator[Finding]:
    """Give COV007 for ground along the boundary, wider than the tolerance, that no unit covers."""
    rule = catalogue["COV007"]
    tolerance_m = rule.limit("boundary_tolerance_m")
    # enclosed gaps have rules of their own, so only the outer shells of the fabric count
    covered = shapely.get_parts(arrangement.covered())
    land = shapely.unary_union(shapely.polygons(shapely.get_exterior_ring(covered)))
    rim = Rim(arrangement)
    grounds = polygon_parts(shapely.difference(boundary, land))
    for ground, width in zip(grounds, widths_m(grounds).tolist(), strict=True):
        gap = rim.gap(ground, width)
        if width <= tolerance_m or not gap.neighbours:
            continue
        yield fault_finding(
            arrangement.fabric,
            rule,
            units=gap.neighbours[:2],
            geometry=ground,
            point=label_point(ground),
            measure=gap.width_m,
            width_m=gap.width_m,
            details={"limits": {"boundary_tolerance_m": tolerance_m}, "neighbours": len(gap.neighbours)},
        )
