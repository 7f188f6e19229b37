"""Geometries that askers write, brought to longitude and latitude as everything is searched by."""

import json
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from landdb.domain import crs
from landdb.errors import InvalidValue

#: How finely the edges of a box in a zone are followed; a straight line there is none in degrees.
_PIECES: Final = 16
_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate system that answers and questions may use; CRS84 is 4326 with the longitude first."""

    srid: int
    uri: str
    latitude_first: bool = False

    @property
    def is_degrees(self) -> bool:
        """Tell whether coordinates are longitude and latitude on WGS 84, in one order or the other."""
        return self.srid == crs.WGS84


CRS84: Final = Crs(crs.WGS84, _CRS84)
EPSG_4326: Final = Crs(crs.WGS84, f"{_EPSG}4326", latitude_first=True)


def zone(srid: int) -> Crs:
    """Give a VN-2000 zone; its first axis is the easting, as EPSG defines it."""
    return Crs(srid, f"{_EPSG}{srid}")


def parse_crs(field: str, uri: str) -> Crs:
    """Give the system that a URI names; raises InvalidValue for one that is not served."""
    known = {CRS84.uri: CRS84, EPSG_4326.uri: EPSG_4326}
    if uri in known:
        return known[uri]
    code = uri.removeprefix(_EPSG)
    if uri.startswith(_EPSG) and code.isdecimal() and len(code) <= 5 and int(code) in crs.ZONES:
        return zone(int(code))
    raise InvalidValue(field, "UNKNOWN_CRS", remedy=f"{_CRS84}, {_EPSG}4326, or a VN-2000 zone such as {_EPSG}9208")


def box_wkb(field: str, numbers: list[float], system: Crs) -> bytes:
    """Give the box (4 numbers, or 6 with heights that are ignored) as WKB in degrees; raises InvalidValue.

    A box in degrees whose west is greater than its east goes over the date line.
    """
    if len(numbers) not in {4, 6} or not all(map(math.isfinite, numbers)):
        raise InvalidValue(field, "NOT_A_BOX", remedy="four numbers: the lower corner, then the upper one")
    half = len(numbers) // 2
    (x0, y0), (x1, y1) = numbers[:2], numbers[half : half + 2]
    if system.latitude_first:
        x0, y0, x1, y1 = y0, x0, y1, x1
    if y0 > y1 or (not system.is_degrees and x0 > x1):
        raise InvalidValue(field, "NOT_A_BOX", remedy="the lower corner comes first, then the upper one")
    if not system.is_degrees:
        return _checked(field, shapely.segmentize(_box(x0, y0, x1, y1), _longest_piece(x0, y0, x1, y1)), system)
    if not (-180 <= x0 <= 180 and -180 <= x1 <= 180 and y0 >= -90 and y1 <= 90):
        raise InvalidValue(field, "OUT_OF_RANGE", remedy="degrees: longitude first, unless bbox-crs is EPSG:4326")
    if x0 <= x1:
        return _wkb(_box(x0, y0, x1, y1))
    return _wkb(shapely.union(_box(x0, y0, 180, y1), _box(-180, y0, x1, y1)))


def geometry_wkb(told: dict[str, Any], system: Crs) -> bytes:
    """Give a GeoJSON geometry in a system as WKB in degrees; raises InvalidValue."""
    try:
        geometry = shapely.from_geojson(json.dumps(told))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise InvalidValue("filter", "MALFORMED_GEOMETRY", remedy="a GeoJSON geometry, or WKT in text") from error
    if system.latitude_first:
        geometry = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    return _checked("filter", geometry, system)


def reach_wkb(wkb: bytes, metres: float) -> bytes:
    """Give a box in degrees that surely holds whatever lies within `metres` of the geometry, as WKB."""
    west, south, east, north = shapely.from_wkb(wkb).bounds
    up = metres / 110_000
    widest = max(abs(south), abs(north)) + up
    across = up / max(math.cos(math.radians(min(widest, 89.0))), 0.01)
    return _wkb(shapely.box(west - across, south - up, east + across, north + up))


def _checked(field: str, geometry: shapely.Geometry, system: Crs) -> bytes:
    if not system.is_degrees:
        to_degrees = crs.to_wgs84(system.srid)
        geometry = shapely.transform(geometry, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1])))
    is_finite = bool(np.isfinite(shapely.get_coordinates(geometry)).all())
    if geometry.is_empty or not is_finite or not geometry.is_valid:
        raise InvalidValue(field, "INVALID_GEOMETRY", remedy="a valid geometry, not empty, in the CRS that is said")
    return _wkb(geometry)


def _box(x0: float, y0: float, x1: float, y1: float) -> shapely.Geometry:
    """Give the box, which may be a line or a point."""
    return shapely.envelope(shapely.MultiPoint([(x0, y0), (x1, y1)]))


def _wkb(geometry: shapely.Geometry) -> bytes:
    return bytes(shapely.to_wkb(geometry))


def _longest_piece(x0: float, y0: float, x1: float, y1: float) -> float:
    return max(x1 - x0, y1 - y0, 1e-6) / _PIECES
