"""The source CRS of a delivery: told, declared in the file, or found from where the data must lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from landdb.domain import crs
from landdb.errors import ImportRefused

if TYPE_CHECKING:
    from landdb.importers import ImportJob

_VN_LONLAT: Final = (101.5, 6.5, 118.0, 24.0)
_VN_METRES: Final = (
    50_000.0,
    700_000.0,
    950_000.0,
    2_700_000.0,
)  # four degrees either side of the meridian, and every latitude
_MARGIN_DEGREES: Final = 0.5
_MARGIN_METRES: Final = 50_000.0
_SAMPLE: Final = 500
_MOSTLY: Final = 0.5
#: Fit for pictures only: areas in it are wrong by the square of the latitude's secant.
_WEB_MERCATOR: Final = {3857, 3395, 900913}


@dataclass(frozen=True, slots=True)
class ResolvedCrs:
    """What the delivered coordinates mean and in which CRS they are kept."""

    source_srid: int  # EPSG of the delivered coordinates
    sheet_srid: int  # projected EPSG of the column `geom`; equals source_srid unless that is geographic
    axes: str  # 'EN' (x = east) or 'NE' as delivered
    how: str  # 'TOLD' | 'DECLARED' | 'FOUND'
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Sample:
    """A few finite delivered coordinates: x, y as they stand."""

    x: np.ndarray
    y: np.ndarray

    @property
    def is_empty(self) -> bool:
        return len(self.x) == 0

    def share_inside(self, srid: int, axes: str) -> float:
        """Give the share of the coordinates that lie where the CRS is used."""
        x, y = (self.x, self.y) if axes == "EN" else (self.y, self.x)
        west, south, east, north = envelope(srid)
        return float(np.mean((x >= west) & (x <= east) & (y >= south) & (y <= north)))


def resolve(*, declared: int | None, sample_xy: np.ndarray, job: ImportJob) -> ResolvedCrs:
    """Give the CRS of the delivery, or raise ImportRefused.

    `declared` is the EPSG code the file states (None for DXF, DGN); `sample_xy` is (n, 2), as delivered.
    Codes: CRS_UNKNOWN, CRS_UNSUPPORTED, AXES_SWAPPED, WRONG_MERIDIAN, SHEET_CRS_REQUIRED.
    """
    points = np.asarray(sample_xy, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    step = max(1, len(points) // _SAMPLE)
    sample = _Sample(points[::step, 0], points[::step, 1])
    srid, how, note = _source(declared, sample, job)
    axes = _axes(srid, sample, job)
    note = _check_place(srid, axes, sample, job) or note
    return ResolvedCrs(srid, _sheet_srid(srid, job), axes, how, note)


def _source(declared: int | None, sample: _Sample, job: ImportJob) -> tuple[int, str, str | None]:
    if job.crs is not None:
        envelope(job.crs)
        return job.crs, "TOLD", None
    if declared is not None and (sample.is_empty or _fits_somehow(declared, sample)):
        return declared, "DECLARED", None
    found = _found(sample, job)
    note = None if declared is None else f"The file states EPSG:{declared}, but its coordinates are not of that system."
    return found, "FOUND", note


def _fits_somehow(srid: int, sample: _Sample) -> bool:
    return any(sample.share_inside(srid, axes) > _MOSTLY for axes in ("EN", "NE"))


def _found(sample: _Sample, job: ImportJob) -> int:
    """Give the only system under which the data lie near the place the caller named."""
    if not sample.is_empty and sample.share_inside(crs.WGS84, "EN") > _MOSTLY and _is_in_vietnam(sample):
        return crs.WGS84
    fitting = [] if sample.is_empty else _zones_near(sample, job)
    if len(fitting) == 1:
        return fitting[0].srid
    if fitting and fitting[0].distance_km * 3 < fitting[1].distance_km:
        return fitting[0].srid
    known = f" It could be {', '.join(zone_name(c.srid) for c in fitting[:4])}." if fitting else ""
    raise ImportRefused(
        "CRS_UNKNOWN",
        f"The file does not say which coordinate system it uses, or names one that cannot be right.{known}",
        remedy="Say it, for instance --crs 9208 for VN-2000 with central meridian 104°45'.",
    )


def _is_in_vietnam(sample: _Sample) -> bool:
    west, south, east, north = _VN_LONLAT
    inside = (sample.x >= west) & (sample.x <= east) & (sample.y >= south) & (sample.y <= north)
    return float(np.mean(inside)) > _MOSTLY


def _zones_near(sample: _Sample, job: ImportJob, *, axes: str | None = None) -> list[crs.CrsCandidate]:
    if job.near is None:
        return []
    longitude, latitude, radius_km = job.near
    points = np.column_stack((sample.x, sample.y))
    found = crs.candidates(points, (longitude, latitude), radius_km, list(crs.ZONES))
    wanted = axes or ("EN" if job.axes == "auto" else job.axes)
    direct = [candidate for candidate in found if candidate.axes == wanted]
    return direct or (found if axes is None and job.axes == "auto" else [])


def _axes(srid: int, sample: _Sample, job: ImportJob) -> str:
    if job.axes != "auto":
        return job.axes
    if sample.is_empty or sample.share_inside(srid, "EN") > _MOSTLY or sample.share_inside(srid, "NE") <= _MOSTLY:
        return "EN"
    raise ImportRefused(
        "AXES_SWAPPED",
        "The coordinates have north before east, as on Vietnamese paper (X is north there).",
        remedy="Import with --axes NE.",
    )


def _check_place(srid: int, axes: str, sample: _Sample, job: ImportJob) -> str | None:
    """Refuse data that would land on the right commune under another meridian; else note that they are far away."""
    if job.near is None or sample.is_empty:
        return None
    x, y = (sample.x, sample.y) if axes == "EN" else (sample.y, sample.x)
    lon, lat = (x, y) if srid == crs.WGS84 else crs.to_wgs84(srid)(x, y)
    longitude, latitude, radius_km = job.near
    distance = _distance_km(float(np.median(lon)), float(np.median(lat)), longitude, latitude)
    if distance <= radius_km:
        return None
    others = [c for c in _zones_near(sample, job, axes=axes) if c.srid != srid] if srid in crs.ZONES else []
    if not others:
        return f"The data lie about {distance:.0f} km from the commune."
    names = " or ".join(f"EPSG:{zone_name(c.srid)}" for c in others[:3])
    raise ImportRefused(
        "WRONG_MERIDIAN",
        f"With EPSG:{zone_name(srid)} the data lie {distance:.0f} km from the commune; with {names} they fit.",
        remedy=f"Import with --crs {others[0].srid}.",
    )


def _sheet_srid(srid: int, job: ImportJob) -> int:
    if _is_projected(srid) and srid not in _WEB_MERCATOR:
        return srid
    if job.sheet_crs is None:
        raise ImportRefused(
            "SHEET_CRS_REQUIRED",
            "The file is in degrees, and nothing says in which map system areas are to be measured.",
            remedy="Name the system of the map sheet, for instance --sheet-crs 9208.",
        )
    if not _is_projected(job.sheet_crs):
        raise _unsupported(job.sheet_crs)
    return job.sheet_crs


def zone_name(srid: int) -> str:
    """Give a zone as people know it, by its meridian: 9211 (106°00')."""
    zone = crs.ZONES.get(srid)
    if zone is None:
        return str(srid)
    degrees = int(zone.central_meridian)
    return f"{srid} ({degrees}°{round((zone.central_meridian - degrees) * 60):02d}')"


def _unsupported(srid: int) -> ImportRefused:
    return ImportRefused(
        "CRS_UNSUPPORTED", f"EPSG:{srid} is no projected map system that landdb can keep parcels in.",
        remedy="Give the EPSG code of a projected system in metres, such as 9208.",
    )  # fmt: skip


@lru_cache(maxsize=64)
def _definition(srid: int) -> CRS:
    try:
        return CRS.from_epsg(srid)
    except CRSError as error:
        raise _unsupported(srid) from error


def _is_projected(srid: int) -> bool:
    return bool(_definition(srid).is_projected)


@lru_cache(maxsize=64)
def envelope(srid: int) -> tuple[float, float, float, float]:
    """Give west, south, east, north beyond which coordinates of this system are mistakes.

    For VN-2000 it is the same wide box in any zone: which zone is right is another question.
    """
    definition = _definition(srid)
    if crs.is_vn2000(srid):
        return _VN_METRES if definition.is_projected else _VN_LONLAT
    if definition.area_of_use is None or not (definition.is_projected or definition.is_geographic):
        raise _unsupported(srid)
    west, south, east, north = definition.area_of_use.bounds
    if definition.is_geographic:
        return west - _MARGIN_DEGREES, south - _MARGIN_DEGREES, east + _MARGIN_DEGREES, north + _MARGIN_DEGREES
    try:
        box = Transformer.from_crs(4326, srid, always_xy=True).transform_bounds(
            west, south, east, north, densify_pts=21
        )
    except ProjError as error:
        raise _unsupported(srid) from error
    if not all(math.isfinite(value) for value in box):
        raise _unsupported(srid)
    west, south, east, north = box
    return west - _MARGIN_METRES, south - _MARGIN_METRES, east + _MARGIN_METRES, north + _MARGIN_METRES


def _distance_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Give the great-circle distance; infinite where a conversion failed."""
    if not all(math.isfinite(value) for value in (lon1, lat1)):
        return math.inf
    a, b = math.radians(lat1), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))
