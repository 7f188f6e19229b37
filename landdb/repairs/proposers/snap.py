"""Snap to the neighbour's vertex: a point that stands alone goes to the point that the others share."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely

from landdb.domain.finding import Finding
from landdb.repairs.areas import shortfall_m2
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.proposers.overlap import survey_weakness
from landdb.repairs.rings import Point, replaced, vertices
from landdb.repairs.target import same_fault

#: Corners of the fault itself were noded on the engine's grid; the units' own vertices lie this close.
_AT_FAULT_M = 0.02


def propose_snap(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give, for each unit at the fault, the draft in which its lone vertices go to shared ones within its class."""
    if finding.geometry is None:
        return
    touched = _likeliest_first(near, finding, near.near(finding.geometry, _AT_FAULT_M))
    owners: Counter[Point] = Counter(point for unit in touched for point in vertices(near.geom(unit)))
    whole = _all_at_once(near, finding, touched, owners)
    if whole is not None:
        yield whole
    for unit in touched:
        moves = _moves_of(near, finding, unit, touched, owners, lone_only=True)
        if moves:
            yield _draft(near, finding, {unit: moves})
    yield from _whole_units(near, finding, touched)
    for unit in touched:
        moves = _moves_of(near, finding, unit, touched, owners, lone_only=False)
        if moves:
            yield _draft(near, finding, {unit: moves})


def _likeliest_first(near: Neighbourhood, finding: Finding, units: list[int]) -> list[int]:
    """Give the units as they should move: at a gap who lacks most on paper first, then the weaker survey."""
    lacking: dict[int, float] = dict.fromkeys(units, 0.0)
    if finding.rule_id in same_fault("COV004"):
        lacking = {unit: shortfall_m2(near.units[unit]) or 0.0 for unit in units}
    return sorted(units, key=lambda unit: (-round(lacking[unit], 1), *survey_weakness(near.units[unit])))


def _whole_units(near: Neighbourhood, finding: Finding, touched: list[int]) -> Iterator[Draft]:
    """Give, for each unit at the fault, the draft that brings all its lone vertices back to shared ones."""
    for unit in touched:
        outline = shapely.boundary(near.geom(unit))
        around = near.near(outline, near.accuracy_m(unit))
        owners = Counter(point for other in around for point in vertices(near.geom(other)))
        whole = finding._replace(geometry=outline)
        moves = _moves_of(near, whole, unit, around, owners, lone_only=True)
        if moves and len(around) > 1:
            yield _draft(near, whole, {unit: moves})


def _all_at_once(near: Neighbourhood, finding: Finding, touched: list[int], owners: Counter[Point]) -> Draft | None:
    """Give the draft that moves the lone vertices of every unit, each to a vertex that two or more agree on."""
    moves: dict[int, dict[Point, Point | None]] = {}
    for unit in touched:
        own = _moves_of(near, finding, unit, touched, owners, lone_only=True)
        agreed: dict[Point, Point | None] = {old: new for old, new in own.items() if new and owners[new] > 1}
        if agreed:
            moves[unit] = agreed
    return _draft(near, finding, moves) if len(moves) > 1 else None


def _moves_of(
    near: Neighbourhood, finding: Finding, unit: int, touched: list[int], owners: Counter[Point], *, lone_only: bool
) -> dict[Point, Point | None]:
    """Give where the unit's vertices at the fault go: to the nearest vertex of another unit within its class."""
    own = vertices(near.geom(unit))
    reach_m = near.accuracy_m(unit)
    others = {point for other in touched if other != unit for point in vertices(near.geom(other))} - own
    rim = _at_fault(finding, own)
    movable = [point for point in rim if owners[point] == 1 or not lone_only]
    moves: dict[Point, Point | None] = {}
    taken: set[Point] = set()
    for point in movable:
        target = _best_target(point, others - taken, owners, reach_m)
        if target is not None:
            moves[point] = target
            taken.add(target)
    return moves


def _at_fault(finding: Finding, points: set[Point]) -> list[Point]:
    ordered = sorted(points)
    at = shapely.dwithin(shapely.points(ordered), finding.geometry, _AT_FAULT_M)
    return [point for point, is_at in zip(ordered, at.tolist(), strict=True) if is_at]


def _best_target(point: Point, targets: set[Point], owners: Counter[Point], reach_m: float) -> Point | None:
    """Give the vertex within reach that most units share, the nearest of equals."""
    ordered = sorted(targets)
    if not ordered:
        return None
    distance = np.hypot(*(np.array(ordered) - point).T)
    within = [(-owners[ordered[i]], float(distance[i]), ordered[i]) for i in np.flatnonzero(distance <= reach_m)]
    return min(within)[2] if within else None


def _draft(near: Neighbourhood, finding: Finding, moves: dict[int, dict[Point, Point | None]]) -> Draft:
    redrawn = {unit: replaced(near.geom(unit), of_unit) for unit, of_unit in moves.items()}
    farthest = max(
        np.hypot(old[0] - new[0], old[1] - new[1]) for one in moves.values() for old, new in one.items() if new
    )
    names = ", ".join(near.units[unit].label for unit in moves)
    return Draft(
        "SNAP_VERTEX",
        redrawn,
        "STANDS_ALONE",
        place=finding.geometry,
        values={"giver": names, "distance_m": f"{farthest:.3f}"},
    )
