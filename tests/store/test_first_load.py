"""What a first load sets aside comes back as it was, and only a first load sets anything aside."""

import psycopg
import pytest

from landdb.store.first_load import WORTH_IT, set_aside_for

pytestmark = pytest.mark.db


def guards(conn: psycopg.Connection) -> set[str]:
    return {
        definition
        for (definition,) in conn.execute(
            """SELECT indexdef FROM pg_indexes WHERE schemaname = 'cadastre' AND tablename = 'parcel'
               UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid = 'cadastre.parcel'::regclass"""
        ).fetchall()
    }


def test_indexes_and_references_come_back_as_they_were(conn: psycopg.Connection) -> None:
    before = guards(conn)
    aside = set_aside_for(conn, WORTH_IT, "cadastre", "parcel")
    during = guards(conn)
    aside.put_back()
    aside.put_back()
    assert guards(conn) == before
    gone = before - during
    assert any("USING gist" in guard for guard in gone)
    assert any("FOREIGN KEY" in guard for guard in gone)
    assert not any(kept in guard for guard in gone for kept in ("UNIQUE", "CHECK", "PRIMARY", "WHERE"))


@pytest.mark.parametrize(("delivered", "held"), [(WORTH_IT - 1, 0), (WORTH_IT, WORTH_IT)])
def test_a_small_delivery_or_a_full_table_sets_nothing_aside(
    conn: psycopg.Connection, delivered: int, held: int
) -> None:
    conn.execute("CREATE SCHEMA trial CREATE TABLE thing (number int)")
    conn.execute("CREATE INDEX thing_number_idx ON trial.thing (number)")
    conn.execute("INSERT INTO trial.thing SELECT generate_series(1, %s)", (held,))
    set_aside_for(conn, delivered, "trial", "thing")
    assert conn.execute("SELECT to_regclass('trial.thing_number_idx')").fetchone() != (None,)
