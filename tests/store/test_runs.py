"""A run stored: who is known again, what is fixed, what a waiver still covers, and the trend."""

from concurrent.futures import ThreadPoolExecutor

import factories
import psycopg
import pytest
from sightings import events, known, overlap, run
from worlds import VIET_TRI

from landdb.store.runs import RunScope

pytestmark = pytest.mark.db


@pytest.fixture
def home(conn: psycopg.Connection) -> int:
    return factories.commune_id(conn, factories.PHONG_CHAU)


@pytest.fixture
def abroad(conn: psycopg.Connection) -> int:
    return factories.commune_id(conn, VIET_TRI)


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
