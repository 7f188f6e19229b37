"""landdb token: who may ask the API about people."""

from typing import Annotated

import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.store import tokens

app = typer.Typer(help="API tokens: issue, list, revoke.", no_args_is_help=True)


@app.command("issue")
def issue(
    actor: Annotated[str, typer.Argument(help="Who will ask, as the audit shall name them.")],
    role: Annotated[str, typer.Option(help="clerk, analyst, service or auditor.")] = "clerk",
    commune: Annotated[list[str] | None, typer.Option(help="Only these communes; none given means all.")] = None,
    org: Annotated[str | None, typer.Option(help="The office they ask for.")] = None,
    days: Annotated[int, typer.Option(help="Valid for so many days, at most 365.", min=1, max=365)] = 30,
) -> None:
    """Issue a token and print it once; only its fingerprint is kept.

    Examples:

      landdb token issue 'tax office' --role service --days 30

      landdb token issue 'clerk An' --role clerk --commune 99002 --org 'UBND phường Mẫu Giang'
    """
    with explained_errors(), session() as (_, conn):
        token = tokens.issue(conn, actor=actor, role=role, commune_codes=commune or None, actor_org=org, days=days)
    err.print(f"Token for {actor} ({role}), valid {days} days. It is shown only now:", highlight=False)
    typer.echo(token)


@app.command("list")
def list_tokens(*, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List tokens that are in force."""
    with explained_errors(), session() as (_, conn):
        print_rows("Tokens", tokens.list_tokens(conn), as_json=as_json)


@app.command("revoke")
def revoke(token_id: Annotated[int, typer.Argument(help="The number that `landdb token list` shows.")]) -> None:
    """Revoke a token at once."""
    with explained_errors(), session() as (_, conn):
        tokens.revoke(conn, token_id)
    err.print(f"token {token_id} is revoked")
