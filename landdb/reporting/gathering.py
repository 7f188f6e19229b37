"""Reports gathered: numbers, findings and ground of communes, read in the caller's transaction."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

import psycopg
import shapely

from landdb.codelists import load as load_list
from landdb.quality import Assessment, Numbers, Standing, together
from landdb.quality.campaign import add_standings
from landdb.quality.formula import add_up
from landdb.reporting.page.charts import TrendPoint
from landdb.reporting.page.drawing import from_wkb
from landdb.reporting.report_data import (
    WATER,
    CommuneLine,
    CommuneReport,
    EarlierStanding,
    MapShapes,
    ProvinceReport,
    RuleLine,
    Setting,
)
from landdb.reporting.sketching import sketch_all
from landdb.reporting.telling import told_findings, told_rules
from landdb.store import report_ground
from landdb.store.admin_units import Commune
from landdb.store.finding_list import Selection, count_by_rule, list_worst_findings
from landdb.store.quality import StoredScore, list_scores

#: Findings in the list and on the map of a commune: more belong into a spreadsheet.
MOST_LISTED = 500
#: Findings that get a sketch.
MOST_SKETCHED = 12
_GRAVEST_FIRST = ("error", "warning", "info")
#: A boundary on the map of a province keeps its form to this many degrees, some fifty metres.
_SIMPLER_DEGREES = 0.0005


def gather_commune(
    conn: psycopg.Connection, commune: Commune, assessment: Assessment, setting: Setting, *, has_overview: bool
) -> CommuneReport:
    """Give everything that the page of one commune shows."""
    selection = Selection([commune.commune_id], tenure=setting.tenure)
    rows = list_worst_findings(conn, selection, limit=MOST_LISTED)
    findings = list(told_findings(rows, setting.wording.language))
    scores = list_scores(conn, [commune.commune_id])
    worst = [pair for pair in zip(rows, findings, strict=True) if pair[0].severity != "info"][:MOST_SKETCHED]
    return CommuneReport(
        setting=setting,
        commune=commune,
        province_name=_province(conn, commune.province_code, setting),
        last_run=report_ground.list_last_runs(conn, [commune.commune_id]).get(commune.commune_id),
        assessment=assessment,
        trend=_trend(scores, assessment.numbers, setting),
        before=_before({commune.commune_id: scores}, setting),
        rules=_rule_lines(conn, selection),
        worst=sketch_all(conn, worst),
        findings=sorted(findings, key=lambda f: (_GRAVEST_FIRST.index(f.severity), f.rule, _natural(f.place))),
        shapes=_shapes(conn, commune.commune_id),
        has_overview=has_overview,
    )


def gather_province(
    conn: psycopg.Connection,
    communes: Sequence[Commune],
    assessed: Mapping[int, Assessment],
    setting: Setting,
) -> ProvinceReport:
    """Give everything that the overview of several communes shows, the lowest score first."""
    ids = [commune.commune_id for commune in communes]
    scores: dict[int, list[StoredScore]] = defaultdict(list)
    for score in list_scores(conn, ids):
        scores[score.commune_id].append(score)
    whole = together(conn, assessed, scheme=setting.scheme)
    lines = [
        CommuneLine(c, assessed[c.commune_id], _change(scores[c.commune_id], assessed[c.commune_id], setting))
        for c in communes
    ]
    provinces = {commune.province_code for commune in communes}
    boundaries = report_ground.list_boundaries(conn, ids)
    return ProvinceReport(
        setting=setting,
        province_name=_province(conn, provinces.pop(), setting) if len(provinces) == 1 else None,
        together=whole,
        communes=sorted(lines, key=lambda line: (line.assessment.score.value or -1, line.commune.commune_code)),
        trend=_trend_together(scores, assessed, setting),
        before=_before({commune_id: scores[commune_id] for commune_id in ids}, setting),
        rules=_rule_lines(conn, Selection(ids, tenure=setting.tenure)),
        boundaries={
            commune_id: shapely.simplify(shapely.from_wkb(wkb), _SIMPLER_DEGREES)
            for commune_id, wkb in boundaries.items()
        },
    )


def _province(conn: psycopg.Connection, province_code: str, setting: Setting) -> str | None:
    """Give the province as it is called, city or province; nothing for a code that no province has."""
    name = report_ground.find_province_name(conn, province_code)
    if name is None:
        return None
    kinds = {row["kind"] for row in load_list("provinces") if row["province_code"] == province_code}
    return setting.wording("city" if "thành phố" in kinds else "province", name=name)


def _rule_lines(conn: psycopg.Connection, selection: Selection) -> list[RuleLine]:
    """Give the rules that have findings, the most findings first."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for count in count_by_rule(conn, selection):
        by_severity = counts[count.rule_id]
        by_severity[count.severity] = by_severity.get(count.severity, 0) + count.findings
    known = {rule.rule: rule for rule in told_rules()}
    lines = [RuleLine(known[rule], found) for rule, found in counts.items() if rule in known]
    return sorted(lines, key=lambda line: (-line.total, line.rule.rule))


