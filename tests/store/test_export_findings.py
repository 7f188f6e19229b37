"""Findings as files: every form reads back equal to the database, and none holds a person."""

import csv
import io
import json
import sqlite3
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import factories
import numpy as np
import psycopg
import pyogrio
import pytest
import python_calamine
import shapely
import worlds
from factories import PHONG_CHAU
from pyogrio.raw import read as read_layer

from landdb.domain.crs import from_wgs84
from landdb.errors import ConfigurationError
from landdb.exporters.records import COLUMNS
from landdb.exporters.sarif import FINGERPRINT, LEVELS
from landdb.reporting import FORMATS, Selection, export_findings, format_of
from landdb.validators.catalogue import load_catalogue

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def world_url(server, template_database, tmp_path_factory):
    """Give a small commune with rights, and findings of every shape."""
    folder = tmp_path_factory.mktemp("keys")
    with factories.database(server, template_database) as url:
        world = worlds.seed(url, factories.open_vault(folder))
        with psycopg.connect(url) as conn:
            add_findings(conn, world)
        yield url


def add_findings(conn: psycopg.Connection, world: worlds.World) -> None:
    x, y = world.sheet.corner
    overlap, line = shapely.box(x, y, x + 0.3, y + 20), shapely.LineString([(x, y), (x, y + 20)])
    for rule, shape, state in (
        ("COV001", overlap, "open"),
        ("COV006", shapely.MultiLineString([line]), "regressed"),
        ("COV002", overlap, "accepted"),
        ("GEO003", shapely.Point(x, y), "fixed"),
    ):
        finding = factories.add_finding(
            conn, PHONG_CHAU, rule, parcel=world.couple, other=world.shared, severity="warning", state=state
        )
        conn.execute(
            "UPDATE quality.finding SET geom = ST_GeomFromWKB(%s, %s), area_m2 = 6, width_m = 0.3,"
            " subject = '12/1|12/2' WHERE finding_id = %s",
            [shape.wkb, world.sheet.srid, finding],
        )
    hostile = factories.add_finding(conn, PHONG_CHAU, "IDN001", parcel=world.plain)
    conn.execute("UPDATE quality.finding SET subject = '=1+1|@SUM(1)' WHERE finding_id = %s", [hostile])
    person = factories.add_finding(conn, PHONG_CHAU, "TEN003", parcel=world.couple)
    conn.execute(
        "UPDATE quality.finding SET subject = 'party:1', point_4326 = NULL, details = '{\"party_id\": 1}'"
        " WHERE finding_id = %s",
        [person],
    )


@pytest.fixture
def world_conn(world_url):
    with psycopg.connect(world_url) as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def selection(world_conn) -> Selection:
    return Selection([factories.commune_id(world_conn, PHONG_CHAU)])


def stored(conn: psycopg.Connection) -> Counter[str]:
    rows = conn.execute("SELECT rule_id FROM quality.finding WHERE state IN ('open', 'regressed')")
    return Counter(rule for (rule,) in rows)


def test_csv_reads_back_equal_to_the_database(world_conn, selection, tmp_path):
    target = tmp_path / "found.csv"

    count = export_findings(world_conn, selection, target, form="csv")

    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert Counter(row["rule"] for row in rows) == stored(world_conn)
    assert count == len(rows)
    assert list(rows[0]) == list(COLUMNS)


def test_no_cell_of_a_table_is_a_formula(world_conn, selection, tmp_path):
    book = tmp_path / "found.xlsx"
    text = io.StringIO()
    export_findings(world_conn, selection, text, form="csv")
    export_findings(world_conn, selection, book, form="xlsx")

    assert not any(cell.startswith(("=", "+", "-", "@")) for row in csv.reader(text.getvalue().splitlines())
                   for cell in row if not cell.lstrip("-").replace(".", "").isdigit())  # fmt: skip
    with zipfile.ZipFile(book) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_a_workbook_reads_back_equal_to_the_database(world_conn, selection, tmp_path):
    target = tmp_path / "found.xlsx"

    export_findings(world_conn, selection, target, form="xlsx", language="vi")

    book = python_calamine.load_workbook(str(target))
    assert book.sheet_names == ["Tổng hợp", "Danh sách lỗi", "Quy tắc"]
    summary, listed, rules = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert Counter(row[2] for row in listed[1:]) == stored(world_conn)
    assert Counter({row[2]: int(row[5]) for row in summary[1:-1]}) == stored(world_conn)
    assert summary[-1][0] == "Tổng cộng"
    assert int(summary[-1][5]) == stored(world_conn).total()
    assert [row[0] for row in rules[1:]] == list(load_catalogue().rules)


