"""Ground of nobody: narrow gaps, inlets and voids (COV004, COV005)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding, Severity
from landdb.validators.arrangement import Arrangement
from landdb.validators.catalogue import Catalogue
from landdb.validators.places import fault_finding, label_point
from landdb.validators.widths import polygon_parts, widths_m

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


class Rim:
    """The residual edges as an index: which units border a piece of ground."""

    def __init__(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Give the index over residual edges, built when the first gap asks."""
        return shapely.STRtree(self.arrangement.lines)

    def gap(self, ground: BaseGeometry, width: float, *, open_to: str | None = None) -> Gap:
        """Give the ground (`width` metres wide) with the units along its rim, longest border first, then by key."""
        rings = shapely.get_rings(shapely.get_parts(ground))
        coordinates, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[1:] == ring[:-1]
        start, end = coordinates[:-1][same], coordinates[1:][same]
        length = np.hypot(*(end - start).T)
        edge, line = self.tree.query(shapely.points((start + end) / 2), predicate="dwithin", distance=_SAME_EDGE_M)
        unit = self.arrangement.segments.unit[line]
        shared = np.bincount(unit, weights=length[edge], minlength=1)
        fabric = self.arrangement.fabric
        found = [int(index) for index in np.flatnonzero(shared > _SAME_EDGE_M)]
        found.sort(key=lambda index: (-round(float(shared[index]), 3), fabric.key_of(index)))
        walled = float(length[np.unique(edge)].sum() / length.sum())
        return Gap(ground, tuple(found), width, walled, open_to)


def check_gaps(arrangement: Arrangement, catalogue: Catalogue) -> list[Finding]:
    """Give the findings about uncovered ground inside the fabric, and about narrow inlets into it."""
    rim = Rim(arrangement)
    findings: list[Finding] = []
    narrow_m = catalogue["COV004"].limit("narrow_width_m")
    grounds = arrangement.gaps()
    grounds = grounds[shapely.area(grounds) >= catalogue["COV004"].limit("noise_area_m2")]
    widths = widths_m(grounds)
    real = widths >= catalogue["COV004"].limits["noise_width_m"].least
    for ground, width in zip(grounds[real], widths[real].tolist(), strict=True):
        gap = rim.gap(ground, width)
        if _is_noise(arrangement, catalogue, gap):
            continue
        findings.append(_finding(arrangement, catalogue, gap))
        if gap.width_m >= narrow_m:
            findings.extend(_inlet_findings(arrangement, catalogue, rim, gap.ground, "void"))
    outside = _outside(arrangement, narrow_m)
    if outside is not None:
        findings.extend(_inlet_findings(arrangement, catalogue, rim, outside, "outside"))
    return findings


def _outside(arrangement: Arrangement, margin_m: float) -> BaseGeometry | None:
    """Give the ground around the fabric, as far as an inlet's mouth needs it."""
    if not len(arrangement.faces):
        return None
    shells = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(arrangement.covered())))
    land = shapely.unary_union(shells)
    frame = shapely.box(*land.bounds).buffer(4 * margin_m, join_style="mitre")
    return frame.difference(land)


def _inlet_findings(
    arrangement: Arrangement, catalogue: Catalogue, rim: Rim, ground: BaseGeometry, open_to: str
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
        gap = rim.gap(arm, width, open_to=open_to)
        is_arm = gap.walled >= _ARM_WALLED and len(gap.neighbours) > 1
        if is_arm and not _is_noise(arrangement, catalogue, gap):
            yield _finding(arrangement, catalogue, gap)


def _is_noise(arrangement: Arrangement, catalogue: Catalogue, gap: Gap) -> bool:
    """Tell whether a gap is too thin to tell anybody about, for the sheets around it."""
    rule = catalogue["COV004"]
    limit_m = rule.limit("noise_width_m", arrangement.fabric.coarser_scale(gap.neighbours))
    if arrangement.fabric.crosses_zones(gap.neighbours):
        limit_m = max(limit_m, rule.limit("cross_zone_noise_m"))
    return gap.width_m < limit_m


def _finding(arrangement: Arrangement, catalogue: Catalogue, gap: Gap) -> Finding:
    """Give the finding about one gap; its two longest neighbours name it."""
    fabric = arrangement.fabric
    narrow_m = catalogue["COV004"].limit("narrow_width_m")
    rule = catalogue["COV004" if gap.width_m < narrow_m else "COV005"]
    scale = fabric.coarser_scale(gap.neighbours)
    error_area_m2 = rule.limit("error_area_m2")
    by_parcels_alone = gap.open_to is None and all(fabric.is_parcel(unit) for unit in gap.neighbours)
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
    missing = _unusable_near(arrangement, gap.ground)
    if missing:
        details["unusable_parcel_inside"] = missing[0] if len(missing) == 1 else missing
    return fault_finding(
        fabric,
        rule,
        units=gap.neighbours[:2],
        geometry=gap.ground,
        point=label_point(gap.ground),
        measure=gap.width_m if rule.rule_id == "COV004" else gap.ground.area,
        width_m=gap.width_m,
        severity=severity,
        details=details,
    )


def _unusable_near(arrangement: Arrangement, ground: BaseGeometry) -> Sequence[str]:
    """Give the keys of parcels without a usable ring whose faulty place lies in or at this gap."""
    return sorted(
        parcel.key
        for parcel in arrangement.fabric.unusable
        if parcel.point is not None and shapely.dwithin(ground, shapely.Point(parcel.point), _NEAR_GAP_M)
    )
