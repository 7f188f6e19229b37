"""Ground that comes onto the map with its first registration: joined to its neighbours, never over them."""

import factories
import numpy as np
import psycopg
import pytest
import registers
import shapely
from registers import apply, drawing, request

from landdb.errors import InvalidValue, NotFound
from landdb.store import register_subjects
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db


@pytest.fixture
def street(conn, vault):
    return registers.build(conn, vault)


NORTH_OF_ALL = [[0, 20], [80, 20], [80, 35], [0, 35]]


def polygons(conn):
    rows = conn.execute("SELECT ST_AsBinary(geom) FROM cadastre.parcel ORDER BY parcel_id")
    return [shapely.from_wkb(bytes(geom)) for (geom,) in rows]


def test_new_ground_gets_number_code_areas_holder_and_the_vertices_of_its_neighbours(conn, vault, street):
    terms = drawing(street, NORTH_OF_ALL)
    outcome = apply(conn, vault, terms)
    assert outcome["result"] == "APPROVED", outcome["notices"]
    (number,) = outcome["numbers"]
    assert number["number"] == "12/5"
    assert len(number["parcel_code"]) == 12
    (subject,) = register_subjects.read_subjects(conn, [number["parcel_id"]])
    assert (subject.legal_area_m2, subject.registered_area_m2) == (1200, 1200)
    assert [held.party_id for held in subject.use_rights[0].holders] == [street.an]
    assert len(shapely.from_wkb(subject.geom).exterior.coords) == 8  # four corners and the three that squares share
    assert shapely.coverage_is_valid(np.array(polygons(conn)))


def test_neighbours_take_the_vertices_of_new_ground(conn, vault, street):
    outcome = apply(conn, vault, drawing(street, [[5, 20], [15, 20], [15, 30], [5, 30]]))
    assert outcome["result"] == "APPROVED", outcome["notices"]
    assert [len(shape.exterior.coords) for shape in polygons(conn)[:2]] == [7, 5]
    assert shapely.coverage_is_valid(np.array(polygons(conn)))


def test_a_corner_drawn_within_a_centimetre_of_a_neighbours_is_that_one(conn, vault, street):
    apply(conn, vault, drawing(street, [[0.006, 20.004], [79.995, 19.996], [80, 35], [0, 35]]))
    assert shapely.coverage_is_valid(np.array(polygons(conn)))


def test_ground_over_a_neighbour_is_refused_and_leaves_nothing(conn, vault, street):
    outcome = apply(conn, vault, drawing(street, [[0, 15], [20, 15], [20, 30], [0, 30]]))
    assert (outcome["result"], outcome["refusing"]) == ("REFUSED", ["COV001"])
    assert len(polygons(conn)) == 4
    assert conn.execute("SELECT count(*) FROM registry.transaction").fetchone() == (0,)


@pytest.mark.parametrize("is_checked", [True, False])
def test_what_was_wrong_next_to_it_before_does_not_stand_against_it(conn, vault, street, is_checked):
    x, y = street.sheet.corner
    factories.redraw(conn, street.parcels[0], street.sheet, shapely.box(x, y, x + 22, y + 20))
    if is_checked:
        check_commune(conn, street.sheet.commune_id)
    outcome = apply(conn, vault, drawing(street, NORTH_OF_ALL))
    assert "COV001" not in outcome["refusing"], outcome["notices"]


@pytest.mark.parametrize(
    ("ring", "reason"),
    [
        ([[0, 20], [10, 20], [0, 20]], "NOT_A_RING"),
        ([[0, 20], [10, 30], [10, 20], [0, 30]], "NOT_A_RING"),
        ([[0, 20], [30_000, 20], [30_000, 30], [0, 30]], "TOO_LARGE"),
    ],
)
def test_points_that_bound_no_ground_are_refused_by_field(conn, vault, street, ring, reason):
    with pytest.raises(InvalidValue) as fault:
        apply(conn, vault, drawing(street, ring))
    assert (fault.value.field, fault.value.reason) == ("terms.ground.ring", reason)


def test_ground_needs_a_sheet_and_no_parcel_beside_it(conn, vault, street):
    with pytest.raises(NotFound, match="no sheet 13"):
        apply(conn, vault, drawing(street, NORTH_OF_ALL, sheet_no="13"))
    asked = drawing(street, NORTH_OF_ALL)
    with pytest.raises(InvalidValue, match="PARCEL_NAMED_TOO"):
        apply(conn, vault, asked | {"parcels": [{"parcel_id": street.parcels[0]}]})
    del asked["terms"]["ground"]
    with pytest.raises(InvalidValue, match="MISSING"):
        apply(conn, vault, asked)


def test_a_neighbour_of_another_zone_is_given_the_vertex_too(conn: psycopg.Connection, vault, street):
    """The parcel north of the street lies on a sheet of the next zone: one boundary corner, whatever the map."""
    zone = 9209
    sheet = factories.add_sheet(conn, "77", batch=street.batch, srid=zone)
    beyond = factories.add_parcel(conn, sheet, "1", batch=street.batch, land_use="ODT")
    x, y = street.sheet.corner
    native = shapely.box(x, y + 20, x + 20, y + 35)
    areas = "UPDATE cadastre.parcel SET registered_area_m2 = 300, legal_area_m2 = 300 WHERE parcel_id = %s"
    conn.execute(areas, [beyond])
    factories.redraw(conn, beyond, sheet, registers.in_zone(native, street.sheet.srid, zone))
    check_commune(conn, street.sheet.commune_id)
    outcome = apply(conn, vault, request("split", [street.parcels[0]], registers.halving_line(street)))
    assert outcome["result"] == "APPROVED", outcome["notices"]
    assert "COV006" not in {told["code"] for told in outcome["notices"]}
    (geom,) = conn.execute("SELECT ST_AsBinary(geom) FROM cadastre.parcel WHERE parcel_id = %s", [beyond]).fetchone()
    ring = shapely.from_wkb(bytes(geom)).exterior.coords
    assert len(ring) == 6
    cut = registers.in_zone(shapely.Point(x + 10, y + 20), street.sheet.srid, zone)
    assert min(cut.distance(shapely.Point(vertex)) for vertex in ring) < 0.002
    again = apply(conn, vault, request("split", [street.parcels[1]], registers.halving_line(street, 1, at=5.0)))
    assert again["result"] == "APPROVED", again["notices"]
