"""Rows → CSV that a spreadsheet opens as text: no cell of ours is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What makes a spreadsheet compute a cell (OWASP, CSV injection); the wide forms count in East Asian settings.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")


def write_rows_csv(
    rows: Iterable[Mapping[str, Any]], target: Path | TextIO, *, columns: Sequence[str] | None = None
) -> int:
    """Write the rows and give their number; `columns` chooses and orders, else the first row's keys do.

    Every cell is quoted. A file gets a byte order mark, without which spreadsheets garble Vietnamese.
    """
    iterator = iter(rows)
    first = next(iterator, None)
    names = list(columns if columns is not None else first or ())
    count = 0
    with _opened(target) as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([safe_cell(name) for name in names])
        for row in chain([] if first is None else [first], iterator):
            writer.writerow([safe_cell(row.get(name)) for name in names])
            count += 1
    return count


def safe_cell(value: object) -> str:
    """Give the text of a cell; text that a spreadsheet would compute is prefixed with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    # A number of ours may be negative; only text can be hostile.
    is_formula = not isinstance(value, int | float) and text.startswith(_FORMULA_STARTS)
    return f"'{text}" if is_formula else text


@contextmanager
def _opened(target: Path | TextIO) -> Iterator[TextIO]:
    if isinstance(target, Path):
        with target.open("w", encoding="utf-8-sig", newline="") as out:
            yield out
    else:
        yield target
