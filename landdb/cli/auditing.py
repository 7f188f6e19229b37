"""landdb audit: who asked about people, for whoever supervises them."""

from datetime import datetime
from typing import Annotated

import typer

from landdb.cli.output import JsonOption, explained_errors, print_rows
from landdb.cli.session import session
from landdb.domain.dates import VIETNAM
from landdb.store.audit import list_access

app = typer.Typer(help="The record of questions about people.", no_args_is_help=True)


@app.command("list")
def list_questions(
    actor: Annotated[str | None, typer.Option(help="Only questions of this actor, as the token names it.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only questions since this day began in Vietnam.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 100,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List who asked about a person, when and why, newest first. Whom they asked about is not shown."""
    with explained_errors(), session() as (_, conn):
        moment = since.replace(tzinfo=VIETNAM) if since else None
        print_rows("Questions about people", list_access(conn, actor=actor, since=moment, limit=limit), as_json=as_json)
