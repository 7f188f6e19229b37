"""A run stored: who is known again, what is fixed, what a waiver still covers, and the trend."""

import asyncio
import datetime as dt
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import factories
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import VIET_TRI

from landdb import lookups
from landdb.domain.crs import to_wgs84
from landdb.domain.dates import today
from landdb.store.finding_rows import FindingRow
from landdb.store.runs import RunRecord, RunScope, StoredRun, store_run

pytestmark = pytest.mark.db

X, Y = 556_000.0, 2_370_000.0


@pytest.fixture
def home(conn: psycopg.Connection) -> int:
    return factories.commune_id(conn, factories.PHONG_CHAU)


@pytest.fixture
def abroad(conn: psycopg.Connection) -> int:
    return factories.commune_id(conn, VIET_TRI)


def overlap(commune: int, east: float = 0.0, *, side: float = 1.0, **other: Any) -> FindingRow:
    """Give a square overlap so many metres from a fixed place."""
    ground = shapely.box(X + east, Y, X + east + side, Y + side)
    lon, lat = to_wgs84(9208)([X + east + side / 2], [Y + side / 2])
    row = FindingRow(
        "COV001", "error", commune, None, "12/1|12/2", None, None, float(lon[0]), float(lat[0]),
        shapely.to_wkb(shapely.set_srid(ground, 9208), include_srid=True), side, "m", side * side, side, {},
    )  # fmt: skip
    return row._replace(**other)


def run(
    conn: psycopg.Connection, scope: RunScope | int, rows: Sequence[FindingRow], rules: Sequence[str] = ("COV001",)
) -> StoredRun:
    if isinstance(scope, int):
        scope = RunScope({scope: 5}, rules=rules)
    return store_run(conn, RunRecord(scope, dt.datetime.now(dt.UTC), {}, "hash", {"landdb": "test"}), rows)


def known(conn: psycopg.Connection, *columns: str) -> list[Any]:
    text = f"SELECT {', '.join(columns)} FROM quality.finding ORDER BY finding_id"
    rows = conn.execute(text).fetchall()
    return [row[0] for row in rows] if len(columns) == 1 else rows


def events(conn: psycopg.Connection) -> list[tuple[str, str | None, str | None]]:
    return conn.execute("SELECT kind, from_state, to_state FROM quality.finding_event ORDER BY event_id").fetchall()


def waive(conn: psycopg.Connection, finding_id: int, ends_on: dt.date | None = None) -> None:
    """Enter a waiver as the door does."""
    conn.execute(
        """INSERT INTO quality.waiver (finding_id, actor, reason, ends_on, measure, area_m2, width_m)
        SELECT finding_id, 'clerk-1', 'agreed on the ground', %s, measure, area_m2, width_m
        FROM quality.finding WHERE finding_id = %s""",
        [ends_on, finding_id],
    )
    conn.execute(
        "UPDATE quality.finding SET state = 'accepted', accepted_until = %s WHERE finding_id = %s",
        [ends_on, finding_id],
    )


def test_what_is_seen_again_stays_who_it_was_and_says_so_only_by_its_last_run(
    conn: psycopg.Connection, home: int
) -> None:
    rows = [overlap(home, 10.0 * place) for place in range(4)]
    first = run(conn, home, rows)
    before = known(conn, "finding_id", "fingerprint", "content_hash", "first_run_id")
    again = run(conn, home, rows[::-1])
    assert (first.new, again.new, again.fixed, again.states) == (4, 0, 0, {"open": 4})
    assert known(conn, "finding_id", "fingerprint", "content_hash", "first_run_id") == before
    assert known(conn, "last_run_id") == [again.run_id] * 4
    assert events(conn) == []


def test_when_one_of_equal_findings_is_mended_it_and_no_other_is_fixed(conn: psycopg.Connection, home: int) -> None:
    rows = [overlap(home, 10.0 * place) for place in range(3)]
    run(conn, home, rows)
    mended = run(conn, home, [rows[0], rows[2]])
    assert (mended.fixed, known(conn, "state")) == (1, ["open", "fixed", "open"])
    back = run(conn, home, rows)
    assert (back.regressed, back.states) == (1, {"open": 2, "regressed": 1})
    assert known(conn, "state", "times_regressed") == [("open", 0), ("regressed", 1), ("open", 0)]
    assert events(conn) == [("fixed", "open", "fixed"), ("regressed", "fixed", "regressed")]


