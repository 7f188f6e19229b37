"""Rendered forms: equal to what is live, never trusted past a change, gone with their parcel."""

import json

import factories
import psycopg
import pytest
import shapely

from landdb.cartography.rendering import prepare, render_due
from landdb.store import rendering

pytestmark = pytest.mark.db


@pytest.fixture
def town(fresh_database):
    """Give an autocommit connection to a database with one sheet of three parcels."""
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, "12", batch=batch)
        parcels = [factories.add_parcel(conn, sheet, str(n), place=n, batch=batch) for n in (1, 2, 3)]
        yield conn, sheet, parcels


def rendered(conn, parcel: int):
    return conn.execute(
        "SELECT version, feature::json, ST_AsText(geom_3857, 2), label_3857, geom_3857 FROM serving.rendered_parcel"
        " WHERE parcel_id = %s",
        [parcel],
    ).fetchone()


def due(conn) -> list[int]:
    return rendering.list_due(conn)


def test_what_is_rendered_is_what_the_register_says(town) -> None:
    conn, sheet, (first, *_) = town
    assert due(conn) == [sheet.commune_id]
    assert render_due(conn) == 3
    version, feature, _, label, geom = rendered(conn, first)
    assert version == 1
    assert feature["id"] == first
    assert feature["properties"]["sheet_no"] == "12"
    assert feature["properties"]["parcel_no"] == "1"
    assert feature["properties"]["commune_code"] == factories.PHONG_CHAU
    lon, lat = factories.lonlat(sheet, *factories.middle(sheet, 1))
    assert shapely.from_geojson(json.dumps(feature["geometry"])).contains(shapely.Point(lon, lat))
    assert shapely.from_wkb(geom).contains(shapely.from_wkb(label))
    assert due(conn) == []
    assert render_due(conn) == 0


def test_no_person_and_no_text_of_a_delivery_is_in_a_feature(town) -> None:
    conn, _, (first, *_) = town
    conn.execute("""UPDATE cadastre.parcel SET raw = '{"owner": "CANARY"}' WHERE parcel_id = %s""", [first])
    render_due(conn)
    assert "CANARY" not in json.dumps(rendered(conn, first)[1])


def test_a_changed_parcel_comes_due_with_its_commune_and_is_rendered_again(town) -> None:
    conn, sheet, (first, second, _) = town
    render_due(conn)
    untouched = rendered(conn, second)
    factories.redraw(conn, first, sheet, factories.square(sheet, 7))
    assert due(conn) == [sheet.commune_id]
    assert rendered(conn, first)[0] == 1, "the old form is there, under the old version"
    assert render_due(conn) == 1
    assert rendered(conn, first)[0] == 2
    assert rendered(conn, second) == untouched


def test_both_places_of_a_moved_parcel_are_noted_as_touched(town) -> None:
    conn, sheet, (first, *_) = town
    render_due(conn)
    factories.redraw(conn, first, sheet, factories.square(sheet, 7))
    boxes = conn.execute(
        "SELECT ST_MakeEnvelope(west, south, east, north, 4326) FROM serving.touched WHERE NOT is_rendered"
    ).fetchall()
    for place in (1, 7):
        point = shapely.Point(factories.lonlat(sheet, *factories.middle(sheet, place)))
        assert sum(shapely.from_wkb(box).contains(point) for (box,) in boxes) == 1


def test_a_parcel_that_ended_has_no_form_any_more(town) -> None:
    conn, sheet, (first, *_) = town
    render_due(conn)
    conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [first])
    assert due(conn) == [sheet.commune_id]
    assert render_due(conn) == 0
    assert rendered(conn, first) is None
    assert due(conn) == []


def test_a_change_that_is_rolled_back_leaves_nothing_due(town) -> None:
    conn, sheet, (first, *_) = town
    render_due(conn)
    with conn.transaction(force_rollback=True):
        factories.redraw(conn, first, sheet, factories.square(sheet, 7))
    assert due(conn) == []


def test_a_change_that_commits_while_its_commune_is_rendered_stays_due(town, fresh_database) -> None:
    conn, sheet, (first, *_) = town
    render_due(conn)
    with psycopg.connect(fresh_database) as changing:
        factories.redraw(changing, first, sheet, factories.square(sheet, 7))
        with conn.transaction():
            assert rendering.list_touches(conn, sheet.commune_id) == []
        changing.commit()
    assert due(conn) == [sheet.commune_id]


def test_a_commune_that_another_process_renders_is_left_to_it(town, fresh_database) -> None:
    conn, sheet, _ = town
    prepare(conn)
    with psycopg.connect(fresh_database) as other:
        assert rendering.try_lock(other, sheet.commune_id)
        assert render_due(conn) == 0
    assert render_due(conn) == 3


def test_forms_of_another_program_are_forgotten(town) -> None:
    conn, sheet, parcels = town
    render_due(conn)
    conn.execute("UPDATE serving.form SET form = 'another'")
    prepare(conn)
    assert rendered(conn, parcels[0]) is None
    assert due(conn) == [sheet.commune_id]
    assert render_due(conn) == 3


def test_a_label_lies_inside_a_bent_parcel(town) -> None:
    conn, sheet, (first, *_) = town
    x, y = sheet.corner
    bent = shapely.Polygon([(x, y), (x + 90, y), (x + 90, y + 8), (x + 8, y + 8), (x + 8, y + 90), (x, y + 90)])
    factories.redraw(conn, first, sheet, bent)
    render_due(conn)
    _, _, _, label, geom = rendered(conn, first)
    assert shapely.from_wkb(geom).buffer(-2).contains(shapely.from_wkb(label))
