"""Faults of one polygon alone (GEO001–GEO009)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from landdb.domain.finding import Finding
from landdb.validators import kernels
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import CELL_M
from landdb.validators.fabric import NO_PARCEL, CommuneFabric
from landdb.validators.places import fault_finding, label_point
from landdb.validators.rings import Coordinates, Flags, Integers
from landdb.validators.rule import Rule
from landdb.validators.widths import width_m

#: What GEOS and the importer say of a ring whose last vertex is not its first.
_UNCLOSED = "not closed"


def check_shapes(fabric: CommuneFabric, catalogue: Catalogue) -> list[Finding]:
    """Give the findings about single polygons; land-occupying objects have no shape to keep."""
    splinters = list(_small_or_thin(fabric, catalogue))
    explained = {finding.subject for finding in splinters}
    short = [f for f in _short_edges(fabric, catalogue) if f.rule_id == "GEO003" or f.subject not in explained]
    return [
        *_unusable(fabric, catalogue),
        *splinters,
        *short,
        *_spikes(fabric, catalogue),
        *_multipart(fabric, catalogue),
        *_touching_holes(fabric, catalogue),
    ]


def _unusable(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO001 for parcels that have no usable ring, GEO007 where the ring does not close."""
    for parcel in fabric.unusable:
        rule = catalogue["GEO007" if _UNCLOSED in parcel.reason.lower() else "GEO001"]
        yield Finding(
            rule_id=rule.rule_id,
            severity=rule.severity,
            commune_id=fabric.commune_id,
            subject=parcel.key,
            parcel_id=parcel.parcel_id,
            point=parcel.point,
            geometry=None if parcel.point is None else shapely.Point(parcel.point),
            srid=fabric.srid,
            measure=1.0,
            unit=rule.unit,
            details={"reason": parcel.reason},
        )


def _small_or_thin(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO002 for polygons of next to no area, GEO006 for small strips."""
    small, thin = catalogue["GEO002"], catalogue["GEO006"]
    area, perimeter = fabric.polygons.area_m2, fabric.polygons.perimeter_m
    is_parcel = fabric.units.parcel_id != NO_PARCEL
    thinness = np.divide(4 * np.pi * area, perimeter**2, out=np.zeros_like(area), where=perimeter > 0)
    is_small = is_parcel & (area < small.limit("min_area_m2"))
    is_thin = is_parcel & ~is_small & (thinness < thin.limit("min_thinness")) & (area < thin.limit("max_area_m2"))
    chosen = np.flatnonzero(is_small | is_thin)
    for index, geometry in zip(chosen.tolist(), fabric.polygons.take(chosen), strict=True):
        rule, measure = (small, area[index]) if is_small[index] else (thin, thinness[index])
        yield fault_finding(
            fabric.units,
            rule,
            members=[index],
            geometry=geometry,
            point=label_point(geometry),
            measure=float(measure),
            width_m=width_m(geometry),
            details={"limits": {name: rule.limit(name) for name in rule.limits}},
        )


def _short_edges(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO003 for boundaries with repeated vertices, GEO008 for edges too short for anybody to have measured."""
    repeated, short = catalogue["GEO003"], catalogue["GEO008"]
    repeated_m, short_m = repeated.limit("min_edge_m"), short.limit("short_edge_m")
    rings = fabric.polygons.rings
    index, unit, length_m = kernels.short_edges(
        rings.xy, rings.start, rings.unit, _are_parcels(fabric), max(repeated_m, short_m)
    )
    for rule, name, low_m, high_m in (
        (repeated, "min_edge_m", 0.0, repeated_m),
        (short, "short_edge_m", repeated_m, short_m),
    ):
        found = (length_m >= low_m) & (length_m < high_m)
        for member, places in _by_unit(unit[found], rings.xy[index[found]]):
            shortest = float(length_m[found][unit[found] == member].min())
            details = {"limits": {name: high_m}, "shortest_m": round(shortest, 6)}
            yield _vertex_finding(fabric, rule, member, places, float(len(places)), details)


def _spikes(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO004 for boundaries that turn back on themselves."""
    limit_deg = catalogue["GEO004"].limit("min_angle_deg")
    rings = fabric.polygons.rings
    index, unit, angle = kernels.sharp_corners(
        rings.xy, rings.start, rings.unit, _are_parcels(fabric), np.radians(limit_deg), CELL_M
    )
    for member, places in _by_unit(unit, rings.xy[index]):
        sharpest = float(np.degrees(angle[unit == member].min()))
        details = {"limits": {"min_angle_deg": limit_deg}, "spikes": len(places)}
        yield _vertex_finding(fabric, catalogue["GEO004"], member, places, sharpest, details)


def _multipart(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO005 for parcels in several separate parts."""
    rings = fabric.polygons.rings
    parts = np.bincount(rings.unit[~rings.is_hole], minlength=rings.units)
    chosen = np.flatnonzero((parts > 1) & (fabric.units.parcel_id != NO_PARCEL))
    for index, geometry in zip(chosen.tolist(), fabric.polygons.take(chosen), strict=True):
        yield fault_finding(
            fabric.units,
            catalogue["GEO005"],
            members=[index],
            geometry=geometry,
            point=label_point(geometry),
            measure=float(parts[index]),
        )


def _touching_holes(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO009 for parcels with a hole that touches the shell or another hole at a point: legal, and a trap."""
    rings = fabric.polygons.rings
    with_hole = np.unique(rings.unit[rings.is_hole])
    chosen = with_hole[fabric.units.parcel_id[with_hole] != NO_PARCEL]
    for index, geometry in zip(chosen.tolist(), fabric.polygons.take(chosen), strict=True):
        parts = shapely.get_rings(geometry)
        one, other = np.triu_indices(len(parts), k=1)
        places = shapely.get_coordinates(shapely.intersection(parts[one], parts[other]))
        if len(places):
            yield _vertex_finding(fabric, catalogue["GEO009"], index, places, float(len(places)), {})


def _are_parcels(fabric: CommuneFabric) -> Flags:
    return np.asarray(fabric.units.parcel_id != NO_PARCEL)


def _by_unit(unit: Integers, places: Coordinates) -> Iterator[tuple[int, Coordinates]]:
    for index in np.unique(unit):
        yield int(index), places[unit == index]


def _vertex_finding(
    fabric: CommuneFabric, rule: Rule, unit: int, places: Coordinates, measure: float, details: dict[str, Any]
) -> Finding:
    """Give a finding about vertices of one parcel's boundary, lying at the first of them."""
    places = places[np.lexsort((places[:, 1], places[:, 0]))]
    point = float(places[0, 0]), float(places[0, 1])
    return fault_finding(
        fabric.units,
        rule,
        members=[unit],
        geometry=shapely.multipoints(places),
        point=point,
        measure=measure,
        details=details,
    )
