"""Geometry of a batch, checked and brought to its sheet's system; nothing is ever repaired here.

A shape that is not valid keeps what was delivered and says what is wrong and where. Repairing is a
proposal for a person, and a hostile ring can keep a repair busy for hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import shapely
from shapely import GeometryType

from landdb.domain import crs, local_projection
from landdb.importers.maps import rings
from landdb.importers.maps.crs_detection import ResolvedCrs, envelope
from landdb.importers.maps.wkb import WkbLayout

MAX_VERTICES: Final = 100_000
_REASON: Final = re.compile(r"(.*)\[(\S+) (\S+)\]$", re.DOTALL)
_POLYGONAL: Final = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)


@dataclass(slots=True)
class CheckedGeometry:
    """Column by column what a batch's geometry came to: WKB, numbers, or objects that are text, bytes or None."""

    geom: pa.Array
    geom_4326: pa.Array
    area_m2: np.ndarray
    fault: np.ndarray
    delivered: np.ndarray
    fault_lon: np.ndarray
    fault_lat: np.ndarray
    reject_code: np.ndarray


def check(geometries: np.ndarray | pa.Array, source: ResolvedCrs) -> CheckedGeometry:
    """Give the batch's geometry checked, in the sheet's CRS and in longitude and latitude."""
    with np.errstate(invalid="ignore"):  # what is not a number is a reject, not a surprise
        shapes, rejected = _decoded(geometries)
        _reject_implausible(shapes, rejected, source)
    flat = _two_dimensional(shapes)
    polygons = _polygons(flat, rejected)
    usable = np.flatnonzero(rejected == None)  # noqa: E711 - element by element
    result = _empty(len(shapes), rejected)
    if len(usable):
        _fill(result, usable, polygons[usable], shapes, source)
    return result


def _empty(count: int, rejected: np.ndarray) -> CheckedGeometry:
    def objects() -> np.ndarray:
        return np.full(count, None, dtype=object)

    def numbers() -> np.ndarray:
        return np.full(count, np.nan)

    nothing = pa.nulls(count, pa.binary())
    return CheckedGeometry(nothing, nothing, numbers(), objects(), objects(), numbers(), numbers(), rejected)


