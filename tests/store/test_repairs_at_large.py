"""Repairs of many faults at once, across seams, of large and unusable ground, by whom and from when."""

import datetime as dt

import factories
import psycopg
import pytest
import shapely
from repaired import WIDE, Commune, overlapping
from worlds import VIET_TRI

from landdb import repairs
from landdb.errors import AccessDenied
from landdb.repairs import Asked, Within
from landdb.repairs.ground import in_degrees
from landdb.store import proposals
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db


@pytest.fixture
def commune(conn: psycopg.Connection) -> Commune:
    return Commune(conn)


def test_a_class_is_accepted_within_limits_and_what_shares_a_parcel_is_proposed_anew(commune: Commune) -> None:
    # a row of parcels, each reaching into the next: every repair changes what the next was made for
    for number in range(6):
        reach = 0.01 * (number + 1)
        commune.draw(str(number + 1), commune.box(20 * number, 0, 20 * (number + 1) + reach, 20))
    assert set(commune.checked()) <= {"COV001", "COV002"}
    before = commune.ground()
    assert len(commune.propose()) == 5
    asked = Asked(commune_id=commune.commune_id, states=["open"], acceptable=True, rank=1)
    narrow = repairs.accept_class(commune.conn, commune.commune_id, asked, Within(0.025, 1.0), actor="clerk")
    assert len(narrow.accepted) == 2
    wide = repairs.accept_class(commune.conn, commune.commune_id, asked, WIDE, actor="clerk")
    assert commune.checked() == []
    for done in reversed([*narrow.accepted, *wide.accepted]):
        repairs.undo(commune.conn, done.transaction_id, actor="clerk")
    assert commune.ground() == before


def test_a_repair_that_disagrees_with_the_registered_area_says_so(commune: Commune) -> None:
    commune.draw("1", commune.box(0, 0, 20, 20), registered_area_m2=400.0)
    commune.draw("2", commune.box(19.95, 0, 40, 20), registered_area_m2=401.0)
    commune.checked()
    (row,) = commune.propose()
    assert row.failed == ["NONE_OPENED"]
    assert {found["rule_id"] for found in row.opens} == {"ARE001"}


def test_an_unusable_ring_gets_its_polygon_and_undoing_gives_the_fault_back(commune: Commune) -> None:
    for number, (column, row) in enumerate(((0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)), start=1):
        commune.draw(str(number), commune.box(20 * column, 20 * row, 20 * column + 20, 20 * row + 20))
    parcel = commune.draw("9", commune.box(20, 20, 40, 40), registered_area_m2=400.0)
    x, y = commune.sheet.corner
    crossed = shapely.Polygon([(x + 20, y + 20), (x + 40, y + 20), (x + 20, y + 40), (x + 40, y + 40)])
    lon, lat = factories.lonlat(commune.sheet, x + 30, y + 30)
    commune.conn.execute(
        """UPDATE cadastre.parcel SET geom = NULL, geom_4326 = NULL, geom_fault = 'Self-intersection',
            geom_delivered = %s, fault_point_4326 = ST_SetSRID(ST_MakePoint(%s, %s), 4326), computed_area_m2 = NULL
        WHERE parcel_id = %s""",
        [crossed.wkb, lon, lat, parcel],
    )
    assert set(commune.checked()) == {"GEO001", "COV005"}
    before = commune.ground()
    ring = next(row for row in commune.propose() if row.rule_id == "GEO001")
    assert ring.is_acceptable
    (done,) = repairs.accept(commune.conn, [ring.proposal_id], actor="clerk")
    assert commune.checked() == []
    repairs.undo(commune.conn, done.transaction_id, actor="clerk")
    assert commune.ground() == before


