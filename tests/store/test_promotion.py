"""Promotion: every staged row is accounted for, and delivering the same rows again changes nothing."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landdb.importers import wire
from landdb.store import batches, intake, promotion, staging
from landdb.store.batches import Counts, Delivered
from landdb.store.sealing import COLUMNS, seal_holdings
from landdb.store.vault import Vault

pytestmark = pytest.mark.db

TODAY = date(2026, 11, 1)
COMMUNE = "99009"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.make(tmp_path_factory.mktemp("keys") / "landdb.key")


@pytest.fixture
def commune(conn: psycopg.Connection) -> psycopg.Connection:
    conn.execute(
        """INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to)
           VALUES (%s, 'Thử', 'thu', 'xã', '25', '2025-07-01', 'infinity')""",
        (COMMUNE,),
    )
    return conn


def parcel(number: str, *, east: float = 0, sheet: str = "1", **other: Any) -> dict[str, Any]:
    ground = shapely.box(500_000 + east, 2_300_000, 500_010 + east, 2_300_010)
    row = {"layer": "thua_dat", "noun": "parcel", "commune_code": COMMUNE, "sheet_no": sheet, "parcel_no": number,
           "srid": 9208, "geom": ground.wkb, "geom_4326": shapely.box(104 + east, 21, 104.1 + east, 21.1).wkb,
           "computed_area_m2": 100.0, "registered_area_m2": 100.0, "land_use": "ONT"} | other  # fmt: skip
    return row | {"delivered_hash": hashlib.blake2b(repr(sorted(row.items())).encode(), digest_size=16).digest()}


def holding(parcel_no: str, name: str, **other: Any) -> dict[str, Any]:
    return {"commune_code": COMMUNE, "sheet_no": "1", "parcel_no": parcel_no, "serial": "AB 12345678",
            "holder_group": "INDIVIDUAL", "name": name, "id_kind": "MISSING", "rrr_kind": "USE_RIGHT", "uses": "[]",
            **other}  # fmt: skip


def record_batch(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.RecordBatch:
    numbered = [{"row_no": number} | row for number, row in enumerate(rows, start=1)]
    return pa.RecordBatch.from_pylist(numbered, schema=schema)


def open_batch(conn: psycopg.Connection, name: str = "a.gpkg") -> int:
    return batches.begin(conn, Delivered(name, b"", 0, "GPKG", None, {}), actor="test", document=None)


def deliver_parcels(conn: psycopg.Connection, *rows: dict[str, Any], day: date = TODAY, per_batch: int = 2) -> Counts:
    batch_id = open_batch(conn)
    delivered = record_batch(wire.FEATURE, list(rows))
    with intake.taking_in(conn, batch_id, day, {}) as taking:
        taken = 0
        for first in range(0, delivered.num_rows, per_batch):
            taken += taking.take(taking.prepare(delivered.slice(first, per_batch)))
    counts = Counts(stored=taken) + promotion.promote_features(conn, batch_id, day)
    return counts + Counts(rejected=batches.count_rejects(conn, batch_id))


def deliver_holdings(conn: psycopg.Connection, vault: Vault, *rows: dict[str, Any]) -> Counts:
    batch_id = open_batch(conn, "a.xlsx")
    sealed = seal_holdings(batch_id, record_batch(wire.HOLDING, list(rows)), vault)
    staging.copy_holdings(conn, COLUMNS, sealed)
    counts = promotion.promote_holdings(conn, batch_id, TODAY)
    return counts + Counts(rejected=batches.count_rejects(conn, batch_id))


def number(conn: psycopg.Connection, question: str) -> int:
    return conn.execute(question).fetchone()[0]


def test_new_parcels_are_stored_and_the_same_again_is_unchanged(commune: psycopg.Connection) -> None:
    rows = [parcel("1"), parcel("2", east=10)]
    assert deliver_parcels(commune, *rows) == Counts(stored=2)
    assert deliver_parcels(commune, *rows) == Counts(unchanged=2)
    assert number(commune, "SELECT count(*) FROM cadastre.parcel_history") == 0


def test_a_parcel_delivered_otherwise_gets_a_version_and_its_label_follows(commune: psycopg.Connection) -> None:
    deliver_parcels(commune, parcel("1"))
    assert deliver_parcels(commune, parcel("1", land_use="ODT+CLN"), day=date(2026, 11, 2)) == Counts(merged=1)
    assert commune.execute("SELECT version FROM cadastre.parcel").fetchone() == (2,)
    label = commune.execute("SELECT land_use_label, land_use_codes, land_use_fault FROM cadastre.parcel").fetchone()
    assert label == ("ODT+CLN", ["ODT", "CLN"], None)


def test_a_label_that_names_no_use_is_kept_for_someone_to_look_at(commune: psycopg.Connection) -> None:
    deliver_parcels(commune, parcel("1", land_use="đất thổ cư"))
    label = commune.execute("SELECT land_use_label, land_use_codes, land_use_fault FROM cadastre.parcel").fetchone()
    assert label == ("đất thổ cư", None, "NEEDS_REVIEW")


@pytest.mark.parametrize("per_batch", [1, 2, 3])
def test_two_grounds_under_one_number_leave_one_stored_and_one_quarantined(
    commune: psycopg.Connection, per_batch: int
) -> None:
    rows = [parcel("1"), parcel("1", east=50), parcel("2", east=10)]
    counts = deliver_parcels(commune, *rows, per_batch=per_batch)
    assert counts == Counts(stored=2, rejected=1)
    reason = commune.execute("SELECT reason_code, sheet_no, parcel_no, row_no FROM staging.rejected_row").fetchone()
    assert reason == ("DUPLICATE_PARCEL_NO", "1", "1", 2)


@pytest.mark.parametrize("per_batch", [1, 2])
def test_one_record_delivered_twice_to_the_letter_is_merged(commune: psycopg.Connection, per_batch: int) -> None:
    rows = [parcel("1"), parcel("1")]
    assert deliver_parcels(commune, *rows, per_batch=per_batch) == Counts(stored=1, merged=1)


def test_two_new_grounds_under_a_number_known_before_leave_one_merged_and_one_quarantined(
    commune: psycopg.Connection,
) -> None:
    deliver_parcels(commune, parcel("1"))
    counts = deliver_parcels(commune, parcel("1", east=20), parcel("1", east=40))
    assert counts == Counts(merged=1, rejected=1)


GROUNDS = st.lists(st.tuples(st.sampled_from("123"), st.sampled_from((0.0, 50.0))), max_size=7)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=GROUNDS, delivered=GROUNDS, per_batch=st.integers(1, 4))
def test_however_numbers_repeat_one_ground_speaks_for_each_and_every_row_is_counted(
    commune: psycopg.Connection, known: list[tuple[str, float]], delivered: list[tuple[str, float]], per_batch: int
) -> None:
    with commune.transaction(force_rollback=True):
        before = dict(reversed(known))
        deliver_parcels(commune, *(parcel(number, east=east) for number, east in known), per_batch=per_batch)
        counts = deliver_parcels(
            commune, *(parcel(number, east=east) for number, east in delivered), per_batch=per_batch
        )
    speaks = dict(reversed(delivered))
    expected = Counts()
    seen = set[str]()
    for number, east in delivered:
        if number in seen:
            expected += Counts(merged=1) if east == speaks[number] else Counts(rejected=1)
        elif number not in before:
            expected += Counts(stored=1)
        else:
            expected += Counts(unchanged=1) if east == before[number] else Counts(merged=1)
        seen.add(number)
    assert counts == expected


def test_an_unknown_commune_is_quarantined_with_a_remedy(commune: psycopg.Connection) -> None:
    assert deliver_parcels(commune, parcel("1", commune_code="99998")) == Counts(rejected=1)
    reason, remedy = commune.execute("SELECT reason_code, remedy FROM staging.rejected_row").fetchone()
    assert reason == "UNKNOWN_COMMUNE"
    assert "landdb commune add" in remedy


def test_a_sheet_is_not_mixed_with_coordinates_of_another_zone(commune: psycopg.Connection) -> None:
    deliver_parcels(commune, parcel("1"))
    assert deliver_parcels(commune, parcel("2", srid=9211)) == Counts(rejected=1)
    assert commune.execute("SELECT reason FROM staging.rejected_row").fetchone() == (
        "the sheet is held in EPSG:9208, this file is in EPSG:9211",
    )


def test_a_parcel_whose_ring_is_unusable_is_kept_and_can_be_found(commune: psycopg.Connection) -> None:
    fault = {"geom_fault": "Self-intersection", "geom_delivered": b"\x01", "fault_lon": 104.0, "fault_lat": 21.0}
    bad = parcel("1", geom=None, geom_4326=None, **fault)
    assert deliver_parcels(commune, bad) == Counts(stored=1)
    assert commune.execute("SELECT geom_fault FROM cadastre.parcel").fetchone() == ("Self-intersection",)


def road(east: float) -> dict[str, Any]:
    return parcel("", east=east) | {"noun": "land_object", "object_kind": "road", "parcel_no": None, "sheet_no": None}


@pytest.mark.parametrize("per_batch", [1, 2, 3])
def test_an_object_drawn_twice_is_one_object(commune: psycopg.Connection, per_batch: int) -> None:
    twice = deliver_parcels(commune, road(0), road(0), road(20), per_batch=per_batch)
    assert twice == Counts(stored=2, merged=1)
    assert deliver_parcels(commune, road(0), road(0), road(20), per_batch=per_batch) == Counts(unchanged=3)
    assert number(commune, "SELECT count(*) FROM cadastre.land_object") == 2


def test_objects_that_cannot_be_placed_are_quarantined(commune: psycopg.Connection) -> None:
    nowhere = road(0) | {"commune_code": "99008"}
    ringless = road(20) | {"geom": None, "geom_4326": None, "geom_fault": "Ring Self-intersection"}
    assert deliver_parcels(commune, nowhere, ringless, road(40)) == Counts(stored=1, rejected=2)


def test_objects_of_a_file_delivered_again_are_replaced(commune: psycopg.Connection) -> None:
    assert deliver_parcels(commune, road(0), road(20)) == Counts(stored=2)
    assert deliver_parcels(commune, road(0), road(40)) == Counts(stored=1, unchanged=1)
    assert number(commune, "SELECT count(*) FROM cadastre.land_object") == 2


def test_people_are_stored_sealed_and_the_same_workbook_again_is_unchanged(
    commune: psycopg.Connection, vault: Vault
) -> None:
    deliver_parcels(commune, parcel("1"), parcel("2", east=10))
    couple = {"holder_group": "COUPLE", "serial": "CD 12345678"}
    use = json.dumps([{"ordinal": 1, "code": "ONT", "raw": "Đất ở", "area_m2": 100.0, "term": "Lâu dài"}])
    rows = [
        holding("1", "Mẫu Văn Thử", citizen_id="099085000123", id_kind="CITIZEN_ID", uses=use),
        holding("2", "Mẫu Văn Thử", citizen_id="099085000123", id_kind="CITIZEN_ID"),
        holding("2", "Mẫu Văn Hai", role="HUSBAND", **couple),
        holding("2", "Mẫu Thị Ba", role="WIFE", **couple),
    ]
    assert deliver_holdings(commune, vault, *rows) == Counts(stored=3, merged=1)
    assert deliver_holdings(commune, vault, *rows) == Counts(unchanged=4)
    assert number(commune, "SELECT count(*) FROM party.party") == 3
    assert number(commune, "SELECT count(*) FROM registry.baunit_parcel") == 3
    text = str(commune.execute("SELECT p::text FROM party.party AS p").fetchall())
    assert "Mẫu" not in text
    assert "099085000123" not in text
    found = commune.execute(
        "SELECT citizen_id_masked FROM party.party WHERE citizen_id_index = %s",
        (vault.index("citizen_id", "099085000123"),),
    ).fetchone()
    assert found == ("*********123",)


def test_a_holder_of_an_unknown_parcel_is_quarantined_sealed(commune: psycopg.Connection, vault: Vault) -> None:
    deliver_parcels(commune, parcel("1"))
    assert deliver_holdings(commune, vault, holding("77", "Mẫu Văn Thử")) == Counts(rejected=1)
    row = commune.execute("SELECT batch_id, row_no, reason_code, raw_enc FROM staging.rejected_row").fetchone()
    assert row[2] == "PARCEL_NOT_FOUND"
    assert "Mẫu Văn Thử" in vault.unseal(row[3], cell=staging.raw_cell(row[0], row[1]))


def test_a_changed_share_is_a_new_version(commune: psycopg.Connection, vault: Vault) -> None:
    deliver_parcels(commune, parcel("1"))
    owner = holding("1", "Mẫu Văn Thử", holder_group="CO_USERS", share_num=1, share_den=2)
    deliver_holdings(commune, vault, owner)
    assert deliver_holdings(commune, vault, owner | {"share_num": 1, "share_den": 3}) == Counts(merged=1)
    assert commune.execute("SELECT version, denominator FROM registry.share").fetchone() == (2, 3)


def test_the_certificates_uses_stand_beside_the_maps_label(commune: psycopg.Connection, vault: Vault) -> None:
    deliver_parcels(commune, parcel("1"))
    use = json.dumps([{"ordinal": 1, "code": "CLN", "raw": "CLN", "area_m2": 60.0},
                      {"ordinal": 2, "code": "ONT", "raw": "ONT", "area_m2": 40.0}])  # fmt: skip
    deliver_holdings(commune, vault, holding("1", "Mẫu Văn Thử", uses=use))
    assert commune.execute("SELECT land_use_code, area_m2 FROM cadastre.land_use ORDER BY ordinal").fetchall() == [
        ("CLN", 60.0),
        ("ONT", 40.0),
    ]


def test_counts_that_do_not_add_up_are_refused_by_the_database(commune: psycopg.Connection) -> None:
    batch_id = open_batch(commune)
    with pytest.raises(psycopg.errors.CheckViolation):
        commune.execute(
            "UPDATE staging.import_batch SET source_count = 5, stored_count = 4 WHERE batch_id = %s", (batch_id,)
        )


def test_a_key_file_elsewhere_finds_nobody(commune: psycopg.Connection, vault: Vault, tmp_path: Path) -> None:
    deliver_parcels(commune, parcel("1"))
    deliver_holdings(commune, vault, holding("1", "Mẫu Văn Thử", citizen_id="099085000123"))
    other = Vault.make(tmp_path / "other.key")
    assert other.index("citizen_id", "099085000123") not in [
        row[0] for row in commune.execute("SELECT citizen_id_index FROM party.party").fetchall()
    ]
