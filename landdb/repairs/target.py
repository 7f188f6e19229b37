"""The fault that a repair is for, recognised again in a check of its neighbourhood."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.validators.catalogue import Catalogue
from landdb.validators.checks import check_fabric

#: Two findings of one rule about the same units this close to each other are the same one.
SAME_PLACE_M: Final = 0.05
#: A fault that grew by less than this is the same fault.
GROWTH: Final = 1.1
NOISE_M2: Final = 0.01

#: In a neighbourhood ground is ground, whichever commune or zone it is of: what such a rule found is found as…
_SAME_FAULT: Final[tuple[frozenset[str], ...]] = (
    frozenset({"COV001", "COV002", "COV003", "COV008", "COV009", "COV013"}),
    frozenset({"COV004", "COV005", "COV010", "COV012", "COV014"}),
    frozenset({"COV006", "COV011"}),
)
_GAPS: Final = _SAME_FAULT[1]
#: These rules need a whole commune; a neighbourhood's rim would break them everywhere.
_WHOLE_COMMUNE: Final = frozenset({"COV007", "ADM001", "ADM003"})


@dataclass(frozen=True, slots=True)
class Target:
    """A stored finding: its rule, parcels and the fault's own geometry, in the neighbourhood's CRS.

    `is_explained` when the finding itself names a parcel without a polygon as its cause.
    """

    finding_id: int
    rule_id: str
    subject: str
    parcel_id: int | None
    other_parcel_id: int | None
    geom: BaseGeometry | None
    is_explained: bool = False

    @property
    def parcel_ids(self) -> frozenset[int]:
        """Give the parcels that the finding names."""
        return frozenset(i for i in (self.parcel_id, self.other_parcel_id) if i is not None)


def same_fault(rule_id: str) -> frozenset[str]:
    """Give the rules that can tell of one and the same fault."""
    return next((group for group in _SAME_FAULT if rule_id in group), frozenset({rule_id}))


def check_around(
    near: Neighbourhood,
    catalogue: Catalogue,
    redrawn: dict[int, BaseGeometry] | None = None,
    closed: Iterable[int] = (),
) -> list[Finding]:
    """Give what the array rules find in a neighbourhood, as it is or redrawn."""
    rules = [
        rule.rule_id
        for rule in catalogue.rules.values()
        if rule.is_enabled and rule.kind in {"geometry", "coverage"} and rule.rule_id not in _WHOLE_COMMUNE
    ]
    return check_fabric(near.fabric(redrawn, closed), catalogue=catalogue, rules=rules)


def recognise(target: Target, findings: Sequence[Finding]) -> Finding | None:
    """Give the finding that is the target, None when the neighbourhood no longer shows it."""
    rules = same_fault(target.rule_id)
    here = [
        finding for finding in findings if finding.rule_id in rules and _distance_m(finding, target) <= SAME_PLACE_M
    ]
    return min(here, key=lambda finding: _unlikeness(finding, target), default=None)


def _unlikeness(finding: Finding, target: Target) -> tuple[bool, bool, float]:
    return finding.rule_id != target.rule_id, parcels_of(finding) != target.parcel_ids, _distance_m(finding, target)


def _distance_m(finding: Finding, target: Target) -> float:
    if target.geom is None or finding.geometry is None:
        return 0.0 if parcels_of(finding) == target.parcel_ids else float("inf")
    return float(shapely.distance(finding.geometry, target.geom))


def parcels_of(finding: Finding) -> frozenset[int]:
    """Give the parcels that a finding names."""
    return frozenset(i for i in (finding.parcel_id, finding.other_parcel_id) if i is not None)


def compare(
    before: Sequence[Finding], after: Sequence[Finding], *, by_place: bool = True
) -> tuple[list[Finding], list[Finding]]:
    """Give the findings that are closed and those that are opened, or grew, between two checks."""
    closed = [finding for finding in before if not any(_is_same(finding, other, by_place) for other in after)]
    opened = [
        finding
        for finding in after
        if not any(_is_same(other, finding, by_place) and not _grew(other, finding) for other in before)
    ]
    return closed, opened


def _is_same(one: Finding, other: Finding, by_place: bool) -> bool:  # noqa: FBT001 - one of compare's own
    names, other_names = set(one.subject.split("|")), set(other.subject.split("|"))
    # A gap is named by its two longest borders, and which they are can change with a vertex elsewhere.
    same_names = not names.isdisjoint(other_names) if one.rule_id in _GAPS else names == other_names
    if one.rule_id != other.rule_id or not same_names:
        return False
    if not by_place or one.geometry is None or other.geometry is None:
        return True
    return bool(shapely.dwithin(one.geometry, other.geometry, SAME_PLACE_M))


def _grew(before: Finding, after: Finding) -> bool:
    if before.area_m2 is None or after.area_m2 is None:
        return False
    return after.area_m2 > before.area_m2 * GROWTH + NOISE_M2
