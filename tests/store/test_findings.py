"""Findings asked for and decided about: filters, order, pages, shapes, history; waivers by name."""

import asyncio
import datetime as dt
import json
from typing import Any

import factories
import psycopg
import pytest
import shapely
from psycopg.types.json import Jsonb
from typer.testing import CliRunner
from worlds import VIET_TRI

from landdb import lookups, triage
from landdb.cli import app
from landdb.domain.dates import today
from landdb.domain.finding import Finding
from landdb.domain.finding_filter import STATES, FindingFilter
from landdb.errors import AccessDenied, Conflict, InvalidValue, NotFound
from landdb.lookups import Page, Viewpoint
from landdb.triage import Decider
from landdb.validators.catalogue import load_catalogue

pytestmark = pytest.mark.db

STAFF = Viewpoint(audience="staff", sees_work=True)
AN = Decider("An")
REASON = "agreed on the ground, minutes 12"


class Ground:
    """Two communes with three parcels and findings about them, committed."""

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as conn:
            batch = factories.add_batch(conn)
            self.sheet = factories.add_sheet(conn, "12", batch=batch)
            self.one, self.two, self.three = (
                factories.add_parcel(conn, self.sheet, str(n), place=n, batch=batch) for n in (1, 2, 3)
            )
            self.wide = self.add(conn, "COV001", area_m2=5.0, width_m=0.5, parcel_id=self.one, other_parcel_id=self.two)
            self.thin = self.add(conn, "COV002", severity="warning", area_m2=0.2, width_m=0.01, parcel_id=self.two)
            self.wider = self.add(conn, "COV001", area_m2=9.0, width_m=0.7, parcel_id=self.three)
            self.tenure = self.add(conn, "TEN001", measure=1.5, unit="ratio", parcel_id=self.one)
            self.fixed = self.add(conn, "GEO003", state="fixed", parcel_id=self.one)

    def add(self, conn: psycopg.Connection, rule_id: str, *, state: str = "open", **columns: Any) -> int:
        code = factories.PHONG_CHAU
        finding = factories.add_finding(conn, code, rule_id, parcel=None, state=state)
        for name, value in {"measure": None, "unit": None, **columns}.items():
            adapted = Jsonb(value) if isinstance(value, dict) else value
            conn.execute(
                psycopg.sql.SQL("UPDATE quality.finding SET {} = %s WHERE finding_id = %s").format(
                    psycopg.sql.Identifier(name)
                ),
                [adapted, finding],
            )
        return finding

    def ask(self, question: Any, *arguments: Any, **options: Any) -> Any:
        async def asked() -> Any:
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as link:
                return await question(link, *arguments, **options)

        found = asyncio.run(asked())
        return json.loads(found) if isinstance(found, bytes) else found

    def ids(self, wanted: FindingFilter, *, view: Viewpoint = STAFF, **options: Any) -> list[int]:
        return [f["finding_id"] for f in self.ask(lookups.list_findings, wanted, view=view, **options)["findings"]]

    def decide(self, decision: Any, *finding_ids: int, by: Decider = AN, **told: Any) -> int:
        with psycopg.connect(self.url) as conn:
            return decision(conn, finding_ids, by=by, **told)

    def history(self, finding_id: int) -> list[tuple[str, str, str | None]]:
        events = self.ask(lookups.get_finding, finding_id, view=STAFF)["events"]
        return [(event["actor"], event["kind"], event["note"]) for event in events]


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


def test_an_accepted_finding_remembers_who_why_until_when_and_how_large(ground: Ground) -> None:
    end = today() + dt.timedelta(days=30)
    assert ground.decide(triage.accept, ground.wide, ground.thin, reason=f"  {REASON} ", ends_on=end) == 2
    answer = ground.ask(lookups.get_finding, ground.wide, view=STAFF)
    waiver = answer["waiver"]
    assert answer["finding"]["state"] == "accepted"
    assert (waiver["actor"], waiver["reason"], waiver["ends_on"]) == ("An", REASON, end.isoformat())
    assert (waiver["area_m2"], waiver["width_m"], waiver["growth_margin"]) == (5.0, 0.5, 0.1)
    assert ground.ids(FindingFilter(states=("accepted",))) == [ground.wide, ground.thin]


def test_an_acceptance_that_ended_yesterday_is_open_today_without_a_run(ground: Ground) -> None:
    ground.decide(triage.accept, ground.wide, reason=REASON, ends_on=today())
    with psycopg.connect(ground.url) as conn:
        conn.execute("UPDATE quality.finding SET accepted_until = accepted_until - 1 WHERE state = 'accepted'")
    assert ground.wide in ground.ids(FindingFilter())
    assert ground.ask(lookups.get_finding, ground.wide, view=STAFF)["finding"]["state"] == "open"
    with pytest.raises(Conflict):
        ground.decide(triage.revoke, ground.wide)
    assert ground.decide(triage.accept, ground.wide, reason=REASON) == 1


