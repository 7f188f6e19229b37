"""What one rule is: its limits, its words in two languages, and the reasons that it can give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from landdb.domain.finding import Finding, Severity

RuleKind = Literal["geometry", "coverage", "sql", "rejected"]
Language = Literal["vi", "en"]
#: Sheets without a known scale are judged as 1:1000, the commonest cadastral scale.
DEFAULT_SCALE = 1000


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    vi: str
    en: str

    def to(self, language: Language) -> str:
        """Give the text in that language."""
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True, slots=True)
class Limit:
    """One named limit of a rule, with its unit and, where apt, a value per map scale."""

    name: str
    default: float
    unit: str
    by_scale: Mapping[int, float]

    @property
    def least(self) -> float:
        """Give the smallest value at any scale."""
        return min([self.default, *self.by_scale.values()])

    def at(self, scale_denominator: int = 0) -> float:
        """Give the limit that applies at 1:`scale_denominator`; 0 is an unknown scale.

        A scale between two classes gets the value of the next coarser class, the coarsest beyond that.
        """
        scale = scale_denominator or DEFAULT_SCALE
        reached = [value for step, value in sorted(self.by_scale.items()) if step <= scale]
        exact_or_coarser = [value for step, value in sorted(self.by_scale.items()) if step >= scale]
        if not reached:
            return self.default
        return exact_or_coarser[0] if exact_or_coarser else reached[-1]


@dataclass(frozen=True, slots=True)
class Family:
    """The rules whose ids begin with one code, such as ``TEN``."""

    code: str
    order: int
    title: Words


@dataclass(frozen=True, slots=True)
class Reason:
    """One way to break a rule, told apart by the reason code in a finding's details."""

    code: str
    title: Words
    remedy: Words


@dataclass(frozen=True, slots=True)
class Rule:
    """One catalogue entry."""

    rule_id: str
    kind: RuleKind
    severity: Severity
    unit: str
    title: Words
    message: Words
    why: Words
    remedy: Words
    legal_basis: str
    limits: Mapping[str, Limit]
    reasons: Mapping[str, Reason]
    sql: str | None
    is_enabled: bool = True
    is_severity_set: bool = False

    def limit(self, name: str, scale_denominator: int = 0) -> float:
        """Give the value of one named limit at that scale."""
        return self.limits[name].at(scale_denominator)

    def limit_values(self) -> dict[str, Any]:
        """Give every limit as plain data, as a run records it."""
        return {
            limit.name: {"default": limit.default, "unit": limit.unit}
            | ({"by_scale": {str(k): v for k, v in sorted(limit.by_scale.items())}} if limit.by_scale else {})
            for limit in self.limits.values()
        }

    def describe(self, finding: Finding, language: Language) -> str:
        """Give the sentence that tells a clerk what this finding is, and its reason where the rule names one."""
        values = {
            "subject": finding.subject,
            "measure": _number(finding.measure, language),
            "unit": finding.unit or "",
            "area_m2": _number(finding.area_m2, language),
            "width_m": _number(finding.width_m, language),
        }
        sentence = self.message.to(language).format_map(values)
        reason = self.reason_of(finding)
        return sentence if reason is None else f"{sentence} {reason.title.to(language)}."

    def judged(self, severity: Severity | None) -> Severity:
        """Give a finding's severity: what the rule says of this very case, unless one was set for all of its cases."""
        return self.severity if severity is None or self.is_severity_set else severity

    def reason_of(self, finding: Finding) -> Reason | None:
        """Give the named reason of a finding; nothing when the rule has one reason only."""
        return self.reasons.get(str(finding.details.get("reason")))

    def remedy_for(self, finding: Finding, language: Language) -> str:
        """Give what to do about this finding: the remedy of its reason, else that of the rule."""
        return (self.reason_of(finding) or self).remedy.to(language)


def _number(value: float | None, language: Language) -> str:
    """Give a measure for a sentence: three significant digits, or two decimals when it is large."""
    if value is None:
        return "–"
    told = f"{value:.3g}" if abs(value) < 100 else f"{value:.2f}".rstrip("0").rstrip(".")
    return told.replace(".", ",") if language == "vi" else told
