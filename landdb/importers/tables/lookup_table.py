"""A table that a clerk wants filled: its rows as they are, and the key that each of them names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from landdb.domain.identifiers import normalise_number
from landdb.errors import ImportRefused
from landdb.importers.tables.grid import Cell, Line, Sheet, read_sheets
from landdb.importers.tables.headings import SEARCHED_ROWS, Layout, find_header, is_counting_row

#: More rows than this are a delivery, not a question.
MOST_ROWS: Final = 200_000
#: Columns that are enough to name a parcel, the first that are there and filled count.
_KEYS: Final = (
    ("commune", "sheet", "parcel"), ("serial",), ("code",), ("old_commune", "old_sheet", "old_parcel"),
)  # fmt: skip
_TELLING: Final = ({"sheet", "parcel"}, {"serial"}, {"code"}, {"old_sheet", "old_parcel"})


@dataclass(frozen=True, slots=True)
class LookupTable:
    """The rows of one worksheet; those from `first_data_row` on (0-based) are questions, by the columns of `layout`."""

    sheet: str
    rows: list[list[Cell]]
    first_data_row: int
    layout: Layout

    def key(self, row: Sequence[Cell], commune: str | None) -> dict[str, Any] | None:
        """Give the key of a row, with the commune where the row has none; None for a blank row."""
        given = {name: _text(row[at]) for name, at in self.layout.columns.items() if at < len(row)}
        given = {name: text for name, text in given.items() if text is not None}
        if not given:
            return None
        for name in ("commune", "old_commune"):
            if commune is not None:
                given.setdefault(name, commune)
        members = next((members for members in _KEYS if given.keys() >= set(members)), None)
        return given if members is None else {name: given[name] for name in members}


def read_lookup_table(path: Path) -> LookupTable:
    """Give the first worksheet whose headings name parcels; raises ImportRefused when none does."""
    for sheet in read_sheets(path, path.suffix.lstrip(".") or "csv", name=path.stem):
        if table := _table(sheet):
            return table
    raise ImportRefused(
        "NO_KEY_COLUMNS",
        "No columns were recognised that name parcels.",
        remedy="head them Mã xã, Số tờ, Số thửa; or Số phát hành; or Mã định danh thửa đất; or Tờ cũ, Thửa cũ",
    )


def _table(sheet: Sheet) -> LookupTable | None:
    lines = list(islice(sheet.lines, MOST_ROWS + SEARCHED_ROWS + 1))
    layout = find_header(lines[:SEARCHED_ROWS], "lookup", sheet.merges, {})
    if layout is None or not any(layout.columns.keys() >= telling for telling in _TELLING):
        return None
    if len(lines) - layout.first_data_line > MOST_ROWS:
        raise ImportRefused("TOO_MANY_ROWS", f"The table has more than {MOST_ROWS:,} rows.", remedy="split it")
    return LookupTable(sheet.name, [line.cells for line in lines], _first_data_row(lines, layout), layout)


def _first_data_row(lines: Sequence[Line], layout: Layout) -> int:
    """Give where the questions begin: a form numbers its columns under the header."""
    first = layout.first_data_line
    return first + 1 if first < len(lines) and is_counting_row(lines[first].cells) else first


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return None
    return normalise_number(cell if isinstance(cell, str | int | float) else None if cell is None else str(cell))
