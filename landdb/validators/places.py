"""How array rules say where a fault is and whom it concerns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding, Severity
from landdb.validators.fabric import CommuneFabric
from landdb.validators.rule import Rule
from landdb.validators.widths import polygon_parts


def label_point(geometry: BaseGeometry) -> tuple[float, float]:
    """Give a point inside the largest polygon of a fault; for other geometries a point on it."""
    parts = polygon_parts(geometry)
    place = parts[int(np.argmax(shapely.area(parts)))] if len(parts) else geometry
    point = shapely.point_on_surface(place)
    return float(point.x), float(point.y)


def _rounded(value: float) -> float:
    """Give a measure at the precision that widths are found with, so that equal faults read equal."""
    return float(f"{value:.3g}") if abs(value) < 100 else round(value, 2)


def fault_finding(
    fabric: CommuneFabric,
    rule: Rule,
    *,
    units: Sequence[int],
    geometry: BaseGeometry,
    point: tuple[float, float],
    measure: float,
    width_m: float | None = None,
    severity: Severity | None = None,
    details: Mapping[str, Any] | None = None,
) -> Finding:
    """Give the finding about one fault between up to two units; parcels stand before objects, then by key.

    The subject does not depend on the order of the input, so that a finding keeps its identity.
    """
    concerned = sorted(units, key=lambda unit: (not fabric.is_parcel(unit), fabric.key_of(unit)))
    ids = [fabric.id_of(unit) for unit in concerned if fabric.is_parcel(unit)]
    area_m2 = float(geometry.area)
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.judged(severity),
        commune_id=fabric.commune_id,
        subject="|".join(fabric.key_of(unit) for unit in concerned),
        parcel_id=ids[0] if ids else None,
        other_parcel_id=ids[1] if len(ids) > 1 else None,
        point=point,
        geometry=geometry,
        srid=fabric.srid,
        measure=_rounded(measure),
        unit=rule.unit,
        area_m2=round(area_m2, 6) if area_m2 > 0 else None,
        width_m=None if width_m is None else _rounded(width_m),
        details=dict(details or {}),
    )
