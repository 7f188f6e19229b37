"""The overview of several communes, or of a province."""

from collections.abc import Mapping

from landdb.reporting.page import shared_sections
from landdb.reporting.page.charts import grade
from landdb.reporting.page.document import Section, card, document, table
from landdb.reporting.page.maps import province_legend, province_map
from landdb.reporting.page.markup import Child, element
from landdb.reporting.page.wording import Wording
from landdb.reporting.report_data import CommuneLine, ProvinceReport


def render_province(report: ProvinceReport, links: Mapping[int, str]) -> str:
    """Give the whole page; `links` are the files of the communes' own pages by commune."""
    wording = report.setting.wording
    count = len(report.communes)
    title = report.province_name or wording("several", count=count)
    communes = card(wording("communes"), wording.number(count))
    sections = [
        shared_sections.overview(report.together, report.trend, report.setting, more=communes),
        _map(report, links),
        _communes(report, links),
        shared_sections.campaign(report.together.standing, report.setting, before=report.before),
        shared_sections.rules(report.rules, report.setting),
        shared_sections.formula(report.together, report.setting),
    ]
    above: list[Child] = [
        element("p", wording("report"), class_="kicker"),
        element("h1", title),
        element("p", wording("made_on", day=wording.day(report.setting.made_on)), class_="soft"),
    ]
    return document(
        wording, title=title, above=above, below=None, sections=[one for one in sections if one is not None]
    )


def _map(report: ProvinceReport, links: Mapping[int, str]) -> Section:
    wording = report.setting.wording
    drawn = province_map(report.communes, report.boundaries, links, wording)
    if drawn is None:
        return Section("map", wording("map"), element("p", wording("no_map")))
    return Section("map", wording("map"), [drawn, province_legend(wording)])


def _communes(report: ProvinceReport, links: Mapping[int, str]) -> Section:
    wording = report.setting.wording
    groups = [(wording("group", group=group), True) for group in report.setting.scheme.groups]
    heads = [
        (wording("commune"), False), (wording("score"), True), (wording("change"), True), (wording("parcels"), True),
        (wording("errors"), True), (wording("warnings"), True), (wording("clean_parcels"), True), *groups,
    ]  # fmt: skip
    rows = [_line(line, links, wording) for line in report.communes]
    listed = table(
        heads, rows, caption=wording("by_commune_told"), shows_caption=True, anchor="communes-listed", sorts=True
    )
    field = element(
        "div",
        element("label", wording("filter"), for_="filter"),
        element("input", id="filter", type="search", data_filters="communes-listed"),
        class_="field",
        hidden=True,
    )
    return Section("communes", wording("by_commune"), [field, listed])


def _line(line: CommuneLine, links: Mapping[int, str], wording: Wording) -> list[Child]:
    commune, numbers = line.commune, line.assessment.numbers
    score = line.assessment.score.value
    href = links.get(commune.commune_id)
    name = element("a", commune.name, href=href) if href else commune.name
    clean = numbers.parcel_count - numbers.parcels_with_error
    standing = line.assessment.standing
    groups = [wording.number(count) for count in standing.groups.values()] if standing else []
    return [
        [name, element("div", commune.commune_code, class_="small soft")],
        element("strong", wording.number(score, 1), class_=grade(score)),
        "" if line.change is None else wording.change(line.change, 1),
        wording.number(numbers.parcel_count),
        wording.number(numbers.count("error")),
        wording.number(numbers.count("warning")),
        wording.percent(clean, numbers.parcel_count),
        *groups,
    ]
