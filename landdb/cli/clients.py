"""landdb client, landdb agreement: services that ask, and what each organisation may get."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from landdb.access.clients import LONGEST_DAYS, add_client, subject_of
from landdb.access.signing import SigningKeys, signing_file
from landdb.cli.mandating import ActorOption, AgreementOption, CommuneOption, OrgOption, mandate, operator
from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.domain.fields import FIELDS
from landdb.errors import InvalidValue, NotFound
from landdb.store.access import accounts
from landdb.store.access.mandates import NewAgreement, add_agreement, end_agreement, list_agreements
from landdb.store.sealing_key import open_vault

app = typer.Typer(help="Clients: services that ask the API.", no_args_is_help=True)
agreements = typer.Typer(help="Agreements: what an organisation may get, where and what for.", no_args_is_help=True)

ClientArgument = Annotated[str, typer.Argument(help="The id of the client, such as tax-office.")]
CodeArgument = Annotated[str, typer.Argument(help="The number of the agreement, such as TT-2026-01.")]


@app.command("add")
def add(
    client_id: ClientArgument,
    role: Annotated[str, typer.Option(help="service (with an agreement), analyst or auditor.")] = "service",
    agreement: AgreementOption = None,
    actor: ActorOption = None,
    org: OrgOption = None,
    commune: CommuneOption = None,
    days: Annotated[int, typer.Option(help="Valid for so many days.", min=1, max=LONGEST_DAYS)] = LONGEST_DAYS,
    public_key: Annotated[
        Path | None, typer.Option(help="A JWK file: the client signs assertions instead of keeping a secret.")
    ] = None,
) -> None:
    """Add a client and print its secret once; only the fingerprint is kept.

    The client changes it for a token of ten minutes:

      landdb client add tax-office --agreement TT-2026-01

      curl -u tax-office:SECRET -d grant_type=client_credentials http://127.0.0.1:8000/oauth/token
    """
    with explained_errors(), session() as (settings, conn), conn.transaction():
        given = mandate(
            open_vault(conn, settings.key_file), role, actor or client_id,
            org=org, communes=commune, agreement=agreement,
        )  # fmt: skip
        key = None if public_key is None else _jwk(public_key)
        secret = add_client(conn, client_id, given, by=operator(), days=days, public_key=key)
    if secret is None:
        err.print(f"client {client_id} ({role}) signs with its key, for {days} days", highlight=False)
        return
    err.print(f"Secret of {client_id} ({role}), valid {days} days. It is shown only now:", highlight=False)
    typer.echo(secret)


@app.command("list")
def list_clients(*, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List clients in force with what each may do."""
    with explained_errors(), session() as (_, conn):
        print_rows("Clients", accounts.list_clients(conn), as_json=as_json)


@app.command("revoke")
def revoke(client_id: ClientArgument) -> None:
    """End a client; it holds within a second, also for tokens that it has."""
    with explained_errors(), session() as (_, conn):
        accounts.revoke_client(conn, client_id)
    err.print(f"client {client_id} is revoked", highlight=False)


@app.command("token")
def token(client_id: ClientArgument) -> None:
    """Print a token of a client that is valid for ten minutes, for a test or a script on this machine."""
    with explained_errors(), session() as (settings, conn):
        if accounts.find_client(conn, client_id) is None:
            raise NotFound(f"no client {client_id} is in force", remedy="landdb client list")
        typer.echo(SigningKeys.make(signing_file(settings.key_file)).issue(subject_of(client_id).subject))


@agreements.command("add")
def agree(
    code: CodeArgument,
    organisation: Annotated[str, typer.Option(help="The other side, as answers to citizens shall name it.")],
    basis: Annotated[str, typer.Option(help="The law or decision that it rests on.")],
    field: Annotated[list[str], typer.Option(help=f"What it may get; several times. One of: {', '.join(FIELDS)}.")],
    purpose: Annotated[list[str], typer.Option(help="What for, in the words that requests must give; several times.")],
    until: Annotated[dt.datetime, typer.Option(help="The last day, at most two years ahead.", formats=["%Y-%m-%d"])],
    commune: CommuneOption = None,
) -> None:
    """Enter an agreement. It is never changed: end it, and enter the new one.

    Example:

      landdb agreement add TT-2026-01 --organisation 'Chi cục Thuế Mẫu Sơn' --basis 'NĐ 101/2024 Đ.60'
      --field areas --field land_uses --field rights.party --purpose 'land tax' --until 2027-12-31
    """
    with explained_errors(), session() as (_, conn), conn.transaction():
        add_agreement(conn, NewAgreement(code, organisation, field, purpose, basis, until.date(), commune or None))
    err.print(f"agreement {code} runs until {until.date()}; now: landdb client add … --agreement {code}")


@agreements.command("list")
def list_all(
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Also those that ended.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List agreements: fields, communes, purposes, basis and term."""
    with explained_errors(), session() as (_, conn):
        print_rows("Agreements", list_agreements(conn, with_ended=ended), as_json=as_json)


@agreements.command("end")
def end(code: CodeArgument) -> None:
    """End an agreement; its services get nothing within a second."""
    with explained_errors(), session() as (_, conn):
        end_agreement(conn, code)
    err.print(f"agreement {code} has ended", highlight=False)


def _jwk(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidValue("public_key", "UNREADABLE", remedy="a file with one JWK") from error
    return found if isinstance(found, dict) else {}
