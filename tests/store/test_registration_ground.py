"""Split, merge and moved boundaries, on the real database."""

import json

import numpy as np
import psycopg
import pytest
import registers
import shapely
from registers import MAY, apply, halving_line, request

from landdb.errors import InvalidValue, NotFound, StaleState
from landdb.store import register_subjects

pytestmark = pytest.mark.db


@pytest.fixture
def street(conn, vault):
    return registers.build(conn, vault)


def ground(conn: psycopg.Connection) -> dict[str, shapely.Geometry]:
    rows = conn.execute("SELECT parcel_no, ST_AsBinary(geom) FROM cadastre.parcel ORDER BY parcel_no::int")
    return {number: shapely.from_wkb(bytes(geom)) for number, geom in rows}


def test_a_split_gives_children_with_new_numbers_codes_lineage_and_all_that_hung_on_the_parent(conn, vault, street):
    before = shapely.union_all(list(ground(conn).values()))
    outcome = apply(conn, vault, request("split", [street.parcels[0]], halving_line(street)))
    assert outcome["result"] == "APPROVED", outcome["notices"]
    after = ground(conn)
    assert sorted(after) == ["2", "3", "4", "5", "6"]
    assert shapely.equals(shapely.union_all(list(after.values())), before)
    assert shapely.coverage_is_valid(np.array(list(after.values())))
    numbers = outcome["numbers"]
    assert [row["number"] for row in numbers] == ["12/5", "12/6"]
    assert len({row["parcel_code"] for row in numbers}) == 2
    lineage = conn.execute("SELECT parent_id, child_id, kind FROM cadastre.parcel_lineage ORDER BY child_id").fetchall()
    assert lineage == [(street.parcels[0], row["parcel_id"], "split") for row in numbers]
    children = register_subjects.read_subjects(conn, [row["parcel_id"] for row in numbers])
    for child in children:
        assert [(held.party_id, held.share) for held in child.use_rights[0].holders] == [(street.an, 1)]
        assert [paper.serial for paper in child.certificates] == ["CB 123456"]
        assert [(use.land_use_code, use.area_m2) for use in child.uses] == [("ODT", 200)]
    assert sum(child.legal_area_m2 for child in children) == 400


def test_a_parent_is_still_there_on_the_days_before(conn, vault, street):
    apply(conn, vault, request("split", [street.parcels[0]], halving_line(street)))
    count = "SELECT count(*) FROM cadastre.parcel_as_of(%s, now() + interval '1 day') WHERE sheet_id = %s"
    numbers = [conn.execute(count, [day, street.sheet.sheet_id]).fetchone()[0] for day in (MAY.replace(day=3), MAY)]
    assert numbers == [4, 5]


def test_a_preview_says_what_the_commit_does_and_leaves_nothing(conn, vault, street):
    asked = request("split", [street.parcels[0]], {"edge": 0, "ratio": [1, 3]})
    preview = apply(conn, vault, asked, dry_run=True)
    assert len(ground(conn)) == 4
    assert conn.execute("SELECT count(*) FROM registry.transaction").fetchone() == (0,)
    real = apply(conn, vault, asked)
    assert (preview["result"], real["result"]) == ("PREVIEW", "APPROVED")
    for name in ("areas", "notices", "rights", "refusing"):
        assert preview[name] == real[name]
    assert [row | {"parcel_id": None} for row in real["numbers"]] == preview["numbers"]
    shown = "SELECT ST_Equals(geom_4326, ST_GeomFromGeoJSON(%s)) FROM cadastre.parcel WHERE parcel_no = %s"
    for row in preview["shapes"]:
        assert conn.execute(shown, [json.dumps(row["shape"]), row["number"].split("/")[1]]).fetchone() == (True,)
    assert (len(preview["shapes"]), real["shapes"]) == (2, [])


def test_a_neighbour_takes_the_vertex_where_a_cut_meets_its_boundary(conn, vault, street):
    x, y = street.sheet.corner
    line = {"line": [[x - 1, y + 7.1234], [x + 21, y + 13.1234]]}
    version = "SELECT version FROM cadastre.parcel WHERE parcel_no = '2'"
    (before,) = conn.execute(version).fetchone()
    outcome = apply(conn, vault, request("split", [street.parcels[0]], line))
    assert outcome["result"] == "APPROVED", outcome["notices"]
    after = ground(conn)
    assert shapely.coverage_is_valid(np.array(list(after.values())))
    assert len(after["2"].exterior.coords) == 6
    assert conn.execute(version).fetchone() == (before + 1,)


