"""A redrawing judged: what it changes unit by unit, which findings it closes and opens, which conditions hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.repairs.areas import BEYOND_LIMITS, AreaChange, area_finding, judge_area
from landdb.repairs.drafts import AT_FAULT_M, Draft, ProposalKind, Redrawing
from landdb.repairs.moves import STILL_M, VertexMove, vertex_moves
from landdb.repairs.neighbourhood import Neighbourhood, Unit
from landdb.repairs.rings import is_on_grid, vertices
from landdb.repairs.splicing import spliced
from landdb.repairs.target import Target, check_around, compare, recognise
from landdb.validators.catalogue import Catalogue
from landdb.validators.widths import polygon_parts, widths_m

ConditionCode = Literal[
    "NO_PARCEL_LOST",
    "RIGHTS_KEPT",
    "VALID_SINGLE_PART",
    "ON_GRID",
    "OWN_ZONE",
    "TARGET_CLOSED",
    "NOTHING_ELSE_MOVED",
    "NONE_OPENED",
    "WITHIN_ACCURACY",
    "AREAS_WITHIN_LIMITS",
]
#: A person may accept one proposal in spite of these, with a reason; never a class, and never in spite of the others.
SURVEY_DECIDES: Final[frozenset[ConditionCode]] = frozenset({"NONE_OPENED", "WITHIN_ACCURACY", "AREAS_WITHIN_LIMITS"})
#: A boundary point that moved exactly as far as its class is within it, whatever the last bits say.
_EPSILON_M: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold, whether it does, and the measure behind it."""

    code: ConditionCode
    holds: bool
    measured: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One unit redrawn, or closed when `after` is None; moves are in metres, areas in m².

    `stored` is what is kept of it: `after`, or of a very large object the whole, once `completed`.
    """

    unit: Unit
    after: BaseGeometry | None
    stored: BaseGeometry | None
    moves: tuple[VertexMove, ...]
    max_move_m: float
    accuracy_m: float
    area: AreaChange

    @property
    def is_closed(self) -> bool:
        """Tell whether the parcel ends."""
        return self.after is None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair with its evidence, not yet stored."""

    target: Target
    draft: Draft
    changes: tuple[Change, ...]
    conditions: tuple[Condition, ...]
    closes: tuple[Finding, ...]
    opens: tuple[Finding, ...]

    @property
    def kind(self) -> ProposalKind:
        """Give what the proposer did."""
        return self.draft.kind

    @property
    def failed(self) -> tuple[ConditionCode, ...]:
        """Give the conditions that do not hold."""
        return tuple(condition.code for condition in self.conditions if not condition.holds)

    @property
    def is_acceptable(self) -> bool:
        """Tell whether every condition holds."""
        return not self.failed

    @property
    def max_move_m(self) -> float:
        """Give how far the farthest boundary point moves."""
        return max((change.max_move_m for change in self.changes), default=0.0)

    @property
    def max_area_change_m2(self) -> float:
        """Give the largest gain or loss of one parcel; one that is closed loses nothing that is not drawn twice."""
        areas = [change.area for change in self.changes if not change.is_closed]
        return max((abs((a.after_m2 or 0.0) - (a.before_m2 or a.paper_m2 or 0.0)) for a in areas), default=0.0)


def assess(
    near: Neighbourhood, target: Target, redrawing: Redrawing, before: Sequence[Finding], catalogue: Catalogue
) -> Proposal:
    """Give the proposal that a redrawing comes to; `before` is what the rules find in the neighbourhood as it is."""
    draft = redrawing.draft
    changes = tuple(_change(near, draft, unit, geom) for unit, geom in sorted(redrawing.redrawn.items()))
    changes += tuple(_closing(near.units[unit]) for unit in draft.closed)
    lost = [unit for unit, geom in redrawing.redrawn.items() if geom is None]
    after = check_around(
        near, catalogue, {unit: geom for unit, geom in redrawing.redrawn.items() if geom is not None},
        [*draft.closed, *lost],
    )  # fmt: skip
    was, now = _area_findings(changes, catalogue)
    closes, opens = compare([*before, *was], [*after, *now], by_place=draft.kind != "REPROJECT_SHEET")
    conditions = (
        *_shape_conditions(near, draft, changes),
        Condition("TARGET_CLOSED", recognise_same(target, before, after)),
        Condition("NONE_OPENED", not opens, float(len(opens))),
        *_survey_conditions(draft, changes),
    )
    return Proposal(target, draft, changes, conditions, tuple(closes), tuple(opens))


def _area_findings(changes: Sequence[Change], catalogue: Catalogue) -> tuple[list[Finding], list[Finding]]:
    """Give what the parcels' registered areas say of them as they are, and as they would be drawn."""
    papers = [(change.unit, change.area) for change in changes if not change.is_closed]
    was = [found for unit, area in papers if (found := area_finding(unit, area.before_m2, catalogue))]
    now = [found for unit, area in papers if (found := area_finding(unit, area.after_m2, catalogue))]
    return was, now


