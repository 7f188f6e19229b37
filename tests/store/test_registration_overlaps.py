"""Two sessions that draw over each other: exactly one is refused, within a commune and across a border.

Two rounds in `make test`; `make soak` takes LANDDB_OVERLAP_ROUNDS (40).
"""

import datetime as dt
import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

import factories
import psycopg
import pytest
import registers
from races import at_once
from registers import apply, drawing, request

from landdb.errors import LanddbError
from landdb.store import admin_units
from landdb.store.admin_units import Commune

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("LANDDB_OVERLAP_ROUNDS", "2"))
#: An invented commune beside the street's, whose sheet 31 is drawn from the same corner.
BESIDE = "99199"


@pytest.fixture
def street(fresh_database, vault):
    with psycopg.connect(fresh_database) as conn:
        return registers.build(conn, vault)


@pytest.fixture
def beside(fresh_database, street):
    x, y = street.sheet.corner
    lon, lat = factories.lonlat(street.sheet, x, y)
    with psycopg.connect(fresh_database) as conn:
        place = Commune(0, BESIDE, f"Phường {BESIDE}", "phường", "25", lon, lat, 20.0)
        admin_units.add_commune(conn, place, valid_from=dt.date(2025, 7, 1))
        return factories.add_sheet(conn, "31", batch=street.batch, code=BESIDE)


@pytest.fixture
def links(fresh_database):
    with (
        psycopg.connect(fresh_database, autocommit=True) as first,
        psycopg.connect(fresh_database, autocommit=True) as second,
    ):
        yield first, second


def race(links, vault, asked: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Counter[str]:
    """Give what two sessions were told that asked at the same moment."""

    def work(clerk: int) -> str:
        # Each has a document of his own: one that is entered twice would make the second wait for the first.
        document = {"kind": "SURVEY", "reference": f"TĐ {clerk}/2026"}
        try:
            outcome = apply(links[clerk], vault, {**asked[clerk], "document": document})
        except LanddbError as fault:
            return str(fault)
        return " ".join([outcome["result"], *outcome["refusing"]])

    return at_once(2, work)


def square(east: float, north: float, side: float = 20.0) -> list[list[float]]:
    return [[east, north], [east + side, north], [east + side, north + side], [east, north + side]]


def test_of_two_drawings_of_overlapping_ground_one_is_refused(links, vault, street):
    for number in range(ROUNDS):
        north = 100.0 + 60 * number
        told = race(links, vault, (drawing(street, square(0, north)), drawing(street, square(10, north + 10))))
        assert told == {"APPROVED": 1, "REFUSED COV001": 1}, number
    assert overlaps(links[0]) == 0


@pytest.mark.usefixtures("beside")
def test_of_two_drawings_across_a_border_one_is_refused_though_nobody_is_there_yet(links, vault, street):
    """Each clerk holds only his own commune, and neither has anything that the other could see before the commit."""
    for number in range(ROUNDS):
        north = 100.0 + 60 * number
        here = drawing(street, square(0, north))
        there = drawing(street, square(10, north + 10), sheet_no="31", code=BESIDE)
        told = race(links, vault, (here, there))
        assert (told["APPROVED"], sum(told.values())) == (1, 2), (number, told)
        assert any("COV" in result for result in told), told
    assert overlaps(links[0]) == 0


@pytest.mark.usefixtures("beside")
def test_drawings_that_only_touch_across_a_border_are_both_made_and_share_their_corners(links, vault, street):
    for number in range(ROUNDS):
        north = 100.0 + 60 * number
        here = drawing(street, square(0, north))
        there = drawing(street, square(20, north + 5, 10), sheet_no="31", code=BESIDE)
        assert race(links, vault, (here, there)) == {"APPROVED": 2}, number
    assert overlaps(links[0]) == 0
    assert missing_vertices(links[0]) == 0


@pytest.mark.usefixtures("beside")
def test_two_splits_of_neighbours_across_a_border_leave_every_vertex_on_both_sides(links, vault, street):
    """Each split gives a vertex to the parcel that the other replaces: one waits, and sees what it should share."""
    x, y = street.sheet.corner
    for number in range(ROUNDS):
        north = 100.0 + 60 * number
        made = apply(links[0], vault, drawing(street, square(0, north)))
        across = apply(links[0], vault, drawing(street, square(0, north + 20), sheet_no="31", code=BESIDE))
        parcels = [outcome["numbers"][0]["parcel_id"] for outcome in (made, across)]
        cuts = [
            request("split", [parcel], {"line": [[x + east, y + bottom - 1], [x + east, y + bottom + 21]]})
            for parcel, east, bottom in zip(parcels, (7.0, 13.0), (north, north + 20), strict=True)
        ]
        assert race(links, vault, (cuts[0], cuts[1])) == {"APPROVED": 2}, number
    assert missing_vertices(links[0]) == 0


def test_two_moves_of_one_boundary_are_one_after_the_other(links, vault, street):
    x, y = street.sheet.corner
    for number in range(ROUNDS):
        lines = [[[x + 20 + shift, y - 60], [x + 20 + shift, y + 80]] for shift in (1 + number / 10, -1 - number / 10)]
        asked = [request("boundary_adjustment", list(street.parcels[:2]), {"line": line}) for line in lines]
        for one in asked:
            one["acknowledge"] = ["ARE001", "ARE002"]
        assert race(links, vault, (asked[0], asked[1])) == {"APPROVED": 2}, number
        assert overlaps(links[0]) == 0
        (sum_m2,) = links[0].execute("SELECT sum(computed_area_m2) FROM cadastre.parcel").fetchone()
        assert sum_m2 == pytest.approx(1600)


def overlaps(conn: psycopg.Connection) -> int:
    """Give how many pairs of parcels overlap by more than a square millimetre's breadth."""
    return conn.execute(
        """SELECT count(*) FROM cadastre.parcel AS a JOIN cadastre.parcel AS b
            ON a.parcel_id < b.parcel_id AND a.geom_4326 && b.geom_4326
        WHERE ST_Area(ST_Intersection(a.geom, b.geom)) > 0.001"""
    ).fetchone()[0]


def missing_vertices(conn: psycopg.Connection) -> int:
    """Give how many vertices lie on a parcel's boundary that are none of its own."""
    return conn.execute(
        """SELECT count(*) FROM cadastre.parcel AS a
        JOIN cadastre.parcel AS b ON a.parcel_id <> b.parcel_id AND a.geom_4326 && b.geom_4326
        CROSS JOIN LATERAL ST_DumpPoints(a.geom) AS v
        WHERE ST_DWithin(v.geom, ST_Boundary(b.geom), 0.002)
            AND NOT EXISTS (SELECT FROM ST_DumpPoints(b.geom) AS w WHERE ST_Equals(v.geom, w.geom))"""
    ).fetchone()[0]
