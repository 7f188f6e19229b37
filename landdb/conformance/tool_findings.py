"""What a tool found, read from JSON, GeoJSON or CSV."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from landdb.conformance.classes import is_known
from landdb.conformance.scoring import ToolFinding
from landdb.domain.crs import WGS84, from_wgs84, to_wgs84
from landdb.errors import InvalidValue

_FORM = "write class (a rule id or a class of expected.json) and x, y or geometry for each finding"
_RULE_ID = re.compile(r"[A-Z]{3}\d{3}")
_CRS_NAME = "urn:ogc:def:crs:EPSG::"


def read_findings(path: Path, srid: int) -> list[ToolFinding]:
    """Give the findings of a file, in the zone `srid`, without those of landdb's rules that no kit is about."""
    if not path.exists():
        raise InvalidValue("findings", "NO_SUCH_FILE", remedy=f"there is no {path.name}")
    try:
        if path.suffix.lower() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as text:
                return _findings(csv.DictReader(text), srid, srid)
        document: Any = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise InvalidValue("findings", "NOT_READABLE", remedy="write CSV, JSON or GeoJSON in UTF-8") from error
    if isinstance(document, Mapping) and document.get("type") == "FeatureCollection":
        source = _srid_of(document)
        rows: Iterator[Mapping[str, Any]] = _rows_of_features(document.get("features", []))
    else:
        source = srid
        rows = iter(document.get("findings", []) if isinstance(document, Mapping) else document)
    return _findings(rows, source, srid)


def _findings(rows: Iterable[Mapping[str, Any]], srid: int, wanted: int) -> list[ToolFinding]:
    found = (_finding(row, number, srid, wanted) for number, row in enumerate(rows, start=1))
    return [finding for finding in found if finding is not None]


def _srid_of(document: Mapping[str, Any]) -> int:
    """Give the CRS that a feature collection names; WGS 84 when it names none."""
    name = str(document.get("crs", {}).get("properties", {}).get("name", ""))
    return int(name.removeprefix(_CRS_NAME)) if name.startswith(_CRS_NAME) else WGS84


def _rows_of_features(features: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give features as rows; landdb's own export names commune, sheet and parcel in columns."""
    for feature in features:
        properties = dict(feature.get("properties") or {})
        if "names" not in properties:
            properties["names"] = _names_of_export(properties)
        yield {**properties, "geometry": feature.get("geometry")}


def _names_of_export(row: Mapping[str, Any]) -> list[str]:
    names = []
    for other in ("", "other_"):
        commune = row.get(f"{other}commune") or row.get("commune")
        sheet, parcel = row.get(f"{other}sheet_no"), row.get(f"{other}parcel_no")
        if commune and sheet:
            names.append("/".join(str(part) for part in (commune, sheet, parcel) if part))
    return names


def _finding(row: Mapping[str, Any], number: int, srid: int, wanted: int) -> ToolFinding | None:
    said = str(row.get("class") or row.get("rule") or row.get("rule_id") or "") if isinstance(row, Mapping) else ""
    if _RULE_ID.fullmatch(said) and not is_known(said):
        return None
    if not is_known(said):
        raise InvalidValue(f"finding {number}: class", "UNKNOWN_CLASS", remedy=_FORM)
    names = row.get("names") or row.get("parcels") or []
    if isinstance(names, str):
        names = names.replace("|", " ").split()
    severity = row.get("severity")
    place = _usable(_in_zone(_place(row, number), srid, wanted))
    return ToolFinding(said, place, frozenset(map(str, names)), str(severity) if severity else None)


def _place(row: Mapping[str, Any], number: int) -> shapely.Geometry:
    try:
        if row.get("geometry"):
            return shape(row["geometry"])
        return shapely.Point(float(row["x"]), float(row["y"]))
    except (KeyError, TypeError, ValueError, AttributeError, ShapelyError) as error:
        raise InvalidValue(f"finding {number}: place", "NOT_A_PLACE", remedy=_FORM) from error


def _usable(place: shapely.Geometry) -> shapely.Geometry:
    """Give a place that can be measured; of an area that crosses itself only its outline."""
    return place if shapely.is_valid(place) else place.boundary


def _in_zone(place: shapely.Geometry, srid: int, wanted: int) -> shapely.Geometry:
    if srid == wanted:
        return place
    back = from_wgs84(wanted)

    def convert(xy: np.ndarray) -> np.ndarray:
        lon, lat = (xy[:, 0], xy[:, 1]) if srid == WGS84 else to_wgs84(srid)(xy[:, 0], xy[:, 1])
        return np.stack(back(lon, lat), axis=1)

    return shapely.transform(place, convert)
