"""Rules that are statements: one file, one question, rows become findings."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.area_limits import DEFAULT_SCALE, area_limit_m2
from landdb.domain.finding import Finding
from landdb.store import statements
from landdb.store.findings import run_statement
from landdb.validators.rule import Rule

#: Scales and areas at which the legal table of area limits bends.
_SCALES = (200, 500, 1000, 2000, 5000, 10000)
_BENDS_M2 = (0.0, 30.0, 40.0, 50.0, 100.0, 300.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0)


def check_statement(conn: psycopg.Connection, rule: Rule, commune_id: int) -> list[Finding]:
    """Give the findings of one rule whose kind is sql or rejected."""
    name = (rule.sql or "").removesuffix(".sql")
    statement = statements.load(name, package="landdb.validators")[name]
    limits = {limit.name: limit.default for limit in rule.limits.values()}
    values = {
        "commune_id": commune_id,
        "area_limits": area_limit_bands(),
        "default_scale": DEFAULT_SCALE,
        **limits,
    }
    return [_finding(rule, commune_id, row, limits) for row in run_statement(conn, statement, values)]


@cache
def area_limit_bands() -> list[dict[str, float]]:
    """Give the legal area limits as straight bands, so that statements judge by the table of `area_limits`."""
    bands = []
    for scale in _SCALES:
        for start, end in zip(_BENDS_M2, (*_BENDS_M2[1:], 2 * _BENDS_M2[-1]), strict=True):
            low, high = area_limit_m2(start, scale), area_limit_m2(end, scale)
            slope = (high - low) / (end - start)
            bands.append({"scale": scale, "from_m2": start, "limit_m2": low, "slope": slope})
    return bands


def _finding(rule: Rule, commune_id: int, row: Mapping[str, Any], limits: Mapping[str, float]) -> Finding:
    point, geometry = _geometry(row["point"]), _geometry(row["geom"])
    placed = point if point is not None else geometry
    details = dict(row["details"])
    if limits:
        details["limits"] = dict(limits)
    return Finding(
        rule_id=rule.rule_id,
        severity=row.get("severity") or rule.severity,
        commune_id=commune_id,
        subject=row["subject"],
        parcel_id=row["parcel_id"],
        other_parcel_id=row["other_parcel_id"],
        point=None if point is None else (float(point.x), float(point.y)),
        geometry=geometry,
        srid=None if placed is None else int(shapely.get_srid(placed)) or None,
        measure=None if row["measure"] is None else round(row["measure"], 6),
        unit=rule.unit,
        area_m2=None if row["area_m2"] is None else round(row["area_m2"], 6),
        details=details,
    )


def _geometry(wkb: str | bytes | None) -> BaseGeometry | None:
    """Give the geometry of a column, with its SRID; nothing for null and empty."""
    if wkb is None:
        return None
    geometry = shapely.from_wkb(wkb)
    return None if geometry.is_empty else geometry


def to_columns(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Give findings as the columns that the store takes, without place and identity."""
    return [
        {
            "rule_id": finding.rule_id,
            "severity": finding.severity,
            "subject": finding.subject,
            "parcel_id": finding.parcel_id,
            "other_parcel_id": finding.other_parcel_id,
            "measure": finding.measure,
            "unit": finding.unit,
            "area_m2": finding.area_m2,
            "width_m": finding.width_m,
            "details": finding.details,
            "geom": _ewkb(finding),
        }
        for finding in findings
    ]


def _ewkb(finding: Finding) -> str | None:
    if finding.geometry is None:
        return None
    placed = shapely.set_srid(finding.geometry, finding.srid or 0)
    return str(shapely.to_wkb(placed, hex=True, include_srid=True))
