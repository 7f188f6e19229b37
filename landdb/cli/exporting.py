"""landdb export: findings as a file for QGIS, a spreadsheet or another program."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landdb.cli.options import CommunesArgument, LanguageOption, ProvinceOption, Tongue, chosen_communes
from landdb.cli.output import err, explained_errors
from landdb.cli.session import session
from landdb.reporting import Format, Selection, export_findings, format_of
from landdb.reporting.exporting import STDOUT
from landdb.store.finding_list import OPEN_STATES
from landdb.validators.catalogue import load_catalogue

app = typer.Typer(help="Write files for other programs.", no_args_is_help=True)


class Form(StrEnum):
    """The form of a file."""

    gpkg = "gpkg"
    xlsx = "xlsx"
    csv = "csv"
    geojson = "geojson"
    sarif = "sarif"


class State(StrEnum):
    """Which findings by their state."""

    open = "open"
    accepted = "accepted"
    fixed = "fixed"
    all = "all"


STATES = {
    State.open: OPEN_STATES,
    State.accepted: ("accepted",),
    State.fixed: ("fixed",),
    State.all: (*OPEN_STATES, "accepted", "fixed"),
}


class Severity(StrEnum):
    """How grave a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


@app.command("findings")
def findings(
    out: Annotated[
        Path,
        typer.Option("--out", help="The file; its ending names the form. `-`: standard output, for text."),
    ],
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    form: Annotated[Form | None, typer.Option("--format", help="The form, whatever the ending.")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only these rules or families, such as COV or TEN001.")] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="Only of this severity.")] = None,
    state: Annotated[State, typer.Option(help="Open ones include those that came back.")] = State.open,
    lang: Annotated[Tongue, LanguageOption] = Tongue.vi,
) -> None:
    """Write the stored findings: .gpkg (styled, for QGIS), .xlsx, .csv, .geojson or .sarif.json.

    Findings come from the last check; nothing is checked anew. No file holds a name or number of a person.

    Examples:

      landdb export findings 99001 --out 99001.gpkg

      landdb export findings --province 25 --severity error --out errors.xlsx

      landdb export findings 99001 --format csv --out - | wc -l
    """
    with explained_errors():
        chosen_form: Format = form.value if form else format_of(out)
        rules = None if rule is None else load_catalogue().select(rule)
        with session() as (_, conn), conn.transaction():
            selection = Selection(
                communes=[commune.commune_id for commune in chosen_communes(conn, communes, province)],
                states=STATES[state],
                rules=rules,
                severities=None if severity is None else [one.value for one in severity],
            )
            target = sys.stdout if out == STDOUT else out
            with err.status(f"writing {out}"):
                count = export_findings(conn, selection, target, form=chosen_form, language=lang.value)
    err.print(f"{count:,} findings written to {'standard output' if out == STDOUT else out}", highlight=False)
