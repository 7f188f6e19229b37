"""CQL2: each filter of the case file gives the rows of its hand-written SQL, as text, as JSON, and to other parsers."""

import json
import tomllib
from pathlib import Path
from string import Template

import cql2
import factories
import psycopg
import pytest
import shapely

from landdb.domain.cql2 import parse_filter
from landdb.store.features.functions import FUNCTIONS

pytestmark = pytest.mark.db

CASES = tomllib.loads((Path(__file__).parent / "cql2_cases.toml").read_text("utf-8"))["case"]
FROM = {
    "parcels": "SELECT p.parcel_id FROM cadastre.parcel AS p JOIN cadastre.sheet AS s USING (sheet_id)"
    " JOIN admin.commune AS c ON c.commune_id = p.commune_id",
    "findings": "SELECT n.finding_id FROM quality.finding AS n",
    "certificate-extents": "SELECT e.certificate_id FROM registry.certificate AS e",
    "communes": "SELECT m.commune_id FROM admin.commune AS m"
    " JOIN (SELECT DISTINCT commune_id FROM cadastre.sheet) AS s ON s.commune_id = m.commune_id",
}


@pytest.fixture(scope="module")
def places(ogc_world) -> dict[str, str]:
    """Give the places that cases name, as WKT and as SQL."""
    sheet = ogc_world.sheet
    parcel = factories.in_degrees(sheet, factories.square(sheet, 4))
    zone_box = shapely.buffer(shapely.union_all([factories.square(sheet, n) for n in (1, 2, 3)]), 5, join_style="mitre")
    box = shapely.box(*factories.in_degrees(sheet, zone_box).bounds)
    line = factories.in_degrees(sheet, shapely.LineString([factories.middle(sheet, 2), factories.middle(sheet, 6)]))
    wkts = {"parcel": parcel.wkt, "box": box.wkt, "line": line.wkt, "point": parcel.centroid.wkt}
    named = {f"{name}_wkt": wkt for name, wkt in wkts.items()}
    named |= {f"{name}_geom": f"ST_GeomFromText('{wkt}', 4326)" for name, wkt in wkts.items()}
    return named | {
        "box": ", ".join(map(str, box.bounds)),
        "point": wkts["point"],
        "zone_box_wkt": shapely.box(*zone_box.bounds).wkt,
    }


@pytest.mark.parametrize("case", CASES, ids=[f"{case.get('collection', '')} {case['filter']}" for case in CASES])
def test_a_filter_gives_the_rows_of_its_sql(ogc, ogc_world, places, case):
    collection = case.get("collection", "parcels")
    text, sql = (Template(case[name]).safe_substitute(places) for name in ("filter", "sql"))
    with psycopg.connect(ogc_world.url) as conn:
        expected = {key for (key,) in conn.execute(f"{FROM[collection]} WHERE {sql}")}
        (total,) = conn.execute(f"SELECT count(*) FROM ({FROM[collection]}) AS q").fetchone()
    asked = {
        "limit": 1000,
        "filter": text,
        "filter-crs": case.get("crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"),
    }
    as_json = {**asked, "filter": json.dumps(parse_filter(text)), "filter-lang": "cql2-json"}
    for query in (asked, as_json):
        answer = ogc.get(f"/collections/{collection}/items", params=query)
        assert answer.status_code == 200, answer.text
        assert {feature["id"] for feature in answer.json()["features"]} == expected
    said = {"none": 0, "all": len(expected)}.get(case.get("rows"), len(expected))
    assert len(expected) == said
    assert case.get("rows") is not None or 0 < len(expected) < total


@pytest.mark.parametrize("case", CASES, ids=[case["filter"] for case in CASES])
def test_the_cql2_package_reads_every_filter_as_we_do_and_finds_it_valid(places, case):
    text = Template(case["filter"]).safe_substitute(places)
    theirs = cql2.parse_text(text)
    assert same_numbers(theirs.to_json()) == same_numbers(parse_filter(text))
    if not is_known_quirk(text):
        theirs.validate()


def test_the_cql2_package_finds_every_queryable_valid(ogc):
    for collection in ogc.get("/collections").json()["collections"]:
        for name in ogc.get(f"/collections/{collection['id']}/queryables").json()["properties"]:
            cql2.parse_text(f"{name} IS NULL").validate()
            answer = ogc.get(f"/collections/{collection['id']}/items", params={"filter": f"{name} IS NOT NULL"})
            assert answer.status_code == 200


