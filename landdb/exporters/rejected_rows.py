"""Quarantined rows as an XLSX workbook, for whoever mends the delivery."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

import xlsxwriter

#: Column, its heading, its width in signs.
_COLUMNS: Final = (
    ("row_no", "Dòng trong tệp", 12),
    ("layer", "Lớp", 18),
    ("commune_code", "Mã xã", 10),
    ("sheet_no", "Tờ bản đồ", 12),
    ("parcel_no", "Thửa", 12),
    ("reason_code", "Mã lý do", 26),
    ("field", "Trường", 18),
    ("reason", "Lý do", 60),
    ("remedy", "Cách xử lý", 60),
)


def write_rejected_rows(rows: Sequence[Mapping[str, Any]], target: BinaryIO) -> None:
    """Write one line per row; text stays text, no cell becomes a formula."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Dòng bị từ chối")
        sheet.freeze_panes(1, 0)
        for column, (_, heading, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, bold)
        for line, row in enumerate(rows, start=1):
            for column, (name, _, _) in enumerate(_COLUMNS):
                value = row[name]
                sheet.write(line, column, "" if value is None else value, wrap)
        sheet.autofilter(0, 0, max(1, len(rows)), len(_COLUMNS) - 1)