def _decoded(geometries: np.ndarray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Give shapes, and a code for each that is missing or cannot be decoded."""
    if isinstance(geometries, np.ndarray):
        shapes = np.array(geometries, dtype=object)
        rejected = np.full(len(shapes), None, dtype=object)
    else:
        wkb = geometries.to_numpy(zero_copy_only=False)
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        rejected = np.full(len(shapes), None, dtype=object)
        for position in np.flatnonzero(shapely.is_missing(shapes) & (wkb != None)):  # noqa: E711
            closed = shapely.from_wkb(wkb[position], on_invalid="fix")
            rejected[position] = "UNREADABLE_GEOMETRY" if closed is None else "RING_NOT_CLOSED"
            if closed is not None and not np.isfinite(shapely.get_coordinates(closed)).all():
                rejected[position] = "NOT_FINITE"
    nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    rejected[nothing & (rejected == None)] = "NO_GEOMETRY"  # noqa: E711
    return shapes, rejected


def _reject_implausible(shapes: np.ndarray, rejected: np.ndarray, source: ResolvedCrs) -> None:
    """Mark what is too large, not finite or outside the area where the CRS is used."""
    too_many = shapely.get_num_coordinates(shapes) > MAX_VERTICES
    rejected[too_many] = "TOO_MANY_VERTICES"
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
        rejected[np.unique(owner[~np.isfinite(coordinates).all(axis=1)])] = "NOT_FINITE"
    west, south, east, north = envelope(source.source_srid)
    box = np.array([west, south, east, north] if source.axes == "EN" else [south, west, north, east])
    bounds = shapely.bounds(shapes)
    inside = (bounds[:, :2] >= box[:2]).all(axis=1) & (bounds[:, 2:] <= box[2:]).all(axis=1)
    rejected[~inside & (rejected == None)] = "OUTSIDE_CRS"  # noqa: E711


def _two_dimensional(shapes: np.ndarray) -> np.ndarray:
    has_more = shapely.has_z(shapes) | shapely.has_m(shapes)
    if not has_more.any():
        return shapes
    flat = shapes.copy()
    flat[has_more] = shapely.force_2d(shapes[has_more])
    return flat


def _polygons(shapes: np.ndarray, rejected: np.ndarray) -> np.ndarray:
    """Give polygons and multipolygons; a closed line becomes its area, a collection its areas."""
    kinds = shapely.get_type_id(shapes)
    odd = np.flatnonzero(~np.isin(kinds, _POLYGONAL) & (rejected == None))  # noqa: E711
    polygons = shapes if len(odd) == 0 else shapes.copy()
    for position in odd:
        area = _area_of(shapes[position])
        if area is None:
            rejected[position] = "NOT_A_POLYGON"
        polygons[position] = area
    return polygons


def _area_of(shape: shapely.Geometry) -> shapely.Geometry | None:
    if shape.geom_type in ("LineString", "LinearRing"):
        return shapely.Polygon(shape.coords) if len(shape.coords) >= 4 and shape.is_closed else None
    if shape.geom_type != "GeometryCollection":
        return None
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else (shapely.MultiPolygon(parts) if parts else None)


def _fill(
    result: CheckedGeometry, rows: np.ndarray, polygons: np.ndarray, shapes: np.ndarray, source: ResolvedCrs
) -> None:
    """Write what the usable rows came to, valid and faulty ones apart."""
    east_north = polygons if source.axes == "EN" else shapely.transform(polygons, lambda c: c[:, ::-1])
    native = east_north if source.source_srid == source.sheet_srid else _to_sheet(east_north, source)
    area = shapely.area(native)
    valid = shapely.is_valid(native) & (area > 0)
    good, bad = rows[valid], rows[~valid]
    if len(good):
        _write_columns(result, good, native[valid], east_north[valid], source)
    result.area_m2[good] = area[valid]
    if len(bad):
        result.delivered[bad] = shapely.to_wkb(shapes[bad], byte_order=1)
        _describe_faults(result, bad, native[~valid], source)


def _write_columns(
    result: CheckedGeometry, rows: np.ndarray, native: np.ndarray, delivered: np.ndarray, source: ResolvedCrs
) -> None:
    """Write valid shapes in the sheet's system and in longitude and latitude, as delivered to the bit if it was so."""
    native_rings = rings.ordered(native)
    layout = WkbLayout(native_rings, rows, len(result.area_m2))
    result.geom = layout.column(native_rings.vertices)
    if source.source_srid == crs.WGS84:
        delivered_rings = rings.ordered(delivered)
        result.geom_4326 = WkbLayout(delivered_rings, rows, len(result.area_m2)).column(delivered_rings.vertices)
        return
    x, y = native_rings.vertices.T
    lonlat = local_projection.to_wgs84(source.sheet_srid, x, y)
    result.geom_4326 = layout.column(np.column_stack(lonlat))


def _to_sheet(shapes: np.ndarray, source: ResolvedCrs) -> np.ndarray:
    """Give shapes of a geographic (or web map) system in the sheet's own."""
    coordinates = shapely.get_coordinates(shapes)
    lonlat = coordinates[:, 0], coordinates[:, 1]
    if source.source_srid != crs.WGS84:
        lonlat = crs.to_wgs84(source.source_srid)(*lonlat)
    return _moved(shapes, crs.from_wgs84(source.sheet_srid)(*lonlat))


def _moved(shapes: np.ndarray, xy: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.asarray(shapely.set_coordinates(shapes.copy(), np.column_stack(xy)))


def _describe_faults(result: CheckedGeometry, rows: np.ndarray, native: np.ndarray, source: ResolvedCrs) -> None:
    """Write reason and place of each fault; the place of a collapsed ring is its first vertex."""
    reasons = shapely.is_valid_reason(native)
    places = np.full((len(rows), 2), np.nan)
    for position, text in enumerate(reasons):
        match = _REASON.match(text)
        if match:
            result.fault[rows[position]] = match[1].strip()
            places[position] = float(match[2]), float(match[3])
        else:
            result.fault[rows[position]] = "Zero area" if text == "Valid Geometry" else text
            places[position] = shapely.get_coordinates(native[position])[0]
    result.fault_lon[rows], result.fault_lat[rows] = crs.to_wgs84(source.sheet_srid)(places[:, 0], places[:, 1])