REFUSED = {
    "nothing = 1": "UNKNOWN_PROPERTY",
    "parcel_no = 1": "TYPE_MISMATCH",
    "legal_area_m2": "TYPE_MISMATCH",
    "parcel_no =": "MALFORMED",
    "pg_sleep(10) = 1": "UNKNOWN_FUNCTION",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))": "INVALID_GEOMETRY",
    "S_INTERSECTS(geometry, BBOX(1, 2))": "NOT_A_BOX",
    "valid_from > DATE('2026-02-30')": "MALFORMED_TIME",
    "power(1, 2) = 1": "UNKNOWN_FUNCTION",
    "legal_area_m2 ^ 10000 > 1": "NOT_COMPUTABLE",
    "(" * 100 + "parcel_id = 1" + ")" * 100: "TOO_DEEP",
    "parcel_id = 1 OR " * 400 + "parcel_id = 1": "TOO_LARGE",
    "within_m(geometry, POINT(105 21), 1e7)": "OUT_OF_RANGE",
    "parcel_id = 1; DROP TABLE cadastre.parcel": "MALFORMED",
}


@pytest.mark.parametrize("text", REFUSED, ids=[text[:40] for text in REFUSED])
def test_a_filter_that_cannot_be_meant_is_refused_with_its_reason(ogc, text):
    answer = ogc.get("/collections/parcels/items", params={"filter": text})
    assert answer.status_code == 400
    assert answer.json()["faults"] == [{"field": "filter", "reason": REFUSED[text]}]
    assert answer.json()["remedy"]


NO_FILTERS = [
    "[", "[]", "{}", "1", '{"op": "and"}', '{"op": "=", "args": [{"property": "parcel_no"}, NaN]}',
    '{"op": "=", "args": [{"property": "parcel_id"}, 1e400]}', "[" * 1000, '{"op": ["="], "args": []}',
    '{"property": {"op": "x"}}', '{"interval": 1}', '{"op": "like", "args": [{"property": "address"}, "x\\\\"]}',
    '{"type": "Point", "coordinates": [[[]]]}', '{"bbox": [null]}', '{"op": "=", "args": [1, "\\u0000"]}',
]  # fmt: skip


@pytest.mark.parametrize("told", NO_FILTERS, ids=[told[:60] for told in NO_FILTERS])
def test_json_that_is_no_filter_is_refused(ogc, told):
    answer = ogc.get("/collections/parcels/items", params={"filter": told, "filter-lang": "cql2-json"})
    assert answer.status_code == 400


def test_staff_may_ask_for_serials_of_their_communes_and_others_may_not(ogc, ogc_world, ogc_settings):
    from callers import issue

    asked = {"filter": "serial = 'AC 00099001'"}
    at_home = issue(ogc_world.url, ogc_settings.key_file, "clerk", factories.PHONG_CHAU)
    abroad = issue(ogc_world.url, ogc_settings.key_file, "clerk", "07900")
    numbers = [
        ogc.get("/collections/certificate-extents/items", params=asked, headers=headers).json()["numberReturned"]
        for headers in (at_home, abroad, {})
    ]
    assert numbers == [1, 0, 0]


def test_every_function_is_listed(ogc):
    assert [told["name"] for told in ogc.get("/functions").json()["functions"]] == [f.name for f in FUNCTIONS]


def test_a_queryable_as_a_parameter_is_an_equality(ogc):
    def ids(**asked):
        return [told["id"] for told in ogc.get("/collections/parcels/items", params=asked).json()["features"]]

    assert ids(commune_code="07954", parcel_no="3") == ids(filter="commune_code = '07954' AND parcel_no = '3'") != []
    assert ids(land_use_codes="CLN") == ids(filter="A_CONTAINS(land_use_codes, ('CLN'))") != []
    assert ids(legal_area_m2="300") == ids(filter="legal_area_m2 = 300") != []
    assert ids(valid_from="2025-08-03") == ids(filter="valid_from = DATE('2025-08-03')") != []
    assert ogc.get("/collections/parcels/items?legal_area_m2=much").json()["faults"][0]["field"] == "legal_area_m2"


def same_numbers(tree):
    """Give the tree with every number as a float, as the other parser has them."""
    if isinstance(tree, dict):
        return {name: same_numbers(part) for name, part in tree.items()}
    if isinstance(tree, list):
        return [same_numbers(part) for part in tree]
    return round(float(tree), 12) if isinstance(tree, (int, float)) and not isinstance(tree, bool) else tree


def is_known_quirk(text: str) -> bool:
    """Tell whether the standard's schema has no such thing: BETWEEN for dates is an addition of ours."""
    return "BETWEEN DATE" in text
