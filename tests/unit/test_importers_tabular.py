"""Delivered tables: any encoding, delimiter, header; a bad row is quarantined alone, under its own row number."""

import datetime as dt
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from landdb.domain.text import encode_legacy
from landdb.errors import ImportRefused
from landdb.importers import ImportJob
from landdb.importers.tables.tabular import open_table, read_table

HEADER = "Mã xã,Số tờ,Số thửa,Họ tên,Địa chỉ,Diện tích"
NAME = "Nguyễn Văn Mẫu"
ADDRESS = "thôn Đồng Trũng, xã Phú Hộ"


def rows_of(path: Path, fmt: str = "CSV", **job: Any) -> list[dict[str, Any]]:
    _, batches = read_table(path, ImportJob(path, **job), fmt)
    return [row for batch in batches for row in batch.to_pylist()]


def table(*lines: str) -> str:
    return "\r\n".join([HEADER, *lines]) + "\r\n"


def vietnamese_rows(count: int = 4) -> str:
    return table(*(f'07954,7,{number},{NAME},"{ADDRESS}","29,16"' for number in range(1, count + 1)))


def as_cp1258(text: str) -> bytes:
    """Write cp1258 as Windows does: tones are marks of their own after the vowel."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = []
    for letter in text:
        decomposed = unicodedata.normalize("NFD", letter)
        plain = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in tones))
        out.append(plain + "".join(mark for mark in decomposed if mark in tones))
    return "".join(out).encode("cp1258")


def as_bytes_of_font(encoding: str) -> Callable[[str], bytes]:
    return lambda text: encode_legacy(text.lower(), encoding).encode("latin-1")


@pytest.mark.parametrize(
    ("write", "encoding"),
    [
        (lambda text: text.encode(), "UTF-8"),
        (lambda text: text.encode("utf-8-sig"), "UTF-8-SIG"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.encode("utf-16-le"), "UTF-16-LE"),
        (lambda text: text.encode("utf-16-be"), "UTF-16-BE"),
        (lambda text: unicodedata.normalize("NFD", text).encode(), "UTF-8"),
        (as_cp1258, "CP1258"),
    ],
)
def test_a_csv_is_read_in_the_unicode_and_windows_encodings(
    tmp_path: Path, write: Callable[[str], bytes], encoding: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(write(vietnamese_rows()))
    opened = open_table(path, ImportJob(path), "CSV")
    rows = [row for batch in opened.batches for row in batch.to_pylist()]
    assert {(row["name"], row["residence"]) for row in rows} == {(NAME, ADDRESS)}
    assert opened.encoding == encoding
    assert len(rows) == 4


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_a_csv_typed_with_a_font_of_before_unicode_is_decoded_and_its_raw_name_is_kept(
    tmp_path: Path, encoding: str
) -> None:
    header = "ma xa,so to,so thua,ho ten,dia chi"
    body = "".join(f'07954,7,{number},{NAME},"{ADDRESS}"\n' for number in range(1, 6))
    path = tmp_path / "a.csv"
    path.write_bytes(header.encode() + b"\n" + as_bytes_of_font(encoding)(body))
    opened = open_table(path, ImportJob(path), "CSV")
    row = next(opened.batches).to_pylist()[0]
    assert row["name"] == NAME.lower()
    assert row["residence"] == ADDRESS.lower()
    assert row["name_raw"] == encode_legacy(NAME.lower(), encoding)
    assert opened.encoding == encoding


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_even_when_cells_hold_other_ones(tmp_path: Path, delimiter: str) -> None:
    cells = ["07954", "7", "12", NAME, '"Tổ 1; khu 2, phường Mẫu"', '"29,16"']
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER.replace(",", delimiter), delimiter.join(cells)]), encoding="utf-8")
    (row,) = rows_of(path)
    assert (row["sheet_no"], row["parcel_no"], row["residence"]) == ("7", "12", "Tổ 1; khu 2, phường Mẫu")
    assert json.loads(row["uses"])[0]["area_m2"] == 29.16


def test_row_numbers_are_those_a_spreadsheet_shows_with_blank_rows_and_cells_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        table(f'07954,7,1,{NAME},"dòng 1\r\ndòng 2",', "", ",,,,,", f"07954,7,2,{NAME},,"), encoding="utf-8"
    )
    rows = rows_of(path)
    assert [(row["row_no"], row["parcel_no"]) for row in rows] == [(2, "1"), (5, "2")]
    assert rows[0]["residence"] == "dòng 1 dòng 2"


def test_the_separator_hint_of_excel_is_not_a_row_of_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"sep=;\n{HEADER.replace(',', ';')}\n07954;7;1;{NAME};;\n", encoding="utf-8")
    (row,) = rows_of(path)
    assert (row["row_no"], row["reject_code"]) == (3, None)


def test_an_unclosed_quotation_mark_costs_its_own_row_only(tmp_path: Path) -> None:
    good = [f"07954,7,{number},{NAME},," for number in range(1, 201)]
    good[99] = f'07954,7,100,{NAME},"khu 3,'
    path = tmp_path / "a.csv"
    path.write_text(table(*good), encoding="utf-8")
    rows = rows_of(path)
    assert len(rows) == 200
    assert [(row["row_no"], row["reject_code"]) for row in rows if row["reject_code"]] == [(101, "UNCLOSED_QUOTE")]
    assert [row["parcel_no"] for row in rows if not row["reject_code"]][98:101] == ["99", "101", "102"]


def test_an_unclosed_quotation_mark_near_the_end_costs_its_own_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table(f"07954,7,1,{NAME},,", f'07954,7,2,{NAME},"khu,', f"07954,7,3,{NAME},,"), encoding="utf-8")
    assert [row["reject_code"] for row in rows_of(path)] == [None, "UNCLOSED_QUOTE", None]


@pytest.mark.parametrize("length", [200_000, 3_000_000])
def test_a_field_too_long_for_any_cell_costs_its_own_row_only(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table(f"07954,7,1,{NAME},{'x' * length},", f"07954,7,2,{NAME},,"), encoding="utf-8")
    assert [(row["row_no"], row["reject_code"]) for row in rows_of(path)] == [(2, "FIELD_TOO_LONG"), (3, None)]


def test_nul_bytes_in_cells_are_dropped_because_no_database_stores_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table(f"07954,7,1,{NAME},khu\0 3,").encode())
    (row,) = rows_of(path)
    assert row["residence"] == "khu 3"


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 8 + b"\0" * 4096)
    with pytest.raises(ImportRefused, match="NOT_A_TEXT_TABLE"):
        read_table(path, ImportJob(path), "CSV")


def test_a_cell_that_looks_like_a_formula_is_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table("07954,7,1,=cmd|' /C calc'!A0,\"+84, xã @Mẫu\","), encoding="utf-8")
    (row,) = rows_of(path)
    assert (row["name"], row["residence"]) == ("=cmd|' /C calc'!A0", "+84, xã @Mẫu")


def test_rows_arrive_in_batches_before_the_rest_of_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write(table(*(f"07954,7,{number},{NAME},," for number in range(1, 20_001))))
    _, batches = read_table(path, ImportJob(path, batch_rows=100), "CSV")
    assert next(batches).num_rows == 100
    path.write_bytes(b"")
    assert sum(batch.num_rows for batch in batches) < 20_000 - 100


def test_the_same_row_has_the_same_hash_in_csv_and_xlsx_and_in_any_order_of_columns(tmp_path: Path) -> None:
    one, two, three = tmp_path / "1.csv", tmp_path / "2.csv", tmp_path / "3.xlsx"
    one.write_text(f"Mã xã,Số tờ,Số thửa,Họ tên\n07954,7,12,{NAME}\n", encoding="utf-8")
    two.write_text(f"Họ tên;Số thửa;Số tờ;Mã xã\n{NAME};12;7;07954\n", encoding="utf-8")
    workbook(three, [["Mã xã", "Số tờ", "Số thửa", "Họ tên"], ["07954", 7.0, 12.0, NAME]])
    (first,), (second,), (third,) = rows_of(one), rows_of(two), rows_of(three, "XLSX")
    assert first["delivered_hash"] == second["delivered_hash"] == third["delivered_hash"]
    assert len(first["delivered_hash"]) == 16


def workbook(path: Path, *sheets: list[list[Any]], merges: tuple[tuple[int, int, int], ...] = ()) -> None:
    """Write worksheets of cells; `merges` are (row, first column, last column) on the first."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}) as book:
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Bảng {number + 1}")
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row, column, cell)
            for row, first, last in merges if number == 0 else ():
                sheet.merge_range(row, first, row, last, rows[row][first])