def test_numbers_and_codes_are_never_given_twice(conn, vault, street):
    first = apply(conn, vault, request("split", [street.parcels[3]], halving_line(street, 3)))
    children = [row["parcel_id"] for row in first["numbers"]]
    merged = apply(conn, vault, request("merge", children))
    assert merged["result"] == "APPROVED", merged["notices"]
    assert [row["number"] for row in merged["numbers"]] == ["12/7"]
    again = apply(conn, vault, request("split", [merged["numbers"][0]["parcel_id"]], halving_line(street, 3)))
    assert [row["number"] for row in again["numbers"]] == ["12/8", "12/9"]
    codes = [row["parcel_code"] for outcome in (first, merged, again) for row in outcome["numbers"]]
    assert len(set(codes)) == 5
    retired = conn.execute("SELECT count(*) FROM cadastre.parcel_code WHERE retired_by IS NOT NULL").fetchone()
    assert retired == (3,)


def test_a_merge_ends_the_second_certificate_by_name_and_carries_the_first(conn, vault, street):
    outcome = apply(conn, vault, request("merge", list(street.parcels[:2])))
    assert outcome["result"] == "APPROVED", outcome["notices"]
    told = [(row["what"], row["action"]) for row in outcome["rights"]]
    assert told == [
        ("USE_RIGHT", "carried"), ("CERTIFICATE", "carried"), ("USE_RIGHT", "ended"), ("CERTIFICATE", "ended"),
    ]  # fmt: skip
    (child,) = register_subjects.read_subjects(conn, [outcome["numbers"][0]["parcel_id"]])
    assert child.legal_area_m2 == 800
    assert [use.area_m2 for use in child.uses] == [800]
    assert [paper.serial for paper in child.certificates] == ["CB 123456"]


def test_parcels_of_different_holders_are_not_merged(conn, vault, street):
    outcome = apply(conn, vault, request("merge", list(street.parcels[1:3])))
    assert (outcome["result"], outcome["refusing"]) == ("REFUSED", ["HOLDERS_DIFFER"])
    assert len(ground(conn)) == 4


def test_a_moved_boundary_keeps_numbers_and_the_sum_of_areas(conn, vault, street):
    x, y = street.sheet.corner
    line = {"line": [[x + 21.5, y - 1], [x + 18, y + 21]]}
    outcome = apply(conn, vault, request("boundary_adjustment", list(street.parcels[:2]), line))
    assert outcome["result"] == "APPROVED", outcome["notices"]
    after = ground(conn)
    assert sorted(after) == ["1", "2", "3", "4"]
    assert after["1"].area + after["2"].area == pytest.approx(800)
    assert shapely.coverage_is_valid(np.array(list(after.values())))
    legal = conn.execute("SELECT sum(legal_area_m2) FROM cadastre.parcel WHERE parcel_no IN ('1', '2')").fetchone()
    assert legal == (800,)


def test_a_clerk_who_saw_another_state_is_told_so(conn, vault, street):
    tags = register_subjects.list_tags(conn, street.parcels)
    asked = request("split", [], halving_line(street))
    asked["parcels"] = [{"parcel_id": street.parcels[0], "tag": tags[street.parcels[0]][0]}]
    block = request("block", [street.parcels[0]], {"reference": "CV 7/2026"})
    lifted = apply(conn, vault, block)
    apply(conn, vault, request("unblock", [street.parcels[0]], {"transaction_id": lifted["transaction_id"]}))
    assert register_subjects.list_tags(conn, street.parcels) == tags
    apply(conn, vault, block)
    with pytest.raises(StaleState):
        apply(conn, vault, asked)


def test_a_parcel_that_was_split_is_gone(conn, vault, street):
    asked = request("split", [street.parcels[0]], halving_line(street))
    apply(conn, vault, asked)
    with pytest.raises(NotFound):
        apply(conn, vault, asked)


def test_a_line_beside_the_parcel_is_refused_by_field(conn, vault, street):
    with pytest.raises(InvalidValue) as refused:
        apply(conn, vault, request("split", [street.parcels[0]], halving_line(street, 2)))
    assert (refused.value.field, refused.value.reason) == ("line", "DOES_NOT_CROSS")


def test_the_same_key_gives_one_effect_and_the_same_answer(conn, vault, street):
    asked = request("split", [street.parcels[0]], halving_line(street), idempotency_key="HS-1")
    first = apply(conn, vault, asked)
    assert apply(conn, vault, asked) == first
    assert len(ground(conn)) == 5
