"""Findings → GeoJSON (RFC 7946): the fault itself, or its point, in WGS 84."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

import numpy as np
import shapely
from shapely.geometry import mapping

from landdb.domain.crs import to_wgs84
from landdb.exporters.records import COLUMNS, FindingRecord

#: A nanodegree is a tenth of a millimetre: finer than any survey, so that a 1 mm fault keeps its shape.
DECIMALS = 9


def write_geojson(findings: Iterable[FindingRecord], target: TextIO) -> int:
    """Write one feature per line and give their number; a finding without a place has a null geometry."""
    count = 0
    target.write('{"type": "FeatureCollection", "features": [')
    for count, finding in enumerate(findings, start=1):
        target.write("\n" if count == 1 else ",\n")
        target.write(json.dumps(_feature(finding), ensure_ascii=False))
    target.write("\n]}\n")
    return count


def geometry_4326(finding: FindingRecord) -> shapely.Geometry | None:
    """Give the fault in longitude and latitude: its own geometry, else its point, else nothing."""
    if finding.geom is not None and finding.srid is not None:
        convert = to_wgs84(finding.srid)
        return shapely.transform(
            shapely.from_wkb(finding.geom), lambda xy: np.round(np.column_stack(convert(xy[:, 0], xy[:, 1])), DECIMALS)
        )
    if finding.lon is None or finding.lat is None:
        return None
    return shapely.Point(round(finding.lon, DECIMALS), round(finding.lat, DECIMALS))


def _feature(finding: FindingRecord) -> dict[str, Any]:
    geometry = geometry_4326(finding)
    return {
        "type": "Feature",
        "id": finding.fingerprint,
        "geometry": None if geometry is None else mapping(shapely.orient_polygons(geometry)),
        "properties": dict(zip(COLUMNS, finding.cells(), strict=True)),
    }
