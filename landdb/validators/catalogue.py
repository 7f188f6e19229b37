"""The rule catalogue: what is checked, against which limits, and the words for it."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, cast, get_args

from landdb.domain.finding import SEVERITIES, Severity
from landdb.errors import ConfigurationError
from landdb.validators.rule import Family, Limit, Reason, Rule, RuleKind, Words


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules by id, and the hash of the data that they came from."""

    rules: Mapping[str, Rule]
    content_hash: str
    families: Mapping[str, Family]

    def __getitem__(self, rule_id: str) -> Rule:
        """Give the rule with that id."""
        return self.rules[rule_id]

    def select(self, rule_ids: Iterable[str] | None = None) -> tuple[str, ...]:
        """Give the ids to run, sorted; every rule when none is named. A family name stands for its rules.

        Rules that are switched off here are left out.
        """
        if rule_ids is None:
            return tuple(rule_id for rule_id, rule in self.rules.items() if rule.is_enabled)
        chosen: set[str] = set()
        for asked in rule_ids:
            matching = [rule_id for rule_id in self.rules if rule_id == asked or rule_id[:3] == asked]
            if not matching:
                raise ConfigurationError(f"no rule is called {asked}", remedy=f"choose from {', '.join(self.rules)}")
            chosen.update(matching)
        return tuple(sorted(rule_id for rule_id in chosen if self.rules[rule_id].is_enabled))

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


def _limit(name: str, entry: Mapping[str, Any]) -> Limit:
    by_scale = {int(scale): float(value) for scale, value in entry.get("by_scale", {}).items()}
    return Limit(name, float(entry["default"]), str(entry["unit"]), MappingProxyType(by_scale))


def _reason(code: str, entry: Mapping[str, Any]) -> Reason:
    return Reason(code, Words(**entry["title"]), Words(**entry["remedy"]))


def _rule(rule_id: str, entry: Mapping[str, Any]) -> Rule:
    kind, severity = entry["kind"], entry["severity"]
    if kind not in get_args(RuleKind) or severity not in SEVERITIES:
        raise ConfigurationError(f"catalogue: {rule_id} has an unknown kind or severity")
    if (kind in {"sql", "rejected"}) != ("sql" in entry):
        raise ConfigurationError(f"catalogue: {rule_id} names a statement exactly when its kind is sql or rejected")
    return Rule(
        rule_id=rule_id,
        kind=cast("RuleKind", kind),
        severity=cast("Severity", severity),
        unit=entry["unit"],
        legal_basis=entry["legal_basis"],
        limits=MappingProxyType({name: _limit(name, value) for name, value in entry.get("limits", {}).items()}),
        reasons=MappingProxyType({code: _reason(code, value) for code, value in entry.get("reasons", {}).items()}),
        sql=entry.get("sql"),
        title=Words(**entry["title"]),
        message=Words(**entry["message"]),
        why=Words(**entry["why"]),
        remedy=Words(**entry["remedy"]),
    )


def _family(file: str, entry: Mapping[str, Any], rule_ids: Iterable[str]) -> Family:
    family = Family(entry["code"], int(entry["order"]), Words(**entry["title"]))
    strangers = [rule_id for rule_id in rule_ids if not rule_id.startswith(family.code)]
    if strangers:
        raise ConfigurationError(f"catalogue: {file} holds {', '.join(strangers)}, which are not {family.code}")
    return family


def _family_files(package: Traversable) -> list[Traversable]:
    """Give the files of the catalogue by name; what else lies beside them is for readers."""
    present = package.joinpath("catalogue").iterdir()
    return sorted((path for path in present if path.name.endswith(".toml")), key=lambda path: path.name)


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Give the packaged catalogue: rules in the order of their ids, families in the order of the page."""
    package = files("landdb.validators")
    digest = hashlib.sha256()
    rules: dict[str, Rule] = {}
    families: list[Family] = []
    for path in _family_files(package):
        content = path.read_bytes()
        digest.update(content)
        table = tomllib.loads(content.decode())
        families.append(_family(path.name, table["family"], table["rule"]))
        rules |= {rule_id: _rule(rule_id, entry) for rule_id, entry in table["rule"].items()}
    rules = dict(sorted(rules.items()))
    for rule in rules.values():
        if rule.sql is not None:
            digest.update(rule.sql.encode() + b"\0" + package.joinpath("sql", rule.sql).read_bytes())
    by_code = {family.code: family for family in sorted(families, key=lambda family: family.order)}
    return Catalogue(MappingProxyType(rules), digest.hexdigest(), MappingProxyType(by_code))


def catalogue_hash() -> str:
    """Give the SHA-256 of the catalogue and of every statement that it names."""
    return load_catalogue().content_hash
