"""Where the header of a delivered table stands and which field each column holds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from landdb.errors import ImportRefused
from landdb.importers.tables.grid import Cell, Line, Merges

#: Titles, the coat of arms and the unit's name stand above the header; further down begin the data.
SEARCHED_ROWS: Final = 30
_DEEPEST_HEADER: Final = 3

_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")
_BRACKETS: Final = re.compile(r"\([^)]*\)|\*")
_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
_FIELD_NUMBER: Final = re.compile(r"\(?(\d{1,2})(?:\.0)?\)?")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column (0-based) holds which field, and on which line of the sample the data begin."""

    columns: Mapping[str, int]
    labels: tuple[str, ...]
    first_data_line: int


@cache
def tables() -> dict[str, Any]:
    """Give the packaged column names, template fields and labels."""
    return tomllib.loads(files("landdb.importers.tables").joinpath("tables.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Give the letters and digits of a label: no case, accents, spaces or punctuation."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return _NOT_A_LETTER.sub("", "".join(mark for mark in decomposed if not unicodedata.combining(mark)))


@cache
def _vocabulary(kind: str) -> dict[str, str]:
    """Give field by plain label for 'holdings' or 'crosswalk'."""
    return {plain(alias): field for field, aliases in tables()[kind].items() for alias in aliases}


def find_header(sample: Sequence[Line], kind: str, merges: Merges, wanted: Mapping[str, str]) -> Layout | None:
    """Give the layout under the block of up to three rows that names most fields, or nothing if none does."""
    words = _vocabulary(kind) | {plain(heading): field for field, heading in wanted.items() if field != "worksheet"}
    best: Layout | None = None
    for bottom in range(min(len(sample), SEARCHED_ROWS)):
        for depth in range(1, min(_DEEPEST_HEADER, bottom + 1) + 1):
            block = sample[bottom - depth + 1 : bottom + 1]
            columns, labels = _name_columns(_label_stacks(block, merges), words)
            if len(columns) > (len(best.columns) if best else 0):
                best = Layout(columns, labels, bottom + 1)
    return None if best is None else with_named_columns(best, wanted)


def headings_of(layout: Layout, kind: str) -> tuple[str, ...]:
    """Give the headings of a layout that another vocabulary knows."""
    columns, _ = _name_columns([label.split(" / ") for label in layout.labels], _vocabulary(kind))
    return tuple(layout.labels[at] for at in columns.values())


def _label_stacks(block: Sequence[Line], merges: Merges) -> list[list[str]]:
    """Give for each column its labels from top to bottom, with group labels spread over their columns."""
    width = max((len(line.cells) for line in block), default=0)
    rows = [_spread_merges(_texts(line, width), line.row_no - 1, merges) for line in block]
    if merges is None:
        rows = [_spread_by_eye(row, rows[-1]) if row is not rows[-1] else row for row in rows]
    return [[row[column] for row in rows if row[column]] for column in range(width)]


def _texts(line: Line, width: int) -> list[str]:
    texts = [cell if isinstance(cell, str) else "" for cell in line.cells]
    return [" ".join(text.split()) for text in texts] + [""] * (width - len(texts))


def _spread_merges(texts: list[str], row: int, merges: Merges) -> list[str]:
    for merged_row, first, last in merges or ():
        if merged_row == row and first < len(texts):
            texts[first : last + 1] = [texts[first]] * (min(last + 1, len(texts)) - first)
    return texts


def _spread_by_eye(upper: list[str], lowest: list[str]) -> list[str]:
    """Carry a group label to the right as a reader of a CSV does: over blanks that have a label below."""
    carried, spread = "", []
    for above, below in zip(upper, lowest, strict=True):
        carried = above or (carried if below else "")
        spread.append(carried)
    return spread


def _name_columns(stacks: list[list[str]], words: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Give the columns by field; a repeated field keeps its first column, one ending in `@` is numbered."""
    columns: dict[str, int] = {}
    seen: dict[str, int] = {}
    for position, stack in enumerate(stacks):
        field = next((words[word] for word in _candidates(stack) if word in words), None)
        if field is None:
            continue
        if field.endswith("@"):
            seen[field] = seen.get(field, 0) + 1
            field = f"{field}{seen[field]}"
        columns.setdefault(field, position)
    return columns, tuple(" / ".join(stack) for stack in stacks)


def _candidates(stack: list[str]) -> Iterator[str]:
    """Give the plain spellings under which a stack of labels may be known, the fullest first."""
    for depth in range(len(stack)):
        joined = " ".join(stack[depth:])
        yield plain(joined)
        yield plain(_BRACKETS.sub(" ", joined))


def with_named_columns(layout: Layout, wanted: Mapping[str, str]) -> Layout:
    """Give the layout with the caller's columns, named by heading or by letters, where the table has them."""
    found = {field: _position(layout, column) for field, column in wanted.items() if field != "worksheet"}
    named = {field: at for field, at in found.items() if at is not None}
    return Layout({**layout.columns, **named}, layout.labels, layout.first_data_line)


def refuse_missing_columns(layout: Layout, wanted: Mapping[str, str]) -> None:
    """Raise ImportRefused when the caller named a column that the table does not have."""
    for field, column in wanted.items():
        if field != "worksheet" and _position(layout, column) is None:
            raise ImportRefused(
                "UNKNOWN_COLUMN",
                f"There is no column {column} for {field}. Columns found: {', '.join(filter(None, layout.labels))}.",
                remedy=f"Name one of them, or its letter as the spreadsheet shows it: --column {field}=…",
            )


def _position(layout: Layout, column: str) -> int | None:
    for at, label in enumerate(layout.labels):
        if label and plain(column) in (plain(label), plain(label.split(" / ")[-1])):
            return at
    return letters_to_position(column)


def letters_to_position(letters: str) -> int | None:
    """Give the 0-based column for spreadsheet letters such as ``A`` or ``AX``."""
    if not _LETTERS.fullmatch(letters):
        return None
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - 64
    return position - 1


def field_numbers(cells: Sequence[Cell]) -> dict[int, int]:
    """Give column by field number when the row is one of rising numbers such as ``(1)``, else nothing."""
    found: dict[int, int] = {}
    others = 0
    for position, cell in enumerate(cells):
        text = "" if cell is None else str(cell).strip()
        match = _FIELD_NUMBER.fullmatch(text)
        if match is None:
            others += bool(text) and not _LETTERS.fullmatch(text)
            continue
        number = int(match[1])
        if found and number <= next(reversed(found)):
            return {}
        found[number] = position
    # A form may say "STT" or "–" where it has no number; a row of data has more to say.
    return found if others * 4 <= len(found) else {}


def is_counting_row(cells: Sequence[Cell]) -> bool:
    """Tell whether the row only numbers or letters its columns, as forms do under their header."""
    numbers = list(field_numbers(cells))
    if len(numbers) >= 3 and numbers == [
        number for number in range(1, numbers[-1] + 1) if number in numbers or number not in (21, 22)
    ]:
        return True
    texts = [str(cell).strip() for cell in cells if cell not in (None, "")]
    return len(texts) >= 3 and [letters_to_position(text) for text in texts] == list(range(len(texts)))
