"""The score: numbers in, 0 to 100 out. No database, so that anyone can compute it again."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from landdb.errors import ConfigurationError

Kind = Literal["rate", "ground", "clean"]
#: The family name that stands for every family no other component names.
_REST = "*"
_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a score is made of: counts of open findings and their denominators.

    `findings`: rule id → severity → count. Areas are in square metres; `ground_m2` is the ground of all parcels
    and land-occupying objects, so that it does not depend on what the rules found.
    """

    parcel_count: int
    ground_m2: float
    findings: Mapping[str, Mapping[str, int]]
    overlap_m2: float
    gap_m2: float
    parcels_with_error: int

    def count(self, severity: str) -> int:
        """Give the number of findings of that severity."""
        return sum(by_severity.get(severity, 0) for by_severity in self.findings.values())

    @property
    def total(self) -> int:
        """Give the number of findings."""
        return sum(sum(by_severity.values()) for by_severity in self.findings.values())

    def to_record(self) -> dict[str, Any]:
        """Give the numbers as plain data, in one order."""
        return {
            "parcel_count": self.parcel_count,
            "ground_m2": self.ground_m2,
            "overlap_m2": self.overlap_m2,
            "gap_m2": self.gap_m2,
            "parcels_with_error": self.parcels_with_error,
            "findings": {rule: dict(sorted(self.findings[rule].items())) for rule in sorted(self.findings)},
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Numbers":
        """Give the numbers that `to_record` wrote."""
        return cls(**{name: record[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the score: what it looks at, what it weighs, and where it has lost half of its points."""

    code: str
    kind: Kind
    weight: float
    half: float
    families: tuple[str, ...]
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Points:
    """What one component gave: the quantity, its denominator and the points of 100.

    `quantity` is weighted faults (rate), m² (ground) or parcels without an error (clean); `value` is the quantity
    per 1,000 parcels, per million m², or per parcel.
    """

    code: str
    quantity: float
    denominator: float
    value: float
    points: float
    weight: float


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its parts; `value` is None when there is no parcel to judge."""

    value: float | None
    parts: tuple[Points, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """The published formula: components, weights of severities, and which rules measure ground."""

    version: str
    content_hash: str
    severity: Mapping[str, float]
    components: tuple[Component, ...]
    overlap_rules: tuple[str, ...]
    gap_rules: tuple[str, ...]
    sheet_rules: tuple[str, ...]

    @property
    def name(self) -> str:
        """Give what a stored score is marked with: two scores compare only when this is the same."""
        return f"{self.version}+{self.content_hash[:12]}"

    def score(self, numbers: Numbers) -> Score:
        """Give the score of the numbers, to one decimal; more faults never raise it."""
        if numbers.parcel_count == 0:
            return Score(None, ())
        parts = tuple(self._points(component, numbers) for component in self.components)
        weight = sum(part.weight for part in parts)
        return Score(round(sum(part.points * part.weight for part in parts) / weight, 1), parts)

    def component_of(self, rule_id: str) -> str:
        """Give the code of the rate component that counts the findings of a rule."""
        rates = [component for component in self.components if component.kind == "rate"]
        named = [component.code for component in rates if rule_id[:3] in component.families]
        return named[0] if named else next(component.code for component in rates if _REST in component.families)

    def _points(self, component: Component, numbers: Numbers) -> Points:
        if component.kind == "clean":
            clean = max(0, numbers.parcel_count - numbers.parcels_with_error)
            share = clean / numbers.parcel_count
            return Points(component.code, clean, numbers.parcel_count, share, 100 * share, component.weight)
        if component.kind == "ground":
            quantity, denominator = numbers.overlap_m2 + numbers.gap_m2, numbers.ground_m2 / _MILLION
        else:
            quantity, denominator = self._weighted(component.code, numbers), numbers.parcel_count / 1000
        value = quantity / denominator if denominator else 0.0
        points = 100 * component.half / (component.half + value)
        return Points(component.code, quantity, denominator, value, points, component.weight)

    def _weighted(self, code: str, numbers: Numbers) -> float:
        return sum(
            count * self.severity[severity]
            for rule_id, by_severity in sorted(numbers.findings.items())
            if self.component_of(rule_id) == code
            for severity, count in sorted(by_severity.items())
        )


def add_up(several: Iterable[Numbers], *, counted_twice: Numbers | None = None) -> Numbers:
    """Give the numbers of all communes together, so that a province has a score of its own.

    `counted_twice` holds the findings across borders, which two of the communes both count.
    """
    kept = list(several)
    findings: dict[str, dict[str, int]] = {}
    signed = [(numbers, 1) for numbers in kept] + ([] if counted_twice is None else [(counted_twice, -1)])
    for numbers, sign in signed:
        for rule_id, by_severity in numbers.findings.items():
            into = findings.setdefault(rule_id, {})
            for severity, count in by_severity.items():
                into[severity] = into.get(severity, 0) + sign * count
    return Numbers(
        parcel_count=sum(numbers.parcel_count for numbers in kept),
        ground_m2=round(sum(numbers.ground_m2 for numbers in kept), 2),
        findings=findings,
        overlap_m2=round(sum(sign * numbers.overlap_m2 for numbers, sign in signed), 4),
        gap_m2=round(sum(sign * numbers.gap_m2 for numbers, sign in signed), 4),
        parcels_with_error=sum(numbers.parcels_with_error for numbers in kept),
    )


@cache
def load_formula() -> Formula:
    """Give the packaged formula; raises ConfigurationError when it contradicts itself."""
    content = (files("landdb.quality") / "score.toml").read_bytes()
    entries = tomllib.loads(content.decode())
    components = tuple(_component(code, entry) for code, entry in entries["component"].items())
    if sum(_REST in component.families for component in components) != 1:
        raise ConfigurationError('score.toml: exactly one component must have the family "*"')
    return Formula(
        version=entries["version"],
        content_hash=hashlib.sha256(content).hexdigest(),
        severity=entries["severity"],
        components=components,
        overlap_rules=tuple(entries["overlap_rules"]),
        gap_rules=tuple(entries["gap_rules"]),
        sheet_rules=tuple(entries["sheet_rules"]),
    )


def _component(code: str, entry: Mapping[str, Any]) -> Component:
    families: Sequence[str] = entry.get("families", ())
    half = float(entry.get("half", 1))
    if half <= 0 or entry["weight"] < 0:
        raise ConfigurationError(f"score.toml: {code} needs a positive half and no negative weight")
    return Component(code, entry["kind"], float(entry["weight"]), half, tuple(families), entry["title"])
