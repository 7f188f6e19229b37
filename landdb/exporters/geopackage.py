"""Findings → a GeoPackage that QGIS opens styled: points, faults as areas and lines, parcels concerned, rules."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from pyogrio.raw import write_arrow

from landdb.domain.crs import WGS84, from_wgs84, to_wgs84
from landdb.exporters.qgis_styles import SEVERITIES, Entry, Layer, add_styles
from landdb.exporters.records import COLUMNS, FindingRecord, ParcelRecord, RuleRecord, SummaryRow

_ROWS_PER_BATCH: Final = 2_000
_NUMBERS: Final = ("measure", "area_m2", "width_m", "easting_m", "northing_m", "lon", "lat")
_WHOLE: Final = ("finding_id", "srid")
_MOMENTS: Final = ("first_seen", "last_seen")
_FINDING_SCHEMA: Final = pa.schema(
    [
        *(
            (
                name,
                pa.int64()
                if name in _WHOLE
                else pa.float64()
                if name in _NUMBERS
                else pa.timestamp("ms", "UTC")
                if name in _MOMENTS
                else pa.string(),
            )
            for name in COLUMNS
        ),
        ("geom", pa.binary()),
    ]
)
_PARCEL_SCHEMA: Final = pa.schema(
    [
        ("commune", pa.string()),
        ("sheet_no", pa.string()),
        ("parcel_no", pa.string()),
        ("parcel_code", pa.string()),
        ("computed_area_m2", pa.float64()),
        ("registered_area_m2", pa.float64()),
        ("legal_area_m2", pa.float64()),
        ("findings", pa.int64()),
        ("gravest", pa.string()),
        ("rules", pa.string()),
        ("srid", pa.int64()),
        ("geom", pa.binary()),
    ]
)
_RULE_SCHEMA: Final = pa.schema(
    [(name, pa.string()) for name in ("rule", "severity", "title", "why", "remedy", "legal_basis")]
)

Rows = Iterable[dict[str, Any]]


def write_geopackage(
    findings: Callable[[], Iterable[FindingRecord]],
    parcels: Iterable[ParcelRecord],
    rules: Sequence[RuleRecord],
    summary: Sequence[SummaryRow],
    target: Path,
    *,
    srid: int,
    language: str,
) -> int:
    """Write the layers in the system `srid` and give the number of findings.

    `findings` is called once per layer, so that nothing is held in memory. Every finding is in the layer of points,
    one without a place with an empty geometry; `fault_areas` and `fault_lines` hold the faults' own shapes.
    """
    counted = _Counted(_point_rows(findings(), srid))
    _write(counted, _FINDING_SCHEMA, target, "finding_points", "Point", srid)
    _write(_shape_rows(findings(), srid, _AREAS), _FINDING_SCHEMA, target, "fault_areas", "MultiPolygon", srid)
    _write(_shape_rows(findings(), srid, _LINES), _FINDING_SCHEMA, target, "fault_lines", "MultiLineString", srid)
    _write(_parcel_rows(parcels, srid), _PARCEL_SCHEMA, target, "parcels_concerned", "MultiPolygon", srid)
    _write(_rule_rows(rules, language), _RULE_SCHEMA, target, "rules", None, srid)
    with sqlite3.connect(target) as db:
        add_styles(db, _legend(rules, summary), list(Layer), default=language)
    db.close()
    return counted.count


_AREAS: Final = ({3, 6, 7}, shapely.MultiPolygon, 3)
_LINES: Final = ({1, 2, 5, 7}, shapely.MultiLineString, 1)
_Shape = tuple[set[int], Any, int]


def _legend(rules: Sequence[RuleRecord], summary: Sequence[SummaryRow]) -> list[Entry]:
    """Give the rules that have findings, by severity."""
    found = {(row.rule, row.severity) for row in summary}
    return [Entry(rule, severity) for rule in rules for severity in SEVERITIES if (rule.rule, severity) in found]


class _Counted:
    """Rows that know how many went by."""

    def __init__(self, rows: Rows) -> None:
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def _write(rows: Rows, schema: pa.Schema, target: Path, layer: str, geometry: str | None, srid: int) -> None:
    """Stream the rows into a layer."""
    reader = pa.RecordBatchReader.from_batches(schema, _batches(rows, schema))
    placed = {} if geometry is None else {"geometry_name": "geom", "geometry_type": geometry, "crs": f"EPSG:{srid}"}
    # The QGIS of Debian 12 reads version 1.2 without a warning.
    version = {} if target.exists() else {"dataset_options": {"VERSION": "1.2"}}
    write_arrow(reader, target, layer=layer, driver="GPKG", **placed, **version)


def _batches(rows: Rows, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == _ROWS_PER_BATCH:
            yield pa.RecordBatch.from_pylist(held, schema)
            held = []
    yield pa.RecordBatch.from_pylist(held, schema)


def _point_rows(findings: Iterable[FindingRecord], srid: int) -> Iterator[dict[str, Any]]:
    for finding in findings:
        point = None
        if finding.easting_m is not None and finding.srid is not None:
            point = _to(shapely.Point(finding.easting_m, finding.northing_m), finding.srid, srid)
        elif finding.lon is not None:
            point = _to(shapely.Point(finding.lon, finding.lat), WGS84, srid)
        yield {**_values(finding), "geom": None if point is None else shapely.to_wkb(point)}


def _shape_rows(findings: Iterable[FindingRecord], srid: int, shape: _Shape) -> Iterator[dict[str, Any]]:
    for finding in findings:
        if finding.geom is None or finding.srid is None:
            continue
        geometry = _of_shape(shapely.from_wkb(finding.geom), shape)
        if geometry is not None:
            yield {**_values(finding), "geom": shapely.to_wkb(_to(geometry, finding.srid, srid))}


def _of_shape(geometry: shapely.Geometry, shape: _Shape) -> shapely.Geometry | None:
    """Give the parts of that shape as one geometry of several parts, nothing when it has none."""
    kinds, several, single = shape
    if int(shapely.get_type_id(geometry)) not in kinds:
        return None
    parts = [part for part in shapely.get_parts(geometry) if int(shapely.get_type_id(part)) == single]
    return several(parts) if parts else None


def _parcel_rows(parcels: Iterable[ParcelRecord], srid: int) -> Iterator[dict[str, Any]]:
    for parcel in parcels:
        geometry = _of_shape(shapely.from_wkb(parcel.geom), _AREAS)
        if geometry is not None:
            yield {**parcel.cells(), "geom": shapely.to_wkb(_to(geometry, parcel.srid, srid))}


def _rule_rows(rules: Sequence[RuleRecord], language: str) -> Iterator[dict[str, Any]]:
    for rule in rules:
        texts = {name: getattr(rule, name)[language] for name in ("title", "why", "remedy")}
        yield {"rule": rule.rule, "severity": rule.severity, "legal_basis": rule.legal_basis, **texts}


def _values(finding: FindingRecord) -> dict[str, Any]:
    return {column: getattr(finding, column) for column in COLUMNS}


def _to(geometry: shapely.Geometry, srid: int, wanted: int) -> shapely.Geometry:
    """Give the geometry in the wanted system."""
    if srid == wanted:
        return geometry
    to_degrees, from_degrees = to_wgs84(srid), from_wgs84(wanted)

    def convert(xy: np.ndarray) -> np.ndarray:
        lon, lat = (xy[:, 0], xy[:, 1]) if srid == WGS84 else to_degrees(xy[:, 0], xy[:, 1])
        return np.column_stack((lon, lat) if wanted == WGS84 else from_degrees(lon, lat))

    return shapely.transform(geometry, convert)
