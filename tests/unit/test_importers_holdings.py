"""Lists of who holds what, with Vietnamese or English headings in any order; shares are exact or refused."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from landdb.importers import ImportJob
from landdb.importers.tables.tabular import open_table

ENGLISH = (
    "commune,sheet,parcel,certificate_serial,issued_on,registry_no,name,birth,sex,citizen_id,organisation_name,"
    "organisation_number,tax_code,address,share,role,holder_group,land_use,area"
)
VIETNAMESE = (
    "Mã xã;Tờ bản đồ;Thửa đất;Số phát hành;Ngày cấp;Số vào sổ;Họ và tên;Năm sinh;Giới tính;CCCD;Tên tổ chức;"
    "Mã số doanh nghiệp;Mã số thuế;Địa chỉ;Tỷ lệ sở hữu;Vai trò;Loại chủ;Loại đất;Diện tích (m2)"
)
EXPECTED = {
    "row_no": 2, "commune_code": "07954", "sheet_no": "12", "parcel_no": "345", "serial": "AB 12345678",
    "issued_on": dt.date(2025, 3, 1), "registry_no": "CH 7", "name": "Trần Thị Mẫu", "birth_year": 1990, "sex": "F",
    "citizen_id": "099190000124", "id_kind": "CITIZEN_ID", "id_fault": None, "tax_code": "099190000124",
    "tax_code_fault": None, "org_name": None, "residence": "Khu 5, phường Mẫu", "share_num": 1, "share_den": 2,
    "role": "MEMBER", "holder_group": "CO_USERS", "reject_code": None,
}  # fmt: skip


def rows_of(path: Path, **job: Any) -> list[dict[str, Any]]:
    table = open_table(path, ImportJob(path, **job), "CSV")
    assert (table.kind, table.profile) == ("HOLDING", "holdings")
    return [row for batch in table.batches for row in batch.to_pylist()]


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "holders.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "lines",
    [
        (
            ENGLISH,
            (
                "7954,12,345,ab12345678,2025-03-01,CH 7,Trần Thị Mẫu,1990,female,099190000124,,,099190000124,"
                '"Khu 5, phường Mẫu",1/2,member,co-users,ONT,100.5'
            ),
        ),
        (
            VIETNAMESE,
            (
                "07954;012;0345;AB 12345678;01/03/2025;CH 7;Trần Thị Mẫu;1990;Nữ;099190000124;;;099190000124;"
                "Khu 5, phường Mẫu;50%;Thành viên;Đồng sử dụng;ONT;100,5"
            ),
        ),
    ],
)
def test_a_list_with_english_or_vietnamese_headings_gives_the_same_row(tmp_path: Path, lines: tuple[str, ...]) -> None:
    (row,) = rows_of(written(tmp_path, *lines))
    assert {field: row[field] for field in EXPECTED} == EXPECTED
    (use,) = json.loads(row["uses"])
    assert (use["code"], use["area_m2"]) == ("ONT", 100.5)


@pytest.mark.parametrize(
    ("delivered", "fraction"),
    [("1/3", (1, 3)), ("2/6", (1, 3)), ("100%", (1, 1)), ("0,25", (1, 4)), ("1", (1, 1)), ("", (None, None))],
)
def test_a_share_is_an_exact_fraction(tmp_path: Path, delivered: str, fraction: tuple[int | None, int | None]) -> None:
    (row,) = rows_of(written(tmp_path, "commune;sheet;parcel;name;share", f"07954;1;2;Nguyễn Văn Mẫu;{delivered}"))
    assert (row["share_num"], row["share_den"], row["reject_code"]) == (*fraction, None)


@pytest.mark.parametrize("delivered", ["một nửa", "3/2", "0", "1/0", "120%", "2025-02-01"])
def test_a_share_that_is_no_part_of_a_right_is_rejected(tmp_path: Path, delivered: str) -> None:
    (row,) = rows_of(written(tmp_path, "commune;sheet;parcel;name;share", f"07954;1;2;Nguyễn Văn Mẫu;{delivered}"))
    assert (row["reject_code"], row["reject_field"]) == ("BAD_SHARE", "share")


@pytest.mark.parametrize(
    ("delivered", "code"),
    [("0", "INDIVIDUAL"), ("1", "COUPLE"), ("2", "HOUSEHOLD"), ("3", "ORGANISATION"), ("4", "COMMUNITY")],
)
def test_the_owner_kinds_of_vbdlis_are_known_by_number(tmp_path: Path, delivered: str, code: str) -> None:
    (row,) = rows_of(written(tmp_path, "maXa,soTo,soThua,hoTen,loaiChu", f"07954,1,2,Nguyễn Văn Mẫu,{delivered}"))
    assert row["holder_group"] == code


@pytest.mark.parametrize(
    ("delivered", "code"),
    [
        ("Nguyễn Văn Mẫu;;;", "INDIVIDUAL"),
        ("Nguyễn Văn Mẫu;;;-", "INDIVIDUAL"),
        ("Nguyễn Văn Mẫu;;Vợ;", "COUPLE"),
        ("Nguyễn Văn Mẫu;Công ty Mẫu;;", "ORGANISATION"),
        (";Công ty Mẫu;;", "ORGANISATION"),
    ],
)
def test_a_table_that_names_no_group_tells_it_by_who_is_named(tmp_path: Path, delivered: str, code: str) -> None:
    (row,) = rows_of(
        written(tmp_path, "commune;sheet;parcel;name;org_name;role;holder_group", f"07954;1;2;{delivered}")
    )
    assert (row["holder_group"], row["reject_code"]) == (code, None)


def test_a_group_that_is_no_known_word_is_rejected(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, "commune;sheet;parcel;name;holder_group", "07954;1;2;Nguyễn Văn Mẫu;bang hội"))
    assert (row["reject_code"], row["reject_field"]) == ("BAD_HOLDER_GROUP", "holder_group")


def test_an_organisation_with_a_wrong_tax_code_is_kept_with_its_fault(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, "commune,sheet,parcel,org_name,tax_code", "07954,1,2,Công ty Mẫu,0100109107"))
    assert (row["holder_group"], row["tax_code_fault"], row["reject_code"]) == ("ORGANISATION", "BAD_CHECK_DIGIT", None)


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        (("1.234,5", "1.234"), 1234.0),
        (("1,234.5", "1.234"), 1.234),
        (("29,16", "1.234"), 1234.0),
    ],
)
def test_an_area_that_could_mean_two_things_follows_the_rest_of_its_table(
    tmp_path: Path, areas: tuple[str, str], expected: float
) -> None:
    lines = [f"07954;1;{number};Nguyễn Văn Mẫu;{area}" for number, area in enumerate(areas, 1)]
    rows = rows_of(written(tmp_path, "commune;sheet;parcel;name;parcel_area", *lines))
    assert rows[1]["parcel_area_m2"] == expected


def test_an_area_that_could_mean_two_things_is_rejected_when_nothing_decides(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, "commune;sheet;parcel;name;parcel_area", "07954;1;2;Nguyễn Văn Mẫu;1.234"))
    assert row["reject_code"] == "BAD_NUMBER"


def test_the_sheet_and_commune_of_the_whole_file_can_be_given(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, "Thửa,Chủ sử dụng", "12,Nguyễn Văn Mẫu"), commune_code="07954", sheet_no="007")
    assert (row["commune_code"], row["sheet_no"], row["parcel_no"]) == ("07954", "7", "12")
