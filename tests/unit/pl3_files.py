"""Workbooks in the shape of the campaign template PL3-01, and what is read from them."""

from pathlib import Path
from typing import Any

import xlsxwriter

from landdb.importers import ImportJob
from landdb.importers.tables.pl3 import template_column
from landdb.importers.tables.tabular import open_table

NAME = "Nguyễn Văn Mẫu"

#: Field number → label of the template, as domain notes give them.
LABELS = {
    1: "Mã ĐVHC cấp xã", 2: "Số phát hành GCN", 3: "Ngày cấp GCN", 4: "Số vào sổ GCN", 5: "Tên tổ chức",
    6: "Số định danh tổ chức", 7: "Họ tên chủ SD / đại diện tổ chức", 8: "Ngày, tháng, năm sinh", 9: "Giới tính",
    10: "Số ĐDCN/CCCD", 11: "Địa chỉ thường trú", 12: "Pháp nhân trên GCN", 13: "Vai trò",
    14: "Địa chỉ thường trú 2 cấp", 15: "Lý do thay đổi", 16: "Mã định danh thửa đất", 17: "Số tờ ghi trên GCN",
    18: "Số thửa ghi trên GCN", 19: "Số hiệu tờ trên bản đồ địa chính", 20: "Số thứ tự thửa trên BĐĐC",
    23: "Địa chỉ thửa đất", 24: "Diện tích thửa",
    **{number: ("Loại đất", "Diện tích", "Nguồn gốc", "Hình thức", "Thời hạn")[number % 5] for number in range(25, 40)},
    40: "Loại tài sản", 41: "Khu chung cư", 42: "Nhà chung cư", 43: "Số căn hộ", 44: "DT xây dựng", 45: "DT sàn",
    46: "Hình thức sở hữu", 47: "Thời hạn sở hữu", 48: "Cấp hạng", 49: "Tên file quét",
}  # fmt: skip

FULL: dict[int, Any] = {
    1: 7954.0, 2: "dđ123456", 3: "15/03/2019", 4: "CS 00123", 7: NAME, 8: 1985.0, 9: "Nam", 10: "099085000123",
    11: "Khu 3, xã Phú Hộ, thị xã Phú Thọ", 12: "Vợ chồng", 13: "Chồng", 14: "Khu 3, phường Phong Châu",
    16: "W7FCUD24N1ZQ", 17: 3.0, 18: "045", 19: 12.0, 20: 345.0, 23: "Khu 3", 24: 29.16,
    25: "ONT", 26: "29,2", 27: "CNQ-CTT", 28: "Sử dụng chung", 29: "Lâu dài",
    30: "Đất trồng cây lâu năm", 31: 100.0, 32: "Nguồn gốc tự khai", 33: "Riêng", 34: "01/07/2064",
    49: "DĐ 123456-GCN.pdf",
}  # fmt: skip


def cells(values: dict[int, Any]) -> list[Any]:
    row: list[Any] = [None] * 50
    row[0] = 1.0
    for number, value in values.items():
        row[template_column(number)] = value
    return row


def workbook(path: Path, *rows: dict[int, Any], numbers: bool = True, labels: bool = True) -> Path:
    header = [["PHỤ LỤC 3-01"], ["Xã …"]]
    header += [["STT", *cells(LABELS)[1:]]] if labels else []
    header += (
        [["(A)", *(f"({cell})" if cell else None for cell in cells({n: n for n in LABELS})[1:])]] if numbers else []
    )
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("PL3-01")
        for at, row in enumerate([*header, *map(cells, rows)]):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, column, cell)
    return path


def rows_of(path: Path, **job: Any) -> list[dict[str, Any]]:
    table = open_table(path, ImportJob(path, **job), "XLSX")
    assert (table.kind, table.profile) == ("HOLDING", "pl3")
    return [row for batch in table.batches for row in batch.to_pylist()]


def one(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    """Read the full row with some fields changed: `f10="…"`."""
    row = FULL | {int(field[1:]): value for field, value in changes.items()}
    (read,) = rows_of(workbook(tmp_path / "a.xlsx", row))
    return read
