"""Decisions about findings, by the door and by the command line."""

import datetime as dt
import json
from typing import Any

import psycopg
import pytest
from told_findings import REASON, STAFF, Ground
from typer.testing import CliRunner
from worlds import VIET_TRI

from landdb import lookups, triage
from landdb.cli import app
from landdb.domain.dates import today
from landdb.domain.finding_filter import FindingFilter
from landdb.errors import AccessDenied, Conflict, InvalidValue, NotFound
from landdb.triage import Decider

pytestmark = pytest.mark.db


@pytest.fixture
def ground(fresh_database: str) -> Ground:
    return Ground(fresh_database)


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
