"""Repairs of stored findings: proposed, accepted as changes on record, refused, undone."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import factories
import psycopg
import pytest
import shapely
from worlds import VIET_TRI

from landdb import repairs
from landdb.domain.crs import from_wgs84
from landdb.errors import AccessDenied, InvalidValue, NotFound, RepairRefused
from landdb.repairs import Asked, Within
from landdb.repairs.ground import in_degrees
from landdb.store import proposals
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db
WIDE = Within(1e6, 1e6)
Ground = list[tuple[Any, ...]]


class Commune:
    """A commune with one sheet, whose parcels are drawn here in metres from its middle."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.conn = conn
        self.batch = factories.add_batch(conn)
        added = factories.add_sheet(conn, "12", batch=self.batch, scale=500)
        place = conn.execute("SELECT lon, lat FROM admin.commune WHERE commune_id = %s", [added.commune_id]).fetchone()
        assert place is not None
        x, y = from_wgs84(added.srid)([place[0]], [place[1]])
        self.sheet = replace(added, corner=(round(float(x[0])), round(float(y[0]))))
        self.commune_id = added.commune_id

    def box(self, west: float, south: float, east: float, north: float) -> shapely.Polygon:
        x, y = self.sheet.corner
        return shapely.box(*(round(c, 3) for c in (x + west, y + south, x + east, y + north)))

    def draw(
        self,
        parcel_no: str,
        geom: shapely.Geometry,
        *,
        registered_area_m2: float | None = None,
        land_use: str | None = None,
    ) -> int:
        """Give the id of a parcel drawn so, stored as an importer stores it."""
        parcel = factories.add_parcel(self.conn, self.sheet, parcel_no, batch=self.batch, land_use=land_use)
        self.redraw(parcel, geom)
        self.conn.execute(
            "UPDATE cadastre.parcel SET legal_area_m2 = NULL, registered_area_m2 = %s WHERE parcel_id = %s",
            [registered_area_m2, parcel],
        )
        return parcel

    def redraw(self, parcel: int, geom: shapely.Geometry) -> None:
        self.conn.execute(
            """UPDATE cadastre.parcel SET geom = ST_GeomFromWKB(%s, %s), geom_4326 = ST_GeomFromWKB(%s, 4326),
                computed_area_m2 = %s
            WHERE parcel_id = %s""",
            [geom.wkb, self.sheet.srid, in_degrees(geom, self.sheet.srid).wkb, geom.area, parcel],
        )

    def checked(self) -> list[str]:
        """Give the rules that find something now."""
        found = check_commune(self.conn, self.commune_id, rules=["GEO", "COV"]).findings
        return [finding.rule_id for finding in found]

    def propose(self) -> list[proposals.ProposalRow]:
        made = repairs.propose(self.conn, self.commune_id, actor="analyst")
        return proposals.list_proposals(self.conn, Asked(proposal_ids=made.proposal_ids, rank=1))

    def ground(self) -> Ground:
        return self.conn.execute(
            """SELECT parcel_id, ST_AsBinary(geom), ST_AsBinary(geom_4326), computed_area_m2, geom_fault
            FROM cadastre.parcel WHERE commune_id = %s ORDER BY parcel_id""",
            [self.commune_id],
        ).fetchall()

    def uses(self) -> list[tuple[Any, ...]]:
        return self.conn.execute(
            "SELECT land_use_id, parcel_id, land_use_code, area_m2 FROM cadastre.land_use ORDER BY land_use_id"
        ).fetchall()


@pytest.fixture
def commune(conn: psycopg.Connection) -> Commune:
    return Commune(conn)


def overlapping(commune: Commune, width_m: float = 0.05) -> tuple[int, int]:
    return commune.draw("1", commune.box(0, 0, 20, 20)), commune.draw("2", commune.box(20 - width_m, 0, 40, 20))


