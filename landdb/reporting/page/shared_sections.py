"""Sections that the page of a commune and the overview of several have in common."""

from collections.abc import Sequence
from typing import Final

from landdb.quality import Assessment, Standing
from landdb.reporting.page.charts import TrendPoint, grade, meter, rule_bars, score_ring, share_bar, trend_line
from landdb.reporting.page.document import Section, card, table
from landdb.reporting.page.markup import Child, Markup, element
from landdb.reporting.page.wording import NBSP, Wording
from landdb.reporting.report_data import EarlierStanding, RuleLine, Setting

_GROUP_COLOURS: Final = ("f-good", "f-fair", "f-poor")
_SEVERITIES: Final = ("error", "warning", "info")
_MOST_BARS: Final = 15


def overview(assessment: Assessment, trend: Sequence[TrendPoint], setting: Setting, *, more: Child = None) -> Section:
    """Give score, key figures and trend."""
    wording, numbers = setting.wording, assessment.numbers
    clean = numbers.parcel_count - numbers.parcels_with_error
    score = assessment.score.value
    summary = wording(
        "summary",
        errors=wording.number(numbers.count("error")),
        warnings=wording.number(numbers.count("warning")),
        parcels=wording.number(numbers.parcel_count),
        clean=wording.percent(clean, numbers.parcel_count),
    )
    ring = element(
        "div", score_ring(score, wording),
        element("div", element("h3", wording("score")),
                element("p", wording(f"grade_{grade(score)}"), class_=f"lead {grade(score)}")),
        class_="score",
    )  # fmt: skip
    cards = [
        more,
        card(wording("parcels"), wording.number(numbers.parcel_count)),
        card(wording("errors"), wording.number(numbers.count("error")), tone="error"),
        card(wording("warnings"), wording.number(numbers.count("warning")), tone="warning"),
        card(wording("clean_parcels"), wording.percent(clean, numbers.parcel_count),
             f"{wording.number(clean)} / {wording.number(numbers.parcel_count)}"),
        _ground_card("overlapped", numbers.overlap_m2, numbers.ground_m2, wording),
        _ground_card("left_open", numbers.gap_m2, numbers.ground_m2, wording),
    ]  # fmt: skip
    shown = [
        element("p", summary, class_="lead"),
        element("div", cards, class_="cards"),
        element("div", ring, element("div", element("h3", wording("trend")), _trend(trend, wording)), class_="two"),
    ]
    return Section("overview", wording("overview"), shown)


def campaign(standing: Standing | None, setting: Setting, *, before: EarlierStanding | None = None) -> Section | None:
    """Give groups, words and reasons, and how the groups changed since `before`; None without a standing."""
    if standing is None:
        return None
    wording, scheme = setting.wording, setting.scheme
    told = wording("campaign_told", title=wording.of(scheme.title), basis=scheme.legal_basis, scheme=scheme.scheme)
    halves = element("div", _groups(standing, setting, before), _words(standing, setting), class_="two")
    proxy = element("p", wording("campaign_proxy"), class_="small soft")
    return Section("campaign", wording("campaign"), [element("p", told), halves, _reasons(standing, setting), proxy])


def rules(lines: Sequence[RuleLine], setting: Setting) -> Section:
    """Give the findings by rule: a chart, and a table with why and remedy."""
    wording = setting.wording
    if not lines:
        return Section("rules", wording("rules"), element("p", wording("nothing_found")))
    bars = [(line.rule.rule, wording.of(line.rule.title), line.counts) for line in lines[:_MOST_BARS]]
    heads = [
        (wording("rule"), False), (wording("kind"), False), *((wording(f"severity_{s}"), True) for s in _SEVERITIES),
        (wording("total"), True),
    ]  # fmt: skip
    rows = [
        [line.rule.rule, _explained(line, wording), *(_count(line.counts.get(s), wording) for s in _SEVERITIES),
         wording.number(line.total)]
        for line in lines
    ]  # fmt: skip
    sums = [sum(line.counts.get(severity, 0) for line in lines) for severity in _SEVERITIES]
    foot = [wording("total"), "", *(wording.number(one) for one in sums), wording.number(sum(sums))]
    listed = table(heads, rows, caption=wording("rules_told"), shows_caption=True, foot=foot, sorts=True)
    return Section("rules", wording("rules"), [_severities(sums, wording), rule_bars(bars, wording), listed])


def formula(assessment: Assessment, setting: Setting) -> Section:
    """Give the score's components with quantities and denominators, so that anyone can compute it again."""
    wording, formula_ = setting.wording, setting.formula
    weights = {severity: wording.number(weight, 1) for severity, weight in formula_.severity.items()}
    told = element("p", wording("formula_told", version=formula_.version, **weights))
    components = {component.code: component for component in formula_.components}
    rows: list[list[Child]] = []
    for part in assessment.score.parts:
        component = components[part.code]
        units = {"clean": ("unit_parcels", "unit_parcels"), "ground": ("unit_square", "unit_million")}
        unit, per = units.get(component.kind, ("unit_faults", "unit_thousand"))
        how = "how_clean" if component.kind == "clean" else "how_half"
        rows.append([
            [wording.of(component.title), element("div", wording(how, half=wording.number(component.half)),
                                                  class_="small soft")],
            _quantity(part.quantity, unit, wording),
            _quantity(part.denominator, per, wording),
            wording.number(part.value, 4 if component.kind == "clean" else 2),
            wording.number(part.points, 2),
            wording.number(part.weight),
        ])  # fmt: skip
    heads = [(wording("component"), False),
             *((wording(key), True) for key in ("quantity", "per", "value", "points", "weight"))]  # fmt: skip
    weight = wording.number(sum(part.weight for part in assessment.score.parts))
    foot = [wording("score"), "", "", "", wording.number(assessment.score.value, 1), weight]
    return Section("formula", wording("formula"), [told, table(heads, rows, caption=wording("components"), foot=foot)])


