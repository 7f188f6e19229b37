"""Delivered tables → staged rows: which table this is, then its rows in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from landdb.errors import ImportRefused
from landdb.importers.tables.crosswalk import crosswalk_reader, find_crosswalk
from landdb.importers.tables.grid import Line, Sheet, read_sheets
from landdb.importers.tables.headings import SEARCHED_ROWS, Layout, is_counting_row, refuse_missing_columns
from landdb.importers.tables.holding_rows import holding_reader
from landdb.importers.tables.holdings import find_holdings
from landdb.importers.tables.pl3 import find_pl3
from landdb.importers.tables.table_rows import Table, clean, inspect_table, read_batches
from landdb.importers.wire import SCHEMAS

if TYPE_CHECKING:
    from landdb.importers import ImportJob

#: Rows looked at before reading: enough to find the header, the encodings and the decimal sign.
_SAMPLE_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class DeliveredTable:
    """A recognised table and its rows; `mapping` is field → heading as delivered."""

    kind: str  # 'HOLDING' | 'CROSSWALK'
    profile: str  # 'pl3' | 'holdings' | 'crosswalk'
    worksheet: str
    columns: tuple[str, ...]
    mapping: dict[str, str]
    encoding: str
    batches: Iterator[pa.RecordBatch]


def read_table(path: Path, job: ImportJob, fmt: str) -> tuple[str, Iterator[pa.RecordBatch]]:
    """Give the kind of rows and their batches for a CSV, TSV, XLSX or XLS file."""
    table = open_table(path, job, fmt)
    return table.kind, table.batches


def open_table(path: Path, job: ImportJob, fmt: str, *, name: str | None = None) -> DeliveredTable:
    """Give the first worksheet whose header is understood, or the one that `job.columns["worksheet"]` names.

    `name` is that of the delivered file, when `path` is a copy: a CSV has no worksheet to be called by.
    """
    if job.noun == "features":
        raise ImportRefused(
            "NO_GEOMETRY",
            "A table has no geometry to read features from.",
            remedy="Deliver the map as GeoPackage, shapefile, GeoJSON, DXF or DGN.",
        )
    wanted = job.columns.get("worksheet")
    seen: list[str] = []
    headings: tuple[str, ...] = ()
    for sheet in read_sheets(path, fmt, name=name or path.stem):
        seen.append(sheet.name)
        if wanted is not None and sheet.name != wanted:
            continue
        sample = list(islice(sheet.lines, _SAMPLE_ROWS))
        found = _recognise(sample, sheet, job)
        if found is not None:
            return _deliver(found, sample, sheet, job)
        headings = headings or _headings(sample)
    raise _not_understood(seen, headings, wanted)


def _recognise(sample: Sequence[Line], sheet: Sheet, job: ImportJob) -> tuple[str, Layout] | None:
    """Give the profile and the layout. A table with holders is one of holders, even if it also has old sheets."""
    if job.noun in ("auto", "holdings"):
        if layout := find_pl3(sample, sheet.merges, job.columns, by_position=job.profile == "pl3"):
            return "pl3", layout
        if layout := find_holdings(sample, sheet.merges, job.columns):
            return "holdings", layout
    if job.noun in ("auto", "crosswalk") and (layout := find_crosswalk(sample, sheet.merges, job.columns)):
        return "crosswalk", layout
    return None


def _deliver(found: tuple[str, Layout], sample: list[Line], sheet: Sheet, job: ImportJob) -> DeliveredTable:
    profile, layout = found
    refuse_missing_columns(layout, job.columns)
    layout = _after_counting_rows(layout, sample)
    table = inspect_table(sheet.name, layout, sample)
    kind, read = _reader(profile, job)
    lines = chain(sample[layout.first_data_line :], sheet.lines)
    return DeliveredTable(
        kind=kind,
        profile=profile,
        worksheet=sheet.name,
        columns=tuple(filter(None, layout.labels)),
        mapping={field: _heading(layout, at) for field, at in layout.columns.items()},
        encoding=_encoding(table, sheet),
        batches=read_batches(lines, table, SCHEMAS[kind], batch_rows=job.batch_rows, read=read),
    )


def _reader(profile: str, job: ImportJob) -> tuple[str, Callable[..., dict[str, Any]]]:
    if profile == "crosswalk":
        return "CROSSWALK", crosswalk_reader(job.commune_code)
    return "HOLDING", holding_reader(job.commune_code, job.sheet_no)


def _after_counting_rows(layout: Layout, sample: Sequence[Line]) -> Layout:
    """Give the layout with its data beginning after rows that only number or letter the columns."""
    first = layout.first_data_line
    while first < len(sample) and is_counting_row(sample[first].cells):
        first += 1
    return Layout(layout.columns, layout.labels, first)


def _heading(layout: Layout, at: int) -> str:
    return (layout.labels[at] if at < len(layout.labels) else "") or f"column {at + 1}"


def _encoding(table: Table, sheet: Sheet) -> str:
    legacy = sorted(set(table.encodings.values()))
    return "+".join(legacy) or (sheet.codec or "unicode").upper()


def _headings(sample: Sequence[Line]) -> tuple[str, ...]:
    """Give the row most like a header, for the message; none where it may be data, for data stay out of it.

    A header is alone in having words only: in a list of persons without numbers no row stands out.
    """
    lines = [texts for line in sample[:SEARCHED_ROWS] if (texts := tuple(filter(None, map(clean, line.cells))))]
    worded = [texts for texts in lines if not any(c.isdigit() for text in texts for c in text)]
    best = max(worded, key=len, default=())
    stands_out = sum(len(texts) >= len(best) for texts in worded) == 1
    return tuple(text[:60] for text in best) if stands_out and len(worded) < len(lines) else ()


def _not_understood(seen: Sequence[str], headings: tuple[str, ...], wanted: str | None) -> ImportRefused:
    if wanted is not None and wanted not in seen:
        return ImportRefused(
            "WORKSHEET_NOT_FOUND",
            f"The workbook has no worksheet {wanted}. Worksheets found: {', '.join(seen)}.",
            remedy="Name one of them.",
        )
    if not seen:
        return ImportRefused("EMPTY_TABLE", "The file has no rows.", remedy="Deliver the sheet that has the rows.")
    found = f"Columns found: {', '.join(headings)}." if headings else "No header row was found."
    return ImportRefused(
        "UNKNOWN_TABLE",
        f"The table is neither PL3-01, nor a list of holders, nor one of old and new sheet numbers. {found}",
        remedy="Holders need a name and a parcel number, sheet tables an old and a new sheet number. "
        "Name other columns with --column field=heading.",
    )
