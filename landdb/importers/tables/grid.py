"""Delivered tables → numbered rows of cells: CSV in whatever encoding, XLSX, XLS."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, TextIO

import python_calamine

from landdb.errors import ImportRefused
from landdb.importers.rejects import Reject
from landdb.importers.tables.table_encoding import text_codec
from landdb.importers.tables.table_rejects import FIELD_TOO_LONG, TOO_MANY_COLUMNS, UNCLOSED_QUOTE

Cell = str | float | int | bool | date | datetime | time | timedelta | None

#: Merged cells as 0-based (row, first column, last column); None: the format knows none.
Merges = tuple[tuple[int, int, int], ...] | None

#: More quoted line breaks than this in one record mean that a quotation mark was never closed.
_MAX_LINES_PER_RECORD: Final = 50
_MAX_LINE: Final = 1 << 20
#: No spreadsheet has more columns; a line of separators would keep the search for the header busy for minutes.
_MAX_COLUMNS: Final = 16_384
_DELIMITERS: Final = ",;\t|"
_SNIFFED_RECORDS: Final = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the sheet under the number the spreadsheet shows; `fault` is set when it cannot be read."""

    row_no: int
    cells: list[Cell]
    fault: Reject | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet, or the whole of a CSV file (then `codec` is set)."""

    name: str
    lines: Iterator[Line]
    merges: Merges
    codec: str | None = None


class _RunawayQuote(Exception):
    """A record took more lines than any honest cell has."""


class _OverlongLine(Exception):
    """A physical line was longer than memory should hold."""


class _PhysicalLines:
    """Lines of a text file that can be given back when a record turns out to have swallowed its neighbours."""

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> _PhysicalLines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        self.taken.append(line)
        if len(self.taken) > _MAX_LINES_PER_RECORD:
            raise _RunawayQuote
        # PostgreSQL cannot store NUL, and no clerk ever typed one.
        return line.replace("\0", "")

    def _read(self) -> str:
        line = self._handle.readline(_MAX_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) == _MAX_LINE and not line.endswith(("\n", "\r")):
            while (rest := self._handle.readline(_MAX_LINE)) and not rest.endswith(("\n", "\r")):
                pass
            raise _OverlongLine
        return line

    def give_back_all_but_first(self) -> None:
        self._back.extendleft(reversed(self.taken[1:]))

    def swallowed_the_end(self) -> bool:
        return self.ended and len(self.taken) > 1 and sum(line.count('"') for line in self.taken) % 2 == 1


def read_sheets(path: Path, fmt: str, *, name: str) -> Iterator[Sheet]:
    """Give the sheets of a table file in their order, the visible ones of a workbook first; a CSV is one, `name`."""
    if fmt.upper() in {"CSV", "TSV", "TXT"}:
        yield _csv_sheet(path, fmt.upper(), name)
    else:
        yield from _workbook_sheets(path)


def _csv_sheet(path: Path, fmt: str, name: str) -> Sheet:
    codec = text_codec(path)
    with path.open(encoding=codec, errors="replace", newline="") as handle:
        delimiter = _delimiter(handle.read(1 << 16), prefer="\t" if fmt == "TSV" else ",")
    return Sheet(name, _csv_lines(path, codec, delimiter), None, codec)


def _delimiter(sample: str, *, prefer: str) -> str:
    """Give the delimiter under which most records of the sample have the same, largest number of fields."""
    if sample[:5].lower().startswith("sep=") and len(sample) > 4:
        return sample[4]
    text = sample.replace("\0", "").splitlines(keepends=True)[:_SNIFFED_RECORDS]
    best, best_score = prefer, 0.0
    for delimiter in sorted(_DELIMITERS, key=lambda mark: mark != prefer):
        try:
            widths = [len(record) for record in csv.reader(text, delimiter=delimiter) if len(record) > 1]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) * (usual - 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _csv_lines(path: Path, codec: str, delimiter: str) -> Iterator[Line]:
    with path.open(encoding=codec, errors="replace", newline="") as handle:
        source = _PhysicalLines(handle)
        reader = csv.reader(source, delimiter=delimiter)
        row_no = 0
        while True:
            source.taken = []
            row_no += 1
            line = _next_record(source, reader, row_no)
            if line is None:
                return
            if row_no > 1 or not _is_separator_hint(line.cells):
                yield line


def _next_record(source: _PhysicalLines, reader: Iterator[list[str]], row_no: int) -> Line | None:
    """Give the next record; one that cannot be read comes back with its fault, and reading goes on after it."""
    try:
        cells = next(reader)
        if source.swallowed_the_end():
            raise _RunawayQuote
    except StopIteration:
        return None
    except _RunawayQuote:
        source.give_back_all_but_first()
        return Line(row_no, [source.taken[0].rstrip("\r\n")], UNCLOSED_QUOTE)
    except (_OverlongLine, csv.Error):
        return Line(row_no, [], FIELD_TOO_LONG)
    return Line(row_no, [*cells]) if len(cells) <= _MAX_COLUMNS else Line(row_no, [], TOO_MANY_COLUMNS)


def _is_separator_hint(cells: list[Cell]) -> bool:
    """Tell whether the row is the `sep=;` that Excel writes for itself."""
    return bool(cells) and str(cells[0]).lower().startswith("sep=")


def _workbook_sheets(path: Path) -> Iterator[Sheet]:
    try:
        with python_calamine.load_workbook(str(path)) as book:
            sheets = [meta for meta in book.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet]
            sheets.sort(key=lambda meta: meta.visible != python_calamine.SheetVisibleEnum.Visible)
            for meta in sheets:
                sheet = book.get_sheet_by_name(meta.name)
                if sheet.start is not None:
                    yield Sheet(meta.name, _sheet_lines(sheet), _merges(sheet))
    except python_calamine.PasswordError as error:
        raise ImportRefused(
            "PASSWORD", "The workbook is protected by a password.", remedy="Save it without a password."
        ) from error
    except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError, OSError) as error:
        raise ImportRefused(
            "DAMAGED_WORKBOOK",
            "The workbook cannot be opened.",
            remedy="Open it in a spreadsheet program and save it again as .xlsx or as CSV UTF-8.",
        ) from error


def _sheet_lines(sheet: python_calamine.CalamineSheet) -> Iterator[Line]:
    # Rows come from row 1 on, columns from the first used one: put the empty ones back, letters must fit.
    start = sheet.start or (0, 0)
    lead: list[Cell] = [None] * start[1]
    for row_no, cells in enumerate(sheet.iter_rows(), 1):
        yield Line(row_no, [*lead, *cells] if lead else [*cells])


def _merges(sheet: python_calamine.CalamineSheet) -> tuple[tuple[int, int, int], ...]:
    ranges = sheet.merged_cell_ranges or []
    return tuple((top[0], top[1], bottom[1]) for top, bottom in ranges if bottom[1] > top[1])
