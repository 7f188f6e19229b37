"""The rule catalogue: what is checked, against which limits, and the words for it."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from landdb.domain.finding import SEVERITIES, Finding, Severity
from landdb.errors import ConfigurationError

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
    sql: str | None

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
        """Give the sentence that tells a clerk what this finding is."""
        values = {
            "subject": finding.subject,
            "measure": _number(finding.measure),
            "unit": finding.unit or "",
            "area_m2": _number(finding.area_m2),
            "width_m": _number(finding.width_m),
        }
        return self.message.to(language).format_map(values)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules by id, and the hash of the data that they came from."""

    rules: Mapping[str, Rule]
    content_hash: str

    def __getitem__(self, rule_id: str) -> Rule:
        """Give the rule with that id."""
        return self.rules[rule_id]

    def select(self, rule_ids: Iterable[str] | None = None) -> tuple[str, ...]:
        """Give the ids to run, sorted; every rule when none is named. A family name stands for its rules."""
        if rule_ids is None:
            return tuple(self.rules)
        chosen: set[str] = set()
        for asked in rule_ids:
            matching = [rule_id for rule_id in self.rules if rule_id == asked or rule_id[:3] == asked]
            if not matching:
                raise ConfigurationError(f"no rule is called {asked}", remedy=f"choose from {', '.join(self.rules)}")
            chosen.update(matching)
        return tuple(sorted(chosen))

    def with_limits(self, values: Mapping[str, float]) -> "Catalogue":
        """Give the catalogue with other limits, named like ``COV004.narrow_width_m``; they hold at all scales."""
        rules = dict(self.rules)
        for path, value in values.items():
            rule_id, _, name = path.partition(".")
            if rule_id not in rules or name not in rules[rule_id].limits:
                raise ConfigurationError(f"no limit is called {path}")
            rule = rules[rule_id]
            limit = replace(rule.limits[name], default=float(value), by_scale=MappingProxyType({}))
            rules[rule_id] = replace(rule, limits=MappingProxyType({**rule.limits, name: limit}))
        return replace(self, rules=MappingProxyType(rules))


def _number(value: float | None) -> str:
    """Give a measure for a sentence: three significant digits, or two decimals when it is large."""
    if value is None:
        return "–"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def _limit(name: str, entry: Mapping[str, Any]) -> Limit:
    by_scale = {int(scale): float(value) for scale, value in entry.get("by_scale", {}).items()}
    return Limit(name, float(entry["default"]), str(entry["unit"]), MappingProxyType(by_scale))


def _rule(rule_id: str, entry: Mapping[str, Any]) -> Rule:
    kind, severity = entry["kind"], entry["severity"]
    if kind not in get_args(RuleKind) or severity not in SEVERITIES:
        raise ConfigurationError(f"catalogue: {rule_id} has an unknown kind or severity")
    if (kind in {"sql", "rejected"}) != ("sql" in entry):
        raise ConfigurationError(f"catalogue: {rule_id} names a statement exactly when its kind is sql or rejected")
    limits = {name: _limit(name, value) for name, value in entry.get("limits", {}).items()}
    texts = {field: Words(**entry[field]) for field in ("title", "message", "why", "remedy")}
    return Rule(
        rule_id=rule_id,
        kind=cast("RuleKind", kind),
        severity=cast("Severity", severity),
        unit=entry["unit"],
        legal_basis=entry["legal_basis"],
        limits=MappingProxyType(limits),
        sql=entry.get("sql"),
        **texts,
    )


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Give the packaged catalogue, rules in the order of their ids."""
    package = files("landdb.validators")
    content = package.joinpath("catalogue.toml").read_bytes()
    entries = tomllib.loads(content.decode())["rule"]
    rules = {rule_id: _rule(rule_id, entries[rule_id]) for rule_id in sorted(entries)}
    digest = hashlib.sha256(content)
    for rule in rules.values():
        if rule.sql is not None:
            digest.update(rule.sql.encode() + b"\0" + package.joinpath("sql", rule.sql).read_bytes())
    return Catalogue(MappingProxyType(rules), digest.hexdigest())


def catalogue_hash() -> str:
    """Give the SHA-256 of the catalogue and of every statement that it names."""
    return load_catalogue().content_hash
