"""Old sheet numbers and what they have become: every row is kept as it is, nothing is chosen or computed."""

from pathlib import Path
from typing import Any

import pytest

from landdb.importers import ImportJob
from landdb.importers.tables.tabular import read_table

VBDLIS = "tinhId,xaId,tinhIdCu,xaIdCu,soHieuToBanDo,soHieuToBanDoCu,soThuTuThua,soThuTuThuaCu,tyLe,ghiChu"


def rows_of(path: Path, **job: Any) -> list[dict[str, Any]]:
    kind, batches = read_table(path, ImportJob(path, **job), "CSV")
    assert kind == "CROSSWALK"
    return [row for batch in batches for row in batch.to_pylist()]


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "crosswalk.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_vbdlis_table_gives_codes_sheets_scale_and_note(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, VBDLIS, "25,7954.0,25,07963,85,001,0,,1/500,xã Hà Thạch"))
    assert row["row_no"] == 2
    assert (row["old_commune_code"], row["old_sheet_no"]) == ("07963", "1")
    assert (row["commune_code"], row["sheet_no"]) == ("07954", "85")
    assert (row["scale_denominator"], row["note"]) == (500, "xã Hà Thạch")
    assert row["reject_code"] is None


@pytest.mark.parametrize(
    ("delivered", "expected"), [("", None), ("0", None), ("NULL", None), ("012", "12"), ("5a", "5a")]
)
def test_a_blank_or_zero_parcel_number_means_the_whole_sheet(
    tmp_path: Path, delivered: str, expected: str | None
) -> None:
    (row,) = rows_of(written(tmp_path, VBDLIS, f"25,07954,25,07963,85,1,{delivered},{delivered},,"))
    assert (row["parcel_no"], row["old_parcel_no"]) == (expected, expected)


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [("1/500", 500), ("1/1000", 1000), ("1:2.000", 2000), ("1/10 000", 10000), ("500", 500), ("", None)],
)
def test_a_scale_is_read_in_its_usual_spellings(tmp_path: Path, delivered: str, expected: int | None) -> None:
    (row,) = rows_of(written(tmp_path, VBDLIS, f"25,07954,25,07963,85,1,,,{delivered},"))
    assert (row["scale_denominator"], row["reject_code"]) == (expected, None)


def test_two_rows_for_one_old_sheet_both_stay(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path, VBDLIS, "25,07954,25,07945,150,7,,,1/500,", "25,07954,25,07945,156,7,,,1/1000,"))
    assert [(row["old_sheet_no"], row["scale_denominator"], row["sheet_no"]) for row in rows] == [
        ("7", 500, "150"),
        ("7", 1000, "156"),
    ]


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("25,07954,25,,85,1,,,1/500,", "MISSING_COMMUNE", "old_commune_code"),
        ("25,,25,07963,85,1,,,1/500,", "MISSING_COMMUNE", "commune_code"),
        ("25,Phú Hộ,25,07963,85,1,,,1/500,", "UNKNOWN_COMMUNE_CODE_FORM", "commune_code"),
        ("25,07954,25,07963,,1,,,1/500,", "MISSING_SHEET_NO", "sheet_no"),
        ("25,07954,25,07963,85,0,,,1/500,", "MISSING_SHEET_NO", "old_sheet_no"),
        ("25,07954,25,07963,85,1,,,một phần nghìn,", "BAD_SCALE", "scale_denominator"),
    ],
)
def test_a_row_that_leads_nowhere_is_rejected_with_its_field(tmp_path: Path, line: str, code: str, field: str) -> None:
    (row,) = rows_of(written(tmp_path, VBDLIS, line))
    assert (row["reject_code"], row["reject_field"]) == (code, field)
    assert row["reject_reason"]
    assert row["reject_remedy"]
    assert row["raw_row"]


def test_a_provincial_list_with_vietnamese_headings_takes_the_new_commune_from_the_caller(tmp_path: Path) -> None:
    path = written(tmp_path, "Mã xã cũ;Tờ cũ;Tờ mới;Tỷ lệ", "07963;1;85;1/1000")
    (row,) = rows_of(path, commune_code="07954", noun="crosswalk")
    assert (row["commune_code"], row["sheet_no"], row["old_sheet_no"]) == ("07954", "85", "1")
