"""Findings asked for and decided about: filters, order, pages, shapes, history; waivers by name."""

import json
from typing import Any

import factories
import psycopg
import pytest
import shapely
from told_findings import STAFF, Ground
from worlds import VIET_TRI

from landdb import lookups, triage
from landdb.domain.finding import Finding
from landdb.domain.finding_filter import STATES, FindingFilter
from landdb.errors import InvalidValue, NotFound
from landdb.lookups import Page, Viewpoint
from landdb.validators.catalogue import load_catalogue

pytestmark = pytest.mark.db


@pytest.fixture
def ground(fresh_database: str) -> Ground:
    return Ground(fresh_database)


def test_the_worst_come_first_and_pages_go_on_where_they_stopped(ground: Ground) -> None:
    worst = [ground.wider, ground.wide, ground.tenure, ground.thin]
    assert ground.ids(FindingFilter()) == worst
    assert ground.ids(FindingFilter(), page=Page(2)) == worst[:2]
    assert ground.ids(FindingFilter(), page=Page(2, worst[1])) == worst[2:]
    assert ground.ids(FindingFilter(), order="id") == sorted(worst)
    assert ground.ids(FindingFilter(), order="id", page=Page(9, ground.wide)) == sorted(worst)[1:]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"rules": ("COV",)}, {"wide", "thin", "wider"}),
        ({"rules": ("COV001", "TEN")}, {"wide", "wider", "tenure"}),
        ({"severities": ("warning",)}, {"thin"}),
        ({"states": ("fixed",)}, {"fixed"}),
        ({"states": STATES}, {"wide", "thin", "wider", "tenure", "fixed"}),
        ({"communes": ("07954",)}, {"wide", "thin", "wider", "tenure"}),
        ({"communes": (VIET_TRI,)}, set()),
        ({"sheet_no": "12"}, {"wide", "thin", "wider", "tenure"}),
        ({"sheet_no": "13"}, set()),
        ({"min_area_m2": 1}, {"wide", "wider"}),
        ({"max_width_m": 0.5}, {"wide", "thin"}),
        ({"box_4326": (105.1, 21.3, 105.3, 21.5), "rules": ("TEN",)}, {"tenure"}),
        ({"box_4326": (106, 21.3, 106.3, 21.5)}, set()),
    ],
)
def test_a_filter_means_what_it_says(ground: Ground, conditions: dict[str, Any], expected: set[str]) -> None:
    assert set(ground.ids(FindingFilter(**conditions))) == {getattr(ground, name) for name in expected}


@pytest.mark.parametrize(
    "conditions",
    [
        {"communes": ("Phong Châu",)},
        {"rules": ("COV1",)},
        {"severities": ("bad",)},
        {"states": ()},
        {"box_4326": (2, 0, 1, 1)},
    ],
)
def test_what_cannot_be_meant_is_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        FindingFilter(**conditions)


def test_a_finding_across_a_border_is_listed_for_both_communes(ground: Ground) -> None:
    with psycopg.connect(ground.url) as conn:
        other = factories.commune_id(conn, VIET_TRI)
        conn.execute("UPDATE quality.finding SET other_commune_id = %s WHERE finding_id = %s", [other, ground.wide])
    assert ground.ids(FindingFilter(communes=(VIET_TRI,))) == [ground.wide]
    (found,) = ground.ask(lookups.list_findings, FindingFilter(communes=(VIET_TRI,)), view=STAFF)["findings"]
    assert (found["commune"]["code"], found["other_commune"]["code"]) == ("07954", VIET_TRI)


def test_the_public_sees_the_ground_and_neither_tenure_nor_who_works_on_what(ground: Ground) -> None:
    ground.decide(triage.assign, ground.wide, to="Bình")
    assert ground.tenure not in ground.ids(FindingFilter(), view=Viewpoint())
    public = ground.ask(lookups.get_finding, ground.wide)
    assert (public["events"], public["waiver"], public["finding"]["assigned_to"]) == (None, None, None)
    assert {"field": "events", "reason": "STAFF_ONLY"} in public["withheld"]
    assert [parcel["holders"] for parcel in public["finding"]["parcels"]] == [None, None]
    with pytest.raises(NotFound):
        ground.ask(lookups.get_finding, ground.tenure)
    elsewhere = Viewpoint(audience="staff", sees_work=True, communes=(VIET_TRI,))
    assert ground.ask(lookups.get_finding, ground.wide, view=elsewhere)["events"] is None
    with pytest.raises(NotFound):
        ground.ask(lookups.get_finding, ground.tenure, view=elsewhere)


def test_a_finding_tells_whom_it_concerns_by_number_only(ground: Ground, tmp_path: Any) -> None:
    vault = factories.open_vault(tmp_path)
    name, number = "Nguyễn Văn Ảo", "099085000123"
    with psycopg.connect(ground.url) as conn:
        batch = factories.add_batch(conn, "holders.xlsx")
        people = [factories.add_party(conn, vault, name, citizen_id=number, batch=batch) for _ in range(2)]
        factories.add_right(conn, [ground.one], dict.fromkeys(people), batch=batch)
    answer = ground.ask(lookups.get_finding, ground.wide, view=STAFF)
    told = [(parcel["sheet_no"], parcel["parcel_no"], parcel["holders"]) for parcel in answer["finding"]["parcels"]]
    assert told == [("12", "1", 2), ("12", "2", 0)]
    assert "Ảo" not in json.dumps(answer, ensure_ascii=False)
    assert number not in json.dumps(answer)


def test_a_finding_says_its_reason_and_what_to_do_about_it(ground: Ground) -> None:
    with psycopg.connect(ground.url) as conn:
        faulty = ground.add(conn, "TEN003", details={"reason": "SEX_DISAGREES"}, subject="party:7")
    answer = ground.ask(lookups.get_finding, faulty, view=STAFF)
    rule = load_catalogue()["TEN003"]
    told = Finding("TEN003", "error", 0, "party:7", details={"reason": "SEX_DISAGREES"})
    assert answer["finding"]["message"] == {"vi": rule.describe(told, "vi"), "en": rule.describe(told, "en")}
    assert answer["rule"]["remedy"] == {"vi": rule.remedy_for(told, "vi"), "en": rule.remedy_for(told, "en")}


def test_a_map_layer_has_the_fault_itself_in_degrees(ground: Ground) -> None:
    square = factories.square(ground.sheet, 1)
    with psycopg.connect(ground.url) as conn:
        conn.execute(
            "UPDATE quality.finding SET geom = ST_GeomFromWKB(%s, %s) WHERE finding_id = %s",
            [square.wkb, ground.sheet.srid, ground.wide],
        )
    layer = ground.ask(lookups.map_findings, FindingFilter(rules=("COV",)), view=STAFF)
    features = {feature["id"]: feature for feature in layer["features"]}
    drawn = shapely.geometry.shape(features[ground.wide]["geometry"])
    lon, lat = factories.lonlat(ground.sheet, square.centroid.x, square.centroid.y)
    assert (drawn.centroid.x, drawn.centroid.y) == pytest.approx((lon, lat), abs=1e-7)
    assert features[ground.thin]["geometry"]["type"] == "Point"
    assert "point" not in features[ground.thin]["properties"]