def test_a_list_longer_than_a_sheet_goes_on_in_the_next_one(world_conn, selection, tmp_path, monkeypatch):
    monkeypatch.setattr("landdb.exporters.workbook.MOST_ROWS", 2)
    target = tmp_path / "found.xlsx"

    count = export_findings(world_conn, selection, target, form="xlsx", language="en")

    book = python_calamine.load_workbook(str(target))
    sheets = [name for name in book.sheet_names if name.startswith("Findings")]
    listed = [row for name in sheets for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert count > 4
    assert sheets[:3] == ["Findings", "Findings 2", "Findings 3"]
    assert Counter(row[2] for row in listed) == stored(world_conn)


def test_a_geopackage_holds_points_shapes_parcels_and_rules_in_the_sheets_own_system(world_conn, selection, tmp_path):
    target = tmp_path / "found.gpkg"

    export_findings(world_conn, selection, target, form="gpkg")

    layers = {name: pyogrio.read_info(target, layer=name) for name, _ in pyogrio.list_layers(target)}
    assert {name: info["features"] for name, info in layers.items()} == {
        "finding_points": stored(world_conn).total(),
        "fault_areas": 1,
        "fault_lines": 1,
        "parcels_concerned": 3,
        "rules": len(load_catalogue().rules),
        "layer_styles": 8,
    }
    assert {info["crs"] for name, info in layers.items() if info["geometry_name"]} == {"EPSG:9208"}
    _, _, shapes, values = read_layer(target, layer="fault_areas", columns=["rule", "area_m2"])
    assert [list(value) for value in values] == [["COV001"], [6]]
    assert shapely.area(shapely.from_wkb(shapes[0])) == pytest.approx(6, abs=1e-6)


def test_every_layer_carries_a_style_that_qgis_takes_by_itself(world_conn, selection, tmp_path):
    target = tmp_path / "found.gpkg"
    export_findings(world_conn, selection, target, form="gpkg", language="vi")

    with sqlite3.connect(target) as db:
        styles = db.execute("SELECT f_table_name, styleName, styleQML, useAsDefault FROM layer_styles").fetchall()
        registered = db.execute("SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'").fetchall()
    db.close()

    assert registered == [("attributes",)]
    assert Counter((layer, bool(default)) for layer, _, _, default in styles) == Counter(
        {(layer, default): 1 for layer in ("finding_points", "fault_areas", "fault_lines", "parcels_concerned")
         for default in (True, False)}
    )  # fmt: skip
    by_name = {(layer, name): ET.fromstring(qml.partition("\n")[2]) for layer, name, qml, _ in styles}  # noqa: S314
    labels = {rule.get("label") for rule in by_name["finding_points", "landdb vi"].iter("rule")}
    assert {"Lỗi", "Cảnh báo", f"COV001 {load_catalogue()['COV001'].title.vi}"} <= labels
    assert by_name["finding_points", "landdb en"].find("aliases/alias[@field='rule']").get("name") == "Rule"
    for root in by_name.values():
        symbols = {symbol.get("name") for symbol in root.iter("symbol")}
        assert {rule.get("symbol") for rule in root.iter("rule") if rule.get("symbol")} == symbols


def test_geojson_holds_faults_in_degrees_with_their_shape(world_conn, selection):
    text = io.StringIO()

    export_findings(world_conn, selection, text, form="geojson")

    found = json.loads(text.getvalue())
    assert Counter(feature["properties"]["rule"] for feature in found["features"]) == stored(world_conn)
    kinds = {f["properties"]["rule"]: f["geometry"] and f["geometry"]["type"] for f in found["features"]}
    assert (kinds["COV001"], kinds["COV006"], kinds["TEN003"]) == ("Polygon", "MultiLineString", None)
    overlap = next(f for f in found["features"] if f["properties"]["rule"] == "COV001")
    back = from_wgs84(factories.PHU_THO_ZONE)
    in_metres = shapely.transform(
        shapely.geometry.shape(overlap["geometry"]), lambda xy: np.column_stack(back(xy[:, 0], xy[:, 1]))
    )
    assert shapely.area(in_metres) == pytest.approx(6, abs=0.01)


def test_sarif_names_rules_levels_places_and_fingerprints(world_conn, selection):
    text = io.StringIO()

    export_findings(world_conn, selection, text, form="sarif", language="en")

    log = json.loads(text.getvalue())
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "landdb")
    assert [rule["id"] for rule in rules] == list(load_catalogue().rules)
    assert Counter(result["ruleId"] for result in run["results"]) == stored(world_conn)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in LEVELS.values()
        assert result["message"]["text"]
        assert len(result["fingerprints"][FINGERPRINT]) == 64
    overlap = next(result for result in run["results"] if result["ruleId"] == "COV001")
    assert [place["fullyQualifiedName"] for place in overlap["locations"][0]["logicalLocations"]] == [
        "07954/12/1", "07954/12/2",
    ]  # fmt: skip
    assert overlap["properties"]["srid"] == 9208


