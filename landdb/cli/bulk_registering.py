"""landdb register bulk: hundreds of changes from one table, with a workbook that says what became of each row."""

from dataclasses import asdict
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_rows, progress_bar
from landdb.cli.registering import REFUSED
from landdb.cli.session import session
from landdb.errors import InvalidValue
from landdb.exporters.change_results import write_change_results
from landdb.importers.tables.grid import read_sheets
from landdb.registration import Clerk
from landdb.registration.bulk import RowResult, register_rows, rows_of
from landdb.store import register_subjects
from landdb.store.sealing_key import open_vault

LARGEST_FILE = 20 * 2**20
_FORMATS = {".xlsx": "XLSX", ".xls": "XLS", ".csv": "CSV"}


def bulk(
    file: Annotated[Path, typer.Argument(help="XLSX, XLS or CSV; its first row names fields of a change.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Preview the whole table, change nothing.")] = False,
    all_or_none: Annotated[bool, typer.Option("--all-or-none", help="One bad row takes all back.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Workbook with the result of each row.")] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Make the changes of a table, one row each. Exit code 1 when a row was refused or cannot be meant.

    Headings: kind, commune, sheet, parcel (several: 12,13), document.kind, document.reference, valid_from, reason,
    acknowledge, idempotency_key, and terms as docs/registration.md shows them: terms.field, terms.value, terms.serial,
    terms.moves as JSON …

    Examples:

      landdb register bulk corrections.xlsx --dry-run --out preview.xlsx

      landdb register bulk corrections.xlsx --all-or-none --out result.xlsx
    """
    with explained_errors():
        rows = _read(file)
        results = _register(rows, dry_run=dry_run, all_or_none=all_or_none)
        if out is not None:
            headings = list(dict.fromkeys(heading for _, row in rows for heading in row))
            told = [asdict(result) for result in results]
            write_change_results(out, headings, zip(told, (row for _, row in rows), strict=True))
    print_rows("Rows", [asdict(result) for result in results], as_json=as_json)
    good = sum(result.is_good for result in results)
    err.print(f"{good} of {len(results)} rows {'would be' if dry_run else 'were'} made", highlight=False)
    if good < len(results):
        raise typer.Exit(REFUSED)


def _register(rows: list[tuple[int, dict[str, Any]]], *, dry_run: bool, all_or_none: bool) -> list[RowResult]:
    with session() as (settings, conn), progress_bar("changes") as report:
        return register_rows(
            conn,
            open_vault(conn, settings.key_file),
            rows,
            Clerk(getuser()),
            find_parcel=partial(register_subjects.find_parcel, conn),
            dry_run=dry_run,
            all_or_none=all_or_none,
            progress=lambda done: report(done, len(rows)),
        )


def _read(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """Give the rows of the first sheet under their headings."""
    fmt = _FORMATS.get(file.suffix.lower())
    if fmt is None:
        raise InvalidValue("file", "UNKNOWN_FORMAT", remedy="an .xlsx, .xls or .csv file")
    if not file.is_file() or file.stat().st_size > LARGEST_FILE:
        raise InvalidValue("file", "CANNOT_BE_READ", remedy="name a file of at most 20 MB that is there")
    sheet = next(read_sheets(file, fmt, name=file.name), None)
    if sheet is None:
        raise InvalidValue("file", "EMPTY", remedy="the first row names the fields")
    return list(rows_of((line.row_no, list(line.cells)) for line in sheet.lines))
