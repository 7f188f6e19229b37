"""Ground of nobody: narrow gaps, voids, inlets, gaps between communes and zones (COV004, 5, 10, 12, 14)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding, Severity
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.fabric import Units, UnusableParcel
from landdb.validators.places import fault_finding, label_point
from landdb.validators.widths import polygon_parts, widths_m, without_threads

#: An edge of a gap and the unit's edge it came from lie this close after noding.
_SAME_EDGE_M = 2e-3
#: A faulty ring's point may lie on the rim of the hole that the parcel leaves.
_NEAR_GAP_M = 1.0
#: What opening a void by rounding and mitring leaves at its corners.
_CORNER_NOISE_M = 0.01
_MITRE_LIMIT = 10.0
#: A corner's leftover is open along its longest side; an arm only at its mouth.
_ARM_WALLED = 0.7


@dataclass(frozen=True)
class Gap:
    """One piece of uncovered ground and the units around it, longest shared border first.

    `walled` is the share of its rim that units form; the rest is a mouth.
    """

    ground: BaseGeometry
    neighbours: tuple[int, ...]
    width_m: float
    walled: float
    open_to: str | None = None


def rim_of(arrangement: Arrangement, ground: BaseGeometry, width: float, *, open_to: str | None = None) -> Gap:
    """Give the ground (`width` metres wide) with the units along its rim, longest border first, then by key."""
    rings = shapely.get_rings(shapely.get_parts(ground))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = coordinates[:-1][same], coordinates[1:][same]
    length = np.hypot(*(end - start).T)
    middle = shapely.points((start + end) / 2)
    edge, line = arrangement.rim_tree.query(middle, predicate="dwithin", distance=_SAME_EDGE_M)
    units = arrangement.units
    member, position = np.unique(arrangement.segments.unit[line], return_inverse=True)
    shared = np.bincount(position, weights=length[edge], minlength=len(member))
    by_length = [
        (-round(border_m, 3), units.code_of(unit), units.key_of(unit), unit)
        for unit, border_m in zip(member.tolist(), shared.tolist(), strict=True)
        if border_m > _SAME_EDGE_M
    ]
    walled = float(length[np.unique(edge)].sum() / length.sum())
    return Gap(ground, tuple(unit for *_, unit in sorted(by_length)), width, walled, open_to)


def check_gaps(
    arrangement: Arrangement, catalogue: Catalogue, unusable: Sequence[UnusableParcel] = ()
) -> list[Finding]:
    """Give the findings about uncovered ground among units, and about narrow inlets into it."""
    findings: list[Finding] = []
    narrow_m = catalogue["COV004"].limit("narrow_width_m")
    grounds = arrangement.gaps()
    grounds = grounds[shapely.area(grounds) >= catalogue["COV004"].limit("noise_area_m2")]
    widths = widths_m(grounds)
    real = widths >= catalogue["COV004"].limits["noise_width_m"].least
    for ground, width in zip(grounds[real], widths[real].tolist(), strict=True):
        for gap in _apart_from_noise(arrangement, catalogue, rim_of(arrangement, ground, width)):
            findings.append(_finding(arrangement.units, catalogue, gap, unusable))
            if gap.width_m >= narrow_m:
                findings.extend(_inlet_findings(arrangement, catalogue, gap.ground, "void"))
    for ground in arrangement.outside():
        findings.extend(_inlet_findings(arrangement, catalogue, ground, "outside"))
    return findings


def _apart_from_noise(arrangement: Arrangement, catalogue: Catalogue, gap: Gap) -> Iterator[Gap]:
    """Give a gap that is more than noise; between zones, the gaps that are left when threads of noise are cut.

    Reprojection leaves millimetres all along a seam of two zones, and these would join its gaps and rename them.
    """
    if _is_noise(arrangement.units, catalogue, gap):
        return
    if not arrangement.units.crosses_zones(gap.neighbours):
        yield gap
        return
    grounds = without_threads(gap.ground, catalogue["COV004"].limit("cross_zone_noise_m"))
    for ground, width in zip(grounds, widths_m(grounds).tolist(), strict=True):
        part = rim_of(arrangement, ground, width)
        if not _is_noise(arrangement.units, catalogue, part):
            yield part


def _inlet_findings(
    arrangement: Arrangement, catalogue: Catalogue, ground: BaseGeometry, open_to: str
) -> Iterator[Finding]:
    """Give the narrow arms of a wide void, or of the outside: a gap that is open at one end.

    An arm is what a disc as wide as the narrow limit cannot reach. Corners and steps of a wall are no arms:
    mitring restores most of them, and an arm is slender, walled on nearly all sides, and lies between units.
    """
    rule = catalogue["COV004"]
    radius_m = rule.limit("narrow_width_m") / 2
    core = shapely.buffer(ground, -radius_m, quad_segs=16)
    reached = shapely.buffer(core, radius_m, join_style="mitre", mitre_limit=_MITRE_LIMIT)
    arms = polygon_parts(shapely.difference(ground, shapely.buffer(reached, _CORNER_NOISE_M)))
    arms = arms[shapely.area(arms) >= rule.limit("noise_area_m2")]
    widths = widths_m(arms)
    slender = shapely.length(arms) / 2 >= rule.limit("inlet_slenderness") * widths
    for arm, width in zip(arms[slender], widths[slender].tolist(), strict=True):
        gap = rim_of(arrangement, arm, width, open_to=open_to)
        is_arm = gap.walled >= _ARM_WALLED and len(gap.neighbours) > 1
        if is_arm and not _is_noise(arrangement.units, catalogue, gap):
            yield _finding(arrangement.units, catalogue, gap)


def _is_noise(units: Units, catalogue: Catalogue, gap: Gap) -> bool:
    """Tell whether a gap is too thin to tell anybody about, for the sheets around it."""
    rule = catalogue["COV004"]
    limit_m = rule.limit("noise_width_m", units.coarser_scale(gap.neighbours))
    if units.crosses_zones(gap.neighbours):
        limit_m = max(limit_m, rule.limit("cross_zone_noise_m"))
    return gap.width_m < limit_m


def _finding(units: Units, catalogue: Catalogue, gap: Gap, unusable: Sequence[UnusableParcel] = ()) -> Finding:
    """Give the finding about one gap; its two longest neighbours name it."""
    narrow_m = catalogue["COV004"].limit("narrow_width_m")
    rule = catalogue[_rule_for(units, gap, narrow_m)]
    scale = units.coarser_scale(gap.neighbours)
    error_area_m2 = catalogue["COV004"].limit("error_area_m2")
    by_parcels_alone = gap.open_to is None and all(units.is_parcel(unit) for unit in gap.neighbours)
    severity: Severity = "error" if by_parcels_alone and gap.ground.area > error_area_m2 else rule.severity
    details: dict[str, object] = {
        "limits": {
            "narrow_width_m": narrow_m,
            "error_area_m2": error_area_m2,
            "noise_width_m": catalogue["COV004"].limit("noise_width_m", scale),
            "scale_denominator": scale,
        },
        "neighbours": len(gap.neighbours),
        "enclosed_by_parcels": by_parcels_alone,
    }
    if gap.open_to is not None:
        details["open_to"] = gap.open_to
    missing = _unusable_near(unusable, gap.ground)
    if missing:
        details["unusable_parcel_inside"] = missing[0] if len(missing) == 1 else missing
    return fault_finding(
        units,
        rule,
        members=gap.neighbours[:2],
        geometry=gap.ground,
        point=label_point(gap.ground),
        measure=gap.ground.area if rule.unit == "m2" else gap.width_m,
        width_m=gap.width_m,
        severity=severity,
        details=details,
    )


def _rule_for(units: Units, gap: Gap, narrow_m: float) -> str:
    """Give the rule that a gap breaks: who lies along it first, then whether it is open, then its width."""
    if units.crosses_communes(gap.neighbours[:2]):
        return "COV010"
    if units.crosses_zones(gap.neighbours[:2]) and gap.width_m < narrow_m:
        return "COV014"
    if gap.open_to is not None:
        return "COV012"
    return "COV004" if gap.width_m < narrow_m else "COV005"


def _unusable_near(unusable: Sequence[UnusableParcel], ground: BaseGeometry) -> Sequence[str]:
    """Give the keys of parcels without a usable ring whose faulty place lies in or at this gap."""
    return sorted(
        parcel.key
        for parcel in unusable
        if parcel.point is not None and shapely.dwithin(ground, shapely.Point(parcel.point), _NEAR_GAP_M)
    )
