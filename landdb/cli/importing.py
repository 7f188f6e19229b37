"""landdb import, batches, rejects: deliveries in, and what became of them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from landdb import pipeline
from landdb.cli.output import (
    JsonOption,
    err,
    explained_errors,
    print_json,
    print_rows,
    print_table,
    progress_bar,
    wants_json,
)
from landdb.cli.session import session
from landdb.domain.dates import today
from landdb.exporters.tables import write_rows_csv
from landdb.importers import ImportJob
from landdb.importers.maps.profile import OF_TABLES, PACKAGED
from landdb.importers.reader_process import waiting_readers
from landdb.store import batches
from landdb.store.sealing_key import open_vault

#: Exit code when a file brought nothing; 2 is for a file that was refused.
NOTHING_STORED = 1
_PROFILES = ", ".join((*PACKAGED, *OF_TABLES))


class Kind(StrEnum):
    """What a delivered file holds."""

    auto = "auto"
    features = "features"
    holdings = "holdings"
    crosswalk = "crosswalk"


class Axes(StrEnum):
    """Which delivered coordinate comes first."""

    auto = "auto"
    EN = "EN"
    NE = "NE"


Files = Annotated[
    list[Path],
    typer.Argument(
        help="Delivered files: GeoPackage, Shapefile (plain or zip), GeoJSON, "
        "GML, FlatGeobuf, GeoParquet, DXF, DGN, EDIGEO, CSV, XLSX."
    ),
]
OfCommune = Annotated[str | None, typer.Option(help="Commune code, where the file does not carry one.")]
OfSheet = Annotated[str | None, typer.Option(help="Sheet number, where the file does not carry one.")]
OfSupplier = Annotated[str | None, typer.Option(help=f"Supplier: {_PROFILES}, or a TOML file.")]
OfKind = Annotated[Kind, typer.Option(help="What the file holds.")]
InCrs = Annotated[int | None, typer.Option(help="EPSG code of the delivered coordinates, such as 9208.")]
SheetCrs = Annotated[
    int | None,
    typer.Option(help="EPSG code of the zone to keep sheets in, when the file is in longitude and latitude."),
]
InAxes = Annotated[Axes, typer.Option(help="NE is the order on paper: X is northing.")]
Columns = Annotated[list[str] | None, typer.Option(help="field=DELIVERED_COLUMN, as often as needed.")]
Document = Annotated[str | None, typer.Option(help="The record that came with the files.")]
ValidFrom = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="True in law since (default: today); not a day to come."),
]
AsJson = Annotated[bool, JsonOption]


def import_files(
    files: Files, commune: OfCommune = None, sheet: OfSheet = None, profile: OfSupplier = None,
    kind: OfKind = Kind.auto, crs: InCrs = None, sheet_crs: SheetCrs = None, axes: InAxes = Axes.auto,
    column: Columns = None, document: Document = None, valid_from: ValidFrom = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import delivered files, each as a whole or not at all.

    Every record is stored, merged into what was known, unchanged, or rejected with a reason and a remedy
    (`landdb rejects BATCH`). Importing the same file again changes nothing. Exit code 1 when a file brought
    nothing: all of its records were rejected.

    Examples:

      landdb import thua_dat.zip --commune 99001 --crs 9208

      landdb import PL3-01.xlsx

      landdb import so.csv --column sheet_no=SO_TO --column parcel_no=SO_THUA
    """
    handover = pipeline.Handover(getuser(), document, _in_force(valid_from))
    results = []
    with explained_errors(), waiting_readers(files) as readers, session() as (settings, conn):
        vault = open_vault(conn, settings.key_file)
        for file, waiting in zip(files, readers, strict=True):
            job = ImportJob(
                path=file, noun=kind.value, profile=profile, commune_code=commune, sheet_no=sheet, crs=crs,
                sheet_crs=sheet_crs, axes=axes.value, columns=dict(_pair(text) for text in column or ()),
            )  # fmt: skip
            with progress_bar(file.name) as progress, conn.transaction():
                results.append(pipeline.ingest(conn, job, vault, handover, progress, waiting=waiting))
    _print_results(results, as_json=as_json)
    if any(_brought_nothing(result) for result in results):
        raise typer.Exit(NOTHING_STORED)


def list_batches(
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List the latest deliveries and what became of their records."""
    with explained_errors(), session() as (_, conn):
        print_rows("Deliveries", batches.list_batches(conn, limit=limit), as_json=as_json)


def list_rejects(
    batch: Annotated[int, typer.Argument(help="The batch number that `landdb import` printed.")],
    limit: Annotated[int, typer.Option(help="At most so many rows.")] = 1000,
    csv: Annotated[Path | None, typer.Option(help="Write them to this file, for a spreadsheet.")] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List the quarantined rows of a delivery: which row, which field, why, and what to do."""
    with explained_errors(), session() as (_, conn):
        rows = batches.list_rejects(conn, batch, limit=limit)
    if csv is not None:
        err.print(f"{write_rows_csv(rows, csv)} rejected rows are in {csv}", highlight=False)
        return
    if wants_json(as_json):
        print_json(rows)
        return
    told = [(row["row_no"], _place(row), row["reason_code"], f"{row['reason']} → {row['remedy']}") for row in rows]
    print_table(f"Rejected in batch {batch}", ("row", "place", "code", "why, and what to do"), told)


def _place(row: dict[str, Any]) -> str:
    """Give where a row belongs as far as it says: commune, sheet and parcel, or the layer."""
    number = "/".join(part for part in (row["sheet_no"], row["parcel_no"]) if part)
    return f"{row['commune_code'] or '?'} {number}".strip() if number else f"{row['noun']} {row['layer'] or ''}".strip()


def _print_results(results: Sequence[pipeline.Ingested], *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json([asdict(result) | {"counts": _counts(result)} for result in results])
    else:
        print_rows("Imported", [_row(result) for result in results], as_json=False)
        for result in results:
            for note in result.notes:
                err.print(f"{result.file_name}: {note}", highlight=False)
            if result.counts.rejected:
                err.print(f"{result.file_name}: see why rows were rejected with  landdb rejects {result.batch_id}")
    for result in results:
        if _brought_nothing(result):
            err.print(f"{result.file_name}: nothing was stored: not one record could be used", highlight=False)


def _brought_nothing(result: pipeline.Ingested) -> bool:
    counts = result.counts
    return counts.stored + counts.merged + counts.unchanged == 0


def _in_force(valid_from: datetime | None) -> date | None:
    """Give the day; a change to come is refused, since the tables of what is in force now would hold it."""
    if valid_from is None:
        return None
    if valid_from.date() > today():
        raise typer.BadParameter(
            "this day is still to come; import a change on the day it comes into force, or later",
            param_hint="--valid-from",
        )
    return valid_from.date()


def _pair(text: str) -> tuple[str, str]:
    name, separator, delivered = text.partition("=")
    if not separator or not name or not delivered:
        raise typer.BadParameter(f"--column wants field=DELIVERED_COLUMN, not {text!r}")
    return name.strip(), delivered.strip()


def _counts(result: pipeline.Ingested) -> dict[str, int]:
    return {"source": result.counts.source, **asdict(result.counts)}


def _row(result: pipeline.Ingested) -> dict[str, Any]:
    return {
        "batch": result.batch_id,
        "file": result.file_name,
        "format": result.file_format,
        "communes": ", ".join(result.communes),
        **_counts(result),
    }