def test_decisions_are_kept_in_order_with_their_names(ground: Ground) -> None:
    ground.decide(triage.comment, ground.wide, text="seen on site")
    ground.decide(triage.assign, ground.wide, to="Bình")
    ground.decide(triage.accept, ground.wide, reason=REASON)
    ground.decide(triage.accept, ground.wide, reason="a better reason than that", by=Decider("Bình"))
    ground.decide(triage.revoke, ground.wide, note="the neighbours disagree")
    ground.decide(triage.assign, ground.wide, to=None)
    assert ground.history(ground.wide) == [
        ("landdb", "seen", None),
        ("An", "commented", "seen on site"),
        ("An", "assigned", "Bình"),
        ("An", "accepted", REASON),
        ("Bình", "accepted", "a better reason than that"),
        ("An", "revoked", "the neighbours disagree"),
        ("An", "assigned", None),
    ]
    with psycopg.connect(ground.url) as conn:
        assert conn.execute("SELECT count(*), count(revoked_at) FROM quality.waiver").fetchone() == (2, 2)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"reason": "too short"}, "reason"),
        ({"reason": "   short    "}, "reason"),
        ({"reason": "asked for by 099 085 000 123"}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"reason": "with a bell \a in it"}, "reason"),
        ({"reason": REASON, "ends_on": dt.date(2020, 1, 1)}, "until"),
        ({"reason": REASON, "growth_margin": float("nan")}, "growth_margin"),
        ({"reason": REASON, "growth_margin": -0.1}, "growth_margin"),
    ],
)
def test_a_decision_without_a_good_reason_is_refused(ground: Ground, told: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        ground.decide(triage.accept, ground.wide, **told)
    assert refused.value.field == field
    assert "099" not in str(refused.value)


def test_a_decision_changes_all_or_none(ground: Ground) -> None:
    with pytest.raises(NotFound):
        ground.decide(triage.accept, ground.wide, 999_999, reason=REASON)
    with pytest.raises(Conflict):
        ground.decide(triage.accept, ground.wide, ground.fixed, reason=REASON)
    with pytest.raises(AccessDenied):
        ground.decide(triage.accept, ground.wide, reason=REASON, by=Decider("An", (VIET_TRI,)))
    assert ground.ids(FindingFilter(states=("accepted",))) == []
    assert ground.history(ground.wide) == [("landdb", "seen", None)]


@pytest.fixture
def url(ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> str:
    monkeypatch.setenv("LANDDB_DATABASE_URL", ground.url)
    monkeypatch.setenv("LANDDB_HOME", str(tmp_path))
    return ground.url


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["findings", *arguments])


def test_the_command_line_lists_shows_and_decides(ground: Ground, url: str) -> None:
    listed = json.loads(run("list", "7954", "--rule", "cov").stdout)["findings"]
    assert [f["finding_id"] for f in listed] == [ground.wider, ground.wide, ground.thin]
    assert json.loads(run("07954", "--rule", "cov").stdout)["findings"] == listed
    assert run("accept", str(ground.wide), "--reason", REASON, "--until", "2999-01-01").exit_code == 0
    assert run("comment", str(ground.wide), "--text", "seen on site").exit_code == 0
    assert run("assign", str(ground.wide), "--to", "Bình").exit_code == 0
    shown = json.loads(run("show", str(ground.wide)).stdout)
    assert (shown["finding"]["state"], shown["finding"]["assigned_to"]) == ("accepted", "Bình")
    kinds = [event["kind"] for event in json.loads(run("history", str(ground.wide)).stdout)]
    assert kinds == ["seen", "accepted", "commented", "assigned"]
    assert run("revoke", str(ground.wide)).exit_code == 0
    layer = json.loads(run("list", "--geojson", "--bbox", "105,21,106,22").stdout)
    assert (layer["type"], layer["numberReturned"]) == ("FeatureCollection", 4)


def test_many_are_accepted_only_after_somebody_could_count_them(ground: Ground, url: str) -> None:
    choice = ("--commune", "07954", "--rule", "COV", "--max-area", "6")
    unasked = run("accept", *choice, "--reason", REASON)
    assert unasked.exit_code == 2
    assert "2 findings" in unasked.stderr
    assert ground.ids(FindingFilter(states=("accepted",))) == []
    done = run("accept", *choice, "--reason", REASON, "--yes")
    assert json.loads(done.stdout)["finding_ids"] == sorted([ground.wide, ground.thin])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "--rule", "overlaps"), "a rule such as COV001"),
        (("list", "--bbox", "1,2,3"), "west,south,east,north"),
        (("show", "999999"), "there is no such finding"),
        (("accept", "--reason", REASON), "no findings are chosen"),
        (("accept", "1", "--rule", "COV", "--reason", REASON), "give numbers, or options"),
        (("accept", "--commune", "99999", "--reason", REASON), "no commune 99999"),
        (("assign", "1"), "--to NAME, or --nobody"),
        (("revoke", "1"), "is not accepted"),
    ],
)
def test_a_refusal_says_what_to_do(url: str, arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())
