"""The campaign template PL3-01: where its fields stand in a workbook, whichever of its header rows survived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from landdb.importers.tables.grid import Line, Merges
from landdb.importers.tables.headings import (
    SEARCHED_ROWS,
    Layout,
    field_numbers,
    find_header,
    tables,
    with_named_columns,
)

#: Field numbers that the template skips: a row that has them counts the columns of some other form.
_SKIPPED_NUMBERS: Final = frozenset({21, 22})
_FIRST_NUMBER_AFTER_GAP: Final = 23
_LAST_NUMBER: Final = 49
_ENOUGH_NUMBERS: Final = 10

#: No other holders' table has these together.
_TELLTALE: Final = frozenset({"holder_group", "role", "use_code@1", "use_origin@1", "use_term@1"})

#: In the template field 1 stands in column B; two columns without a number (O, P) follow field 13.
_UNNUMBERED_AFTER: Final = 13
_UNNUMBERED: Final = ("present_user", "present_user_id")


def find_pl3(
    sample: Sequence[Line], merges: Merges, wanted: Mapping[str, str], *, by_position: bool = False
) -> Layout | None:
    """Give the layout by the row of field numbers, else by the labels, else (if asked) by the template's columns."""
    if layout := _by_numbers(sample):
        return with_named_columns(layout, wanted)
    return _by_labels(sample, merges, wanted) or (
        with_named_columns(_by_position(sample), wanted) if by_position else None
    )


def _by_numbers(sample: Sequence[Line]) -> Layout | None:
    for at, line in enumerate(sample[:SEARCHED_ROWS]):
        numbers = field_numbers(line.cells)
        if (
            len(numbers) >= _ENOUGH_NUMBERS
            and not _SKIPPED_NUMBERS & numbers.keys()
            and _FIRST_NUMBER_AFTER_GAP <= max(numbers) <= _LAST_NUMBER
        ):
            columns = {_fields()[number]: position for number, position in numbers.items() if number in _fields()}
            columns |= _without_number(numbers.get(_UNNUMBERED_AFTER), numbers.get(_UNNUMBERED_AFTER + 1))
            return Layout(columns, _labels_above(sample[:at], len(line.cells)), at + 1)
    return None


def _without_number(before: int | None, behind: int | None) -> dict[str, int]:
    """Give the columns that have no number, where as many stand between their neighbours."""
    if before is None or behind is None or behind - before != len(_UNNUMBERED) + 1:
        return {}
    return {field: before + at for at, field in enumerate(_UNNUMBERED, start=1)}


def _labels_above(header: Sequence[Line], width: int) -> tuple[str, ...]:
    """Give for each column the lowest label above the field numbers."""
    labels = [""] * width
    for line in header:
        for position, cell in enumerate(line.cells[:width]):
            if isinstance(cell, str) and cell.strip():
                labels[position] = " ".join(cell.split())
    return tuple(labels)


def _by_labels(sample: Sequence[Line], merges: Merges, wanted: Mapping[str, str]) -> Layout | None:
    layout = find_header(sample, "holdings", merges, wanted)
    return layout if layout is not None and layout.columns.keys() >= _TELLTALE else None


def _by_position(sample: Sequence[Line]) -> Layout:
    columns = {field: template_column(number) for number, field in _fields().items()}
    columns |= _without_number(*map(template_column, (_UNNUMBERED_AFTER, _UNNUMBERED_AFTER + 1)))
    commune = columns["commune_code"]
    first = next((at for at, line in enumerate(sample) if _is_code(line, commune)), 0)
    return Layout(columns, (), first)


def _is_code(line: Line, position: int) -> bool:
    """Tell whether the line has a commune code there, as the template's data rows do."""
    text = str(line.cells[position]).removesuffix(".0") if position < len(line.cells) else ""
    return text.isdigit() and len(text) in (4, 5)


def template_column(number: int) -> int:
    """Give the 0-based column where the template keeps a field number."""
    gap = len(_UNNUMBERED) if number > _UNNUMBERED_AFTER else 0
    return number + gap - (len(_SKIPPED_NUMBERS) if number >= _FIRST_NUMBER_AFTER_GAP else 0)


@cache
def _fields() -> dict[int, str]:
    return {int(number): field for number, field in tables()["pl3"]["fields"].items()}
