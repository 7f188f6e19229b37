"""Sheets that lie far from their commune: wrong central meridian or swapped axes (ADM003)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from landdb.domain.crs import ZONES, candidates, is_vn2000
from landdb.domain.finding import Finding
from landdb.validators.catalogue import Catalogue

#: Candidates named in a finding.
NAMED = 3
#: A commune is no circle: its far corner lies this many radii from its middle.
_ELONGATION = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class SheetPlace:
    """One sheet as drawn: its CRS and a point of each of its parcels in it."""

    sheet_no: str
    srid: int
    points: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CommunePlace:
    """Where a commune is known to lie: a point of it (degrees) and its area."""

    commune_id: int
    lonlat: tuple[float, float]
    area_km2: float | None


def check_sheets(sheets: Sequence[SheetPlace], commune: CommunePlace, catalogue: Catalogue) -> list[Finding]:
    """Give one finding per sheet that its stated CRS puts outside the commune's surroundings."""
    rule = catalogue["ADM003"]
    radius_km = rule.limit("default_radius_km")
    if commune.area_km2:
        radius_km = _ELONGATION * sqrt(commune.area_km2 / pi) + rule.limit("max_distance_km")
    findings = []
    for sheet in sheets:
        distance_km = _stated_distance_km(sheet, commune)
        if distance_km > radius_km:
            findings.append(_finding(sheet, commune, catalogue, distance_km=distance_km, radius_km=radius_km))
    return findings


def _stated_distance_km(sheet: SheetPlace, commune: CommunePlace) -> float:
    """Give how far the sheet lies from the commune when its CRS and axes are taken at their word."""
    stated = [found for found in candidates(sheet.points, commune.lonlat, inf, [sheet.srid]) if found.axes == "EN"]
    return stated[0].distance_km if stated else inf


def _finding(
    sheet: SheetPlace, commune: CommunePlace, catalogue: Catalogue, *, distance_km: float, radius_km: float
) -> Finding:
    rule = catalogue["ADM003"]
    srids = sorted({sheet.srid, *ZONES}) if is_vn2000(sheet.srid) else [sheet.srid]
    likely = candidates(sheet.points, commune.lonlat, radius_km, srids)[:NAMED]
    reason = "NOWHERE_NEAR"
    if likely:
        reason = "AXES_SWAPPED" if likely[0].axes == "NE" else "WRONG_MERIDIAN"
    x, y = np.median(sheet.points, axis=0).tolist()
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.severity,
        commune_id=commune.commune_id,
        subject=sheet.sheet_no,
        point=(x, y),
        srid=sheet.srid,
        measure=None if distance_km == inf else round(distance_km, 3),
        unit=rule.unit,
        details={
            "reason": reason,
            "stated_srid": sheet.srid,
            "candidates": [
                {"srid": found.srid, "axes": found.axes, "distance_km": round(found.distance_km, 3)} for found in likely
            ],
            "limits": {"radius_km": round(radius_km, 3)},
        },
    )
