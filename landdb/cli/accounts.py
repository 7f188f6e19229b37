"""landdb account: people who sign in here, and what they and people of other issuers may do."""

from typing import Annotated

import typer

from landdb.access import totp
from landdb.access.accounts import add_account, set_authenticator, set_password, subject_of
from landdb.access.signing import SigningKeys, signing_file
from landdb.cli.mandating import (
    ActorOption,
    CommuneOption,
    DaysOption,
    OrgOption,
    RoleOption,
    mandate,
    operator,
    secret,
)
from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.errors import NotFound
from landdb.store.access import accounts, mandates
from landdb.store.access.mandates import Subject
from landdb.store.sealing_key import open_vault

app = typer.Typer(help="Accounts of people, and what each may do.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with.")]
SubjectArgument = Annotated[str, typer.Argument(help="An account; with --issuer the subject that its tokens name.")]
IssuerOption = Annotated[str | None, typer.Option(help="An identity provider of LANDDB_OIDC_ISSUERS.")]


@app.command("add")
def add(
    name: NameArgument,
    role: RoleOption = "clerk",
    actor: ActorOption = None,
    org: OrgOption = None,
    commune: CommuneOption = None,
    days: DaysOption = None,
) -> None:
    """Make an account; the password is asked for, or read from a pipe.

    Examples:

      landdb account add an --role clerk --commune 99002 --org 'UBND phường Mẫu Giang'

      landdb account add hoa --role analyst
    """
    with explained_errors(), session() as (settings, conn), conn.transaction():
        given = mandate(open_vault(conn, settings.key_file), role, actor or name, org=org, communes=commune, days=days)
        add_account(conn, name, secret("password", confirm=True), given, by=operator())
    err.print(f"account {name} may ask as {role}", highlight=False)


@app.command("list")
def list_accounts(
    *,
    subjects: Annotated[bool, typer.Option("--subjects", help="All mandates, those of other issuers too.")] = False,
    ended: Annotated[bool, typer.Option("--ended", help="With --subjects: also those that ended.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List accounts with what each may do."""
    with explained_errors(), session() as (_, conn):
        rows = mandates.list_mandates(conn, with_ended=ended) if subjects else accounts.list_accounts(conn)
        print_rows("Mandates" if subjects else "Accounts", rows, as_json=as_json)


@app.command("passwd")
def passwd(name: NameArgument) -> None:
    """Set another password; whoever is signed in as this account is signed out."""
    with explained_errors(), session() as (_, conn):
        set_password(conn, name, secret("password", confirm=True))
    err.print(f"account {name} has another password")


@app.command("totp")
def authenticator(
    name: NameArgument,
    off: Annotated[bool, typer.Option("--off", help="Password alone again, such as after a lost telephone.")] = False,
) -> None:
    """Ask for an authenticator's code from now on; the secret is printed once."""
    with explained_errors(), session() as (settings, conn):
        if off:
            accounts.set_totp(conn, name, None)
            err.print(f"account {name} signs in with its password alone")
            return
        made = set_authenticator(conn, open_vault(conn, settings.key_file), name)
    err.print("Type this secret into an authenticator, or show it the address as a QR code. It is shown only now:")
    typer.echo(made)
    typer.echo(totp.uri(made, name))


@app.command("lock")
def lock(name: NameArgument, off: Annotated[bool, typer.Option("--off", help="Unlock it again.")] = False) -> None:
    """Lock an account: it is signed out within a second, everywhere, and cannot sign in."""
    with explained_errors(), session() as (_, conn):
        accounts.set_locked(conn, name, is_locked=not off)
    err.print(f"account {name} is {'unlocked' if off else 'locked'}")


@app.command("grant")
def grant(
    subject: SubjectArgument,
    role: RoleOption = "clerk",
    issuer: IssuerOption = None,
    actor: ActorOption = None,
    org: OrgOption = None,
    commune: CommuneOption = None,
    days: DaysOption = None,
) -> None:
    """Say what somebody may do from now on, in place of what they might before.

    Examples:

      landdb account grant an --role clerk --commune 99001 --commune 99002

      landdb account grant 5d1f… --issuer https://sso.example.gov.vn/realms/land --role clerk --actor 'clerk An'
    """
    with explained_errors(), session() as (settings, conn), conn.transaction():
        given = mandate(
            open_vault(conn, settings.key_file), role, actor or subject, org=org, communes=commune, days=days
        )
        if issuer is None and accounts.find_account(conn, subject) is None:
            raise NotFound(f"there is no account {subject}", remedy="landdb account add, or name the --issuer")
        mandates.grant(conn, _subject(subject, issuer), given, by=operator())
    err.print(f"{subject} may ask as {role}", highlight=False)


@app.command("revoke")
def revoke(subject: SubjectArgument, issuer: IssuerOption = None) -> None:
    """End what somebody may do; it holds within a second, also for tokens that were issued before."""
    with explained_errors(), session() as (_, conn):
        if not mandates.revoke(conn, _subject(subject, issuer), by=operator()):
            raise NotFound(f"{subject} may do nothing already", remedy="landdb account list --subjects")
    err.print(f"{subject} may do nothing any more", highlight=False)


@app.command("token")
def token(name: NameArgument) -> None:
    """Print a token of an account that is valid for ten minutes, for a test or a script on this machine."""
    with explained_errors(), session() as (settings, conn):
        if accounts.find_account(conn, name) is None:
            raise NotFound(f"there is no account {name}", remedy="landdb account list")
        typer.echo(SigningKeys.make(signing_file(settings.key_file)).issue(subject_of(name).subject))


def _subject(subject: str, issuer: str | None) -> Subject:
    return subject_of(subject) if issuer is None else Subject(issuer, subject)
