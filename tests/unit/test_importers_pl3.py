"""The campaign template PL3-01: labels become codes, faults of a person's numbers are recorded, little is rejected."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from pl3_files import FULL, LABELS, NAME, cells, one, rows_of, workbook

from landdb.importers.tables.pl3 import template_column

EXPECTED = {
    "row_no": 5, "layer": "PL3-01", "reject_code": None, "commune_code": "07954",
    "serial": "DĐ 123456", "serial_raw": "dđ123456", "registry_no": "CS 00123",
    "issued_on": dt.date(2019, 3, 15), "issued_on_raw": "15/03/2019",
    "name": NAME, "name_raw": NAME, "birth_year": 1985, "birth_date": None, "birth_precision": "YEAR", "sex": "M",
    "citizen_id": "099085000123", "id_kind": "CITIZEN_ID", "id_fault": None,
    "residence": "Khu 3, phường Phong Châu", "holder_group": "COUPLE", "role": "HUSBAND",
    "parcel_code": "w7fcud24n1zq", "cert_sheet_no": "3", "cert_parcel_no": "45", "sheet_no": "12", "parcel_no": "345",
    "address": "Khu 3", "parcel_area_m2": 29.16, "rrr_kind": "USE_RIGHT", "share_num": None,
    "scan_file": "DĐ 123456-GCN.pdf", "org_name": None, "raw_row": None,
}  # fmt: skip

EXPECTED_USES = [
    {
        "ordinal": 1, "code": "ONT", "raw": "ONT", "area_m2": 29.2,
        "origin": "CNQ-CTT", "use_form": "SHARED", "term": "LONG_TERM",
    },
    {
        "ordinal": 2, "code": "CLN", "raw": "Đất trồng cây lâu năm", "area_m2": 100.0,
        "origin": "Nguồn gốc tự khai", "use_form": "SEPARATE", "term": "2064-07-01",
    },
]  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "labels", "profile", "first_row"),
    [(True, True, None, 5), (True, False, None, 4), (False, True, None, 4), (False, False, "pl3", 3)],
)
def test_a_full_row_is_read_by_field_numbers_by_labels_or_by_the_templates_columns(
    tmp_path: Path, numbers: bool, labels: bool, profile: str | None, first_row: int
) -> None:
    path = workbook(tmp_path / "a.xlsx", FULL, numbers=numbers, labels=labels)
    (row,) = rows_of(path, profile=profile)
    expected = EXPECTED | {"row_no": first_row}
    assert {field: row[field] for field in expected} == expected
    assert json.loads(row["uses"]) == EXPECTED_USES


@pytest.mark.parametrize(
    ("number", "letters"), [(1, 1), (13, 13), (14, 16), (20, 22), (23, 23), (24, 24), (25, 25), (49, 49)]
)
def test_fields_stand_where_the_template_keeps_them(number: int, letters: int) -> None:
    assert template_column(number) == letters


@pytest.mark.parametrize(
    ("delivered", "kind", "fault"),
    [
        (99085000123.0, "OTHER", "LOST_LEADING_ZERO"),
        ("123456789", "CMND", "CMND_OLD"),
        ("09908500012", "OTHER", "LOST_LEADING_ZERO"),
        ("000000000000", "CITIZEN_ID", "FILLER"),
        ("099185000123", "CITIZEN_ID", "SEX_DISAGREES"),
        ("099086000123", "CITIZEN_ID", "BIRTH_YEAR_DISAGREES"),
        ("003085000123", "CITIZEN_ID", "UNKNOWN_PROVINCE"),
        ("không có", "OTHER", "NOT_12_DIGITS"),
        ("--\\--", "MISSING", None),
        (None, "MISSING", None),
    ],
)
def test_a_faulty_citizen_number_is_stored_with_its_fault_and_the_row_is_not_rejected(
    tmp_path: Path, delivered: Any, kind: str, fault: str | None
) -> None:
    row = one(tmp_path, f10=delivered)
    assert (row["id_kind"], row["id_fault"], row["reject_code"]) == (kind, fault, None)


@pytest.mark.parametrize(
    ("delivered", "date", "year", "precision"),
    [
        ("01/05/1985", dt.date(1985, 5, 1), 1985, "DAY"),
        (dt.datetime(1985, 5, 1), dt.date(1985, 5, 1), 1985, "DAY"),  # noqa: DTZ001
        (31168.0, dt.date(1985, 5, 1), 1985, "DAY"),
        ("05/1985", dt.date(1985, 5, 1), 1985, "MONTH"),
        ("1985", None, 1985, "YEAR"),
        ("29/2/1985", None, 1985, "YEAR"),
        ("1017", None, None, None),
        ("không rõ", None, None, None),
    ],
)
def test_birth_is_kept_at_the_precision_it_was_written_with(
    tmp_path: Path, delivered: Any, date: dt.date | None, year: int | None, precision: str | None
) -> None:
    row = one(tmp_path, f8=delivered)
    assert (row["birth_date"], row["birth_year"], row["birth_precision"]) == (date, year, precision)
    assert row["reject_code"] is None


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Cá nhân", "INDIVIDUAL"),
        ("Hộ gia đình", "HOUSEHOLD"),
        ("VỢ CHỒNG", "COUPLE"),
        ("Đồng sử dụng", "CO_USERS"),
        ("Cộng đồng dân cư", "COMMUNITY"),
        ("Tổ chức", "ORGANISATION"),
        ("Khác", None),
    ],
)
def test_holder_groups_become_codes_and_unknown_ones_stay_empty(tmp_path: Path, label: str, code: str | None) -> None:
    assert one(tmp_path, f12=label)["holder_group"] == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Cá nhân", "INDIVIDUAL"),
        ("Chủ hộ", "HOUSEHOLD_HEAD"),
        ("Chồng", "HUSBAND"),
        ("Vợ", "WIFE"),
        ("Người đại diện", "REPRESENTATIVE"),
        ("Thành viên", "MEMBER"),
    ],
)
def test_roles_become_codes(tmp_path: Path, label: str, code: str) -> None:
    assert one(tmp_path, f13=label)["role"] == code


def test_a_blank_holder_group_follows_from_organisation_or_role(tmp_path: Path) -> None:
    assert one(tmp_path, f12=None)["holder_group"] == "COUPLE"
    assert one(tmp_path, f12=None, f13=None, f5="Công ty Mẫu")["holder_group"] == "ORGANISATION"
    assert one(tmp_path, f12=None, f13="Chủ hộ")["holder_group"] == "HOUSEHOLD"
    assert one(tmp_path, f12=None, f13=None)["holder_group"] == "INDIVIDUAL"


@pytest.mark.parametrize(
    ("delivered", "number", "fault"),
    [
        ("0100109106", "0100109106", None),
        ("0100109107", "0100109107", "BAD_CHECK_DIGIT"),
        ("N/A-5", None, None),
        (100109106.0, "100109106", "BAD_LENGTH"),
    ],
)
def test_the_number_of_an_organisation_is_diagnosed(
    tmp_path: Path, delivered: Any, number: str | None, fault: str | None
) -> None:
    row = one(tmp_path, f5="Công ty Mẫu", f6=delivered)
    assert (row["org_no"], row["org_no_fault"]) == (number, fault)


def test_an_organisation_without_a_person_is_a_holder(tmp_path: Path) -> None:
    row = one(tmp_path, f5="Hợp tác xã Mẫu", f7=None)
    assert (row["org_name"], row["name"], row["reject_code"]) == ("Hợp tác xã Mẫu", None, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"f1": None}, "MISSING_COMMUNE"),
        ({"f1": "Phú Hộ"}, "UNKNOWN_COMMUNE_CODE_FORM"),
        ({"f16": None, "f17": None, "f19": None}, "MISSING_PARCEL_KEY"),
        ({"f16": "sai mã", "f18": None, "f20": None}, "MISSING_PARCEL_KEY"),
        ({"f7": None}, "MISSING_HOLDER"),
        ({"f7": "--\\--"}, "MISSING_HOLDER"),
        ({"f24": "khoảng một sào"}, "BAD_NUMBER"),
    ],
)
def test_a_row_is_rejected_only_when_it_cannot_be_placed(tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    row = one(tmp_path, **changes)
    assert row["reject_code"] == code
    assert row["reject_reason"]
    assert row["reject_remedy"]
    assert json.loads(row["raw_row"])["Số ĐDCN/CCCD"] == "099085000123"
    assert row["citizen_id"] is None
    assert "Mẫu" not in row["reject_reason"] + row["reject_remedy"]


@pytest.mark.parametrize(
    "changes",
    [
        {"f16": None, "f17": None},
        {"f16": None, "f19": None},
        {"f17": None, "f20": None},
        {"f24": None},
        {"f2": None, "f3": None},
        {"f3": "không rõ ngày"},
    ],
)
def test_one_key_of_the_parcel_is_enough_and_other_gaps_are_left_to_the_rules(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert one(tmp_path, **changes)["reject_code"] is None


def test_a_date_that_cannot_be_read_stays_as_delivered(tmp_path: Path) -> None:
    row = one(tmp_path, f3="năm 2017")
    assert (row["issued_on"], row["issued_on_raw"]) == (None, "năm 2017")


def test_a_land_use_that_cannot_be_read_keeps_its_text_and_its_fault(tmp_path: Path) -> None:
    unknown, compound = (json.loads(one(tmp_path, f25=text)["uses"])[0] for text in ("đất vườn tạp", "ONT+CLN"))
    assert (unknown["code"], unknown["raw"], unknown["fault"]) == (None, "đất vườn tạp", "NEEDS_REVIEW")
    assert (compound["code"], compound["raw"], compound["fault"]) == (None, "ONT+CLN", "SEVERAL_CODES")


def test_an_area_of_a_use_that_cannot_be_read_is_kept_as_typed(tmp_path: Path) -> None:
    use = json.loads(one(tmp_path, f26="một sào")["uses"])[0]
    assert (use["area_m2"], use["area_raw"]) == (None, "một sào")


def test_the_commune_of_the_job_fills_a_blank_column_only(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", FULL | {1: None}, FULL)
    assert [row["commune_code"] for row in rows_of(path, commune_code="07963")] == ["07963", "07954"]


def test_one_certificate_of_a_couple_is_two_rows_with_two_hashes(tmp_path: Path) -> None:
    wife = FULL | {7: "Trần Thị Mẫu", 9: "Nữ", 10: "099185000124", 13: "Vợ"}
    first, second = rows_of(workbook(tmp_path / "a.xlsx", FULL, wife))
    assert (first["role"], second["role"], second["sex"]) == ("HUSBAND", "WIFE", "F")
    assert first["delivered_hash"] != second["delivered_hash"]
    assert first["serial"] == second["serial"]


@pytest.mark.parametrize(
    ("numbers", "labels", "profile"),
    [(True, True, None), (True, False, None), (False, True, None), (False, False, "pl3")],
)
def test_what_the_register_has_no_place_for_is_kept_however_the_template_is_recognised(
    tmp_path: Path, numbers: bool, labels: bool, profile: str | None
) -> None:
    row = cells(FULL | {15: "Thừa kế", 40: "Nhà ở riêng lẻ", 45: 86.5})
    row[14:16] = ["Trần Thị Mẫu", "099190000456"]  # columns O and P, which have no number
    header = [["PHỤ LỤC 3-01"]]
    titles = cells(LABELS)
    titles[14:16] = ["Tên người sử dụng hiện tại", "CCCD người sử dụng hiện tại"]
    header += [titles] if labels else []
    header += (
        [["(A)", *(f"({cell})" if cell else None for cell in cells({n: n for n in LABELS})[1:])]] if numbers else []
    )
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("PL3-01")
        for at, line in enumerate([*header, row]):
            sheet.write_row(at, 0, line)
    (read,) = rows_of(path, profile=profile)
    assert json.loads(read["remark"]) == {
        "present_user": "Trần Thị Mẫu", "present_user_id": "099190000456", "change_reason": "Thừa kế",
        "asset_kind": "Nhà ở riêng lẻ", "asset_floor_m2": "86.5",
    }  # fmt: skip


def test_a_row_that_says_nothing_beside_the_register_has_no_remark(tmp_path: Path) -> None:
    assert one(tmp_path)["remark"] is None
