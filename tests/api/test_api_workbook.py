"""A table over the network: read in the sandbox, filled in order, given back as a workbook without formulas."""

import csv
import io
import zipfile

import importer_files
import pytest
import python_calamine
import worlds
import xlsxwriter

from api.lookup_answers import MOST_TABLE_ROWS

pytestmark = [pytest.mark.anyio, pytest.mark.db]

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = "DANH SÁCH\n\nSTT;Số tờ;Số thửa;Ghi chú\n1;12;1;=1+1\n2;012;2;\n\n3;12;777;{=1+1}\n4;;5;@SUM(A1)\n"


def workbook(rows, *, name="Tờ 12", formulas=False) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": formulas}) as book:
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return kept.getvalue()


def read(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == XLSX
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    assert response.headers["cache-control"] == "no-store"
    with python_calamine.load_workbook(io.BytesIO(response.content)) as book:
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def formulas_in(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert sheets
        return any(b"<f" in sheet for sheet in sheets)


async def send(client, content, *, kind=CSV, headers=None, **asked):
    sent = {"Content-Type": kind, **(headers or {})}
    return await client.post("/lookups/workbook", content=content, params=asked, headers=sent)


def refused(response):
    told = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert told["remedy"]
    return response.status_code, told.get("reason") or told["faults"][0]["reason"]


async def test_a_csv_comes_back_in_order_with_what_was_found_for_each_row(client, api_world):
    response = await send(client, LIST.encode(), commune="07954")
    rows = read(response)
    assert [row[:4] for row in rows] == [
        ["DANH SÁCH", "", "", ""],
        ["", "", "", ""],
        ["STT", "Số tờ", "Số thửa", "Ghi chú"],
        ["1", "12", "1", "=1+1"],
        ["2", "012", "2", ""],
        ["", "", "", ""],
        ["3", "12", "777", "{=1+1}"],
        ["4", "", "5", "@SUM(A1)"],
    ]
    heading = rows[2]
    assert heading[4:7] == ["Kết quả", "Lý do", "Số thửa tìm thấy"]
    assert [row[4] for row in rows] == [
        "", "", "Kết quả", "Tìm thấy", "Tìm thấy", "", "Không tìm thấy", "Không đọc được",
    ]  # fmt: skip
    keys = [row[heading.index("Khóa thửa")] for row in rows[3:5]]
    assert keys == [api_world.couple, api_world.shared]
    assert not formulas_in(response.content)


async def test_a_workbook_is_read_with_its_numbers_and_no_formula_leaves(client, api_world):
    sent = workbook([["Mã xã", "Số tờ", "Số thửa", "Ghi chú"], [7954, 12, 1, "=1+1"], ["07954", 12.0, "2", 3.5]],
                    formulas=True)  # fmt: skip
    assert formulas_in(sent)
    response = await send(client, sent, kind=XLSX)
    rows = read(response)
    assert rows[1][:3] == [7954, 12, 1]
    assert rows[2][:4] == ["07954", 12, "2", 3.5]
    assert [row[-1] for row in rows[1:]] == [api_world.couple, api_world.shared]
    assert not formulas_in(response.content)


async def test_codes_serials_and_old_numbers_in_one_column_are_enough(client, api_world):
    rows = read(await send(client, "Mã định danh thửa đất\nw7jq2m4k5n01\nw7jq2m4k5n77\n".encode()))
    assert [row[1] for row in rows[1:]] == ["Tìm thấy", "Có nhiều khả năng"]
    rows = read(await send(client, "Số phát hành\nab12345678\nZZ 99999999\n".encode()))
    assert [row[1] for row in rows[1:]] == ["Tìm thấy", "Không tìm thấy"]
    rows = read(await send(client, "Mã xã cũ,Tờ cũ,Thửa cũ\n07945,7,5\n".encode()))
    assert rows[1][3] == "Có nhiều khả năng"


async def test_everybody_gets_the_public_answer(client, issue):
    told = [read(await send(client, LIST.encode(), commune="07954", headers=who))
            for who in ({}, issue("clerk", "07954"), issue("service"), issue("analyst"))]  # fmt: skip
    assert all(rows == told[0] for rows in told)
    text = str(told)
    assert not any(secret in text for secret in (*worlds.SECRET_NAMES, *worlds.SECRET_NUMBERS))


async def test_a_column_of_citizens_numbers_is_refused_and_none_of_it_repeated(client, issue):
    number = worlds.SECRET_NUMBERS[0]
    for table in (f"Số tờ,Số thửa,Số CCCD\n12,1,{number}\n", f"CCCD,Mục đích\n{number},thuế\n"):
        response = await send(client, table.encode(), commune="07954", headers=issue("clerk", "07954"))
        assert refused(response) == (400, "ASKS_ABOUT_PEOPLE")
        assert "POST /lookups" in response.json()["remedy"]
        assert number not in response.text


async def test_the_file_is_opened_by_the_sandboxed_child_only(client, monkeypatch):
    def opened(*_, **__):
        raise AssertionError("opened in the server's own process")

    monkeypatch.setattr(python_calamine, "load_workbook", opened)
    monkeypatch.setattr("landdb.importers.tables.grid.read_sheets", opened)
    monkeypatch.setattr(csv, "reader", opened)
    for content, kind in ((LIST.encode(), CSV), (workbook([["Số tờ", "Số thửa"], [12, 1]]), XLSX)):
        assert (await send(client, content, kind=kind, commune="07954")).status_code == 200


async def test_hostile_and_broken_files_are_refused_with_what_to_do(client, tmp_path):
    good = workbook([["Số tờ", "Số thửa"], [12, 1]])
    bomb = io.BytesIO(good)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/blank.bin", bytes(200 << 20))
    layer = importer_files.write_layer(
        tmp_path / "a.gpkg", [importer_files.square(0, origin=(557_000.0, 2_367_500.0))], {"TO": ["1"]},
        geometry_type="Polygon", layer="a",
    )  # fmt: skip
    for content, reason in (
        (bomb.getvalue(), "ARCHIVE_BOMB"),
        (good[: len(good) // 2], "ARCHIVE_DAMAGED"),
        (layer.read_bytes(), "NOT_A_TABLE"),
        (b"%PDF-1.7", "UNKNOWN_FORMAT"),
        (b"<OGRVRTDataSource/>", "VIRTUAL_FORMAT"),
        (bytes((1, 0, 0, 2)) * 500, "NOT_A_TEXT_TABLE"),
        ("Họ tên,Năm sinh\nA,1970\n".encode(), "NO_KEY_COLUMNS"),
        (("Số tờ,Số thửa" + ",x" * 9_000 + "\n").encode() + ("12,1" + ",y" * 9_000 + "\n").encode() * 9, "TOO_WIDE"),
    ):
        response = await send(client, content, kind=XLSX, commune="07954")
        assert refused(response) == (400, reason), response.text


async def test_an_empty_body_another_media_type_and_a_bad_commune_are_told(client):
    assert refused(await send(client, b"")) == (400, "EMPTY")
    response = await send(client, b"{}", kind="application/json")
    assert (response.status_code, response.json()["type"]) == (415, "urn:landdb:problem:media-type")
    assert XLSX in response.json()["remedy"]
    assert (await send(client, LIST.encode(), commune="Phong Châu")).status_code == 400


async def test_as_many_rows_as_are_granted_are_filled_and_one_more_is_refused(client):
    line = "\n".join(f"{at},1" for at in range(1, MOST_TABLE_ROWS + 2))
    response = await send(client, f"Số tờ,Số thửa\n{line}\n".encode(), commune="99999")
    assert refused(response) == (400, "TOO_MANY_ROWS")
    assert "10,000" in response.json()["remedy"]
    most = f"Số tờ,Số thửa\n{line}".rpartition("\n")[0]
    rows = read(await send(client, most.encode(), commune="99999"))
    assert len(rows) == MOST_TABLE_ROWS + 1
    assert {row[2] for row in rows[1:]} == {"Không tìm thấy"}