def test_a_redrawn_or_renumbered_fault_is_the_same_and_says_what_is_true_now(
    conn: psycopg.Connection, home: int
) -> None:
    run(conn, home, [overlap(home)])
    (mark,) = known(conn, "fingerprint")
    redrawn = run(conn, home, [overlap(home, 0.3, side=0.8, severity="warning")])
    assert (redrawn.new, redrawn.fixed) == (0, 0)
    renumbered = run(conn, home, [overlap(home, 0.3, side=0.8, subject="15/1|15/2")])
    assert (renumbered.new, renumbered.fixed) == (0, 0)
    assert known(conn, "fingerprint", "subject", "measure", "severity") == [(mark, "15/1|15/2", 0.8, "error")]
    assert conn.execute("SELECT kind, note FROM quality.finding_event").fetchall() == [
        ("renumbered", "12/1|12/2 → 15/1|15/2")
    ]


def test_findings_that_agree_in_everything_are_two(conn: psycopg.Connection, home: int) -> None:
    twins = [overlap(home, geom=None, rule_id="TEN001"), overlap(home, geom=None, rule_id="TEN001")]
    assert run(conn, home, twins, ["TEN001"]).new == 2
    assert run(conn, home, twins, ["TEN001"]).states == {"open": 2}
    assert run(conn, home, [*twins, twins[0]], ["TEN001"]).new == 1
    assert len(set(known(conn, "fingerprint"))) == 3


def test_only_what_lies_in_the_scope_can_be_fixed(conn: psycopg.Connection, home: int, abroad: int) -> None:
    run(conn, home, [overlap(home)])
    run(conn, home, [overlap(home, rule_id="COV002")], ["COV002"])
    run(conn, abroad, [overlap(abroad)])
    assert run(conn, home, []).fixed == 1
    assert known(conn, "rule_id", "commune_id", "state") == [
        ("COV001", home, "fixed"), ("COV002", home, "open"), ("COV001", abroad, "open"),
    ]  # fmt: skip
    both = RunScope({home: 5, abroad: 7}, rules=["COV001", "COV002"])
    assert run(conn, both, []).fixed == 2


def test_a_finding_across_a_border_is_in_scope_of_either_commune_when_seams_were_looked_at(
    conn: psycopg.Connection, home: int, abroad: int
) -> None:
    across = overlap(home, other_commune_id=abroad)
    run(conn, RunScope({home: 5, abroad: 7}, rules=["COV001"], seam_rules=["COV001"]), [across])
    assert run(conn, abroad, []).fixed == 0
    assert run(conn, home, []).fixed == 0
    seen = run(conn, RunScope({abroad: 7}, rules=["COV001"], seam_rules=["COV001"]), [across])
    assert (seen.new, seen.fixed, seen.states) == (0, 0, {"open": 1})
    assert run(conn, RunScope({abroad: 7}, rules=[], seam_rules=["COV001"]), []).fixed == 1


def test_two_checks_of_neighbours_that_find_one_seam_at_once_store_it_once(fresh_database: str) -> None:
    with psycopg.connect(fresh_database) as first, psycopg.connect(fresh_database) as second:
        home, abroad = (factories.commune_id(first, code) for code in (factories.PHONG_CHAU, VIET_TRI))
        first.commit()
        across = overlap(home, other_commune_id=abroad)
        scopes = [RunScope({commune: 5}, rules=[], seam_rules=["COV001"]) for commune in (home, abroad)]
        run(first, scopes[0], [across])
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(run, second, scopes[1], [across])
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            first.commit()
            assert waiting.result(timeout=10).new == 0
        assert len(known(second, "finding_id")) == 1


def parcels(conn: psycopg.Connection, number: int) -> tuple[factories.Sheet, list[int]]:
    batch = factories.add_batch(conn)
    sheet = factories.add_sheet(conn, "77", batch=batch)
    return sheet, [factories.add_parcel(conn, sheet, str(n), place=n, batch=batch) for n in range(number)]


