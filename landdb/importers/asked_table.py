"""A table of questions, read by the sandboxed child: this process sees texts, numbers and dates, never the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from landdb.errors import ImportRefused
from landdb.importers import Delivery, ImportJob, open_delivery
from landdb.importers.reader_process import Expected, waiting_reader
from landdb.importers.tables.headings import SEARCHED_ROWS
from landdb.importers.walls.sandbox import Limits
from landdb.importers.wire import LOOKUP_KEYS

_BATCH_ROWS: Final = 1000
_MEMORY_BYTES: Final = 2 << 30
_UNPACKED_BYTES: Final = 256 << 20
#: Of a row as it comes from the child, columns and letters together, on the average.
_BYTES_PER_ROW: Final = 10_000
_FREE_BYTES: Final = 16 << 20

Value = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One row as it was delivered; `key` names a parcel, None for a row that asks nothing."""

    cells: list[Value]
    key: dict[str, str] | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class AskedTable:
    """The rows of a worksheet in order. `personal` are its headings that tell who somebody is."""

    worksheet: str
    rows: list[AskedRow]
    heading_row: int
    personal: tuple[str, ...]


def read_asked_table(path: Path, *, most_rows: int, commune_code: str | None) -> AskedTable:
    """Give the first worksheet whose headings name parcels; `commune_code` counts for rows without one.

    Raises ImportRefused for a file that is no such table, asks more than `most_rows` questions, or is hostile.
    """
    job = ImportJob(
        path,
        noun="lookup",
        commune_code=commune_code,
        batch_rows=_BATCH_ROWS,
        max_rows=most_rows + SEARCHED_ROWS + 2,  # titles, headings and their numbers, and one to tell that it is more
    )
    expected = Expected(_limits(path), otherwise="CSV")
    with waiting_reader(path, expected=expected) as waiting, open_delivery(job, waiting) as delivery:
        if delivery.kind != "LOOKUP":
            raise ImportRefused("NOT_A_TABLE", "The file is no table.", remedy="Send a table as .xlsx or .csv.")
        return _table(delivery, most_rows)


def _limits(path: Path) -> Limits:
    """Give ten times what reading an honest list takes: whoever may ask may send one."""
    seconds = 20 + path.stat().st_size // 2_000_000
    return Limits(seconds, memory_bytes=_MEMORY_BYTES, file_bytes=_UNPACKED_BYTES)


def _table(delivery: Delivery, most_rows: int) -> AskedTable:
    rows: list[AskedRow] = []
    heading_row = questions = 0
    for row in _rows(delivery, most_bytes=_FREE_BYTES + most_rows * _BYTES_PER_ROW):
        if row["part"] == "HEADING":
            heading_row = len(rows)
        questions += row["part"] == "QUESTION"
        if questions > most_rows:
            remedy = f"split it into tables of at most {most_rows:,} rows"
            raise ImportRefused("TOO_MANY_ROWS", f"The table has more than {most_rows:,} rows.", remedy=remedy)
        key = {name: row[name] for name in LOOKUP_KEYS if row[name] is not None}
        rows.append(AskedRow([_value(cell) for cell in row["cells"]], key or None, row["fault"]))
    layer = delivery.description.layers[0]
    return AskedTable(layer.name, rows, heading_row, layer.personal)


def _rows(delivery: Delivery, *, most_bytes: int) -> Iterator[dict[str, Any]]:
    """Give the rows; a child that sends more than it was let to is not believed further."""
    for batch in delivery.batches():
        most_bytes -= batch.nbytes
        if most_bytes < 0:
            raise ImportRefused("READER_CRASHED", "The reader broke down on this file.", remedy="Save it as CSV UTF-8.")
        yield from batch.to_pylist()


def _value(cell: dict[str, Any] | None) -> Value:
    if cell is None:
        return None
    value: Value = next((value for value in cell.values() if value is not None), None)
    return int(value) if isinstance(value, float) and value.is_integer() else value
