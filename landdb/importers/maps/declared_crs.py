"""The CRS a file states, as an EPSG code. A text from a file is parsed here and never resolved by name or URL."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError

from landdb.domain.crs import VN2000_GEOGRAPHIC, ZONES

_WKT: Final = re.compile(
    r"\s*(PROJCS|PROJCRS|PROJECTEDCRS|GEOGCS|GEOGCRS|GEODCRS|GEOGRAPHICCRS|COMPD_CS|COMPOUNDCRS|BOUNDCRS)\s*\["
)
_VIETNAM: Final = re.compile(r"vn[\s_-]*2000|viet[\s_-]*nam", re.IGNORECASE)
_MAX_TEXT: Final = 20_000
_SURE: Final = 70


def epsg_of(text: str | None) -> int | None:
    """Give the EPSG code that a file's CRS text stands for; None when it states none we can name."""
    if not text or len(text) > _MAX_TEXT:
        return None
    if match := re.fullmatch(r"\s*EPSG:(\d{3,6})\s*", text, re.IGNORECASE):
        return int(match[1])
    if re.fullmatch(r"\s*OGC:CRS84h?\s*", text, re.IGNORECASE):
        return 4326
    if _WKT.match(text):
        return _recognised(lambda: CRS.from_wkt(text))
    if text.lstrip().startswith("{"):
        return _recognised(lambda: CRS.from_json(text))
    return None


def epsg_of_projjson(document: object) -> int | None:
    """Give the EPSG code of a PROJJSON object, such as GeoParquet carries."""
    return epsg_of(json.dumps(document)) if isinstance(document, dict) else None


def _recognised(parse: Callable[[], CRS]) -> int | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyproj warns of what a custom CRS loses when simplified
        try:
            system = _horizontal(parse())
            return _vietnamese(system) or _standard(system)
        except (CRSError, ValueError, KeyError, RecursionError):
            return None


def _horizontal(system: CRS) -> CRS:
    if system.is_compound:
        system = system.sub_crs_list[0]
    return system.source_crs if system.is_bound and system.source_crs is not None else system


def _standard(system: CRS) -> int | None:
    code = system.to_epsg(min_confidence=_SURE)
    if code is None and system.to_authority(min_confidence=_SURE) == ("OGC", "CRS84"):
        return 4326
    return None if code is None else int(code)


def _vietnamese(system: CRS) -> int | None:
    """Give the VN-2000 zone that a hand-made definition describes.

    Suppliers write the zone under any name and often on the WGS 84 datum. A scale of 0.9999 with a false
    easting of 500 km on a meridian of the state's list is used nowhere else.
    """
    if system.is_geographic:
        return VN2000_GEOGRAPHIC if _VIETNAM.search(f"{system.name} {system.datum and system.datum.name}") else None
    operation = system.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    values = {parameter.name: float(parameter.value) for parameter in operation.params}
    expected = {
        "Latitude of natural origin": 0.0,
        "Scale factor at natural origin": 0.9999,
        "False easting": 500_000.0,
        "False northing": 0.0,
    }
    if any(abs(values.get(name, float("inf")) - value) > 1e-9 * max(1.0, value) for name, value in expected.items()):
        return None
    if system.ellipsoid is None or abs(system.ellipsoid.semi_major_metre - 6_378_137) > 1:
        return None
    meridian = values.get("Longitude of natural origin", float("inf"))
    return next((zone.srid for zone in ZONES.values() if abs(zone.central_meridian - meridian) < 1e-6), None)
