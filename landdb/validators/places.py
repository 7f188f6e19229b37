"""How array rules say where a fault is and whom it concerns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding, Severity
from landdb.validators.fabric import Units
from landdb.validators.rule import Rule
from landdb.validators.widths import polygon_parts


def label_point(geometry: BaseGeometry) -> tuple[float, float]:
    """Give a point inside the largest polygon of a fault; for other geometries a point on it."""
    parts = polygon_parts(geometry)
    place = parts[int(np.argmax(shapely.area(parts)))] if len(parts) else geometry
    point = shapely.point_on_surface(place)
    return float(point.x), float(point.y)


def rounded(value: float) -> float:
    """Give a measure at the precision that widths are found with, so that equal faults read equal."""
    return float(f"{value:.3g}") if abs(value) < 100 else round(value, 2)


def in_order(units: Units, members: Sequence[int]) -> list[int]:
    """Give units in the order findings name them: by commune, parcels before objects, then by key."""
    return sorted(members, key=lambda unit: (units.code_of(unit), not units.is_parcel(unit), units.key_of(unit)))


def subject_of(units: Units, concerned: Sequence[int]) -> str:
    """Give the stable name of up to two units; those of different communes are named with their communes."""
    if units.crosses_communes(concerned):
        return "|".join(f"{units.code_of(unit)}:{units.key_of(unit)}" for unit in concerned)
    return "|".join(units.key_of(unit) for unit in concerned)


def fault_finding(
    units: Units,
    rule: Rule,
    *,
    members: Sequence[int],
    geometry: BaseGeometry,
    point: tuple[float, float],
    measure: float,
    width_m: float | None = None,
    severity: Severity | None = None,
    details: Mapping[str, Any] | None = None,
) -> Finding:
    """Give the finding about one fault between up to two units.

    It belongs to the first unit's commune. The subject does not depend on the order of the input, so that a
    finding keeps its identity.
    """
    concerned = in_order(units, members)
    ids = [units.id_of(unit) for unit in concerned if units.is_parcel(unit)]
    communes = list(dict.fromkeys(int(units.commune_id[unit]) for unit in concerned))
    area_m2 = float(geometry.area)
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.judged(severity),
        commune_id=communes[0],
        other_commune_id=communes[1] if len(communes) > 1 else None,
        subject=subject_of(units, concerned),
        parcel_id=ids[0] if ids else None,
        other_parcel_id=ids[1] if len(ids) > 1 else None,
        point=point,
        geometry=geometry,
        srid=units.srid,
        measure=rounded(measure),
        unit=rule.unit,
        area_m2=round(area_m2, 6) if area_m2 > 0 else None,
        width_m=None if width_m is None else rounded(width_m),
        details=dict(details or {}),
    )
