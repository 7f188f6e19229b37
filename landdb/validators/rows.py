"""Findings as the store takes them: proof as EWKB, place in WGS 84."""

from collections.abc import Sequence

import numpy as np
import shapely

from landdb.domain.crs import to_wgs84
from landdb.domain.finding import Finding
from landdb.store.finding_rows import FindingRow


def to_rows(found: Sequence[Finding]) -> list[FindingRow]:
    """Give the findings as rows, in their order."""
    proofs, places = _proofs(found), _places_4326(found)
    return [
        FindingRow(
            rule_id=finding.rule_id,
            severity=finding.severity,
            commune_id=finding.commune_id,
            other_commune_id=finding.other_commune_id,
            subject=finding.subject,
            parcel_id=finding.parcel_id,
            other_parcel_id=finding.other_parcel_id,
            lon=lon,
            lat=lat,
            geom=proof,
            measure=finding.measure,
            unit=finding.unit,
            area_m2=finding.area_m2,
            width_m=finding.width_m,
            details=finding.details,
        )
        for finding, proof, (lon, lat) in zip(found, proofs, places, strict=True)
    ]


def _proofs(found: Sequence[Finding]) -> list[bytes | None]:
    """Give each finding's geometry as EWKB that carries its zone."""
    shapes = np.array([finding.geometry for finding in found], dtype=object)
    srids = np.array([finding.srid or 0 for finding in found], dtype=np.int32)
    return shapely.to_wkb(shapely.set_srid(shapes, srids), include_srid=True).tolist() if len(found) else []


def _places_4326(found: Sequence[Finding]) -> list[tuple[float | None, float | None]]:
    """Give each finding's point in degrees; none where it has none or lies outside its projection."""
    places: list[tuple[float | None, float | None]] = [(None, None)] * len(found)
    for srid in {finding.srid for finding in found if finding.srid is not None and finding.point is not None}:
        members = [index for index, finding in enumerate(found) if finding.srid == srid and finding.point is not None]
        xy = np.array([found[index].point for index in members])
        lon, lat = to_wgs84(srid)(xy[:, 0], xy[:, 1])
        for index, x, y in zip(members, lon.tolist(), lat.tolist(), strict=True):
            if np.isfinite(x) and np.isfinite(y):
                places[index] = (x, y)
    return places
