"""Repairs of stored findings: proposed, accepted as changes on record, refused, undone."""

from fractions import Fraction
from pathlib import Path

import factories
import psycopg
import pytest
import shapely
from repaired import WIDE, Commune, overlapping

from landdb import repairs
from landdb.errors import InvalidValue, NotFound, RepairRefused
from landdb.repairs import Asked
from landdb.repairs.ground import in_degrees
from landdb.store import proposals

pytestmark = pytest.mark.db


@pytest.fixture
def commune(conn: psycopg.Connection) -> Commune:
    return Commune(conn)


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
