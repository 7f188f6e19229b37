"""landdb scans: note which papers are scanned, so that the rules can tell which are not, unsigned or untied."""

from dataclasses import asdict
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from landdb import pipeline
from landdb.cli.options import CommunesArgument, chosen_communes
from landdb.cli.output import JsonOption, err, explained_errors, print_json, print_rows, progress_bar, wants_json
from landdb.cli.session import session
from landdb.store import scans

app = typer.Typer(help="Scans: note which papers are scanned and signed; see how far they are.", no_args_is_help=True)

CommuneArgument = typer.Argument(help="Commune code.", metavar="COMMUNE", show_default=False)


@app.command("note")
def note_scans(
    commune: Annotated[str, CommuneArgument],
    folder: Annotated[Path, typer.Argument(help="Folder with the scans; folders in it count too.", show_default=False)],
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Note the scans in a folder: name, digest, size, whether they carry a signature. The files stay where they are.

    A certificate's scan is named by its serial: AB123456-GCN.pdf; -GT.pdf are the papers behind it. Rules DOC001 to
    DOC004 then tell what is missing, untied or unsigned.

    Example: landdb scans note 99001 /srv/quet/99001
    """
    with explained_errors(), session() as (_, conn), progress_bar("reading scans") as report, conn.transaction():
        noted = pipeline.note_scans(conn, commune, folder, actor=getuser(), progress=report)
    if wants_json(as_json):
        print_json(asdict(noted))
        return
    err.print(f"{noted.new} new, {noted.replaced} replaced, {noted.known} known already", highlight=False)
    if not noted.new + noted.replaced + noted.known:
        err.print("no .pdf, .jpg, .png or .tif in this folder")


@app.command("list")
def list_scans(
    communes: CommunesArgument = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show how many scans communes have, of what, signed and tied to a certificate.

    Examples:

      landdb scans list

      landdb scans list 99001 99802
    """
    with explained_errors(), session() as (_, conn):
        rows = [
            {"commune": found.commune_code} | asdict(scans.get_summary(conn, found.commune_id))
            for found in chosen_communes(conn, communes, None)
        ]
    print_rows("Scans", rows, as_json=as_json)
