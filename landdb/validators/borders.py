"""The ground against its commune's boundary, with the boundary's own tolerance (COV007, ADM001).

Boundary data are coarser than parcels and rarely share their vertices, so they never enter the
arrangement: that would turn every border edge into a finding. Where they do share them, edges along
the boundary cancel against it, and what is left says whether anything has to be looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators import kernels
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import ACROSS_ZONES_M, Segments, directed, put_together, resolve
from landdb.validators.fabric import NO_PARCEL, CommuneFabric, Units
from landdb.validators.gaps import rim_of
from landdb.validators.places import fault_finding, label_point
from landdb.validators.rings import Flags, Geometries, polygons_of
from landdb.validators.widths import cut_at_threads, polygon_parts, widths_m

#: What reprojected parcels may lie off the boundary that they were drawn along.
_THREAD_M = 0.02
#: Cells of the raster that tells what lies well inside a boundary: two parcels wide, and no more than so many a side.
_CELL_M, _MOST_CELLS = 20.0, 512
#: All ground, and the boundary, as one unit each. Both may come from different zones.
_GROUND, _BOUNDARY = 0, 1
_GROUND_AND_BOUNDARY = Units(
    srid=0,
    commune_id=np.zeros(2, dtype=np.int64),
    parcel_id=np.full(2, NO_PARCEL),
    key=np.array(["ground", "boundary"], dtype=object),
    scale_denominator=np.zeros(2, dtype=np.int64),
    from_other_zone=np.array([False, True]),
    commune_codes={0: ""},
)


@dataclass(frozen=True, slots=True, eq=False)
class _Off:
    """Edges that do not run along a boundary: how many well inside it and beyond all of it, and the lines near it."""

    inside: int
    beyond: int
    near: Geometries


def check_outside(fabric: CommuneFabric, outline: Segments, catalogue: Catalogue) -> list[Finding]:
    """Give the parcels (ADM001) that reach beyond the boundary; `outline` is what the fabric's units leave over.

    Ground lies within a boundary without holes when its outline does, so nearly always no parcel is looked at.
    """
    boundary = fabric.boundary
    if boundary is None or not fabric.parcel_count:
        return []
    off = _off_boundary(outline, boundary)
    shapely.prepare(boundary)
    doubtful = off.near[~shapely.covers(boundary, off.near)]
    if not off.beyond and not len(doubtful) and _is_whole(boundary):
        return []
    reach = _reach(boundary, catalogue)
    if not off.beyond and _is_whole(reach) and shapely.covers(reach, doubtful).all():
        return []
    return list(_outside(fabric, catalogue, boundary, reach))


def check_few_outside(fabric: CommuneFabric, boundary: BaseGeometry, catalogue: Catalogue) -> list[Finding]:
    """Give the parcels (ADM001) of a fabric, a few of a commune's, that reach beyond the commune's boundary."""
    shapely.prepare(boundary)
    if shapely.covers(boundary, fabric.polygons.boxes()).all():
        return []
    return list(_outside(fabric, catalogue, boundary, _reach(boundary, catalogue)))


def check_bare(arrangement: Arrangement, own: Flags, boundary: BaseGeometry, catalogue: Catalogue) -> list[Finding]:
    """Give the ground along the boundary (COV007), wider than the tolerance, that nobody holds.

    `own` marks the units of the boundary's commune. Enclosed gaps have rules of their own, so only ground that goes
    on beyond the frame counts; none lies at own edges when all of these run along the boundary.
    """
    edges = arrangement.segments
    off = _off_boundary(edges.take(own[edges.unit]), boundary)
    if not off.inside and not off.beyond and not len(off.near):
        return []
    return list(_uncovered(arrangement, own, boundary, catalogue))


def _off_boundary(edges: Segments, boundary: BaseGeometry) -> _Off:
    """Give what of the edges does not run along the boundary."""
    drawn = directed(polygons_of(np.array([boundary], dtype=object))).backward()
    low_x, low_y, high_x, high_y = drawn.bounds()
    size_m = max(_CELL_M, max(high_x - low_x, high_y - low_y) / _MOST_CELLS)
    cells = kernels.cells_inside(drawn.xy, drawn.start, drawn.end, size_m)
    inside = kernels.lie_inside(edges.xy, edges.start, edges.end, cells, low_x, low_y, size_m)
    rest = edges.take(~inside)
    near = rest.meeting((low_x - _CELL_M, low_y - _CELL_M, high_x + _CELL_M, high_y + _CELL_M))
    ground = replace(near.compact(), unit=np.full(len(near), _GROUND))
    left = put_together([ground, replace(drawn, unit=np.full(len(drawn), _BOUNDARY))]).uncancelled()
    if (left.unit == _GROUND).any():
        left = resolve(left, _GROUND_AND_BOUNDARY, np.full(2, ACROSS_ZONES_M)).segments
    return _Off(int(inside.sum()), len(rest) - len(near), left.take(left.unit == _GROUND).lines())


def _is_whole(polygon: BaseGeometry) -> bool:
    """Tell whether a geometry is one polygon without holes."""
    return polygon.geom_type == "Polygon" and not polygon.interiors


def _reach(boundary: BaseGeometry, catalogue: Catalogue) -> BaseGeometry:
    reach: BaseGeometry = shapely.buffer(boundary, catalogue["ADM001"].limit("boundary_tolerance_m"))
    shapely.prepare(reach)
    return reach


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


def _uncovered(arrangement: Arrangement, own: Flags, boundary: BaseGeometry, catalogue: Catalogue) -> Iterator[Finding]:
    """Give COV007 for ground along the boundary and own units, wider than the tolerance, that no unit covers."""
    rule = catalogue["COV007"]
    tolerance_m = rule.limit("boundary_tolerance_m")
    uncovered = polygon_parts(shapely.geometrycollections(shapely.intersection(arrangement.outside(), boundary)))
    wide = uncovered[~shapely.is_empty(shapely.buffer(uncovered, -tolerance_m / 2))]
    grounds = np.concatenate([cut_at_threads(ground, _THREAD_M) for ground in wide]) if len(wide) else wide
    for ground, width in zip(grounds, widths_m(grounds).tolist(), strict=True):
        if width <= tolerance_m:
            continue
        gap = rim_of(arrangement, ground, width)
        along = [unit for unit in gap.neighbours if own[unit]]
        if not along:
            continue
        yield fault_finding(
            arrangement.units,
            rule,
            members=along[:2],
            geometry=ground,
            point=label_point(ground),
            measure=gap.width_m,
            width_m=gap.width_m,
            details={"limits": {"boundary_tolerance_m": tolerance_m}, "neighbours": len(gap.neighbours)},
        )
