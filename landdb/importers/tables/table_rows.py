"""Rows of cells → Arrow batches: cleaned, decoded, and quarantined where a row cannot be read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, Literal, TypeVar

import pyarrow as pa

from landdb.domain.text import decode_legacy, detect_encoding, parse_decimal
from landdb.errors import InvalidValue
from landdb.importers.rejects import LONGEST_KEY, Reject
from landdb.importers.tables.grid import Cell, Line
from landdb.importers.tables.headings import Layout
from landdb.importers.tables.table_rejects import BAD_COMMUNE_CODE, KEY_TOO_LONG, MISSING_COMMUNE, RowRejected

Decimal = Literal[".", ","]
Item = TypeVar("Item")

_BEYOND_LATIN1: Final = "\u0100"


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of a table once its header is found and its first rows were looked at."""

    name: str
    layout: Layout
    encodings: Mapping[int, str]  # column → 'TCVN3' | 'VNI'; other columns are Unicode
    decimal: Decimal | None  # the decimal sign of numbers typed as text, if the table shows it


@dataclass(slots=True)
class Record:
    """One row by field: `texts` clean and decoded; `cells` as delivered, where that differs from the text."""

    row_no: int
    texts: dict[str, str]
    cells: dict[str, Cell]
    decimal: Decimal | None

    def get(self, field: str) -> str | None:
        """Give the clean text of a field."""
        return self.texts.get(field)

    def number(self, field: str) -> float | None:
        """Give the number of a field; numbers typed as text follow the decimal sign of the table."""
        cell = self.cells.get(field)
        if isinstance(cell, int | float):
            return parse_decimal(cell)  # a workbook can hold 1e999
        return parse_decimal(self.texts.get(field), decimal=self.decimal)


def clean(cell: Cell) -> str | None:
    """Give the text of a cell on one line without outer spaces; 12.0 is ``12``, a date is ISO, blank is None."""
    if isinstance(cell, str):
        return " ".join(cell.replace("\0", "").split()) or None
    if cell is None:
        return None
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def inspect_table(name: str, layout: Layout, sample: Sequence[Line]) -> Table:
    """Give the table with the encoding of each column and its decimal sign, judged from the sample."""
    data = sample[layout.first_data_line :]
    texts = {at: [_text_at(line, at) for line in data] for at in layout.columns.values()}
    found = {at: detect_encoding(filter(None, values)) for at, values in texts.items()}
    legacy = Counter(code for code in found.values() if code in ("TCVN3", "VNI")).most_common(1)
    if legacy:
        # A short column proves nothing by itself; beside a column in an old font it was typed in that font.
        unproven = [
            at
            for at, code in found.items()
            if code == "UNICODE" and max("".join(texts[at]), default="") < _BEYOND_LATIN1
        ]
        found |= dict.fromkeys(unproven, legacy[0][0])
    numbers = [at for field, at in layout.columns.items() if "area" in field]
    return Table(
        name,
        layout,
        {at: code for at, code in found.items() if code in ("TCVN3", "VNI")},
        _decimal_sign(value for at in numbers for value in texts[at]),
    )


def _text_at(line: Line, at: int) -> str:
    cell = line.cells[at] if at < len(line.cells) else None
    return cell if isinstance(cell, str) else ""


def _decimal_sign(values: Iterable[str]) -> Decimal | None:
    """Give the sign that some number of the table can only use as its decimal sign."""
    signs: set[Decimal] = set()
    for value in values:
        number = value.strip()
        marks: list[Decimal] = [mark for mark in (".", ",") if mark in number]
        if not marks or not number.replace(".", "").replace(",", "").isdigit():
            continue
        last: Decimal = "." if number.rfind(".") > number.rfind(",") else ","
        if number.count(last) == 1 and (len(marks) == 2 or len(number) - number.rfind(last) != 4 or number[0] == "0"):
            signs.add(last)
    return signs.pop() if len(signs) == 1 else None


