"""Faults of one polygon alone (GEO001–GEO006)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import CELL_M
from landdb.validators.fabric import CommuneFabric, Integers
from landdb.validators.places import fault_finding, label_point
from landdb.validators.widths import width_m

Coordinates = NDArray[np.float64]


def check_shapes(fabric: CommuneFabric, catalogue: Catalogue) -> list[Finding]:
    """Give the findings about single polygons."""
    return [
        *_unusable(fabric, catalogue),
        *_small_or_thin(fabric, catalogue),
        *_short_edges(fabric, catalogue),
        *_spikes(fabric, catalogue),
        *_multipart(fabric, catalogue),
    ]


def _unusable(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO001 for parcels that have no usable ring."""
    rule = catalogue["GEO001"]
    for parcel in fabric.unusable:
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
    area, perimeter = shapely.area(fabric.geoms), shapely.length(fabric.geoms)
    thinness = np.divide(4 * np.pi * area, perimeter**2, out=np.zeros_like(area), where=perimeter > 0)
    is_small = area < small.limit("min_area_m2")
    is_thin = ~is_small & (thinness < thin.limit("min_thinness")) & (area < thin.limit("max_area_m2"))
    for index in np.flatnonzero(is_small | is_thin):
        rule, measure = (small, area[index]) if is_small[index] else (thin, thinness[index])
        geometry = fabric.geoms[index]
        limits = {name: rule.limit(name) for name in rule.limits}
        yield fault_finding(
            fabric,
            rule,
            units=[int(index)],
            geometry=geometry,
            point=label_point(geometry),
            measure=float(measure),
            width_m=width_m(geometry),
            details={"limits": limits},
        )


def _short_edges(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO003 for boundaries with repeated vertices."""
    rule = catalogue["GEO003"]
    limit_m = rule.limit("min_edge_m")
    coordinates, ring, parcel = _ring_coordinates(fabric)
    same = ring[1:] == ring[:-1]
    length = np.hypot(*(coordinates[1:] - coordinates[:-1]).T)
    short = np.flatnonzero(same & (length < limit_m))
    for index, places in _by_parcel(parcel[short], coordinates[short]):
        shortest = float(length[short][parcel[short] == index].min())
        details = {"limits": {"min_edge_m": limit_m}, "shortest_m": round(shortest, 6)}
        yield _vertex_finding(fabric, catalogue, "GEO003", index, places, float(len(places)), details)


def _spikes(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO004 for boundaries that turn back on themselves."""
    limit_deg = catalogue["GEO004"].limit("min_angle_deg")
    coordinates, angle, parcel = _angles(fabric)
    sharp = np.flatnonzero(angle < limit_deg)
    for index, places in _by_parcel(parcel[sharp], coordinates[sharp]):
        sharpest = float(angle[sharp][parcel[sharp] == index].min())
        details = {"limits": {"min_angle_deg": limit_deg}, "spikes": len(places)}
        yield _vertex_finding(fabric, catalogue, "GEO004", index, places, sharpest, details)


def _multipart(fabric: CommuneFabric, catalogue: Catalogue) -> Iterator[Finding]:
    """Give GEO005 for parcels in several separate parts."""
    parts = shapely.get_num_geometries(fabric.geoms)
    for index in np.flatnonzero(parts > 1):
        geometry = fabric.geoms[index]
        yield fault_finding(
            fabric,
            catalogue["GEO005"],
            units=[int(index)],
            geometry=geometry,
            point=label_point(geometry),
            measure=float(parts[index]),
        )


def _ring_coordinates(fabric: CommuneFabric) -> tuple[Coordinates, Integers, Integers]:
    """Give every ring's coordinates with the ring's and the parcel's index."""
    polygons, parcel_of_polygon = shapely.get_parts(fabric.geoms, return_index=True)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(coordinates):
        nothing = np.empty(0, dtype=np.int64)
        return coordinates, nothing, nothing
    return coordinates, ring, parcel_of_polygon[polygon_of_ring[ring]]


def _angles(fabric: CommuneFabric) -> tuple[Coordinates, NDArray[np.float64], Integers]:
    """Give each vertex with the angle between its edges in degrees, repeated vertices left out."""
    coordinates, ring, parcel = _ring_coordinates(fabric)
    moved = np.ones(len(coordinates), dtype=bool)
    moved[1:] = (ring[1:] != ring[:-1]) | (np.hypot(*(coordinates[1:] - coordinates[:-1]).T) > CELL_M)
    coordinates, ring, parcel = coordinates[moved], ring[moved], parcel[moved]
    closes = np.append(ring[1:] != ring[:-1], True)[: len(ring)]
    is_first = np.insert(ring[1:] != ring[:-1], 0, True)[: len(ring)]
    vertex = np.flatnonzero(~closes)
    # a ring's first vertex follows the one before its closing vertex
    last_before = np.cumsum(is_first) - 1
    before = np.where(is_first[vertex], np.flatnonzero(closes)[last_before[vertex]] - 1, vertex - 1)
    to_before = coordinates[before] - coordinates[vertex]
    to_after = coordinates[vertex + 1] - coordinates[vertex]
    cross = to_before[:, 0] * to_after[:, 1] - to_before[:, 1] * to_after[:, 0]
    angle = np.degrees(np.arctan2(np.abs(cross), (to_before * to_after).sum(axis=1)))
    return coordinates[vertex], angle, parcel[vertex]


def _by_parcel(parcel: Integers, places: Coordinates) -> Iterator[tuple[int, Coordinates]]:
    for index in np.unique(parcel):
        yield int(index), places[parcel == index]


def _vertex_finding(
    fabric: CommuneFabric,
    catalogue: Catalogue,
    rule_id: str,
    index: int,
    places: Coordinates,
    measure: float,
    details: dict[str, Any],
) -> Finding:
    """Give a finding about vertices of one parcel's boundary, lying at the first of them."""
    places = places[np.lexsort((places[:, 1], places[:, 0]))]
    geometry: BaseGeometry = shapely.multipoints(places)
    point = float(places[0, 0]), float(places[0, 1])
    return fault_finding(
        fabric, catalogue[rule_id], units=[index], geometry=geometry, point=point, measure=measure, details=details
    )
