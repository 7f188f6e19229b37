"""docs/rules.md made from the rule catalogue: `make docs`. Edit the catalogue, never the page."""

from collections.abc import Iterator
from pathlib import Path

from landdb.validators.catalogue import load_catalogue
from landdb.validators.rule import Limit, Reason, Rule

PAGE = Path(__file__).with_name("rules.md")

INTRODUCTION = """\
# Rules

<!-- Written by docs/generate_rules.py from landdb/validators/catalogue/; run `make docs`. -->

{count} rules judge a commune: `landdb check 99001`, or some of them: `landdb check 99001 --rule COV --rule TEN001`.

| severity | meaning |
|---|---|
| error | the data cannot be published like this |
| warning | someone must look |
| info | counted, nothing to do |

The severity below is that of the catalogue. A rule may raise or lower it for one finding; its text says when.
Limits named here stand in the catalogue. The edge and area limits of Circular 26/2024, which COV001, COV002, ARE001
and ARE002 use, are a table by map scale in `landdb/domain/area_limits.py`. A sheet without a known scale is judged as
1:1000. Each run stores the limits it used.

Kinds: *geometry* looks at one polygon, *coverage* at polygons against each other, *sql* at stored rows, *rejected* at
the quarantine.
"""


def page() -> str:
    """Give the whole page."""
    catalogue = load_catalogue()
    by_family = [
        (family, [rule for rule_id, rule in catalogue.rules.items() if rule_id.startswith(family.code)])
        for family in catalogue.families.values()
    ]
    parts = [
        INTRODUCTION.format(count=len(catalogue.rules)),
        _overview([rule for _, rules in by_family for rule in rules]),
    ]
    for family, rules in by_family:
        parts.append(f"## {family.code}: {family.title.en} · {family.title.vi}\n")
        parts += [_section(rule) for rule in rules]
    return "\n".join(parts)


def _overview(rules: list[Rule]) -> str:
    rows = [
        f"| [{rule.rule_id}](#{rule.rule_id.lower()}) | {rule.severity} | {rule.title.en} | {rule.title.vi} |"
        for rule in rules
    ]
    return "\n".join(["| rule | severity | title | tên |", "|---|---|---|---|", *rows, ""])


def _section(rule: Rule) -> str:
    return "\n".join([f"### {rule.rule_id}", "", *_lines(rule), ""])


def _lines(rule: Rule) -> Iterator[str]:
    yield f"**{rule.title.en}** · **{rule.title.vi}** · {rule.severity} · {rule.kind}"
    yield ""
    yield f"- Why: {rule.why.en}"
    yield f"- Remedy: {rule.remedy.en}"
    yield f"- Vì sao: {rule.why.vi}"
    yield f"- Cách xử lý: {rule.remedy.vi}"
    if rule.limits:
        yield f"- Limits: {'; '.join(_limit(limit) for limit in rule.limits.values())}"
    if rule.legal_basis:
        yield f"- Legal basis: {rule.legal_basis}"
    if rule.reasons:
        yield ""
        yield "| reason | what | remedy | lý do | cách xử lý |"
        yield "|---|---|---|---|---|"
        yield from (_reason(reason) for reason in rule.reasons.values())


def _reason(reason: Reason) -> str:
    return f"| `{reason.code}` | {reason.title.en} | {reason.remedy.en} | {reason.title.vi} | {reason.remedy.vi} |"


def _limit(limit: Limit) -> str:
    """Give one limit with its values per map scale, where it has any."""
    steps = ", ".join(f"1:{scale} {value:g}" for scale, value in sorted(limit.by_scale.items()))
    return f"`{limit.name}` {limit.default:g} {limit.unit}{f' ({steps})' if steps else ''}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
