"""Holders' rows: found by the numbers they have, and sealed as who they are."""

import json
from typing import Any

import factories
import psycopg
import pyarrow as pa
import pytest

from landdb.importers import wire
from landdb.store import batches, promotion, staging
from landdb.store.batches import Counts, Delivered
from landdb.store.sealing import COLUMNS, remark_cell, seal_holdings
from landdb.store.vault import Vault

pytestmark = pytest.mark.db

CITIZEN_ID = "099085000123"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return factories.open_vault(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def parcels(conn: psycopg.Connection) -> dict[str, int]:
    """Give parcels 12/1 (old 7/31), 12/2 (old 12/1), 12/3 and 12/4 (both old 9/9)."""
    batch = factories.add_batch(conn)
    sheet = factories.add_sheet(conn, "12", batch=batch)
    old = {"1": ("7", "31"), "2": ("12", "1"), "3": ("9", "9"), "4": ("9", "9")}
    return {
        no: factories.add_parcel(conn, sheet, no, place=place, batch=batch, old=numbers)
        for place, (no, numbers) in enumerate(old.items())
    }


def holding(**other: Any) -> dict[str, Any]:
    return {"commune_code": factories.PHONG_CHAU, "holder_group": "INDIVIDUAL", "name": "Mẫu Văn Thử",
            "id_kind": "MISSING", "rrr_kind": "USE_RIGHT", "uses": "[]", **other}  # fmt: skip


def deliver(conn: psycopg.Connection, vault: Vault, *rows: dict[str, Any]) -> Counts:
    batch_id = batches.begin(conn, Delivered("a.xlsx", b"", 0, "XLSX", None, {}), actor="test", document=None)
    numbered = [{"row_no": number} | row for number, row in enumerate(rows, start=1)]
    sealed = seal_holdings(batch_id, pa.RecordBatch.from_pylist(numbered, schema=wire.HOLDING), vault)
    staging.copy_holdings(conn, COLUMNS, sealed)
    counts = promotion.promote_holdings(conn, batch_id, factories.DAY_ONE)
    return counts + Counts(rejected=batches.count_rejects(conn, batch_id))


def on_certificate(cert_sheet_no: str, cert_parcel_no: str, **other: Any) -> dict[str, Any]:
    return holding(cert_sheet_no=cert_sheet_no, cert_parcel_no=cert_parcel_no, **other)


def held(conn: psycopg.Connection) -> list[int]:
    return [row[0] for row in conn.execute("SELECT parcel_id FROM registry.baunit_parcel ORDER BY parcel_id")]


@pytest.mark.parametrize(("numbers", "found"), [(("7", "31"), "1"), (("12", "2"), "2")])
def test_a_row_with_the_certificates_numbers_alone_finds_the_one_parcel_that_has_or_had_them(
    conn, vault, parcels, numbers, found
):
    assert deliver(conn, vault, on_certificate(*numbers)) == Counts(stored=1)
    assert held(conn) == [parcels[found]]


@pytest.mark.parametrize("numbers", [("9", "9"), ("12", "1"), ("40", "1")])
def test_certificate_numbers_of_several_parcels_or_none_are_rejected_with_a_fitting_remedy(
    conn, vault, parcels, numbers
):
    assert deliver(conn, vault, on_certificate(*numbers)) == Counts(rejected=1)
    reason_code, reason, remedy = conn.execute(
        "SELECT reason_code, reason, remedy FROM staging.rejected_row"
    ).fetchone()
    assert reason_code == "PARCEL_NOT_FOUND"
    assert "of the certificate" in reason
    assert remedy.startswith("fill in the sheet and parcel number of the present map")


def test_a_number_on_the_map_goes_before_the_certificates(conn, vault, parcels):
    assert deliver(conn, vault, on_certificate("7", "31", sheet_no="12", parcel_no="3")) == Counts(stored=1)
    assert held(conn) == [parcels["3"]]


def test_rows_without_any_paper_are_rights_of_their_own(conn, vault, parcels):
    rows = (on_certificate("7", "31"), on_certificate("12", "2"))
    assert deliver(conn, vault, *rows) == Counts(stored=2)
    assert conn.execute("SELECT count(*) FROM registry.baunit").fetchone() == (2,)


@pytest.mark.parametrize(
    "who",
    [
        {"holder_group": "ORGANISATION", "org_name": "HTX Thử Nghiệm", "org_no": "0100684378"},
        {"holder_group": "COMMUNITY", "name": "Cộng đồng thôn Thử"},
    ],
)
def test_an_organisation_is_not_found_by_the_citizen_id_of_who_speaks_for_it(conn, vault, parcels, who):
    spoken_for = {
        "citizen_id": CITIZEN_ID,
        "id_kind": "CITIZEN_ID",
        "id_fault": "FILLER",
        "birth_year": 1985,
        "sex": "M",
    }
    row = holding(sheet_no="12", parcel_no="1", **{**spoken_for, **who})
    assert deliver(conn, vault, row) == Counts(stored=1)
    stored = conn.execute(
        """SELECT id_kind, citizen_id_index, citizen_id_enc, citizen_id_masked, citizen_id_fault, birth_year, birth_enc,
            sex
        FROM party.party"""
    ).fetchone()
    assert stored == ("MISSING", None, None, None, None, None, None, None)
    assert deliver(conn, vault, row | {"citizen_id": "099190000124"}) == Counts(unchanged=1)


def test_what_the_register_has_no_place_for_is_kept_sealed_and_counted(
    conn: psycopg.Connection, vault: Vault, parcels: dict[str, int]
) -> None:
    told = {"present_user": "Trần Thị Mẫu", "change_reason": "Thừa kế", "asset_kind": "Nhà ở"}
    on_map = {"sheet_no": "12", "parcel_no": "1"}
    row = holding(**on_map, serial="AB 12345678", remark=json.dumps(told, ensure_ascii=False))
    silent = holding(sheet_no="12", parcel_no="2", serial="AB 12345679")
    assert deliver(conn, vault, row, silent) == Counts(stored=2)
    assert promotion.count_remarks(conn, last_batch(conn)) == (1, 1, 1)
    assert deliver(conn, vault, row, silent) == Counts(unchanged=2)

    found = conn.execute("SELECT parcel_id, remark_index, remark_enc FROM registry.remark").fetchall()
    assert [parcel_id for parcel_id, _, _ in found] == [parcels["1"]]
    ((_, index, sealed),) = found
    assert "Trần".encode() not in bytes(sealed)
    assert json.loads(vault.unseal(sealed, cell=remark_cell(index))) == told

    corrected = row | {"remark": json.dumps({"change_reason": "Tặng cho"})}
    assert deliver(conn, vault, corrected, silent) == Counts(merged=1, unchanged=1)
    assert promotion.count_remarks(conn, last_batch(conn)) == (0, 1, 0)


def last_batch(conn: psycopg.Connection) -> int:
    return conn.execute("SELECT max(batch_id) FROM staging.import_batch").fetchone()[0]
