"""A finding: one broken rule at one place."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from shapely.geometry.base import BaseGeometry

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

_NO_DETAILS: Final[Mapping[str, Any]] = {}


class Finding(NamedTuple):
    """One broken rule at one place, with its proof.

    `subject` is a stable text key without personal data, such as ``12/345`` or ``12/345|12/346``.
    `point` and `geometry` are in `srid` (the sheet's own zone, metres); `geometry` is the fault itself
    (overlap polygon, gap polygon, the very vertex), not the parcel. `measure` is in `unit`.
    `details` holds the limits used and reason codes, never a personal value. Across a border `commune_id`
    is the commune with the lower code and `other_commune_id` the other.

    A named tuple, because a badly matched province has half a million: it is made four times as fast as a frozen
    dataclass.
    """

    rule_id: str
    severity: Severity
    commune_id: int
    subject: str
    parcel_id: int | None = None
    other_parcel_id: int | None = None
    point: tuple[float, float] | None = None
    geometry: BaseGeometry | None = None
    srid: int | None = None
    measure: float | None = None
    unit: str | None = None
    area_m2: float | None = None
    width_m: float | None = None
    details: Mapping[str, Any] = _NO_DETAILS
    other_commune_id: int | None = None
