"""landdb rules: what is judged, why, against which limits, and how a place may differ."""

from collections.abc import Sequence
from enum import StrEnum
from getpass import getuser
from typing import Annotated, Any

import psycopg
import typer

from landdb.cli.options import LanguageOption, Tongue
from landdb.cli.output import JsonOption, err, explained_errors, out, print_json, print_rows, print_table, wants_json
from landdb.cli.session import session
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import ConfigurationError, NotFound
from landdb.store import admin_units, rule_settings
from landdb.store.rule_settings import Place, SettingRow
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.rule import Limit, Rule
from landdb.validators.tuning import Tuning, apply_settings, effective_catalogues, tuned

app = typer.Typer(help="Rules: what is judged, why, against which limits; set limits and switches by place.")

LEAST_REASON = 10

RuleArgument = typer.Argument(help="Rule id, such as COV004.", metavar="RULE", show_default=False)
CommuneOption = typer.Option("--commune", help="Commune code; may be given more than once.", metavar="CODE")
ProvinceOption = typer.Option("--province", help="Two digits: every commune of the province.", metavar="CODE")


class Grade(StrEnum):
    """How grave the findings of a rule are."""

    error = "error"
    warning = "warning"
    info = "info"


@app.callback(invoke_without_command=True)
def rules(
    context: typer.Context,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List the rules, show one in full, or set limits and switches for a commune, a province or everywhere.

    Examples:

      landdb rules show COV004 --commune 99001

      landdb rules set COV004 --commune 99001 --limit narrow_width_m=0.5 --reason "biên bản 12/2026: bản đồ giấy 299"

      landdb rules set TEN012 --province 25 --off --reason "chờ cấp đổi sau sáp nhập"

      landdb rules reset COV004 --commune 99001
    """
    if context.invoked_subcommand is None:
        list_rules(lang=lang, as_json=as_json)


@app.command("list")
def list_rules(
    commune: Annotated[str | None, typer.Option(help="As the rules hold in this commune.", metavar="CODE")] = None,
    changed: Annotated[bool, typer.Option("--changed", help="What is set otherwise: where, by whom, why.")] = False,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List the rules: what each looks for, why, and what to do about it."""
    with explained_errors():
        if changed:
            with session() as (_, conn):
                _print_settings(rule_settings.list_settings(conn, _ids(conn, commune)), as_json=as_json)
            return
        catalogue = load_catalogue() if commune is None else _catalogue_of(commune)
    rows = [
        {
            "rule": rule.rule_id,
            "severity": rule.severity if rule.is_enabled else "off",
            "title": rule.title.to(lang.value),
            "why": rule.why.to(lang.value),
            "remedy": rule.remedy.to(lang.value),
        }
        for rule in catalogue.rules.values()
    ]
    if wants_json(as_json):
        print_json(rows)
        return
    for family in catalogue.families.values():
        own = [row for row in rows if row["rule"].startswith(family.code)]
        columns = ("rule", "severity", "title")
        print_table(f"\n{family.title.to(lang.value)}", columns, [[row[column] for column in columns] for row in own])
    err.print("why, what to do, reasons and limits: landdb rules show RULE", highlight=False)


@app.command("show")
def show_rule(
    rule_id: Annotated[str, RuleArgument],
    commune: Annotated[str | None, typer.Option(help="As it holds in this commune.", metavar="CODE")] = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show one rule in full: its words, reasons, limits by scale, and what is set otherwise and why."""
    with explained_errors():
        packaged = _rule(rule_id)
        settings: Sequence[SettingRow] = ()
        rule = packaged
        if commune is not None:
            with session() as (_, conn):
                ids = _ids(conn, commune)
                settings = [row for row in rule_settings.list_settings(conn, ids) if row.rule_id == packaged.rule_id]
            rule = apply_settings(load_catalogue(), settings)[packaged.rule_id]
    if wants_json(as_json):
        print_json(_document(rule, lang) | {"set": [_setting(row) for row in settings]})
        return
    _print_rule(rule, packaged, lang)
    if settings:
        _print_settings(settings, as_json=False)


@app.command("set")
def set_rule(
    rule_id: Annotated[str, RuleArgument],
    reason: Annotated[str, typer.Option(help=f"Why, at least {LEAST_REASON} characters; it is kept.")],
    commune: Annotated[list[str] | None, CommuneOption] = None,
    province: Annotated[str | None, ProvinceOption] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE, or NAME@500=VALUE for 1:500 alone.", metavar="NAME=VALUE"),
    ] = None,
    severity: Annotated[Grade | None, typer.Option(help="One severity for all findings of the rule.")] = None,
    switch: Annotated[bool | None, typer.Option("--on/--off", help="Whether the rule runs at all.")] = None,
) -> None:
    """Let a rule differ at a place. What was set there before and is not named again stays; --reason is kept.

    Without --commune and --province it holds everywhere. The most exact place decides. The next check uses it.

    Examples:

      landdb rules set COV004 --commune 99001 --limit narrow_width_m=0.5 --reason "minutes 12/2026: paper map 299"

      landdb rules set TEN013 --off --reason "papers are reissued after the merger"
    """
    with explained_errors():
        rule = _rule(rule_id)
        asked = Tuning(switch, severity.value if severity else None, _limits(limit or []))
        if asked == Tuning():
            raise ConfigurationError("nothing to set", remedy="give --limit, --severity, --on or --off")
        if len(reason.strip()) < LEAST_REASON:
            raise ConfigurationError(f"--reason needs at least {LEAST_REASON} characters", remedy="say who decided it")
        tuned(rule, asked)
        with session() as (_, conn), conn.transaction():
            for place in _places(conn, commune, province):
                _merge(conn, place, rule, asked, reason.strip())
    err.print(f"{rule.rule_id} is set {_where(commune, province)}; the next `landdb check` uses it")


@app.command("reset")
def reset_rule(
    rule_id: Annotated[str, RuleArgument],
    commune: Annotated[list[str] | None, CommuneOption] = None,
    province: Annotated[str | None, ProvinceOption] = None,
) -> None:
    """Take back what was set for a rule at a place; the record of it stays."""
    with explained_errors():
        rule = _rule(rule_id)
        with session() as (_, conn), conn.transaction():
            ended = [rule_settings.end_setting(conn, place, rule.rule_id) for place in _places(conn, commune, province)]
        if not any(ended):
            raise NotFound(
                f"nothing was set for {rule.rule_id} {_where(commune, province)}", remedy="landdb rules list --changed"
            )
    err.print(f"{rule.rule_id} holds again as set more generally")


def _merge(conn: psycopg.Connection, place: Place, rule: Rule, asked: Tuning, reason: str) -> None:
    """Put `asked` into force over what was set at this very place."""
    known = [row for row in rule_settings.list_settings(conn) if row.place == place and row.rule_id == rule.rule_id]
    was = Tuning(known[0].is_enabled, known[0].severity, known[0].limits) if known else Tuning()
    # a new value for all scales replaces the values by scale too
    named = {path for path in asked.limits if "@" not in path}
    kept = {path: value for path, value in was.limits.items() if path.partition("@")[0] not in named}
    rule_settings.replace_setting(
        conn,
        place,
        rule.rule_id,
        is_enabled=was.is_enabled if asked.is_enabled is None else asked.is_enabled,
        severity=asked.severity or was.severity,
        limits=kept | dict(asked.limits),
        actor=getuser(),
        reason=reason,
    )


def _rule(rule_id: str) -> Rule:
    found = load_catalogue().rules.get(rule_id.upper())
    if found is None:
        raise ConfigurationError(f"no rule is called {rule_id}", remedy="landdb rules list")
    return found


def _limits(options: Sequence[str]) -> dict[str, float]:
    limits = {}
    for option in options:
        path, is_given, text = option.partition("=")
        try:
            limits[path.strip()] = float(text)
        except ValueError:
            is_given = ""
        if not is_given:
            raise ConfigurationError(
                f"--limit {path} is not NAME=VALUE with a number",
                remedy="for example --limit narrow_width_m=0.5 or --limit vertex_tolerance_m@500=0.02",
            )
    return limits


def _places(conn: psycopg.Connection, communes: Sequence[str] | None, province: str | None) -> list[Place]:
    if communes and province:
        raise ConfigurationError("--commune and --province exclude each other", remedy="give one of them")
    if province is not None and not rule_settings.is_province(conn, province):
        raise NotFound(f"no commune belongs to a province {province}", remedy="two digits, such as 25")
    if communes:
        codes = [normalise_commune_code(code) for code in communes]
        return [Place(commune_id=admin_units.get_commune(conn, code).commune_id) for code in codes]
    return [Place(province_code=province)]


def _where(communes: Sequence[str] | None, province: str | None) -> str:
    if communes:
        return f"for {', '.join(communes)}"
    return "everywhere" if province is None else f"for province {province}"


def _ids(conn: psycopg.Connection, commune: str | None) -> list[int] | None:
    return None if commune is None else [admin_units.get_commune(conn, normalise_commune_code(commune)).commune_id]


def _catalogue_of(commune: str) -> Catalogue:
    with session() as (_, conn):
        ids = _ids(conn, commune) or []
        return effective_catalogues(conn, ids)[ids[0]]


def _document(rule: Rule, lang: Tongue) -> dict[str, Any]:
    return {
        "rule": rule.rule_id,
        "kind": rule.kind,
        "severity": rule.severity,
        "is_enabled": rule.is_enabled,
        "title": rule.title.to(lang.value),
        "why": rule.why.to(lang.value),
        "remedy": rule.remedy.to(lang.value),
        "legal_basis": rule.legal_basis,
        "limits": rule.limit_values(),
        "reasons": {
            code: {"title": reason.title.to(lang.value), "remedy": reason.remedy.to(lang.value)}
            for code, reason in rule.reasons.items()
        },
    }


def _print_rule(rule: Rule, packaged: Rule, lang: Tongue) -> None:
    state = rule.severity if rule.is_enabled else "off"
    out.print(f"[bold]{rule.rule_id}[/bold]  {rule.title.to(lang.value)}  ({state})", highlight=False)
    why, remedy = ("Vì sao", "Cách xử lý") if lang is Tongue.vi else ("Why", "Remedy")
    out.print(f"  {why}: {rule.why.to(lang.value)}\n  {remedy}: {rule.remedy.to(lang.value)}", highlight=False)
    if rule.legal_basis:
        out.print(f"  [dim]{rule.legal_basis}[/dim]", highlight=False)
    if rule.reasons:
        rows = [(one.code, one.title.to(lang.value), one.remedy.to(lang.value)) for one in rule.reasons.values()]
        print_table("\nReasons", ("reason", "what", "remedy"), rows)
    if rule.limits:
        limits = [
            (name, limit.unit, _values(limit), "" if limit == packaged.limits[name] else _values(packaged.limits[name]))
            for name, limit in rule.limits.items()
        ]
        print_table("\nLimits", ("limit", "unit", "value", "catalogue, where it differs"), limits)


def _values(limit: Limit) -> str:
    steps = ", ".join(f"1:{scale} {value:g}" for scale, value in sorted(limit.by_scale.items()))
    return f"{limit.default:g}{f' ({steps})' if steps else ''}"


def _setting(row: SettingRow) -> dict[str, Any]:
    return {
        "rule": row.rule_id,
        "where": row.commune_code or (row.province_code and f"province {row.province_code}") or "everywhere",
        "runs": {None: None, True: "on", False: "off"}[row.is_enabled],
        "severity": row.severity,
        "limits": ", ".join(f"{name}={value:g}" for name, value in row.limits.items()) or None,
        "by": row.actor,
        "since": row.changed_at,
        "reason": row.reason,
    }


def _print_settings(settings: Sequence[SettingRow], *, as_json: bool) -> None:
    print_rows("\nSet otherwise", [_setting(row) for row in settings], as_json=as_json)