def test_a_repair_made_today_is_true_in_law_from_today(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    (done,) = repairs.accept(commune.conn, [commune.propose()[0].proposal_id], actor="clerk")
    since = commune.conn.execute(
        """SELECT p.valid_from
        FROM registry.transaction_change AS t JOIN cadastre.parcel AS p ON p.parcel_id = t.object_id
        WHERE t.transaction_id = %s AND t.noun = 'parcel'""",
        [done.transaction_id],
    ).fetchall()
    assert since == [(dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date(),)]


def test_a_clerk_decides_in_the_own_communes_only(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    (row,) = commune.propose()
    for decide in (repairs.accept, repairs.refuse):
        ids = [row.proposal_id] if decide is repairs.accept else row.proposal_id
        with pytest.raises(AccessDenied):
            decide(commune.conn, ids, actor="clerk", reason="seen on the ground", communes=["00001"])


def test_a_road_of_very_many_vertices_is_repaired_where_the_fault_is_and_nowhere_else(commune: Commune) -> None:
    x, y = commune.sheet.corner
    along = [round(step * 0.5, 3) for step in range(1, 2_400)]
    # the road's edge towards the parcel runs on without the parcel's corners
    near_edge = [(x - 100, y), (x - 50, y), *((x + 60 + step, y) for step in along)]
    far_edge = [(east, y - 6) for east, _ in near_edge[::-1]]
    road = shapely.Polygon([*near_edge, *far_edge])
    commune.draw("1", commune.box(0, 0, 20, 20))
    road_id = factories.one(
        commune.conn,
        """INSERT INTO cadastre.land_object (commune_id, object_kind, object_name, computed_area_m2, geom, geom_4326,
            batch_id, source_row, delivered_hash)
        VALUES (%s, 'road', 'R', %s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s, 1, 'r')
        RETURNING land_object_id""",
        *(commune.commune_id, road.area, road.wkb, commune.sheet.srid, in_degrees(road, commune.sheet.srid).wkb),
        commune.batch,
    )
    assert set(commune.checked()) == {"COV006"}
    rows = commune.propose()
    assert {(row.kind, row.is_acceptable) for row in rows} == {("INSERT_VERTEX", True)}
    repairs.accept(commune.conn, [row.proposal_id for row in rows], actor="clerk")
    assert commune.checked() == []
    wkb = factories.one(
        commune.conn, "SELECT ST_AsBinary(geom) FROM cadastre.land_object WHERE land_object_id = %s", road_id
    )
    mended = shapely.from_wkb(wkb)
    corners = {(x + 0.0, y + 0.0), (x + 20.0, y + 0.0)}
    assert set(map(tuple, shapely.get_coordinates(mended))) == set(map(tuple, shapely.get_coordinates(road))) | corners


def test_what_is_judged_with_an_acceptance_is_what_a_whole_check_finds(commune: Commune) -> None:
    for number in range(6):
        reach = 0.01 * (number + 1)
        commune.draw(str(number + 1), commune.box(20 * number, 0, 20 * (number + 1) + reach, 20))
    check_commune(commune.conn, commune.commune_id)
    first, *_ = commune.propose()
    repairs.accept(commune.conn, [first.proposal_id], actor="clerk")
    after = check_commune(commune.conn, commune.commune_id).stored
    assert (after.new, after.regressed, after.fixed) == (0, 0, 0)


def test_a_seam_is_repaired_for_both_communes_by_staff_of_both(commune: Commune) -> None:
    other = factories.add_sheet(commune.conn, "7", code=VIET_TRI, batch=commune.batch, scale=500)
    commune.draw("1", commune.box(0, 0, 20, 20))
    beyond = factories.add_parcel(commune.conn, other, "1", batch=commune.batch, land_use=None)
    commune.redraw(beyond, commune.box(19.95, 0, 40, 20))
    commune.conn.execute("UPDATE cadastre.parcel SET legal_area_m2 = NULL, registered_area_m2 = NULL")
    for commune_id in (commune.commune_id, other.commune_id):
        check_commune(commune.conn, commune_id, rules=["COV"])
    seam = "SELECT finding_id, commune_id, state FROM quality.finding WHERE rule_id = 'COV009'"
    ((finding_id, owner, _),) = commune.conn.execute(seam).fetchall()
    made = repairs.propose(commune.conn, owner, actor="analyst", finding_ids=[finding_id]).proposal_ids
    changed = {i: proposals.list_communes(commune.conn, [i]) for i in made}
    crossing = [i for i, communes in changed.items() if len(communes) == 2]
    for proposal_id in crossing:
        with pytest.raises(AccessDenied):
            repairs.accept(commune.conn, [proposal_id], actor="clerk", communes=[changed[proposal_id][owner]])
    chosen = (crossing or list(made))[0]
    repairs.accept(commune.conn, [chosen], actor="clerk", communes=list(changed[chosen].values()))
    assert [state for *_, state in commune.conn.execute(seam)] == ["fixed"]
