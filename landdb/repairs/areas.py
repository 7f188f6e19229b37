"""What a redrawing does to a parcel's area, against the area on paper and its legal limit."""

from dataclasses import dataclass
from typing import Literal

from landdb.domain.area_limits import area_limit_m2
from landdb.domain.finding import Finding
from landdb.repairs.neighbourhood import Unit
from landdb.validators.catalogue import Catalogue

AreaVerdict = Literal["WITHIN", "NEARER", "UNCHANGED", "NO_PAPER_AREA", "BEYOND", "NOT_JUDGED"]
#: Verdicts that stand in the way of a proposal.
BEYOND_LIMITS: frozenset[AreaVerdict] = frozenset({"BEYOND"})
#: Areas are printed with one decimal; half of its last digit is no change.
SAME_AREA_M2 = 0.05


@dataclass(frozen=True, slots=True)
class AreaChange:
    """Area before and after (m²), the area on paper and how far from it the law lets a drawing be."""

    before_m2: float | None
    after_m2: float | None
    paper_m2: float | None
    limit_m2: float | None
    verdict: AreaVerdict


def judge_area(unit: Unit, after_m2: float | None, before_m2: float | None = None) -> AreaChange:
    """Give the areas of one unit and the verdict.

    ``WITHIN`` the limit around the paper area; ``NEARER`` to it than before although still beyond the limit;
    ``UNCHANGED`` to the printed decimal; without a paper area the change itself must be within the limit
    (``NO_PAPER_AREA``); else ``BEYOND``. An object has no legal area (``NOT_JUDGED``).
    """
    if before_m2 is None and unit.geom is not None:
        before_m2 = float(unit.geom.area)
    if not unit.is_parcel or after_m2 is None:
        return AreaChange(before_m2, after_m2, unit.known_area_m2, None, "NOT_JUDGED")
    paper = unit.known_area_m2
    reference = paper if paper is not None else before_m2
    if reference is None:
        return AreaChange(before_m2, after_m2, None, None, "BEYOND")
    limit = area_limit_m2(reference, unit.scale_denominator)
    return AreaChange(before_m2, after_m2, paper, limit, _verdict(before_m2, after_m2, paper, limit))


def _verdict(before_m2: float | None, after_m2: float, paper_m2: float | None, limit_m2: float) -> AreaVerdict:
    if paper_m2 is None:
        within = before_m2 is not None and abs(after_m2 - before_m2) <= limit_m2
        return "NO_PAPER_AREA" if within else "BEYOND"
    if abs(after_m2 - paper_m2) <= limit_m2:
        return "WITHIN"
    if before_m2 is None:
        return "BEYOND"
    if abs(after_m2 - before_m2) <= SAME_AREA_M2:
        return "UNCHANGED"
    return "NEARER" if abs(after_m2 - paper_m2) < abs(before_m2 - paper_m2) else "BEYOND"


def shortfall_m2(unit: Unit) -> float | None:
    """Give how much less is drawn than stands on paper; negative for a surplus, None without paper."""
    if unit.known_area_m2 is None or unit.geom is None:
        return None
    return unit.known_area_m2 - float(unit.geom.area)


def area_finding(unit: Unit, drawn_m2: float | None, catalogue: Catalogue) -> Finding | None:
    """Give ARE001 for a parcel drawn so, None when its registered area agrees to the printed decimal.

    The statement of that rule reads stored parcels; a proposal must know before it is one.
    """
    if not unit.is_parcel or unit.registered_area_m2 is None or drawn_m2 is None:
        return None
    rule = catalogue["ARE001"]
    difference = drawn_m2 - unit.registered_area_m2
    if abs(difference) <= rule.limit("rounding_m2"):
        return None
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.severity,
        commune_id=unit.commune_id,
        subject=unit.key,
        parcel_id=unit.unit_id,
        measure=difference,
        unit=rule.unit,
        area_m2=abs(difference),
    )
