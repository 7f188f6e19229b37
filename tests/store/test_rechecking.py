"""A change judged with its surroundings gives what a run over the whole commune gives."""

from collections.abc import Iterator
from typing import Any

import factories
import psycopg
import pytest
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