def completed(proposal: Proposal) -> Proposal | None:
    """Give the proposal with what is kept of very large objects; None when a change of one cannot be carried over."""
    changes = []
    for change in proposal.changes:
        unit = change.unit
        if unit.whole is not None and unit.geom is not None and change.after is not None:
            stored = spliced(unit.whole, unit.geom, change.after)
            if stored is None or not stored.is_valid:
                return None
            change = replace(change, stored=stored)  # noqa: PLW2901 - the same change, whole
        changes.append(change)
    return replace(proposal, changes=tuple(changes))


def recognise_same(target: Target, before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Tell whether the fault that the target names is gone."""
    was, now = recognise(target, before), recognise(target, after)
    if was is None:
        return now is None
    return now is None or now.rule_id != was.rule_id or set(now.subject.split("|")) != set(was.subject.split("|"))


def _change(near: Neighbourhood, draft: Draft, index: int, after: BaseGeometry | None) -> Change:
    unit = near.units[index]
    accuracy_m = near.accuracy_m(index)
    if after is None:
        return _closing(unit)
    drawn = shapely.orient_polygons(after)
    moves = tuple(vertex_moves(unit.geom, drawn, reach_m=accuracy_m))
    if draft.kind == "REMOVE_SPIKE" and unit.geom is not None:
        moved_m = _width_of_difference_m(unit.geom, drawn)
    else:
        moved_m = max((move.distance_m for move in moves), default=0.0)
    return Change(unit, drawn, drawn, moves, moved_m, accuracy_m, judge_area(unit, float(drawn.area)))


def _width_of_difference_m(before: BaseGeometry, after: BaseGeometry) -> float:
    """Give how wide the ground is that a spike took or gave: its tip is no boundary point that anybody surveyed."""
    parts = polygon_parts(shapely.symmetric_difference(before, after))
    return float(widths_m(parts).max()) if len(parts) else 0.0


def _closing(unit: Unit) -> Change:
    area = AreaChange(
        None if unit.geom is None else float(unit.geom.area), None, unit.known_area_m2, None, "NOT_JUDGED"
    )
    return Change(unit, None, None, (), 0.0, 0.0, area)


def _shape_conditions(near: Neighbourhood, draft: Draft, changes: Sequence[Change]) -> list[Condition]:
    """Give the conditions that no person may waive."""
    known = {point for index in near.usable for point in vertices(near.geom(index))}
    closed = [change.unit for change in changes if change.is_closed]
    meant = {near.units[unit].unit_id for unit in draft.closed}
    redrawn = [change for change in changes if change.after is not None]
    new = {point for change in redrawn for point in vertices(change.after)} - known
    return [
        Condition("NO_PARCEL_LOST", all(unit.unit_id in meant for unit in closed)),
        Condition("RIGHTS_KEPT", not any(unit.has_right or unit.has_certificate for unit in closed)),
        Condition("VALID_SINGLE_PART", all(_is_sound(change) for change in redrawn)),
        Condition("ON_GRID", all(is_on_grid(point) for point in new)),
        Condition("OWN_ZONE", not any(change.unit.is_from_other_zone for change in changes)),
        Condition("NOTHING_ELSE_MOVED", _lies_at_fault(draft, changes)),
    ]


def _is_sound(change: Change) -> bool:
    """Tell whether the polygon is valid, and in no more parts than before."""
    after = change.after
    parts = 1 if change.unit.geom is None else shapely.get_num_geometries(change.unit.geom)
    return bool(shapely.is_valid(after)) and after is not None and after.area > 0 and (
        shapely.get_num_geometries(after) <= parts
    )  # fmt: skip


def _lies_at_fault(draft: Draft, changes: Sequence[Change]) -> bool:
    """Tell whether every vertex that changes lies at the fault."""
    if draft.place is None:
        return True
    points = [point for change in changes for move in change.moves for point in (move.old, move.new) if point]
    around = shapely.buffer(draft.place, AT_FAULT_M + max(change.accuracy_m for change in changes))
    return bool(shapely.covers(around, shapely.points(points)).all()) if points else True


def _survey_conditions(draft: Draft, changes: Sequence[Change]) -> list[Condition]:
    beyond = [change for change in changes if change.max_move_m > max(change.accuracy_m, STILL_M) + _EPSILON_M]
    # A sheet that is brought to its zone moves as a whole: its inner shape is what a survey vouches for.
    accurate = draft.kind == "REPROJECT_SHEET" or not beyond
    farthest = max((change.max_move_m for change in changes), default=0.0)
    wrong = [change for change in changes if change.area.verdict in BEYOND_LIMITS]
    return [
        Condition("WITHIN_ACCURACY", accurate, farthest),
        Condition("AREAS_WITHIN_LIMITS", not wrong, float(len(wrong))),
    ]
