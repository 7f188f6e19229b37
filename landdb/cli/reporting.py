"""landdb report: pages that people read, print and pass on."""

from pathlib import Path
from typing import Annotated

import typer

from landdb.cli.options import CommunesArgument, LanguageOption, ProvinceOption, SchemeOption, Tongue, chosen_communes
from landdb.cli.output import err, explained_errors, out, progress_bar
from landdb.cli.session import session
from landdb.quality import load_scheme, record
from landdb.reporting import report_setting, write_reports


def report(
    folder: Annotated[Path, typer.Option("--out", help="The folder for the pages; made when missing.")],
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.vi,
    public: Annotated[
        bool,
        typer.Option("--public", help="Leave out findings about holders and rights (Decree 101/2024)."),
    ] = False,
    scheme_file: Annotated[Path | None, SchemeOption] = None,
) -> None:
    """Write a page per commune and an overview of several: map, worst faults, charts, campaign criteria, score.

    Each page is one HTML file that needs nothing else: open it, print it, mail it. It tells what the last check found
    and keeps the score of the day. No page holds a name or number of a person.

    Examples:

      landdb report 99001 --out bao_cao

      landdb report --province 25 --out bao_cao --lang en
    """
    with explained_errors(), session() as (_, conn), conn.transaction():
        scheme = load_scheme(scheme_file)
        chosen = chosen_communes(conn, communes, province)
        with err.status(f"testing the parcels of {len(chosen):,} commune{'s' if len(chosen) != 1 else ''}"):
            assessed = record(conn, [commune.commune_id for commune in chosen], scheme=scheme)
        setting = report_setting(lang.value, scheme=scheme, tenure=not public)
        with progress_bar("pages") as progress:
            written = write_reports(conn, chosen, assessed, folder, setting, progress=progress)
    err.print(f"{len(written):,} page{'s' if len(written) != 1 else ''} written; begin with", highlight=False)
    out.print(str(written[0]), highlight=False)
