"""History keeps itself: every version, on both time axes, and nothing overlaps."""

from datetime import date

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.db

SQUARE = "POLYGON((500000 2300000,500010 2300000,500010 2300010,500000 2300010,500000 2300000))"


def make_parcel(conn: psycopg.Connection, *, valid_from: str = "2025-01-01", parcel_no: str = "1") -> int:
    commune_id = conn.execute(
        """INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to)
           VALUES ('99009', 'Thử', 'thu', 'xã', '25', '2025-07-01', 'infinity') RETURNING commune_id"""
    ).fetchone()[0]
    sheet_id = conn.execute(
        """INSERT INTO cadastre.sheet (commune_id, sheet_no, srid, batch_id)
           VALUES (%s, '1', 9208, 1) RETURNING sheet_id""",
        (commune_id,),
    ).fetchone()[0]
    return conn.execute(
        """INSERT INTO cadastre.parcel (commune_id, sheet_id, parcel_no, geom, geom_4326, batch_id, source_row,
                                        delivered_hash, valid_from, recorded_at, legal_area_m2)
           VALUES (%s, %s, %s, ST_GeomFromText(%s, 9208), ST_Transform(ST_GeomFromText(%s, 9208), 4326), 1, 1,
                   '\\x00', %s, now() - interval '1 day', 100)
           RETURNING parcel_id""",
        (commune_id, sheet_id, parcel_no, SQUARE, SQUARE, valid_from),
    ).fetchone()[0]


def area_as_of(conn: psycopg.Connection, parcel_id: int, valid_at: str, known_at: str = "now()") -> float | None:
    row = conn.execute(
        f"SELECT legal_area_m2 FROM cadastre.parcel_as_of(%s, {known_at}) WHERE parcel_id = %s", (valid_at, parcel_id)
    ).fetchone()
    return row[0] if row else None


def test_a_change_keeps_what_was_true_before_it_took_effect(conn: psycopg.Connection) -> None:
    parcel_id = make_parcel(conn)
    conn.execute(
        "UPDATE cadastre.parcel SET legal_area_m2 = 120, valid_from = '2026-03-01' WHERE parcel_id = %s", (parcel_id,)
    )
    assert area_as_of(conn, parcel_id, "2026-02-28") == 100
    assert area_as_of(conn, parcel_id, "2026-03-01") == 120
    assert area_as_of(conn, parcel_id, "2024-12-31") is None


def test_a_correction_keeps_what_we_believed_before_it_was_recorded(conn: psycopg.Connection) -> None:
    parcel_id = make_parcel(conn)
    conn.execute("UPDATE cadastre.parcel SET legal_area_m2 = 120 WHERE parcel_id = %s", (parcel_id,))
    assert area_as_of(conn, parcel_id, "2026-02-28") == 120
    assert area_as_of(conn, parcel_id, "2026-02-28", "now() - interval '1 hour'") == 100
    assert area_as_of(conn, parcel_id, "2026-02-28", "now() - interval '2 days'") is None


def test_a_retired_parcel_is_still_found_on_the_dates_it_was_in_force(conn: psycopg.Connection) -> None:
    parcel_id = make_parcel(conn)
    conn.execute("SELECT set_config('landdb.legal_date', '2026-05-01', true)")
    conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", (parcel_id,))
    assert area_as_of(conn, parcel_id, "2026-04-30") == 100
    assert area_as_of(conn, parcel_id, "2026-05-01") is None


def test_a_change_cannot_take_effect_before_the_version_it_ends(conn: psycopg.Connection) -> None:
    parcel_id = make_parcel(conn)
    with pytest.raises(psycopg.errors.DatetimeFieldOverflow):
        conn.execute("UPDATE cadastre.parcel SET valid_from = '2024-01-01' WHERE parcel_id = %s", (parcel_id,))


def test_two_current_parcels_cannot_carry_one_number(conn: psycopg.Connection) -> None:
    make_parcel(conn)
    with pytest.raises(psycopg.errors.UniqueViolation):
        conn.execute(
            """INSERT INTO cadastre.parcel
                   (commune_id, sheet_id, parcel_no, geom_fault, batch_id, source_row, delivered_hash)
               SELECT commune_id, sheet_id, parcel_no, 'none', 1, 2, '\\x01' FROM cadastre.parcel"""
        )


def test_versions_of_one_parcel_cannot_overlap(conn: psycopg.Connection) -> None:
    parcel_id = make_parcel(conn)
    conn.execute("UPDATE cadastre.parcel SET valid_from = '2026-03-01' WHERE parcel_id = %s", (parcel_id,))
    with pytest.raises(psycopg.errors.ExclusionViolation):
        conn.execute("INSERT INTO cadastre.parcel_history SELECT * FROM cadastre.parcel_history")


def test_the_as_of_question_reaches_the_indexes_of_both_tables(conn: psycopg.Connection) -> None:
    conn.execute("SET LOCAL enable_seqscan = off")
    plan = "\n".join(
        line
        for (line,) in conn.execute(
            "EXPLAIN SELECT * FROM cadastre.parcel_as_of('2026-01-01', now()) WHERE parcel_id = 5"
        ).fetchall()
    )
    assert "parcel_pkey" in plan, plan
    assert "parcel_history_parcel_id_idx" in plan, plan
    assert "Function Scan" not in plan


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 999)), min_size=1, max_size=8))
def test_as_of_answers_equal_a_journal(conn: psycopg.Connection, steps: list[tuple[int, int]]) -> None:
    """Changes in legal order, one belief each: the state on any day is the last change on or before it."""
    with conn.transaction(force_rollback=True):
        parcel_id = make_parcel(conn)
        journal = [(date(2025, 1, 1).toordinal(), 100)]
        for days, area in sorted(steps, key=lambda step: step[0]):
            day = date(2025, 1, 1).toordinal() + days
            journal.append((day, area))
            conn.execute(
                "UPDATE cadastre.parcel SET legal_area_m2 = %s, valid_from = %s WHERE parcel_id = %s",
                (area, date.fromordinal(day), parcel_id),
            )
        for day in {day for day, _ in journal} | {day - 1 for day, _ in journal[1:]}:
            expected = ([None] + [area for changed, area in journal if changed <= day])[-1]
            assert area_as_of(conn, parcel_id, date.fromordinal(day).isoformat()) == expected


def test_the_audit_can_only_grow(conn: psycopg.Connection) -> None:
    conn.execute(
        """INSERT INTO audit.access (actor, actor_role, request_id, question, purpose, case_ref)
           VALUES ('an clerk', 'clerk', 'r1', 'holdings-by-citizen-id', 'transfer', 'HS-1')"""
    )
    for statement in ("UPDATE audit.access SET actor = 'x'", "DELETE FROM audit.access", "TRUNCATE audit.access"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute(statement)
