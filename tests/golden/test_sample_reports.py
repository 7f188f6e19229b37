"""Reports and files of the broken sample communes: what they count is what was found, and nobody is in them."""

import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyogrio
import pytest
import python_calamine
from pyogrio.raw import read as read_layer
from test_sample_findings import HOME as SAMPLE
from test_sample_findings import RURAL, URBAN, Delivered, register_communes

from landdb.quality import Assessment, record
from landdb.reporting import Selection, export_findings, report_setting, write_reports
from landdb.store import admin_units
from landdb.store.vault import Vault

pytestmark = [pytest.mark.db, pytest.mark.slow]
DAY = dt.date(2026, 11, 26)
#: Citizen IDs of the sample; the province code 099 was issued to nobody.
PERSONAL_NUMBER = re.compile(rb"\b099\d{9}\b")


class Reported:
    """The broken communes with their pages."""

    def __init__(self, delivered: Delivered, folder: Path) -> None:
        self.conn = delivered.conn
        self.found = {
            code: Counter(finding.rule_id for finding in result.findings) for code, result in delivered.results.items()
        }
        self.communes = [admin_units.get_commune(self.conn, code) for code in (RURAL, URBAN)]
        self.setting = report_setting("vi", made_on=DAY)
        self.assessed: dict[int, Assessment] = record(self.conn, self.ids, scheme=self.setting.scheme, on=DAY)
        self.pages = write_reports(self.conn, self.communes, self.assessed, folder, self.setting)

    @property
    def ids(self) -> list[int]:
        return [commune.commune_id for commune in self.communes]

    @property
    def all_found(self) -> Counter[str]:
        return self.found[RURAL] + self.found[URBAN]


@pytest.fixture(scope="module")
def reported(server, template_database: str, tmp_path_factory) -> Iterator[Reported]:
    vault = Vault.make(tmp_path_factory.mktemp("keys") / "landdb.key")
    name = f"{server.prefix}_golden_reports"
    with psycopg.connect(server.create(name, template_database)) as conn:
        register_communes(conn, SAMPLE / "broken" / "communes.csv")
        yield Reported(Delivered(conn, "broken", vault), tmp_path_factory.mktemp("pages"))
        conn.rollback()
    server.drop(name)


def rows_of(page: str, caption: str) -> list[list[str]]:
    """Give the cells of the table with that caption as text."""
    table = next(part for part in page.split("<table")[1:] if caption in part.partition("</caption>")[0])
    body = table.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in body.split("<tr")[1:]
    ]


def test_the_table_of_rules_counts_what_the_check_found(reported: Reported) -> None:
    caption = reported.setting.wording("rules_told")
    for page, found in zip(
        reported.pages, (reported.all_found, reported.found[RURAL], reported.found[URBAN]), strict=True
    ):
        rows = rows_of(page.read_text("utf-8"), caption)
        assert Counter({row[0]: int(row[-1]) for row in rows}) == found, page.name


def test_the_list_and_the_map_show_every_finding_once(reported: Reported) -> None:
    for page, code in zip(reported.pages[1:], (RURAL, URBAN), strict=True):
        text = page.read_text("utf-8")
        assert Counter(re.findall(r'<tr id="f\d+"><td>(\w+)</td>', text)) == reported.found[code]
        marks = set(re.findall(r'<a href="#(f\d+)"><path', text))
        assert len(marks) <= reported.found[code].total()
        assert marks


def test_the_score_on_the_page_is_that_of_the_numbers(reported: Reported) -> None:
    for page, commune in zip(reported.pages[1:], reported.communes, strict=True):
        numbers = reported.assessed[commune.commune_id].numbers
        told = reported.setting.wording.number(reported.setting.formula.score(numbers).value, 1)
        assert f">{told}</text>" in page.read_text("utf-8")
        assert numbers.total == reported.found[commune.commune_code].total()


def test_every_file_reads_back_what_the_check_found(reported: Reported, tmp_path: Path) -> None:
    selection, stream = Selection(reported.ids), io.StringIO()
    gpkg, book = tmp_path / "found.gpkg", tmp_path / "found.xlsx"
    export_findings(reported.conn, selection, gpkg, form="gpkg")
    export_findings(reported.conn, selection, book, form="xlsx")
    export_findings(reported.conn, selection, stream, form="sarif")

    _, _, _, (rules,) = read_layer(gpkg, layer="finding_points", columns=["rule"])
    listed = python_calamine.load_workbook(str(book)).get_sheet_by_name("Danh sách lỗi").to_python()
    results = json.loads(stream.getvalue())["runs"][0]["results"]
    assert Counter(rules) == reported.all_found
    assert Counter(row[2] for row in listed[1:]) == reported.all_found
    assert Counter(result["ruleId"] for result in results) == reported.all_found
    # Two zones, so that the layers are in WGS 84, and Phú Thọ lies where it lies.
    assert pyogrio.read_info(gpkg, layer="finding_points")["crs"] == "EPSG:4326"
    west, south, east, north = pyogrio.read_info(gpkg, layer="parcels_concerned", force_total_bounds=True)[
        "total_bounds"
    ]
    assert 105 < west < east < 106.5
    assert 19 < south < north < 22


def test_nobody_is_in_any_page_or_file(reported: Reported, tmp_path: Path) -> None:
    names = sample_names(reported.conn)
    files = list(reported.pages)
    for form in ("gpkg", "csv", "geojson", "sarif"):
        files.append(tmp_path / f"found.{form}")
        export_findings(reported.conn, Selection(reported.ids), files[-1], form=form)
    assert names
    for file in files:
        content = file.read_bytes()
        assert PERSONAL_NUMBER.search(content) is None, file.name
        assert b"party:" not in content, file.name
        assert [name for name in names if name.encode() in content] == [], file.name


def sample_names(conn: psycopg.Connection) -> list[str]:
    """Give what an answer shows of people's names, which no page may show either."""
    rows = conn.execute("SELECT DISTINCT name_masked FROM party.party WHERE party_kind = 'NATURAL' LIMIT 500")
    return [name for (name,) in rows if len(name) > 5]


def test_sketches_show_a_fault_that_is_two_hundred_times_smaller_than_its_parcel(reported: Reported) -> None:
    page = reported.pages[1].read_text("utf-8")
    cards = [part.partition("</article>")[0] for part in page.split("<article>")[1:]]
    gap = next(card for card in cards if "COV004" in card)

    assert gap.count("<figure>") == 2
    assert len(cards) == 12
    assert all('class="scalebar"' in card for card in cards if "<figure>" in card)
