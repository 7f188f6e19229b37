"""A clerk's table comes back filled: the same rows, what was found beside them, nothing about persons."""

import csv
import json

import factories
import pytest
import python_calamine
import worlds
import xlsxwriter
from typer.testing import CliRunner

from landdb.cli import app
from landdb.errors import ImportRefused
from landdb.importers.asked_table import read_asked_table

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def filled_world(server, template_database, tmp_path_factory):
    keys = tmp_path_factory.mktemp("keys")
    with factories.database(server, template_database) as url:
        yield worlds.seed(url, factories.open_vault(keys))


@pytest.fixture
def fill(filled_world, monkeypatch, tmp_path):
    """Give a function that runs `landdb lookup bulk` and gives what it said and the rows that it wrote."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", filled_world.url)
    monkeypatch.setenv("LANDDB_HOME", str(tmp_path / "home"))

    def run(source, *options):
        target = tmp_path / "filled.csv"
        done = CliRunner().invoke(app, ["lookup", "bulk", str(source), "--to", str(target), "--json", *options])
        rows = list(csv.reader(target.read_text("utf-8-sig").splitlines())) if target.exists() else []
        return done.exit_code, json.loads(done.stdout)["rows"] if done.exit_code != 2 else done.stderr, rows

    return run


def test_a_csv_with_vietnamese_headings_comes_back_with_what_was_found(fill, filled_world, tmp_path):
    source = tmp_path / "danh_sach.csv"
    source.write_text("DANH SÁCH\n\nSTT;Số tờ;Số thửa;Ghi chú\n1;12;1;=A1\n2;012;2;\n\n3;12;777;\n4;;5;\n", "utf-8")
    code, counts, rows = fill(source, "--commune", "07954")
    assert (code, counts) == (1, {"RESOLVED": 2, "NOT_FOUND": 1, "INVALID": 1})
    assert rows[2][4:7] == ["Kết quả", "Lý do", "Số thửa tìm thấy"]
    assert rows[3][:4] == ["1", "12", "1", "'=A1"]
    assert rows[3][4] == "Tìm thấy"
    assert rows[3][-1] == str(filled_world.couple)
    assert rows[6][4:6] == ["Không tìm thấy", "Không có thửa mang số này; có thể là số cũ, hoặc thửa đã tách, hợp"]
    text = source.with_name("filled.csv").read_text("utf-8")
    assert not any(secret in text for secret in (*worlds.SECRET_NAMES, *worlds.SECRET_NUMBERS))


def test_a_workbook_with_grouped_headings_and_numbers_as_numbers_is_read(fill, filled_world, tmp_path):
    source = tmp_path / "bang.xlsx"
    with xlsxwriter.Workbook(source) as book:
        sheet = book.add_worksheet("Tờ 12")
        sheet.merge_range(0, 1, 0, 2, "Theo bản đồ địa chính")
        sheet.write_row(1, 0, ["STT", "Số tờ", "Số thửa", "Mã xã"])
        sheet.write_row(2, 0, ["(1)", "(2)", "(3)", "(4)"])
        sheet.write_row(3, 0, [1, 12, 1, 7954])
        sheet.write_row(4, 0, [2, 12.0, 8, "07954"])
    code, counts, rows = fill(source)
    assert (code, counts) == (0, {"RESOLVED": 2})
    assert [row[-1] for row in rows[3:]] == [str(filled_world.couple), str(filled_world.twins[0])]


def test_certificates_codes_and_old_numbers_are_keys_too_and_ambiguity_is_counted(fill, tmp_path):
    source = tmp_path / "giay.csv"
    source.write_text(
        "Số phát hành GCN,Mã định danh thửa đất,Mã xã cũ,Tờ cũ,Thửa cũ\n"
        "ab12345678,,,,\nAD 22222222,,,,\n,w7jq2m4k5n01,,,\n,,07945,7,5\n",
        "utf-8",
    )
    code, counts, rows = fill(source)
    assert (code, counts) == (3, {"RESOLVED": 2, "AMBIGUOUS": 2})
    assert [row[5] for row in rows[1:]] == ["Tìm thấy", "Có nhiều khả năng", "Tìm thấy", "Có nhiều khả năng"]


def test_a_table_that_names_no_parcels_is_refused_with_the_headings_to_use(fill, tmp_path):
    source = tmp_path / "khac.csv"
    source.write_text("Họ tên,Năm sinh\nA,1970\n", "utf-8")
    code, said, _ = fill(source)
    assert code == 2
    assert "Số thửa" in said
    with pytest.raises(ImportRefused):
        read_asked_table(source, most_rows=10, commune_code=None)


def test_the_filled_workbook_keeps_dates_and_text_as_they_were(filled_world, monkeypatch, tmp_path):
    monkeypatch.setenv("LANDDB_DATABASE_URL", filled_world.url)
    monkeypatch.setenv("LANDDB_HOME", str(tmp_path / "home"))
    source, target = tmp_path / "a.csv", tmp_path / "a_ket_qua.xlsx"
    source.write_text("Mã xã,Số tờ,Số thửa,Ghi chú\n07954,12,1,0012\n", "utf-8")
    assert CliRunner().invoke(app, ["lookup", "bulk", str(source)]).exit_code == 0
    with python_calamine.load_workbook(str(target)) as book:
        heading, row = book.get_sheet_by_index(0).to_python()
    assert row[:4] == ["07954", "12", "1", "0012"]
    assert row[heading.index("Khóa thửa")] == filled_world.couple
