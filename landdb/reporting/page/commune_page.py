"""The page of one commune."""

from landdb.domain.dates import VIETNAM
from landdb.exporters.records import FindingRecord
from landdb.reporting.page import shared_sections
from landdb.reporting.page.document import Section, document, table
from landdb.reporting.page.maps import commune_legend, commune_map, finding_anchor, sketch_legend, sketches
from landdb.reporting.page.markup import Child, Markup, element
from landdb.reporting.page.wording import Wording
from landdb.reporting.report_data import CommuneReport, Worst


def render_commune(report: CommuneReport) -> str:
    """Give the whole page of a commune."""
    wording = report.setting.wording
    sections = [
        shared_sections.overview(report.assessment, report.trend, report.setting),
        _map(report),
        _worst(report),
        shared_sections.rules(report.rules, report.setting),
        shared_sections.campaign(report.assessment.standing, report.setting, before=report.before),
        _list(report),
        shared_sections.formula(report.assessment, report.setting),
    ]
    return document(
        wording,
        title=full_name(report),
        above=_above(report),
        below=_below(report),
        sections=[section for section in sections if section is not None],
    )


def full_name(report: CommuneReport) -> str:
    """Give kind and name, as in "Xã Mẫu Sơn"."""
    kind = report.commune.kind
    return f"{kind[:1].upper()}{kind[1:]} {report.commune.name}"


def _above(report: CommuneReport) -> list[Markup]:
    setting, wording = report.setting, report.setting.wording
    told = [wording("code", code=report.commune.commune_code)]
    if report.province_name:
        told.insert(0, report.province_name)
    if report.last_run:
        checked = report.last_run.finished_at.astimezone(VIETNAM).date()
        told.append(wording("checked_on", day=wording.day(checked)))
    told.append(wording("made_on", day=wording.day(setting.made_on)))
    shown = [
        element("p", wording("report"), class_="kicker"),
        element("h1", full_name(report)),
        element("p", " · ".join(told), class_="soft"),
    ]
    if report.has_overview:
        shown.insert(0, element("p", element("a", f"← {wording('to_overview')}", href="index.html"), class_="small"))
    if report.last_run is None:
        shown.append(element("section", element("p", wording("never_checked")), class_="notice"))
    if not setting.tenure:
        shown.append(element("p", wording("withheld"), class_="small soft"))
    return shown


def _below(report: CommuneReport) -> Markup | None:
    if report.last_run is None:
        return None
    told = report.setting.wording("catalogue", digest=report.last_run.catalogue_hash[:12], run=report.last_run.run_id)
    return element("p", told)


def _map(report: CommuneReport) -> Section:
    wording = report.setting.wording
    drawn = commune_map(report.shapes, report.findings, full_name(report), wording)
    if drawn is None:
        return Section("map", wording("map"), element("p", wording("no_map")))
    told = [wording("map_links")]
    if len(report.findings) < report.total:
        shown = wording.number(len(report.findings))
        told.append(wording("map_more", shown=shown, all=wording.number(report.total)))
    return Section("map", wording("map"), [element("p", " ".join(told)), drawn, commune_legend(wording)])


def _worst(report: CommuneReport) -> Section:
    wording = report.setting.wording
    if not report.worst:
        return Section("worst", wording("worst"), element("p", wording("nothing_found")))
    cards = [_worst_card(one, wording) for one in report.worst]
    told = element("p", wording("worst_told"), class_="soft")
    shown = [told, element("div", cards, class_="worst"), sketch_legend(wording)]
    return Section("worst", wording("worst"), shown)


def _worst_card(one: Worst, wording: Wording) -> Markup:
    finding = one.finding
    facts = [
        (wording("area"), wording.measure(finding.area_m2, "m²") if finding.area_m2 is not None else None),
        (wording("width"), _width(finding, wording)),
        (wording("coordinates"), _coordinates(finding, wording)),
    ]
    return element(
        "article",
        element("h3", element("span", wording(f"severity_{finding.severity}"), class_=f"tag {finding.severity}"),
                f" {finding.title} ", element("span", finding.rule, class_="soft")),
        element("p", element("a", finding.message, href=f"#{finding_anchor(finding)}")),
        None if one.sketch is None else sketches(one.sketch, finding.place or finding.commune, wording),
        element("dl", (element("div", element("dt", name), element("dd", value)) for name, value in facts if value),
                class_="facts"),
        element("p", element("strong", f"{wording('remedy')}: "), finding.remedy, class_="small"),
    )  # fmt: skip


def _list(report: CommuneReport) -> Section:
    wording = report.setting.wording
    if not report.findings:
        return Section("list", wording("list"), element("p", wording("nothing_found")))
    heads = [(wording("rule"), False), (wording("severity"), False), (wording("place"), False),
             (wording("other_place"), False), (wording("message"), False), (wording("northing"), True),
             (wording("easting"), True)]  # fmt: skip
    rows = [_listed(finding, wording) for finding in report.findings]
    all_, shown = wording.number(report.total), wording.number(len(rows))
    code = report.commune.commune_code
    is_whole = len(rows) == report.total
    told = wording("list_whole", all=all_) if is_whole else wording("list_told", shown=shown, all=all_, code=code)
    field = element(
        "div",
        element("label", wording("filter"), for_="filter"),
        element("input", id="filter", type="search", placeholder=wording("filter_hint"), data_filters="findings"),
        class_="field",
        hidden=True,
    )
    listed = table(
        heads, rows, caption=told, shows_caption=True, anchor="findings", sorts=True,
        row_anchors=[finding_anchor(finding) for finding in report.findings],
    )  # fmt: skip
    return Section("list", wording("list"), [field, listed])


def _listed(finding: FindingRecord, wording: Wording) -> list[Child]:
    return [
        finding.rule,
        element("span", wording(f"severity_{finding.severity}"), class_=f"tag {finding.severity}"),
        element("span", finding.place, class_="nowrap"),
        finding.other_place,
        [element("strong", finding.title), element("div", finding.message)],
        wording.number(finding.northing_m, 2) if finding.northing_m is not None else "",
        wording.number(finding.easting_m, 2) if finding.easting_m is not None else "",
    ]


def _width(finding: FindingRecord, wording: Wording) -> str | None:
    """Give the width in the unit that a surveyor would say it in."""
    if finding.width_m is None:
        return None
    if finding.width_m < 0.1:
        return wording.measure(finding.width_m * 1000, "mm")
    return wording.measure(finding.width_m, "m")


def _coordinates(finding: FindingRecord, wording: Wording) -> str | None:
    if finding.northing_m is None or finding.easting_m is None:
        return None
    told = f"{wording.number(finding.northing_m, 2)}; {wording.number(finding.easting_m, 2)}"
    return f"{told} (EPSG:{finding.srid})"
