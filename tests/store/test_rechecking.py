"""A change judged with its surroundings gives what a run over the whole commune gives."""

from collections.abc import Iterator
from typing import Any

import factories
import psycopg
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.parcel_edits import EDITS, Edit, apply
from benchmarks.stored_fabric import store
from landdb.conformance.commune import make_fabric
from landdb.store.locks import lock_communes
from landdb.validators.rechecking import recheck
from landdb.validators.runner import check_commune

LEFT_TO_COMMUNES = {"ADM003", "COV007"}


def live(conn: psycopg.Connection) -> dict[tuple[str, str, str, str], float]:
    """Give the findings that are not fixed, places rounded to the decimetre, with their measures."""
    rows = conn.execute(
        """SELECT rule_id, subject, severity, round(ST_X(point_4326)::numeric, 6) || ' ' ||
            round(ST_Y(point_4326)::numeric, 6), coalesce(measure, 0)
        FROM quality.finding WHERE state <> 'fixed'"""
    )
    return {(rule, subject, severity, place or ""): measure for rule, subject, severity, place, measure in rows}


def told(findings: dict[tuple[str, str, str, str], float]) -> list[tuple[str, str, str]]:
    return sorted(key[:3] for key in findings if key[0] not in LEFT_TO_COMMUNES)


@pytest.fixture(scope="module")
def fabric_database(server: Any, template_database: str) -> Iterator[tuple[str, list[int]]]:
    """Give a database with two communes side by side, judged once."""
    with factories.database(server, template_database) as url:
        with psycopg.connect(url) as conn:
            communes = store(conn, make_fabric(3, 160, communes=2))
            for commune in communes:
                check_commune(conn, commune)
        yield url, communes


def edited(url: str, communes: list[int], edits: list[Edit], *, whole: bool) -> list[tuple[str, str, str]]:
    """Give what is known after some edits, each rechecked; or after them and whole runs; nothing stays."""
    with psycopg.connect(url) as conn:
        for edit in edits:
            lock_communes(conn, communes)
            parcels = apply(conn, communes, edit)
            if not whole:
                recheck(conn, parcels, communes)
        if whole:
            for commune in communes:
                check_commune(conn, commune)
        found = told(live(conn))
        conn.rollback()
    return found


edits = st.builds(
    Edit,
    kind=st.sampled_from(EDITS),
    parcel=st.integers(0, 159),
    vertex=st.integers(0, 40),
    size=st.sampled_from((0.002, 0.02, 0.4, 3.0)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(edits, min_size=1, max_size=4))
def test_rechecked_edits_leave_what_whole_runs_would_find(
    fabric_database: tuple[str, list[int]], made: list[Edit]
) -> None:
    url, communes = fabric_database
    assert edited(url, communes, made, whole=False) == edited(url, communes, made, whole=True)


def test_an_overlap_that_only_touches_the_ground_along_a_change_stays_open(conn: psycopg.Connection) -> None:
    batch = factories.add_batch(conn)
    sheet = factories.add_sheet(conn, "12", batch=batch, scale=500)
    x, y = sheet.corner
    grounds = [
        [(0, 0), (20, 0), (20, 20), (0, 20)],
        [(20, 0), (60, 0), (60, 20), (20, 20)],
        # a wedge over the next parcel, with its tip on the corner of the one before
        [(40, 20), (60, 20), (60.2, 40), (40, 40)],
        [(60, 20), (80, 20), (80, 40), (60, 40)],
    ]
    polygons = [shapely.Polygon([(x + east, y + north) for east, north in corners]) for corners in grounds]
    parcels = [factories.add_parcel(conn, sheet, str(number), batch=batch) for number in (1, 2, 3, 4)]
    for parcel, polygon in zip(parcels, polygons, strict=True):
        factories.redraw(conn, parcel, sheet, polygon)
    around = shapely.box(x - 300, y - 300, x + 400, y + 300).difference(shapely.union_all(polygons))
    factories.add_object(conn, sheet, "other", around, batch=batch)
    check_commune(conn, sheet.commune_id)
    overlap = "SELECT state FROM quality.finding WHERE rule_id IN ('COV001', 'COV002') AND parcel_id = %s"
    assert conn.execute(overlap, [parcels[2]]).fetchall() == [("open",)]
    factories.redraw(conn, parcels[0], sheet, shapely.box(x, y, x + 19.9, y + 20))
    recheck(conn, [parcels[0]], [sheet.commune_id])
    assert conn.execute(overlap, [parcels[2]]).fetchall() == [("open",)]
    whole = check_commune(conn, sheet.commune_id).stored
    assert (whole.new, whole.regressed, whole.fixed) == (0, 0, 0)