def _shapes(conn: psycopg.Connection, commune_id: int) -> MapShapes:
    shapes = report_ground.read_shapes(conn, commune_id)
    boundary = report_ground.list_boundaries(conn, [commune_id])
    return MapShapes(
        parcels=from_wkb(shapes.parcels),
        roads=from_wkb(wkb for kind, wkb in shapes.land_objects if kind not in WATER),
        water=from_wkb(wkb for kind, wkb in shapes.land_objects if kind in WATER),
        boundary=from_wkb(boundary.values()),
    )


def _trend(scores: Sequence[StoredScore], numbers: Numbers, setting: Setting) -> list[TrendPoint]:
    """Give every scored day by the present formula, which the stored numbers allow, the present numbers as the last."""
    days = {stored.scored_on: Numbers.from_record(stored.numbers) for stored in scores}
    days[setting.made_on] = numbers
    return _points(days, setting)


def _points(days: Mapping[dt.date, Numbers], setting: Setting) -> list[TrendPoint]:
    """Give the days up to the report's own that have a score, oldest first."""
    return [
        TrendPoint(day, score, days[day].count("error"), days[day].count("warning"))
        for day in sorted(days)
        if day <= setting.made_on and (score := setting.formula.score(days[day]).value) is not None
    ]


def _change(scores: Sequence[StoredScore], assessment: Assessment, setting: Setting) -> float | None:
    """Give by how much the score has changed since the last earlier day."""
    points = _trend(scores, assessment.numbers, setting)
    return round(points[-1].score - points[-2].score, 1) if len(points) > 1 else None


def _trend_together(
    scores: Mapping[int, Sequence[StoredScore]], assessed: Mapping[int, Assessment], setting: Setting
) -> list[TrendPoint]:
    """Give the days on which every commune was scored; each day's numbers are added up and scored anew."""
    days: dict[dt.date, list[Numbers]] = defaultdict(list)
    for stored in (one for several in scores.values() for one in several):
        days[stored.scored_on].append(Numbers.from_record(stored.numbers))
    days = {day: several for day, several in days.items() if len(several) == len(assessed)}
    days[setting.made_on] = [one.numbers for one in assessed.values()]
    return _points({day: add_up(several) for day, several in days.items()}, setting)


def _before(scores: Mapping[int, Sequence[StoredScore]], setting: Setting) -> EarlierStanding | None:
    """Give the last earlier day that all the communes have a standing of, added up."""
    days: dict[dt.date, list[Standing]] = defaultdict(list)
    for stored in (one for several in scores.values() for one in several):
        is_earlier = stored.scored_on < setting.made_on and stored.scheme == setting.scheme.scheme
        if is_earlier and stored.standing is not None:
            days[stored.scored_on].append(Standing.from_record(setting.scheme.scheme, stored.standing))
    complete = [day for day, several in days.items() if len(several) == len(scores)]
    if not complete:
        return None
    return EarlierStanding(max(complete), add_standings(setting.scheme, days[max(complete)]))


def _natural(place: str) -> tuple[tuple[int, str], ...]:
    """Give a sort key that puts 9/12 before 10/2."""
    return tuple((len(part), part) for part in place.split("/"))
