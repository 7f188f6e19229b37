"""Charts as SVG: bars, a ring for the score, a line over days. Each says in words what it shows."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from landdb.reporting.page.markup import Markup, element
from landdb.reporting.page.wording import Wording

#: From which score a grade begins.
GRADES: Final = ((90.0, "good"), (70.0, "fair"), (0.0, "poor"))
_ROW: Final = 26
_SEVERITIES: Final = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One day of a trend."""

    day: dt.date
    score: float
    errors: int
    warnings: int


def grade(score: float | None) -> str:
    """Give the grade of a score: good, fair, poor or none."""
    if score is None:
        return "none"
    return next(name for least, name in GRADES if score >= least)


def score_ring(score: float | None, wording: Wording) -> Markup:
    """Give the score as a ring that is filled to its share of 100."""
    told = wording.number(score, 1)
    around = 2 * math.pi * 42
    filled = around * (score or 0) / 100
    turned = "rotate(-90 50 50)"
    ring = {"cx": "50", "cy": "50", "r": "42", "fill": "none", "stroke_width": "11", "transform": turned}
    return element(
        "svg",
        element("circle", class_="s-none", **ring),
        element("circle", class_=f"s-{grade(score)}", stroke_dasharray=f"{filled:.2f} {around:.2f}", **ring),
        element("text", told, x="50", y="55", text_anchor="middle", font_size="23", class_="big"),
        element("text", wording("of_100"), x="50", y="68", text_anchor="middle", font_size="9", class_="soft"),
        viewbox="0 0 100 100",
        role="img",
        aria_label=f"{wording('score')}: {told} {wording('of_100')}",
    )


def rule_bars(counts: Sequence[tuple[str, str, Mapping[str, int]]], wording: Wording) -> Markup:
    """Give one bar per rule (id, title, findings by severity), the longest first, stacked by severity."""
    most = max(sum(by_severity.values()) for _, _, by_severity in counts)
    rows = [
        _rule_row(position, rule, title, by_severity, most, wording)
        for position, (rule, title, by_severity) in enumerate(counts)
    ]
    height = len(counts) * _ROW + 4
    label = wording("rules_told")
    return element(
        "svg", rows, viewbox=f"0 0 500 {height}", font_size="13", role="img", aria_label=label, class_="chart"
    )


def _rule_row(
    position: int, rule: str, title: str, by_severity: Mapping[str, int], most: int, wording: Wording
) -> Markup:
    top, left = position * _ROW, 60.0
    drawn: list[Markup] = [element("text", rule, x="0", y=top + 17)]
    for severity in _SEVERITIES:
        count = by_severity.get(severity, 0)
        if count:
            length = max(2.0, 140 * count / most)
            told = element("title", f"{rule}: {wording.number(count)} {wording('severity_' + severity)}")
            drawn.append(
                element("rect", told, x=left, y=top + 4, width=length, height=_ROW - 9, class_=f"f-{severity}")
            )
            left += length
    total = element("tspan", wording.number(sum(by_severity.values())), class_="big")
    named = element("tspan", f"  {title}", class_="soft")
    return Markup("".join([*drawn, element("text", total, named, x=left + 7, y=top + 17)]))


def share_bar(parts: Sequence[tuple[str, int, str]], label: str) -> Markup:
    """Give one bar divided into parts (name, count, class)."""
    total = sum(count for _, count, _ in parts) or 1
    left, drawn = 0.0, []
    for name, count, css in parts:
        width = 600 * count / total
        drawn.append(element("rect", element("title", name), x=left, y="0", width=width, height="26", class_=css))
        left += width
    return element(
        "svg", element("rect", width="600", height="26", class_="bar"), drawn,
        viewbox="0 0 600 26", preserveaspectratio="none", role="img", aria_label=label, height="26",
    )  # fmt: skip


def meter(share: float, label: str, css: str = "f-accent") -> Markup:
    """Give a bar that is filled to a share of its length."""
    return element(
        "svg", element("rect", width="200", height="12", class_="bar"),
        element("rect", width=200 * share, height="12", class_=css),
        viewbox="0 0 200 12", role="img", aria_label=label,
    )  # fmt: skip


def trend_line(points: Sequence[TrendPoint], wording: Wording) -> Markup:
    """Give the score by day as a line, and open errors as bars below; days stand where they fall in time."""
    first, last = points[0].day, points[-1].day
    lowest = max(0.0, min(point.score for point in points) - 5)
    days = max(1, (last - first).days)
    xs = [44 + 352 * (point.day - first).days / days for point in points]
    ys = [24 + 96 * (100 - point.score) / (100 - lowest) for point in points]
    told = [_told(point, wording) for point in points]
    line = element("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True)), class_="trend")
    dots = [
        element("circle", element("title", text), cx=x, cy=y, r="4.5", class_="f-accent")
        for x, y, text in zip(xs, ys, told, strict=True)
    ]
    scores = [
        element("text", wording.number(points[at].score, 1), x=xs[at], y=ys[at] - 9, text_anchor="middle", class_="big")
        for at in (0, -1)
    ]
    return element(
        "svg",
        element("path", d="M36 24H404M36 72H404M36 120H404M36 205H404", class_="axis"),
        element("text", "100", x="30", y="28", text_anchor="end", class_="soft"),
        element("text", wording.number(lowest), x="30", y="124", text_anchor="end", class_="soft"),
        element("text", wording("open_errors"), x="36", y="141", class_="soft"),
        _error_bars(points, xs, told, wording),
        line,
        dots,
        scores,
        element("text", wording.day(first), x="36", y="222", class_="soft"),
        element("text", wording.day(last), x="404", y="222", text_anchor="end", class_="soft"),
        viewbox="0 0 420 228",
        font_size="12.5",
        role="img",
        aria_label="; ".join(told),
        class_="chart",
    )


def _error_bars(points: Sequence[TrendPoint], xs: Sequence[float], told: Sequence[str], wording: Wording) -> Markup:
    """Give one bar per day with the number of open errors on the first and the last."""
    most = max(1, *(point.errors for point in points))
    drawn = []
    for x, point, text in zip(xs, points, told, strict=True):
        height = 36 * point.errors / most
        drawn.append(
            element(
                "rect", element("title", text), x=x - 5, y=205 - height, width="10", height=height, class_="f-error"
            )
        )
        if point in {points[0], points[-1]}:
            number = wording.number(point.errors)
            drawn.append(element("text", number, x=x, y=200 - height, text_anchor="middle", class_="soft"))
    return Markup("".join(drawn))


def _told(point: TrendPoint, wording: Wording) -> str:
    return wording(
        "trend_point",
        day=wording.day(point.day),
        score=wording.number(point.score, 1),
        errors=wording.number(point.errors),
        warnings=wording.number(point.warnings),
    )