def read_batches(
    lines: Iterable[Line],
    table: Table,
    schema: pa.Schema,
    *,
    batch_rows: int,
    read: Callable[[Record], dict[str, Any]],
) -> Iterator[pa.RecordBatch]:
    """Give one Arrow row for every row that is not blank; a row that `read` refuses carries its reason."""
    rows = _read_rows(lines, table, read)
    for chunk in _chunks(rows, batch_rows):
        yield pa.RecordBatch.from_pylist(chunk, schema=schema)


def _read_rows(
    lines: Iterable[Line], table: Table, read: Callable[[Record], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    # Sorted by field, so that a supplier who moves a column delivers the same rows.
    spec = [(field, at, table.encodings.get(at)) for field, at in sorted(table.layout.columns.items())]
    for line in lines:
        if line.fault is not None:
            yield _rejected(line, table, line.fault, None)
            continue
        record = _record(line, spec, table.decimal)
        if not record.texts and _is_blank(line):
            continue
        digest = _digest(record.texts)
        try:
            row = read(record)
        except RowRejected as verdict:
            yield _rejected(line, table, verdict.reject, digest)
            continue
        row["row_no"], row["layer"], row["delivered_hash"] = line.row_no, table.name, digest
        yield row


def _record(line: Line, spec: list[tuple[str, int, str | None]], decimal: Decimal | None) -> Record:
    texts: dict[str, str] = {}
    cells: dict[str, Cell] = {}
    source, width = line.cells, len(line.cells)
    for field, at, encoding in spec:
        cell = source[at] if at < width else None
        if cell is None or cell == "":
            continue
        text = _decoded(cell, encoding) if isinstance(cell, str) and not cell.isascii() else clean(cell)
        if text is None:
            continue
        texts[field] = text
        if text != cell:
            cells[field] = cell
    return Record(line.row_no, texts, cells, decimal)


def _digest(texts: dict[str, str]) -> bytes:
    """Give what tells whether a row delivered again has changed: its fields and their texts."""
    canonical = "\x1f".join(texts) + "\x1e" + "\x1f".join(texts.values())
    return blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).digest()


# Most cells of a table repeat: labels, communes, places. Looking them up is what makes 20,000 rows a second.
@lru_cache(maxsize=1 << 16)
def _decoded(cell: str, encoding: str | None) -> str | None:
    text = clean(cell)
    return text if text is None or text.isascii() else decode_legacy(text, encoding or "UNICODE")


def _is_blank(line: Line) -> bool:
    return all(clean(cell) is None for cell in line.cells)


def _rejected(line: Line, table: Table, reject: Reject, digest: bytes | None) -> dict[str, Any]:
    labels = table.layout.labels
    raw = {
        (labels[at] if at < len(labels) and labels[at] else f"column {at + 1}"): clean(cell)
        for at, cell in enumerate(line.cells)
        if cell not in (None, "")
    }
    return {
        "row_no": line.row_no,
        "layer": table.name,
        "delivered_hash": digest,
        "reject_code": reject.code,
        "reject_field": reject.field,
        "reject_reason": reject.reason,
        "reject_remedy": reject.remedy,
        "raw_row": json.dumps(raw, ensure_ascii=False),
    }


def _chunks(rows: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def refuse_long_keys(row: Mapping[str, Any], fields: Sequence[str]) -> None:
    """Raise RowRejected when a number or code of the row is too long to be one."""
    for field in fields:
        if len(row[field] or "") > LONGEST_KEY:
            raise RowRejected(replace(KEY_TOO_LONG, field=field))


def commune_of(record: Record, field: str, fallback: str | None, normalise: Callable[[str], str]) -> str:
    """Give the commune code of a row, or the one the caller named for rows that have none."""
    text = record.get(field) or fallback
    if text is None:
        raise RowRejected(replace(MISSING_COMMUNE, field=field))
    try:
        return normalise(text)
    except InvalidValue:
        raise RowRejected(replace(BAD_COMMUNE_CODE, field=field)) from None
