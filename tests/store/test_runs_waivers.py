"""What was accepted stays so while it holds; what whole runs saw is counted; events are never unsaid."""

import asyncio

import factories
import psycopg
import pytest
from sightings import events, known, overlap, run, waive

from landdb import lookups
from landdb.domain.dates import today
from landdb.store.runs import RunScope

pytestmark = pytest.mark.db


@pytest.fixture
def home(conn: psycopg.Connection) -> int:
    return factories.commune_id(conn, factories.PHONG_CHAU)


def test_an_accepted_finding_stays_so_until_its_waiver_ends(conn: psycopg.Connection, home: int) -> None:
    run(conn, home, [overlap(home)])
    (finding_id,) = known(conn, "finding_id")
    waive(conn, finding_id, today())
    assert run(conn, home, [overlap(home)]).states == {"accepted": 1}
    conn.execute("UPDATE quality.waiver SET ends_on = ends_on - 1")
    conn.execute("UPDATE quality.finding SET accepted_until = accepted_until - 1")
    # Any run over the commune notices, also of other rules.
    run(conn, home, [], ["GEO001"])
    assert known(conn, "state", "accepted_until") == [("open", None)]
    assert events(conn) == [("reopened", "accepted", "open")]
    assert run(conn, home, [overlap(home)]).states == {"open": 1}


@pytest.mark.parametrize(
    ("side", "state"), [(0.5, "accepted"), (1.0, "accepted"), (1.04, "accepted"), (1.06, "open"), (2.0, "open")]
)
def test_an_accepted_finding_that_grows_beyond_the_margin_is_open_again(
    conn: psycopg.Connection, home: int, side: float, state: str
) -> None:
    run(conn, home, [overlap(home)])
    waive(conn, *known(conn, "finding_id"))
    assert run(conn, home, [overlap(home, side=side)]).states == {state: 1}
    # What was outgrown is not accepted again when it shrinks: somebody has to look.
    assert run(conn, home, [overlap(home)]).states == {state: 1}


def test_an_accepted_error_is_not_counted_as_open(conn: psycopg.Connection, home: int) -> None:
    rows = [overlap(home), overlap(home, 30, side=2.0), overlap(home, 60, severity="warning")]
    assert run(conn, home, rows).open_errors == 2
    waive(conn, known(conn, "finding_id")[0])
    assert run(conn, home, rows).open_errors == 1


def test_an_accepted_finding_that_comes_back_is_still_accepted(conn: psycopg.Connection, home: int) -> None:
    run(conn, home, [overlap(home)])
    waive(conn, *known(conn, "finding_id"))
    assert run(conn, home, []).fixed == 1
    assert run(conn, home, [overlap(home)]).states == {"accepted": 1}
    assert [kind for kind, *_ in events(conn)] == ["fixed", "regressed", "accepted"]


def test_the_trend_tells_what_a_whole_run_saw_by_rule(conn: psycopg.Connection, home: int) -> None:
    rows = [overlap(home), overlap(home, 20, side=2.0), overlap(home, 60, rule_id="COV002", severity="warning")]
    first = run(conn, home, rows, ["COV001", "COV002"])
    waive(conn, known(conn, "finding_id")[1])
    second = run(conn, home, rows[:2], ["COV001", "COV002"])
    counts = "SELECT run_id, rule_id, severity, seen, accepted, area_m2 FROM quality.run_count ORDER BY run_id, rule_id"
    assert conn.execute(counts).fetchall() == [
        (first.run_id, "COV001", "error", 2, 0, 5.0),
        (first.run_id, "COV002", "warning", 1, 0, 1.0),
        (second.run_id, "COV001", "error", 2, 1, 1.0),
    ]
    assert conn.execute("SELECT commune_id, parcel_count FROM quality.run_commune").fetchall() == [(home, 5)] * 2


def test_the_trend_carries_on_what_a_smaller_run_left_out(fresh_database: str) -> None:
    with psycopg.connect(fresh_database) as conn:
        home = factories.commune_id(conn, factories.PHONG_CHAU)
        rows = [overlap(home), overlap(home, 20, side=2.0), overlap(home, 60, rule_id="COV002", severity="warning")]
        run(conn, home, rows, ["COV001", "COV002"])
        run(conn, home, rows[:1], ["COV001"])
        run(conn, RunScope({home: 5}, rules=["COV001"], parcel_ids=[1]), [])
        waive(conn, known(conn, "finding_id")[0])
        run(conn, home, rows[:1], ["COV001", "COV002"])
    points = asyncio.run(trend(fresh_database))
    told = [(p.rules, p.errors, p.warnings, p.accepted, p.area_m2, p.errors_per_1000) for p in points]
    assert told == [(2, 2, 1, 0, 6.0, 400.0), (2, 1, 1, 0, 2.0, 200.0), (2, 0, 0, 1, 0.0, 0.0)]
    assert [p.warnings for p in asyncio.run(trend(fresh_database, "COV002"))] == [1, 0]


async def trend(url: str, *rules: str) -> list[lookups.TrendPoint]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as link:
        return await lookups.list_trend(link, factories.PHONG_CHAU, rules=rules)


def test_events_cannot_be_unsaid(conn: psycopg.Connection, home: int) -> None:
    run(conn, home, [overlap(home)])
    run(conn, home, [])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("UPDATE quality.finding_event SET note = 'x'")