def test_accepted_findings_are_suppressed_results(world_conn, selection):
    text = io.StringIO()
    accepted = Selection(selection.communes, states=("accepted",))

    export_findings(world_conn, accepted, text, form="sarif")

    (result,) = json.loads(text.getvalue())["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted"}]


def test_a_selection_narrows_by_rule_severity_state_and_audience(world_conn, selection):
    communes = selection.communes

    def count(chosen: Selection) -> int:
        return export_findings(world_conn, chosen, io.StringIO(), form="csv")

    assert count(Selection(communes, rules=["COV"])) == 2
    assert count(Selection(communes, rules=["COV001"], severities=["error"])) == 0
    assert count(Selection(communes, states=("fixed",))) == 1
    public, staff = count(Selection(communes, tenure=False)), count(selection)
    assert staff - public == sum(n for rule, n in stored(world_conn).items() if rule.startswith("TEN"))


@pytest.mark.parametrize("form", FORMATS)
def test_no_form_holds_a_person(world_conn, selection, tmp_path, form):
    target = tmp_path / f"found.{form}"

    export_findings(world_conn, selection, target, form=form)

    written = target.read_bytes()
    if form == "xlsx":
        with zipfile.ZipFile(target) as parts:
            written = b"".join(parts.read(name) for name in parts.namelist())
    for personal in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, worlds.ORGANISATION, "party:"):
        assert personal.encode() not in written


def test_a_finding_about_a_holder_is_told_by_the_parcel(world_conn, selection):
    text = io.StringIO()

    export_findings(world_conn, Selection(selection.communes, rules=["TEN003"]), text, form="geojson", language="vi")

    (finding,) = json.loads(text.getvalue())["features"]
    assert "thửa 12/1" in finding["properties"]["message"]


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_selection_gives_a_well_formed_file(world_conn, selection, tmp_path, form):
    target = tmp_path / f"none.{form}"

    assert export_findings(world_conn, Selection(selection.communes, rules=["ADM003"]), target, form=form) == 0
    assert target.stat().st_size > 0
    if form == "geojson":
        assert json.loads(target.read_text("utf-8"))["features"] == []


def test_a_file_that_cannot_be_written_is_refused_and_nothing_is_left(world_conn, selection, tmp_path):
    (tmp_path / "a file").touch()

    with pytest.raises(ConfigurationError, match="cannot be written"):
        export_findings(world_conn, selection, tmp_path / "a file" / "found.csv", form="csv")

    assert [path.name for path in tmp_path.iterdir()] == ["a file"]


def test_the_ending_names_the_form():
    named = {name: format_of(Path(name)) for name in ("a.gpkg", "a.XLSX", "a.csv", "a.geojson", "a.sarif.json")}

    assert list(named.values()) == ["gpkg", "xlsx", "csv", "geojson", "sarif"]
    with pytest.raises(ConfigurationError, match="which form"):
        format_of(Path("found.txt"))
