"""The catalogue as it holds at a place: the packaged rules with the limits, switches and severities set there."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import psycopg

from landdb.domain.finding import Finding, Severity
from landdb.errors import ConfigurationError
from landdb.store import rule_settings
from landdb.store.rule_settings import Place, SettingRow
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.rule import Limit, Rule
from landdb.validators.statements import check_statements


@dataclass(frozen=True, slots=True)
class Tuning:
    """How one rule shall differ at a place. Limits are named ``name`` (all scales) or ``name@500`` (that scale)."""

    is_enabled: bool | None = None
    severity: Severity | None = None
    limits: Mapping[str, float] = field(default_factory=dict)


def tuned(rule: Rule, tuning: Tuning) -> Rule:
    """Give the rule as tuned; raises ConfigurationError for a limit that it does not have."""
    limits = dict(rule.limits)
    # a value for all scales first, so that values for one scale stand upon it
    for path, value in sorted(tuning.limits.items(), key=lambda item: "@" in item[0]):
        name, _, scale = path.partition("@")
        limits[name] = _limit(rule, limits, name, scale, value)
    return replace(
        rule,
        limits=MappingProxyType(limits),
        severity=tuning.severity or rule.severity,
        is_severity_set=tuning.severity is not None or rule.is_severity_set,
        is_enabled=rule.is_enabled if tuning.is_enabled is None else tuning.is_enabled,
    )


def _limit(rule: Rule, limits: Mapping[str, Limit], name: str, scale: str, value: float) -> Limit:
    if name not in limits:
        known = ", ".join(limits) or "none"
        raise ConfigurationError(f"{rule.rule_id} has no limit {name}", remedy=f"its limits: {known}")
    if not math.isfinite(value) or value < 0:
        raise ConfigurationError(f"{rule.rule_id}.{name} must be a number of at least 0")
    if not scale:
        return replace(limits[name], default=float(value), by_scale=MappingProxyType({}))
    if rule.sql is not None:
        raise ConfigurationError(
            f"{rule.rule_id}.{name} has one value for all scales", remedy=f"give it without scale: {name}={value:g}"
        )
    if not scale.isdigit() or int(scale) == 0:
        raise ConfigurationError(f"{scale} is no map scale", remedy=f"write {name}@500 for sheets at 1:500")
    return replace(limits[name], by_scale=MappingProxyType({**limits[name].by_scale, int(scale): float(value)}))


def effective_catalogues(
    conn: psycopg.Connection, commune_ids: Sequence[int], *, catalogue: Catalogue | None = None
) -> dict[int, Catalogue]:
    """Give the catalogue that holds in each commune; communes where the same is set share one object."""
    base = catalogue or load_catalogue()
    settings = rule_settings.list_settings(conn, commune_ids)
    if not settings:
        return dict.fromkeys(commune_ids, base)
    provinces = rule_settings.provinces_of(conn, commune_ids)
    made: dict[tuple[int, ...], Catalogue] = {}
    effective = {}
    for commune_id in commune_ids:
        places = (Place(), Place(province_code=provinces.get(commune_id, "")), Place(commune_id=commune_id))
        own = [setting for place in places for setting in settings if setting.place == place]
        key = tuple(setting.setting_id for setting in own)
        if key not in made:
            made[key] = apply_settings(base, own)
        effective[commune_id] = made[key]
    return effective


def apply_settings(catalogue: Catalogue, settings: Iterable[SettingRow]) -> Catalogue:
    """Give the catalogue with settings applied in their order; one of a rule that is no more is passed over."""
    rules = dict(catalogue.rules)
    for setting in settings:
        rule = rules.get(setting.rule_id)
        if rule is not None:
            known = {path: value for path, value in setting.limits.items() if path.partition("@")[0] in rule.limits}
            rules[setting.rule_id] = tuned(rule, Tuning(setting.is_enabled, setting.severity, known))
    return replace(catalogue, rules=MappingProxyType(rules))


def check_tuned_statements(
    conn: psycopg.Connection,
    catalogues: Mapping[int, Catalogue],
    rule_ids: Sequence[str],
    *,
    parcel_ids: Sequence[int] | None = None,
) -> list[Finding]:
    """Give what rules that are statements find in communes, each by its own catalogue.

    Communes that share a catalogue are asked about together. Rules switched off there are passed over.
    """
    found: list[Finding] = []
    groups: dict[int, list[int]] = {}
    for commune_id, catalogue in catalogues.items():
        groups.setdefault(id(catalogue), []).append(commune_id)
    for commune_ids in groups.values():
        catalogue = catalogues[commune_ids[0]]
        rules = [catalogue[rule_id] for rule_id in rule_ids if catalogue[rule_id].is_enabled]
        found += check_statements(conn, rules, commune_ids, parcel_ids=parcel_ids)
    return found