def test_an_accepted_repair_is_a_change_on_record_with_the_finding_closed(commune: Commune) -> None:
    overlapping(commune)
    assert commune.checked() == ["COV002"]
    (row,) = commune.propose()
    assert row.is_acceptable
    (done,) = repairs.accept(commune.conn, [row.proposal_id], actor="clerk")
    record = commune.conn.execute(
        "SELECT kind, state, actor, details ->> 'finding' FROM registry.transaction WHERE transaction_id = %s",
        [done.transaction_id],
    ).fetchone()
    assert record == ("repair", "APPROVED", "clerk", str(row.finding_id))
    state = commune.conn.execute("SELECT state FROM quality.finding WHERE finding_id = %s", [row.finding_id])
    assert state.fetchone() == ("fixed",)
    assert commune.checked() == []
    kept = proposals.get_proposal(commune.conn, row.proposal_id)
    assert (kept.state, kept.decided_by, kept.transaction_id) == ("accepted", "clerk", done.transaction_id)
    assert kept.decided_at is not None


def test_a_repair_stores_polygons_as_an_import_does(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    repairs.accept(commune.conn, [commune.propose()[0].proposal_id], actor="clerk")
    for _, geom, geom_4326, area, _ in commune.ground():
        native = shapely.from_wkb(geom)
        assert native.exterior.is_ccw
        assert area == pytest.approx(native.area, abs=1e-9)
        assert shapely.equals_identical(shapely.from_wkb(geom_4326), in_degrees(native, commune.sheet.srid))


def test_a_repair_keeps_history_and_undoing_it_gives_the_former_polygons_to_the_bit(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    before = commune.ground()
    (done,) = repairs.accept(commune.conn, [commune.propose()[0].proposal_id], actor="clerk")
    assert commune.ground() != before
    undone_by = repairs.undo(commune.conn, done.transaction_id, actor="clerk")
    assert commune.ground() == before
    assert commune.checked() == ["COV002"]
    versions = commune.conn.execute(
        "SELECT action, version FROM registry.transaction_change WHERE transaction_id IN (%s, %s) ORDER BY change_id",
        [done.transaction_id, undone_by],
    ).fetchall()
    assert [action for action, _ in versions] == ["changed", "changed"]
    with pytest.raises(NotFound):
        repairs.undo(commune.conn, done.transaction_id, actor="clerk")


def test_undoing_is_refused_when_the_parcel_changed_since(commune: Commune) -> None:
    first, second = overlapping(commune)
    commune.checked()
    (done,) = repairs.accept(commune.conn, [commune.propose()[0].proposal_id], actor="clerk")
    for parcel in (first, second):
        commune.conn.execute("UPDATE cadastre.parcel SET address = 'Xóm 2' WHERE parcel_id = %s", [parcel])
    with pytest.raises(RepairRefused) as refusal:
        repairs.undo(commune.conn, done.transaction_id, actor="clerk")
    assert refusal.value.code == "CHANGED_SINCE"


def test_a_proposal_for_a_version_that_is_gone_is_refused(commune: Commune) -> None:
    first, second = overlapping(commune)
    commune.checked()
    (row,) = commune.propose()
    for parcel in (first, second):
        commune.conn.execute("UPDATE cadastre.parcel SET address = 'Xóm 2' WHERE parcel_id = %s", [parcel])
    before = commune.ground()
    with pytest.raises(RepairRefused) as refusal, commune.conn.transaction():
        repairs.accept(commune.conn, [row.proposal_id], actor="clerk")
    assert refusal.value.code == "STALE"
    assert commune.ground() == before


def test_what_needs_a_survey_wants_a_reason_and_is_no_part_of_a_class(commune: Commune) -> None:
    overlapping(commune, 0.4)
    commune.checked()
    (row,) = commune.propose()
    assert "WITHIN_ACCURACY" in row.failed
    with pytest.raises(RepairRefused) as refusal, commune.conn.transaction():
        repairs.accept(commune.conn, [row.proposal_id], actor="clerk")
    assert refusal.value.code == "NEEDS_SURVEY"
    asked = Asked(commune_id=commune.commune_id, states=["open"], acceptable=True, rank=1)
    assert repairs.accept_class(commune.conn, commune.commune_id, asked, WIDE, actor="clerk").accepted == ()
    (done,) = repairs.accept(commune.conn, [row.proposal_id], actor="clerk", reason="field survey BB-12/2026")
    assert done.finding_id == row.finding_id
    assert commune.checked() == []


def test_the_other_ways_to_mend_a_finding_are_off_the_table_once_one_is_accepted(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    made = repairs.propose(commune.conn, commune.commune_id, actor="analyst").proposal_ids
    assert len(made) == 2
    repairs.accept(commune.conn, made[:1], actor="clerk")
    assert [proposals.get_proposal(commune.conn, i).state for i in made] == ["accepted", "superseded"]
    with pytest.raises(RepairRefused) as refusal:
        repairs.accept(commune.conn, made[1:], actor="clerk")
    assert refusal.value.code == "DECIDED"


def test_what_a_person_refused_is_not_proposed_again(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    made = repairs.propose(commune.conn, commune.commune_id, actor="analyst").proposal_ids
    for reason in ("no", "the holder 099085000123 said so"):
        with pytest.raises(InvalidValue):
            repairs.refuse(commune.conn, made[0], actor="clerk", reason=reason)
    repairs.refuse(commune.conn, made[0], actor="clerk", reason="the wall stands where 12/2 has it")
    again = repairs.propose(commune.conn, commune.commune_id, actor="analyst").proposal_ids
    assert again == made[1:]


def test_proposing_again_keeps_the_ids_of_what_comes_out_the_same(commune: Commune) -> None:
    overlapping(commune)
    commune.checked()
    first, second = (repairs.propose(commune.conn, commune.commune_id, actor="analyst") for _ in range(2))
    assert first.proposal_ids == second.proposal_ids


def test_a_duplicate_without_a_right_ends_with_its_uses_and_comes_back_when_undone(
    commune: Commune, tmp_path: Path
) -> None:
    kept = commune.draw("1", commune.box(0, 0, 20, 20), land_use="ONT")
    twin = commune.draw("2", commune.box(0, 0, 20, 20), land_use="ONT")
    vault = factories.open_vault(tmp_path)
    holder = factories.add_party(commune.conn, vault, "Nguyễn Văn Ảo", citizen_id="099085000123", batch=commune.batch)
    factories.add_right(commune.conn, [kept], {holder: Fraction(1)}, batch=commune.batch)
    commune.checked()
    before, uses = commune.ground(), commune.uses()
    (row,) = commune.propose()
    assert row.kind == "CLOSE_DUPLICATE"
    (done,) = repairs.accept(commune.conn, [row.proposal_id], actor="clerk")
    assert [parcel for parcel, *_ in commune.ground()] == [kept]
    assert {parcel for _, parcel, *_ in commune.uses()} == {kept}
    assert commune.checked() == []
    repairs.undo(commune.conn, done.transaction_id, actor="clerk")
    assert commune.ground() == before
    assert commune.uses() == uses
    assert factories.one(commune.conn, "SELECT version FROM cadastre.parcel WHERE parcel_id = %s", twin) > 1


def test_a_right_entered_meanwhile_keeps_the_parcel(commune: Commune, tmp_path: Path) -> None:
    commune.draw("1", commune.box(0, 0, 20, 20))
    twin = commune.draw("2", commune.box(0, 0, 20, 20))
    commune.checked()
    (row,) = commune.propose()
    closing = proposals.list_changes(commune.conn, [row.proposal_id])[0].parcel_id
    assert closing == twin
    vault = factories.open_vault(tmp_path)
    holder = factories.add_party(commune.conn, vault, "Trần Thị Bịa", citizen_id="099190000456", batch=commune.batch)
    factories.add_right(commune.conn, [twin], {holder: Fraction(1)}, batch=commune.batch)
    with pytest.raises(RepairRefused) as refusal, commune.conn.transaction():
        repairs.accept(commune.conn, [row.proposal_id], actor="clerk")
    assert refusal.value.code == "STALE"
    assert twin in {parcel for parcel, *_ in commune.ground()}


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
