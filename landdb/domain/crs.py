"""VN-2000 and WGS 84: one pinned conversion, the provinces' zones, and which zone a sheet is really in.

PROJ knows two operations from VN-2000 to WGS 84 and could pick either; the state's one
(Decision 05/2007, EPSG "VN-2000 to WGS 84 (2)") is therefore written out here. Its rotations follow the
coordinate-frame convention: with the opposite signs everything lands 0.76 m away.

PROJ is loaded by the first conversion: most of what asks for a zone converts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landdb import codelists
from landdb.errors import InvalidValue

if TYPE_CHECKING:
    from pyproj import Transformer

Axes = Literal["EN", "NE"]
Coordinates = NDArray[np.float64]

WGS84: Final = 4326
VN2000_GEOGRAPHIC: Final = 4756
_UTM_ZONES: Final = {3405: 48, 3406: 49}
_EARTH_RADIUS_KM: Final = 6371.0088

_TO_GEOCENTRIC_AND_BACK: Final = (
    " +step +proj=push +v_3 +step +proj=cart +ellps=WGS84"
    " +step +proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835"
    " +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame"
    " +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """A three-degree VN-2000 zone and the codes of the old provinces whose sheets were drawn in it."""

    srid: int
    central_meridian: float
    provinces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrsCandidate:
    """A zone and axis order under which a sheet falls near its commune."""

    srid: int
    axes: Axes
    distance_km: float


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion of coordinate arrays; easting before northing, longitude before latitude."""

    srid: int
    transformer: Transformer
    direction: Literal["FORWARD", "INVERSE"]

    def __call__(self, x: ArrayLike, y: ArrayLike) -> tuple[Coordinates, Coordinates]:
        """Give the converted arrays; a point outside the projection becomes infinite."""
        xx, yy = self.transformer.transform(
            np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), direction=self.direction
        )
        return np.asarray(xx), np.asarray(yy)


def _load_zones() -> dict[int, Zone]:
    """Give the zones of the code list by EPSG code."""
    rows = codelists.load("vn2000_zone")
    return {
        int(row["code"]): Zone(int(row["code"]), float(row["central_meridian"]), tuple(row["old_provinces"].split()))
        for row in rows
    }


ZONES: Final[dict[int, Zone]] = _load_zones()


def is_vn2000(srid: int) -> bool:
    """Tell whether the EPSG code is a VN-2000 system, so that the pinned conversion applies."""
    return srid in ZONES or srid in _UTM_ZONES or srid == VN2000_GEOGRAPHIC


@lru_cache(maxsize=128)
def zones_of_province(province_code: str) -> list[int]:
    """Give the zones of a present province: its own first, then those its parts were drawn in before July 2025."""
    rows = codelists.load("vn2000_zone")
    own = [int(row["code"]) for row in rows if province_code in row["new_provinces"].split()]
    parts = {row["province_code"] for row in codelists.load("provinces") if row["successor"] == province_code}
    inherited = [zone.srid for zone in ZONES.values() if not parts.isdisjoint(zone.provinces)]
    return list(dict.fromkeys(own + inherited))


def to_wgs84(srid: int) -> Conversion:
    """Give the conversion from a system's coordinates to WGS 84 longitude and latitude."""
    return Conversion(srid, _transformer(srid), "FORWARD")


def from_wgs84(srid: int) -> Conversion:
    """Give the conversion from WGS 84 longitude and latitude to a system's coordinates."""
    return Conversion(srid, _transformer(srid), "INVERSE")


def reprojected(xy: Coordinates, source: int, target: int) -> Coordinates:
    """Give an (n, 2) array of coordinates in another system; equal points stay equal, so neighbours stay joined."""
    lon, lat = to_wgs84(source)(xy[:, 0], xy[:, 1])
    return np.stack(from_wgs84(target)(lon, lat), axis=1)


def candidates(
    points_xy: ArrayLike, near_lonlat: tuple[float, float], radius_km: float, srids: Sequence[int]
) -> list[CrsCandidate]:
    """Give the zones and axis orders that put the points within a radius of a known place, nearest first."""
    points = np.asarray(points_xy, dtype=np.float64).reshape(-1, 2)
    found = [candidate for srid in srids for candidate in _distances(points, near_lonlat, srid)]
    return sorted(
        (candidate for candidate in found if candidate.distance_km <= radius_km),
        key=lambda candidate: (candidate.distance_km, candidate.axes, candidate.srid),
    )


def axes_look_swapped(x: ArrayLike, y: ArrayLike) -> bool:
    """Tell whether northings stand where eastings belong, as on Vietnamese paper (X is north there).

    Vietnam's northings run from about 0.9 to 2.6 million metres; its eastings stay below 0.9 million.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not (np.isfinite(xs).any() and np.isfinite(ys).any()):
        return False
    easting, northing = float(np.nanmedian(xs)), float(np.nanmedian(ys))
    return 750_000 < easting < 2_700_000 and 100_000 < northing < 900_000 and easting > northing


def _distances(points: Coordinates, near: tuple[float, float], srid: int) -> Iterator[CrsCandidate]:
    """Give how far the points' middle lies from the place, for both axis orders."""
    convert = to_wgs84(srid)
    orders: tuple[tuple[Axes, int, int], ...] = (("EN", 0, 1), ("NE", 1, 0))
    for axes, east, north in orders:
        lon, lat = convert(points[:, east], points[:, north])
        usable = np.isfinite(lon) & np.isfinite(lat)
        if usable.any():
            middle = float(np.median(lon[usable])), float(np.median(lat[usable]))
            yield CrsCandidate(srid, axes, _distance_km(middle, near))


def _distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Give the great-circle distance of two positions; good to half a percent, enough to tell zones apart."""
    lon1, lat1, lon2, lat2 = np.radians([*one, *other])
    half_chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return float(2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(half_chord)))


@lru_cache(maxsize=64)
def _transformer(srid: int) -> Transformer:
    """Give PROJ's conversion to WGS 84: the pinned one for VN-2000, PROJ's own choice for the rest."""
    from pyproj import Transformer
    from pyproj.exceptions import CRSError
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # missing from its stub

    # A grid fetched from the net would make the same sheet land elsewhere on another machine.
    set_network_enabled(active=False)
    if is_vn2000(srid):
        return Transformer.from_pipeline("+proj=pipeline" + _unproject(srid) + _TO_GEOCENTRIC_AND_BACK)
    try:
        return Transformer.from_crs(srid, WGS84, always_xy=True)
    except CRSError as error:
        raise InvalidValue("srid", "UNKNOWN_CRS", remedy="give an EPSG code") from error


def _unproject(srid: int) -> str:
    """Give the pipeline step that takes a system's coordinates to VN-2000 radians."""
    if srid == VN2000_GEOGRAPHIC:
        return " +step +proj=unitconvert +xy_in=deg +xy_out=rad"
    if srid in _UTM_ZONES:
        return f" +step +inv +proj=utm +zone={_UTM_ZONES[srid]} +ellps=WGS84"
    return (
        f" +step +inv +proj=tmerc +lat_0=0 +lon_0={ZONES[srid].central_meridian:g} +k=0.9999"
        " +x_0=500000 +y_0=0 +ellps=WGS84"
    )