def test_a_workbook_with_titles_a_two_level_merged_header_and_a_counting_row_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(
        path,
        [
            ["DANH SÁCH CHỦ SỬ DỤNG ĐẤT"],
            [],
            ["STT", "Mã xã", "Trên giấy chứng nhận", None, "Bản đồ địa chính", None, "Họ tên", "Ngày sinh"],
            [None, None, "Số tờ ghi trên GCN", "Số thửa ghi trên GCN", "Số tờ", "Số thửa", None, None],
            ["1", "2", "3", "4", "5", "6", "7", "8"],
            [1, 7954.0, 3.0, 45.0, 12.0, 345.0, NAME, dt.datetime(1985, 5, 1)],  # noqa: DTZ001
        ],
        merges=((2, 2, 3), (2, 4, 5)),
    )
    (row,) = rows_of(path, "XLSX")
    assert row["row_no"] == 6
    assert row["commune_code"] == "07954"
    assert (row["cert_sheet_no"], row["cert_parcel_no"]) == ("3", "45")
    assert (row["sheet_no"], row["parcel_no"]) == ("12", "345")
    assert (row["birth_date"], row["birth_precision"]) == (dt.date(1985, 5, 1), "DAY")


def test_a_table_that_begins_away_from_the_corner_keeps_its_row_numbers_and_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, [[], [], [None, None, "Mã xã", "Tờ", "Thửa", "X"], [None, None, "07954", "7", "12", NAME]])
    (row,) = rows_of(path, "XLSX", columns={"name": "F", "sheet_no": "D"})
    assert (row["row_no"], row["name"], row["sheet_no"]) == (4, NAME, "7")