def test_a_run_over_some_parcels_fixes_only_what_concerns_them(conn: psycopg.Connection) -> None:
    sheet, (one, two, three) = parcels(conn, 3)
    rows = [
        overlap(sheet.commune_id, 0, parcel_id=one, other_parcel_id=two, subject="77/0|77/1"),
        overlap(sheet.commune_id, 50, parcel_id=two, other_parcel_id=three, subject="77/1|77/2"),
        overlap(sheet.commune_id, 90, parcel_id=three, subject="77/2"),
    ]
    run(conn, sheet.commune_id, rows)
    edited = RunScope({sheet.commune_id: 3}, rules=["COV001"], parcel_ids=[one])
    after = run(conn, edited, [])
    assert (after.fixed, known(conn, "state")) == (1, ["fixed", "open", "open"])
    stray = run(conn, edited, [rows[2]])
    assert (stray.new, stray.states) == (0, {"open": 1})
    assert conn.execute("SELECT count(*) FROM quality.run_count").fetchone() == (1,)


def test_the_findings_of_a_parcel_that_is_gone_are_fixed_whatever_rule_found_them(conn: psycopg.Connection) -> None:
    sheet, (one, two) = parcels(conn, 2)
    row = overlap(sheet.commune_id, parcel_id=one, other_parcel_id=two, rule_id="ARE001")
    run(conn, sheet.commune_id, [row], ["ARE001"])
    conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [two])
    assert run(conn, sheet.commune_id, []).fixed == 1
    assert conn.execute("SELECT kind, note FROM quality.finding_event").fetchall() == [
        ("fixed", "the parcel does not exist any more")
    ]


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


@dataclass
class Fault:
    """A fault in the tests' own book: where it is, and who it is once it was seen."""

    east: float
    finding_id: int | None = None


steps = st.lists(
    st.one_of(
        st.tuples(st.just("appear"), st.integers(0, 30)),
        st.tuples(st.just("mend"), st.integers(0, 30)),
        st.tuples(st.just("redraw"), st.floats(-0.4, 0.4)),
        st.tuples(st.just("elsewhere"), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=10,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.randoms(use_true_random=False))
def test_whatever_is_mended_redrawn_or_shuffled_each_fault_stays_who_it_is(
    conn: psycopg.Connection, home: int, changes: list[tuple[str, Any]], chance: random.Random
) -> None:
    """All faults are of one rule and one pair of parcels, five metres apart: only the place tells them apart."""
    with conn.transaction(force_rollback=True):
        faults: dict[int, Fault] = {}
        gone: dict[int, Fault] = {}
        strangers: list[FindingRow] = []
        for change, how in changes:
            if change == "appear" and how not in faults:
                faults[how] = gone.pop(how, Fault(5.0 * how))
            elif change == "mend" and how in faults:
                gone[how] = faults.pop(how)
            elif change == "redraw":
                for place, fault in faults.items():
                    fault.east = 5.0 * place + how
            elif change == "elsewhere":
                strangers = [overlap(home, 5.0 * place, subject="9/9|9/10") for place in range(how)]
            rows = [overlap(home, fault.east) for fault in faults.values()] + strangers
            chance.shuffle(rows)
            run(conn, home, rows)
            _compare(conn, faults, gone)


def _compare(conn: psycopg.Connection, faults: dict[int, Fault], gone: dict[int, Fault]) -> None:
    """Assert that every fault is still the finding it was, and that the mended ones are fixed."""
    text = "SELECT finding_id, state, ST_XMin(geom) - %s FROM quality.finding WHERE subject = '12/1|12/2'"
    stored = {finding_id: (state, east) for finding_id, state, east in conn.execute(text, [X]).fetchall()}
    for fault in faults.values():
        (finding_id,) = [
            identity for identity, (state, east) in stored.items()
            if state != "fixed" and east == pytest.approx(fault.east, abs=1e-6)
        ]  # fmt: skip
        assert fault.finding_id in {None, finding_id}
        fault.finding_id = finding_id
    assert {stored[fault.finding_id][0] for fault in gone.values() if fault.finding_id} <= {"fixed"}
    assert len(stored) == len({fault.finding_id for fault in (*faults.values(), *gone.values())})
