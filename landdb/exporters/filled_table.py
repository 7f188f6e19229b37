"""A table with what was found beside it → XLSX or CSV: the rows as they were, then columns of ours."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from landdb.exporters.tables import safe_cell

#: What is found → the heading of its column.
COLUMNS: Final = {
    "status": "Kết quả",
    "reason": "Lý do",
    "count": "Số thửa tìm thấy",
    "parcel_code": "Mã định danh thửa đất (tra cứu)",
    "commune": "Xã, phường (tra cứu)",
    "sheet_no": "Số tờ (tra cứu)",
    "parcel_no": "Số thửa (tra cứu)",
    "legal_area_m2": "Diện tích pháp lý (m²)",
    "computed_area_m2": "Diện tích vẽ (m²)",
    "land_uses": "Loại đất (tra cứu)",
    "parcel_id": "Khóa thửa",
}
_COLOURS: Final = {"AMBIGUOUS": "#FFF3CD", "NOT_FOUND": "#F8D7DA", "INVALID": "#E2E8F0"}
_DATE: Final = "dd/mm/yyyy"


def write_filled(
    rows: Sequence[Sequence[Any]], found: Mapping[int, Mapping[str, Any]], target: Path, *, heading_row: int, name: str
) -> None:
    """Write the rows with their answers, by row number; the headings of ours stand in `heading_row`."""
    if target.suffix.lower() == ".csv":
        _write_csv(rows, found, target, heading_row)
    else:
        _write_workbook(rows, found, target, heading_row, name)


def _write_csv(
    rows: Sequence[Sequence[Any]], found: Mapping[int, Mapping[str, Any]], target: Path, heading_row: int
) -> None:
    width = max(map(len, rows), default=0)
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        for at, row in enumerate(rows):
            added = list(COLUMNS.values()) if at == heading_row else _answer(found.get(at))
            writer.writerow([safe_cell(cell) for cell in [*row, *[None] * (width - len(row)), *added]])


def _write_workbook(
    rows: Sequence[Sequence[Any]], found: Mapping[int, Mapping[str, Any]], target: Path, heading_row: int, name: str
) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    width = max(map(len, rows), default=0)
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(name))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        date = book.add_format({"num_format": _DATE})
        colours = {status: book.add_format({"bg_color": colour}) for status, colour in _COLOURS.items()}
        sheet.freeze_panes(heading_row + 1, 0)
        sheet.set_column(width, width + len(COLUMNS) - 1, 18)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                _write_cell(sheet, at, column, cell, date, bold if at == heading_row else None)
            if at == heading_row:
                sheet.write_row(at, width, list(COLUMNS.values()), bold)
            elif answer := found.get(at):
                sheet.write_row(at, width, _answer(answer), colours.get(answer["code"]))


def _write_cell(sheet: Any, row: int, column: int, cell: Any, date: Any, style: Any) -> None:
    if isinstance(cell, dt.datetime | dt.date):
        sheet.write_datetime(row, column, cell, date)
    elif isinstance(cell, bool | int | float):
        sheet.write(row, column, cell, style)
    elif cell is not None:
        sheet.write_string(row, column, str(cell), style)


def _answer(answer: Mapping[str, Any] | None) -> list[Any]:
    return [] if answer is None else [answer.get(name) for name in COLUMNS]


def _sheet_name(name: str) -> str:
    """Give a name that a worksheet may have."""
    kept = "".join(sign if sign.isprintable() and sign not in "[]:*?/\\'" else " " for sign in name).strip()
    return kept[:31] or "Kết quả"