def _severities(sums: Sequence[int], wording: Wording) -> Markup:
    """Give one bar divided by severity, and the same in words."""
    named = [
        (f"{wording('severity_' + severity)}: {wording.number(count)}", count, f"f-{severity}")
        for severity, count in zip(_SEVERITIES, sums, strict=True)
    ]
    told = " · ".join(name for name, _, _ in named)
    return element("figure", share_bar(named, told), element("figcaption", told), class_="chart")


def _ground_card(key: str, area_m2: float, ground_m2: float, wording: Wording) -> Markup:
    per_million = area_m2 / ground_m2 * 1e6 if ground_m2 else None
    share = wording("of_ground", share=wording.measure(per_million, "m²"))
    return card(wording(key), wording.measure(area_m2, "m²"), share)


def _trend(points: Sequence[TrendPoint], wording: Wording) -> Markup:
    if len(points) < 2:
        return element("p", wording("trend_first"), class_="soft")
    first, last = points[0], points[-1]
    told = wording(
        "trend_told", first=wording.number(first.score, 1), first_day=wording.day(first.day),
        last=wording.number(last.score, 1), last_day=wording.day(last.day),
    )  # fmt: skip
    return Markup(trend_line(points, wording) + element("p", told, class_="small soft"))


def _groups(standing: Standing, setting: Setting, before: EarlierStanding | None) -> Markup:
    wording = setting.wording
    named = [
        (wording("group", group=group), group, standing.groups.get(group, 0), css)
        for group, css in zip(setting.scheme.groups, _colours(len(setting.scheme.groups)), strict=True)
    ]
    rows: list[list[Child]] = []
    for (name, group, count, _), title in zip(named, setting.scheme.groups.values(), strict=True):
        row: list[Child] = [
            element("strong", name), wording.of(title), wording.number(count), wording.percent(count, standing.parcels)
        ]  # fmt: skip
        if before is not None:
            row.append(wording.change(count - before.standing.groups.get(group, 0)))
        rows.append(row)
    heads = [(wording("groups"), False), (wording("meaning"), False), (wording("parcels"), True),
             (wording("share"), True)]  # fmt: skip
    if before is not None:
        heads.append((wording("since", day=wording.day(before.day)), True))
    label = "; ".join(f"{name}: {wording.number(count)}" for name, _, count, _ in named)
    bar = share_bar([(name, count, css) for name, _, count, css in named], label)
    return element("div", element("h3", wording("groups")), bar, table(heads, rows, caption=wording("groups")))


def _words(standing: Standing, setting: Setting) -> Markup:
    wording = setting.wording
    rows: list[list[Child]] = []
    for word in setting.scheme.words:
        met = standing.words.get(word.code, 0)
        share = met / standing.parcels if standing.parcels else 0.0
        told = wording.percent(met, standing.parcels)
        rows.append([
            [element("strong", wording.of(word.label)), element("div", wording.of(word.meaning), class_="small soft")],
            [told, meter(share, f"{wording.of(word.label)}: {told}")],
            wording.number(met),
        ])  # fmt: skip
    heads = [(wording("word"), False), (wording("share"), True), (wording("met_by"), True)]
    return element("div", element("h3", wording("words")), table(heads, rows, caption=wording("words")))


def _reasons(standing: Standing, setting: Setting) -> Markup:
    wording = setting.wording
    title = element("h3", wording("reasons"))
    if not standing.reasons:
        return Markup(title + element("p", wording("no_reasons")))
    known = {reason.code: reason for reason in setting.scheme.reasons}
    rows = [
        [[wording.of(known[code].text), element("div", code, class_="small soft")],
         wording("group", group=known[code].group), wording.number(count), wording.percent(count, standing.parcels)]
        for code, count in standing.reasons.items()
        if code in known
    ]  # fmt: skip
    heads = [(wording("reason"), False), (wording("groups"), False), (wording("parcels"), True),
             (wording("share"), True)]  # fmt: skip
    return Markup(title + table(heads, rows, caption=wording("reasons"), sorts=True))


def _explained(line: RuleLine, wording: Wording) -> Markup:
    rule = line.rule
    facts = [element("p", element("strong", f"{wording('why')}: "), wording.of(rule.why)),
             element("p", element("strong", f"{wording('remedy')}: "), wording.of(rule.remedy))]  # fmt: skip
    if rule.legal_basis:
        facts.append(element("p", element("strong", f"{wording('legal_basis')}: "), rule.legal_basis))
    return element("details", element("summary", wording.of(rule.title)), facts)


def _count(count: int | None, wording: Wording) -> str:
    return wording.number(count) if count else ""


def _quantity(value: float, unit: str, wording: Wording) -> str:
    decimals = 0 if value == int(value) else 2 if abs(value) >= 1 else 4
    return f"{wording.number(value, decimals)}{NBSP}{wording(unit)}"


def _colours(count: int) -> list[str]:
    """Give a colour for each group, from best to worst."""
    last = len(_GROUP_COLOURS) - 1
    return [_GROUP_COLOURS[round(position * last / max(1, count - 1))] for position in range(count)]
