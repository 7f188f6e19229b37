"""landdb check-files, landdb export ground: the array rules where no database is."""

import os
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from landdb import pipeline
from landdb.cli.checking import ERRORS_FOUND, finding_document
from landdb.cli.options import CommunesArgument, LanguageOption, ProvinceOption, Tongue, chosen_communes
from landdb.cli.output import JsonOption, err, explained_errors, print_json, print_rows, stage_bars, wants_json
from landdb.cli.session import session
from landdb.store.ground import read_ground
from landdb.validators.file_sweep import FileResult, sweep_files
from landdb.validators.ground import to_checked_ground
from landdb.validators.ground_files import write_ground


def check_files(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of <commune code>.parquet.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.", show_default="all cores")] = (
        os.cpu_count() or 1
    ),
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, such as tcp://host:8786, whose workers see the folder.")
    ] = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Judge communes in GeoParquet files by the rules about polygons; nothing is stored. Exit code 1 on errors.

    Rules about papers and people need the database: `landdb check`. A fault across a seam stands with both communes.

    Examples:

      landdb export ground --province 25 --out ground/ && landdb check-files ground/

      landdb check-files /shared/ground --scheduler tcp://10.0.0.5:8786 --json > findings.json
    """
    with explained_errors(), stage_bars() as progress, pipeline.workers(workers, scheduler) as executor:
        results = sorted(sweep_files(folder, executor, progress=progress), key=lambda result: result.commune_code)
    if wants_json(as_json):
        print_json([_document(result, lang) for result in results])
    else:
        print_rows("Findings in files", [_row(result) for result in results], as_json=False)
    if any(finding.severity == "error" for result in results for finding in result.findings):
        raise typer.Exit(ERRORS_FOUND)


def ground(
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder to write into.")],
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
) -> None:
    """Write communes' ground as GeoParquet, a file each, for `landdb check-files` and for analysts; no holder is in it.

    Examples:

      landdb export ground 99001 99002 --out ground/
    """
    with explained_errors(), session() as (_, conn):
        chosen = chosen_communes(conn, communes, province)
        for commune in chosen:
            with err.status(f"writing {commune.commune_code}"):
                stored = read_ground(conn, commune.commune_id)
                write_ground(out, to_checked_ground(stored), list(stored.units.srid))
    err.print(f"{len(chosen)} communes in {out}", highlight=False)


def _row(result: FileResult) -> dict[str, Any]:
    counts = Counter(finding.severity for finding in result.findings)
    return {
        "commune": result.commune_code,
        "parcels": result.parcel_count,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "info": counts["info"],
    }


def _document(result: FileResult, lang: Tongue) -> dict[str, Any]:
    found = [finding_document(finding, lang.value) for finding in result.findings]
    return {"commune": result.commune_code, "parcels": result.parcel_count, "findings": found}
