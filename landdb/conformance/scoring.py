"""How well a tool's findings answer what was planted: found, called right, missed, invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.conformance.classes import answers
from landdb.conformance.expected import Expected, Planted

#: A finding lies this near its fault.
TOLERANCE_M = 0.05
#: Areas agree when they share this part of their union, or no point of one is farther than that from the other.
_AGREEMENT = 0.5
#: Tolerated findings lie this near the site.
_AROUND_M = 5.0


@dataclass(frozen=True, slots=True)
class ToolFinding:
    """What a tool says: a rule id or a class of rules, a place in metres of the fabric's zone, and whom it names.

    Names are ``commune/sheet/parcel`` or ``commune/kind:number``. A tool that names nobody has no names.
    """

    rule_id: str
    place: BaseGeometry
    names: frozenset[str] = frozenset()
    severity: str | None = None


@dataclass(slots=True)
class Tally:
    """The score of one kind and size. A silent fault is planted, but nothing is expected of it."""

    kind: str
    size: str
    planted: int = 0
    expected: int = 0
    found: int = 0
    right_class: int = 0
    right_severity: int = 0
    broken_silence: int = 0

    def as_row(self) -> dict[str, Any]:
        """Give the tally as a row of a table."""
        return {
            "kind": self.kind,
            "size": self.size,
            "planted": self.planted,
            "expected": self.expected,
            "found": self.found,
            "right_class": self.right_class,
            "right_severity": self.right_severity,
            "broken_silence": self.broken_silence,
        }


@dataclass(slots=True)
class Score:
    """The score of one fabric: a tally by kind and size, what was missed, misnamed, invented.

    `repeated` are further findings at a fault that is answered already.
    """

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    missed: list[tuple[Planted, Expected]] = field(default_factory=list)
    misnamed: list[tuple[Planted, Expected, ToolFinding]] = field(default_factory=list)
    invented: list[ToolFinding] = field(default_factory=list)
    repeated: list[ToolFinding] = field(default_factory=list)

    @property
    def is_perfect(self) -> bool:
        """Tell whether everything was found under its right class, once, and nothing else."""
        return not (self.missed or self.misnamed or self.invented or self.repeated)

    def total(self) -> dict[str, Any]:
        """Give the sums, and what part was found (recall) and what part of the findings was right (precision)."""
        expected = sum(tally.expected for tally in self.tallies.values())
        found = sum(tally.found for tally in self.tallies.values())
        right = sum(tally.right_class for tally in self.tallies.values())
        said = found + len(self.invented)
        return {
            "expected": expected,
            "found": found,
            "right_class": right,
            "invented": len(self.invented),
            "repeated": len(self.repeated),
            "recall": round(found / expected, 4) if expected else None,
            "precision": round(right / said, 4) if said else None,
        }


def score(planted: Sequence[Planted], findings: Iterable[ToolFinding]) -> Score:
    """Give the score of a tool's findings. Each finding answers at most one fault, each fault takes one answer."""
    result = Score()
    open_ = list(findings)
    tree = shapely.STRtree([finding.place for finding in open_])
    used = np.zeros(len(open_), dtype=bool)
    for fault in planted:
        tally = result.tallies.setdefault((fault.kind, fault.size), Tally(fault.kind, fault.size))
        tally.planted += 1
        near = [int(index) for index in tree.query(fault.site, predicate="dwithin", distance=_AROUND_M)]
        _answer(result, tally, fault, open_, [index for index in near if not used[index]], used)
    for fault in planted:
        _tolerate(fault, open_, tree, used)
    _blame(result, planted, open_, used)
    return result


def _answer(
    result: Score, tally: Tally, fault: Planted, findings: Sequence[ToolFinding], near: list[int], used: np.ndarray
) -> None:
    """Take for each expected finding the right answer, or one at the right place under another name."""
    pending = []
    for expected in fault.expected:
        tally.expected += 1
        right = next((i for i in near if not used[i] and _is_answer(expected, findings[i])), None)
        if right is None:
            pending.append(expected)
            continue
        used[right] = True
        tally.found += 1
        tally.right_class += 1
        tally.right_severity += findings[right].severity in {None, expected.severity}
    for expected in pending:
        other = next((i for i in near if not used[i] and _lies_there(expected, findings[i])), None)
        if other is None:
            result.missed.append((fault, expected))
            continue
        used[other] = True
        tally.found += 1
        result.misnamed.append((fault, expected, findings[other]))


def _is_answer(expected: Expected, finding: ToolFinding) -> bool:
    said_right = answers(finding.rule_id, expected.rule_id)
    return said_right and _names_right(expected, finding) and _lies_there(expected, finding)


def _names_right(expected: Expected, finding: ToolFinding) -> bool:
    """Tell whether a finding names whom it must.

    One that names nobody is judged by its place alone; one that names parcels only need not name objects.
    """
    if not finding.names:
        return True
    names_objects = any(":" in name for name in finding.names)
    required = {name for name in expected.names if names_objects or ":" not in name}
    concerned = not expected.any_of or bool(expected.any_of & finding.names)
    return required <= finding.names and concerned


def _lies_there(expected: Expected, finding: ToolFinding) -> bool:
    """Tell whether a finding lies at the fault's place; one drawn as an area must also cover the same ground.

    A line needs to touch the place only: it may be the whole edge on which a fault lies.
    """
    if expected.place.area > 0 and finding.place.area > 0:
        shared = shapely.intersection(expected.place, finding.place).area
        agreement = shared / (expected.place.area + finding.place.area - shared)
        apart_m = shapely.hausdorff_distance(expected.place, finding.place)
        return bool(agreement > _AGREEMENT or apart_m <= TOLERANCE_M)
    distance = shapely.distance(shapely.points(shapely.get_coordinates(finding.place)), expected.place)
    if shapely.get_dimensions(finding.place) == 0:
        return bool(distance.max() <= TOLERANCE_M)
    return bool(shapely.dwithin(finding.place, expected.place, TOLERANCE_M))


def _tolerate(fault: Planted, findings: Sequence[ToolFinding], tree: shapely.STRtree, used: np.ndarray) -> None:
    """Use up the findings that a fault's consequences explain: near the site, and about the units there."""
    names = set(fault.names)
    for index in tree.query(fault.site, predicate="dwithin", distance=_AROUND_M).tolist():
        finding = findings[index]
        about = not finding.names or bool(names & finding.names)
        tolerated = any(answers(finding.rule_id, rule_id) for rule_id in fault.tolerated)
        if not used[index] and tolerated and about:
            used[index] = True


def _blame(result: Score, planted: Sequence[Planted], findings: Sequence[ToolFinding], used: np.ndarray) -> None:
    """List what is left, at faults and elsewhere; what lies at a silent fault is also counted against its kind."""
    places = shapely.STRtree([expected.place for fault in planted for expected in fault.expected])
    for finding, taken in zip(findings, used, strict=True):
        if not taken:
            at_fault = len(places.query(finding.place, predicate="dwithin", distance=TOLERANCE_M)) > 0
            (result.repeated if at_fault else result.invented).append(finding)
    for fault in planted:
        if fault.expected:
            continue
        tally = result.tallies[fault.kind, fault.size]
        tally.broken_silence += any(
            shapely.dwithin(finding.place, fault.site, TOLERANCE_M) and bool(set(fault.names) & finding.names)
            for finding in result.invented
        )
