"""A table that a clerk wants filled: its rows as they are, and the key that each of them names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from landdb.domain.identifiers import normalise_number
from landdb.errors import ImportRefused
from landdb.importers.tables.grid import Cell, Line, Sheet, read_sheets
from landdb.importers.tables.headings import SEARCHED_ROWS, Layout, find_header, headings_of, is_counting_row
from landdb.importers.wire import LOOKUP, LOOKUP_KEYS

if TYPE_CHECKING:
    from landdb.importers import ImportJob

#: What a row has on the average at most; a cell of a workbook can stand for 32,767 letters many times over.
_CELLS_PER_ROW: Final = 50
_BYTES_PER_ROW: Final = 2_000
#: A short table may be wide.
_FREE_CELLS: Final = 20_000
_FREE_BYTES: Final = 1 << 20
#: Columns that are enough to name a parcel, the first that are there and filled count.
_KEYS: Final = (
    ("commune", "sheet", "parcel"), ("serial",), ("code",), ("old_commune", "old_sheet", "old_parcel"),
)  # fmt: skip
_TELLING: Final = ({"sheet", "parcel"}, {"serial"}, {"code"}, {"old_sheet", "old_parcel"})


@dataclass(frozen=True, slots=True)
class LookupTable:
    """The rows of one worksheet; those from `first_question` on (0-based) are questions, by the columns of `layout`.

    `personal` are the headings that tell who somebody is; `commune` counts for rows without one.
    """

    worksheet: str
    lines: Sequence[Line]
    first_question: int
    layout: Layout
    personal: tuple[str, ...]
    commune: str | None

    def batches(self, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Give all rows in order, as `wire.LOOKUP`; raises ImportRefused when they are more than a question."""
        cells_left = _FREE_CELLS + len(self.lines) * _CELLS_PER_ROW
        bytes_left = _FREE_BYTES + len(self.lines) * _BYTES_PER_ROW
        for start in range(0, len(self.lines), batch_rows):
            rows = [self._row(at, line) for at, line in enumerate(self.lines[start : start + batch_rows], start)]
            cells = [cell for row in rows for cell in row["cells"]]
            cells_left -= len(cells)
            bytes_left -= sum(len(cell.get("text", "")) for cell in cells if cell)
            if cells_left < 0 or bytes_left < 0:
                raise _too_much()
            yield pa.RecordBatch.from_pylist(rows, LOOKUP)

    def _row(self, at: int, line: Line) -> dict[str, Any]:
        row: dict[str, Any] = {"part": self._part(at), "cells": [_told(cell) for cell in _trimmed(line.cells)]}
        if row["part"] == "QUESTION":
            row |= self._key(line.cells)
            row["fault"] = None if line.fault is None else line.fault.code
        return row

    def _part(self, at: int) -> str:
        if at >= self.first_question:
            return "QUESTION"
        return "HEADING" if at == self.layout.first_data_line - 1 else "ABOVE"

    def _key(self, row: Sequence[Cell]) -> Mapping[str, str]:
        """Give the key of a row, with the commune where the row has none; empty for a blank row."""
        read = {name: _text(row[at]) for name, at in self.layout.columns.items() if at < len(row)}
        given = {name: text for name, text in read.items() if text is not None}
        if not given:
            return {}
        for name in ("commune", "old_commune"):
            if self.commune is not None:
                given.setdefault(name, self.commune)
        members = next((members for members in _KEYS if given.keys() >= set(members)), LOOKUP_KEYS)
        return {name: given[name] for name in members if name in given}


def read_lookup_table(path: Path, job: ImportJob, fmt: str, *, name: str) -> LookupTable:
    """Give the first worksheet whose headings name parcels, no more than `job.max_rows` lines of it.

    Raises ImportRefused when none does.
    """
    personal: tuple[str, ...] = ()
    for sheet in read_sheets(path, fmt, name=name):
        table = _table(sheet, job)
        if isinstance(table, LookupTable):
            return table
        personal = personal or table
    if personal:
        raise asks_about_people()
    raise ImportRefused(
        "NO_KEY_COLUMNS",
        "No columns were recognised that name parcels.",
        remedy="head them Mã xã, Số tờ, Số thửa; or Số phát hành; or Mã định danh thửa đất; or Tờ cũ, Thửa cũ",
    )


def asks_about_people() -> ImportRefused:
    """Give the refusal of a table that tells who people are."""
    return ImportRefused(
        "ASKS_ABOUT_PEOPLE",
        "The table has a column of citizens' numbers.",
        remedy="remove that column; people are asked about by POST /lookups, each with purpose and case_ref",
    )


def _table(sheet: Sheet, job: ImportJob) -> LookupTable | tuple[str, ...]:
    """Give the table, or where it names no parcels its headings that name people."""
    lines = list(islice(sheet.lines, job.max_rows))
    head = lines[:SEARCHED_ROWS]
    layout = find_header(head, "lookup", sheet.merges, {})
    if layout is None or not any(layout.columns.keys() >= telling for telling in _TELLING):
        people = find_header(head, "person", sheet.merges, {})
        return () if people is None else headings_of(people, "person")
    first = layout.first_data_line
    # A form numbers its columns under the header.
    first += first < len(lines) and is_counting_row(lines[first].cells)
    return LookupTable(sheet.name, lines, first, layout, headings_of(layout, "person"), job.commune_code)


def _trimmed(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Give the cells up to the last that holds something."""
    filled = [at for at, cell in enumerate(cells) if cell not in (None, "")]
    return cells[: filled[-1] + 1] if filled else []


def _told(cell: Cell) -> dict[str, Any] | None:
    """Give a cell as `wire.LOOKUP` has it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return {"flag": cell}
    if isinstance(cell, int | float) and math.isfinite(cell):
        return {"number": float(cell)}
    if isinstance(cell, datetime):
        return {"moment": cell}
    if isinstance(cell, date):
        return {"moment": datetime.combine(cell, datetime.min.time())}
    return {"text": str(cell)}


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return None
    return normalise_number(cell if isinstance(cell, str | int | float) else None if cell is None else str(cell))


def _too_much() -> ImportRefused:
    return ImportRefused(
        "TOO_WIDE", "The table has far more columns or text than a list of parcels.",
        remedy="keep the columns that name parcels",
    )  # fmt: skip
