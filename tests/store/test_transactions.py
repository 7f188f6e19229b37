"""Legal changes are on record with what they changed, and time never runs backwards."""

import datetime as dt
import threading

import factories
import psycopg
import pytest
from factories import PHONG_CHAU

from landdb.store import transactions
from landdb.store.locks import lock_communes
from landdb.store.transactions import NewTransaction, SourceDocument

pytestmark = pytest.mark.db

MAY = dt.date(2026, 5, 1)


def change(commune_id: int, kind: str = "repair") -> NewTransaction:
    document = SourceDocument("DECISION", "QĐ 12/2026")
    return NewTransaction(kind, commune_id, "clerk-1", MAY, document=document, reason="ranh vẽ nhầm")


def test_every_version_is_noted_with_the_change_that_made_it(conn: psycopg.Connection) -> None:
    batch = factories.add_batch(conn)
    sheet = factories.add_sheet(conn, "12", batch=batch)
    parcel = factories.add_parcel(conn, sheet, "1", batch=batch)
    transaction_id = transactions.record(conn, change(sheet.commune_id))
    with transactions.credited(conn, transaction_id, MAY):
        conn.execute(
            "UPDATE cadastre.parcel SET legal_area_m2 = 390, valid_from = %s WHERE parcel_id = %s", [MAY, parcel]
        )
        conn.execute("DELETE FROM cadastre.land_use WHERE parcel_id = %s", [parcel])
    conn.execute("UPDATE cadastre.parcel SET address = 'Xóm 2' WHERE parcel_id = %s", [parcel])
    noted = conn.execute(
        """SELECT noun, object_id = %s, version, action, fields FROM registry.transaction_change
        WHERE transaction_id = %s ORDER BY change_id""",
        [parcel, transaction_id],
    ).fetchall()
    assert noted[0] == ("parcel", True, 2, "changed", ["legal_area_m2", "valid_from"])
    assert (noted[1][0], *noted[1][2:]) == ("land_use", 1, "ended", None)
    assert len(noted) == 2
    ended = conn.execute("SELECT max(valid_to) FROM cadastre.land_use_history WHERE superseded_at = 'infinity'")
    assert ended.fetchone() == (MAY,)


def test_lineage_carries_the_kind_of_its_change(conn: psycopg.Connection) -> None:
    commune = factories.commune_id(conn, PHONG_CHAU)
    transaction_id = transactions.record(conn, change(commune, "split"))
    transactions.add_lineage(conn, transaction_id, [(1, 3), (1, 2)])
    edges = conn.execute("SELECT parent_id, child_id, kind FROM cadastre.parcel_lineage ORDER BY child_id").fetchall()
    assert edges == [(1, 2, "split"), (1, 3, "split")]


def test_a_writer_that_waited_is_recorded_after_the_one_it_waited_for(fresh_database: str) -> None:
    with psycopg.connect(fresh_database) as conn:
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, "12", batch=batch)
        parcel = factories.add_parcel(conn, sheet, "1", batch=batch)
    began, locked = threading.Event(), threading.Event()

    def write(area: float) -> None:
        with psycopg.connect(fresh_database) as conn:
            conn.execute("SELECT now()")
            began.set()
            locked.wait(10)
            lock_communes(conn, [sheet.commune_id])
            conn.execute("UPDATE cadastre.parcel SET legal_area_m2 = %s WHERE parcel_id = %s", [area, parcel])

    late = threading.Thread(target=write, args=(2,))
    late.start()
    began.wait(10)
    with psycopg.connect(fresh_database) as first:
        lock_communes(first, [sheet.commune_id])
        locked.set()
        first.execute("UPDATE cadastre.parcel SET legal_area_m2 = 1 WHERE parcel_id = %s", [parcel])
    late.join(20)
    with psycopg.connect(fresh_database) as conn:
        beliefs = conn.execute(
            "SELECT legal_area_m2, recorded_at, superseded_at FROM cadastre.parcel_history ORDER BY recorded_at"
        ).fetchall()
        (now_area, now_since) = conn.execute("SELECT legal_area_m2, recorded_at FROM cadastre.parcel").fetchone()
    assert [area for area, *_ in beliefs] == [400, 1]
    assert now_area == 2
    assert beliefs[1][2] == now_since > beliefs[1][1]
