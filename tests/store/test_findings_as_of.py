"""Which findings stood open at a moment: the answer equals a journal kept while they came, went and were decided on."""

import asyncio
import datetime as dt
import json
from typing import Any

import factories
import psycopg
import pytest
import shapely
from typer.testing import CliRunner

from landdb import lookups, triage
from landdb.cli import app
from landdb.domain.dates import today
from landdb.domain.finding_filter import FindingFilter, State
from landdb.lookups import Viewpoint
from landdb.triage import Decider
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db

STAFF = Viewpoint(audience="staff", sees_work=True)
STATES: tuple[State, ...] = ("open", "accepted", "fixed", "regressed")
AN = Decider("An")
Told = dict[str, list[str]]


class Fabric:
    """Two squares, one of which is pushed over the other and drawn back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.conn = psycopg.connect(url, autocommit=True)
        batch = factories.add_batch(self.conn)
        self.sheet = factories.add_sheet(self.conn, "12", batch=batch)
        self.parcels = [
            factories.add_parcel(self.conn, self.sheet, str(place + 1), place=place, batch=batch) for place in range(2)
        ]

    def push(self, east_m: float) -> None:
        x, y = self.sheet.corner
        with self.conn.transaction():
            factories.redraw(self.conn, self.parcels[0], self.sheet, shapely.box(x, y, x + 20 + east_m, y + 20))
            check_commune(self.conn, self.sheet.commune_id)

    def finding(self) -> int:
        (number,) = self.conn.execute("SELECT finding_id FROM quality.finding WHERE rule_id = 'COV001'").fetchone()
        return number

    def decide(self, decision: Any, **told: Any) -> None:
        with self.conn.transaction():
            decision(self.conn, [self.finding()], by=AN, **told)

    def moment(self) -> dt.datetime:
        return self.conn.execute("SELECT clock_timestamp()").fetchone()[0]

    def told(self, view: Viewpoint = STAFF) -> Told:
        """Give the rules of the findings in each state."""
        return {state: self._rules(state, view) for state in STATES}

    def _rules(self, state: State, view: Viewpoint) -> list[str]:
        async def ask() -> bytes:
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as link:
                return await lookups.list_findings(link, FindingFilter(states=(state,), rules=("COV",)), view=view)

        return [finding["rule_id"] for finding in json.loads(asyncio.run(ask()))["findings"]]


@pytest.fixture
def fabric(fresh_database):
    found = Fabric(fresh_database)
    yield found
    found.conn.close()


def test_findings_as_of_any_moment_are_those_of_the_journal(fabric):
    steps = [
        lambda: fabric.push(0),
        lambda: fabric.push(3),
        lambda: fabric.decide(triage.accept, reason="agreed on the ground", ends_on=None, growth_margin=0.1),
        lambda: fabric.decide(triage.revoke, note="measured once more"),
        lambda: fabric.push(0),
        lambda: fabric.push(3),
        lambda: fabric.decide(triage.accept, reason="agreed on the ground", ends_on=None, growth_margin=0.1),
        lambda: fabric.push(9),
    ]
    journal: list[tuple[dt.datetime, Told]] = [(fabric.moment(), fabric.told())]
    for step in steps:
        step()
        journal.append((fabric.moment(), fabric.told()))
    seen = [told["open"] + told["regressed"] for _, told in journal]
    assert [bool(rules) for rules in seen] == [False, False, True, False, True, False, True, False, True]
    for moment, told in journal:
        assert fabric.told(Viewpoint(known_at=moment, audience="staff", sees_work=True)) == told, moment
    assert fabric.told(Viewpoint(valid_at=today(), audience="staff")) == journal[-1][1]
    yesterday = Viewpoint(valid_at=today() - dt.timedelta(days=1), audience="staff")
    assert fabric.told(yesterday) == {state: [] for state in STATES}


def test_a_waiver_holds_on_the_days_up_to_its_last_one_only(fabric):
    fabric.push(3)
    fabric.decide(triage.accept, reason="agreed on the ground", ends_on=today(), growth_margin=0.1)
    moment = fabric.moment()
    assert fabric.told(Viewpoint(known_at=moment))["accepted"] == ["COV001"]
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert fabric.told(Viewpoint(known_at=tomorrow))["open"] == ["COV001"]


def test_the_command_line_and_a_parcel_of_another_day_tell_what_stood_open_then(fabric, monkeypatch):
    fabric.push(3)
    monkeypatch.setenv("LANDDB_DATABASE_URL", fabric.url)
    for day, expected in ((today(), ["COV001"]), (today() - dt.timedelta(days=1), [])):
        asked = ["findings", "list", factories.PHONG_CHAU, "--rule", "COV", "--valid-at", day.isoformat(), "--json"]
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 0, done.output
        assert [row["rule_id"] for row in json.loads(done.stdout)["findings"]] == expected
        parcel = CliRunner().invoke(
            app, ["lookup", "parcel", factories.PHONG_CHAU, "12", "1", "--valid-at", day.isoformat(), "--json"]
        )
        told = json.loads(parcel.stdout)["parcels"][0]["findings"]
        assert [row["rule_id"] for row in told if row["rule_id"].startswith("COV")] == expected
