"""The fabric against its commune's boundary, with the boundary's own tolerance (COV007, ADM001).

Boundary data are coarser than parcels and rarely share their vertices, so they never enter the
arrangement: that would turn every border edge into a finding.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators import kernels
from landdb.validators.arrangement import Arrangement, arrange
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import Segments, directed, put_together
from landdb.validators.fabric import NO_PARCEL, CommuneFabric
from landdb.validators.gaps import rim_of
from landdb.validators.places import fault_finding, label_point
from landdb.validators.rim import FAR_M, Rim, covers
from landdb.validators.rings import polygons_of
from landdb.validators.widths import cut_at_threads, polygon_parts, widths_m

#: What reprojected parcels may lie off the boundary that they were drawn along.
_THREAD_M = 0.02


def check_borders(fabric: CommuneFabric, rim: Rim, catalogue: Catalogue) -> list[Finding]:
    """Give the parcels beyond the boundary and the uncovered ground along it; nothing without a boundary."""
    boundary = fabric.boundary
    if boundary is None or not fabric.parcel_count or _runs_along(rim.segments, boundary):
        return []
    arrangement = _along_boundary(rim, boundary)
    # enclosed gaps have rules of their own, so only the outer shells of the fabric count
    covered = shapely.get_parts(arrangement.covered())
    land = shapely.unary_union(shapely.polygons(shapely.get_exterior_ring(covered)))
    reach = _reach(boundary, catalogue)
    within = shapely.covers(reach, land) and _lie_inside(fabric, arrangement.frame)
    beyond = [] if within else _outside(fabric, catalogue, boundary, reach)
    return [*beyond, *_uncovered(arrangement, catalogue, boundary, land)]


def not_held(findings: Sequence[Finding], rim: Rim, neighbours: Sequence[Rim]) -> list[Finding]:
    """Give findings without bare ground at the boundary that a neighbour, as the commune sees it, holds: its road."""
    bare = [finding for finding in findings if finding.rule_id == "COV007" and finding.point is not None]
    if not bare or not neighbours:
        return list(findings)
    held = covers(neighbours, np.array([finding.point for finding in bare]), rim.zone()) > 0
    theirs = {id(finding) for finding, is_held in zip(bare, held.tolist(), strict=True) if is_held}
    return [finding for finding in findings if id(finding) not in theirs]


def _along_boundary(rim: Rim, boundary: BaseGeometry) -> Arrangement:
    """Give the commune's ground as far as its boundary is near; a road that it holds for the province ends there."""
    low_x, low_y, high_x, high_y = boundary.bounds
    zone = (low_x - FAR_M, low_y - FAR_M, high_x + FAR_M, high_y + FAR_M)
    edges = rim.segments
    over = kernels.winding_at(zone[2], zone[3], edges.xy, edges.start, edges.end)
    return arrange(rim.units, edges.meeting(zone), among=edges, zone=zone, at_corner=int(over))


def check_outside(fabric: CommuneFabric, boundary: BaseGeometry, catalogue: Catalogue) -> list[Finding]:
    """Give the parcels of a fabric, which may be a few of a commune's, that reach beyond the commune's boundary."""
    shapely.prepare(boundary)
    if shapely.covers(boundary, fabric.polygons.boxes()).all():
        return []
    return list(_outside(fabric, catalogue, boundary, _reach(boundary, catalogue)))


def _lie_inside(fabric: CommuneFabric, frame: BaseGeometry) -> bool:
    """Tell whether all parcels lie where the land was looked at."""
    bounds = fabric.polygons.bounds[fabric.units.parcel_id != NO_PARCEL]
    low, high = np.array(frame.bounds[:2]), np.array(frame.bounds[2:])
    return bool((bounds[:, :2] >= low).all() and (bounds[:, 2:] <= high).all())


def _reach(boundary: BaseGeometry, catalogue: Catalogue) -> BaseGeometry:
    reach: BaseGeometry = shapely.buffer(boundary, catalogue["ADM001"].limit("boundary_tolerance_m"))
    shapely.prepare(reach)
    return reach


def _runs_along(outline: Segments, boundary: BaseGeometry) -> bool:
    """Tell whether the boundary is the outline, vertex for vertex: then there is nothing between them."""
    drawn = directed(polygons_of(np.array([boundary], dtype=object)))
    backward = Segments(drawn.end, drawn.start, drawn.unit, drawn.xy)
    return not len(put_together([outline, backward]).uncancelled())


def _outside(
    fabric: CommuneFabric, catalogue: Catalogue, boundary: BaseGeometry, reach: BaseGeometry
) -> Iterator[Finding]:
    """Give ADM001 for parcels that are not within reach of the boundary."""
    rule = catalogue["ADM001"]
    suspects = np.flatnonzero((fabric.units.parcel_id != NO_PARCEL) & ~shapely.covers(reach, fabric.polygons.boxes()))
    for index, geometry in zip(suspects.tolist(), fabric.polygons.take(suspects), strict=True):
        if shapely.covers(reach, geometry):
            continue
        beyond = polygon_parts(shapely.difference(geometry, boundary))
        ground = shapely.multipolygons(beyond) if len(beyond) > 1 else beyond[0]
        corners = shapely.points(shapely.get_coordinates(ground))
        yield fault_finding(
            fabric.units,
            rule,
            members=[index],
            geometry=ground,
            point=label_point(ground),
            measure=float(shapely.distance(corners, boundary).max()),
            details={"limits": {"boundary_tolerance_m": rule.limit("boundary_tolerance_m")}},
        )


def _uncovered(
    arrangement: Arrangement, catalogue: Catalogue, boundary: BaseGeometry, land: BaseGeometry
) -> Iterator[Finding]:
    """Give COV007 for ground along the boundary, wider than the tolerance, that no unit covers."""
    rule = catalogue["COV007"]
    tolerance_m = rule.limit("boundary_tolerance_m")
    uncovered = polygon_parts(shapely.difference(boundary, land))
    wide = uncovered[~shapely.is_empty(shapely.buffer(uncovered, -tolerance_m / 2))]
    grounds = np.concatenate([cut_at_threads(ground, _THREAD_M) for ground in wide]) if len(wide) else wide
    for ground, width in zip(grounds, widths_m(grounds).tolist(), strict=True):
        if width <= tolerance_m:
            continue
        gap = rim_of(arrangement, ground, width)
        if not gap.neighbours:
            continue
        yield fault_finding(
            arrangement.units,
            rule,
            members=gap.neighbours[:2],
            geometry=ground,
            point=label_point(ground),
            measure=gap.width_m,
            width_m=gap.width_m,
            details={"limits": {"boundary_tolerance_m": tolerance_m}, "neighbours": len(gap.neighbours)},
        )