def test_the_first_worksheet_that_is_understood_is_read_and_another_can_be_named(tmp_path: Path) -> None:
    head = ["Mã xã", "Số tờ", "Số thửa", "Họ tên"]
    path = tmp_path / "a.xlsx"
    workbook(path, [["Hướng dẫn"]], [head, ["07954", 1, 1, NAME]], [head, ["07954", 2, 2, NAME]])
    assert [(row["layer"], row["sheet_no"]) for row in rows_of(path, "XLSX")] == [("Bảng 2", "1")]
    named = rows_of(path, "XLSX", columns={"worksheet": "Bảng 3"})
    assert [(row["layer"], row["sheet_no"]) for row in named] == [("Bảng 3", "2")]
    with pytest.raises(ImportRefused, match="WORKSHEET_NOT_FOUND"):
        rows_of(path, "XLSX", columns={"worksheet": "Bảng 9"})


def test_a_heading_that_nobody_knows_can_be_named_by_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"MX,TO,TH,NGUOI\n07954,7,12,{NAME}\n", encoding="utf-8")
    columns = {"commune_code": "MX", "sheet_no": "TO", "parcel_no": "TH", "name": "NGUOI"}
    (row,) = rows_of(path, columns=columns)
    assert (row["sheet_no"], row["parcel_no"], row["name"]) == ("7", "12", NAME)
    with pytest.raises(ImportRefused, match="UNKNOWN_COLUMN"):
        rows_of(path, columns=columns | {"serial": "SERI"})


def test_an_unknown_table_is_refused_with_its_columns_and_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Cây trồng,Sản lượng\nLúa,12\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        rows_of(path)
    assert refused.value.code == "UNKNOWN_TABLE"
    assert "Cây trồng, Sản lượng" in refused.value.reason
    assert refused.value.remedy


def test_a_table_without_header_is_refused_without_repeating_what_its_rows_say(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"07954,7,12,{NAME},099085000123\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        rows_of(path)
    assert "Mẫu" not in str(refused.value)
    assert "099085000123" not in str(refused.value)


def test_an_empty_file_a_damaged_workbook_and_a_search_for_geometry_are_refused(tmp_path: Path) -> None:
    empty, damaged = tmp_path / "a.csv", tmp_path / "b.xlsx"
    empty.write_bytes(b"")
    damaged.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(ImportRefused, match="UNKNOWN_TABLE"):
        rows_of(empty)
    with pytest.raises(ImportRefused, match="DAMAGED_WORKBOOK"):
        rows_of(damaged, "XLSX")
    with pytest.raises(ImportRefused, match="NO_GEOMETRY"):
        rows_of(empty, noun="features")


def test_a_rejected_row_carries_all_its_cells_and_its_reason_carries_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table(f"07954,,,{NAME},{ADDRESS.replace(',', '')},"), encoding="utf-8")
    (row,) = rows_of(path)
    assert row["reject_code"] == "MISSING_PARCEL_KEY"
    assert json.loads(row["raw_row"])["Họ tên"] == NAME
    assert NAME not in row["reject_reason"] + row["reject_remedy"]
    assert row["name"] is None
