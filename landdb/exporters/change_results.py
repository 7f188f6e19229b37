"""What became of each row of a table of changes, as an XLSX workbook beside the row itself."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

_COLOURS: Final = {"APPROVED": "#DDF3E0", "SUBMITTED": "#DDF3E0", "PREVIEW": "#DDF3E0", "TAKEN_BACK": "#FFF3CD"}
_BAD: Final = "#F8D7DA"


def write_change_results(
    target: Path, headings: Sequence[str], rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> None:
    """Write one line per row: what became of it first, then the row as it was given; text stays text."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {name: book.add_format({"bg_color": colour}) for name, colour in _COLOURS.items()}
        bad = book.add_format({"bg_color": _BAD})
        sheet = book.add_worksheet("Kết quả")
        sheet.freeze_panes(1, 0)
        for line, (result, row) in enumerate(rows, start=1):
            if line == 1:
                for column, heading in enumerate((*result, *headings)):
                    sheet.write_string(0, column, heading, bold)
            form = formats.get(str(result["result"]), bad)
            for column, value in enumerate(result.values()):
                sheet.write(line, column, "" if value is None else value, form)
            for column, heading in enumerate(headings, start=len(result)):
                cell = row.get(heading)
                sheet.write_string(line, column, "" if cell is None else str(cell))
