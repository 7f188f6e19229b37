"""landdb db logins: the API's logins in an outside database."""

from typing import Annotated

import psycopg
import typer

from landdb.cli.output import err, explained_errors
from landdb.cli.session import session
from landdb.cluster.creation import write_private
from landdb.errors import ConfigurationError
from landdb.store import privileges
from landdb.store.connection import connect
from landdb.store.logins import logins_file, make_logins, new_passwords, password_lines, statements_for
from landdb.store.privileges import LOGINS, existing_logins


def logins(
    admin_url: Annotated[
        str | None, typer.Option(help="URL of a role that may make roles, if landdb's may not.")
    ] = None,
    as_sql: Annotated[bool, typer.Option("--sql", help="Print the SQL for an administrator; run nothing.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="New passwords for logins that exist.")] = False,
) -> None:
    """Make the API's logins in an outside database, and grant each what it may touch.

    The private cluster has them already. Passwords are made here and kept beside the key file, or in
    LANDDB_LOGINS_FILE, for their owner only; the SQL shows verifiers. Run it again after an administrator ran the SQL.
    """
    with explained_errors(), session() as (settings, conn):
        file = logins_file(settings, conn.info.dsn)
        if renew or not file.exists() or len(existing_logins(conn)) < len(LOGINS):
            passwords = new_passwords() if as_sql else _made(conn, admin_url)
            if as_sql:
                for statement in statements_for(conn, passwords):
                    typer.echo(f"{statement.as_string(conn)};")
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(file, password_lines(passwords))
            err.print(f"passwords are in {file}", highlight=False)
        if privileges.apply(conn):
            err.print("each login may touch what landdb grants it, and nothing else")
        else:
            err.print("the logins do not exist yet: let an administrator run the SQL, then run this again")


def _made(conn: psycopg.Connection, admin_url: str | None) -> dict[str, str]:
    try:
        if admin_url is None:
            return make_logins(conn)
        with connect(admin_url) as admin:
            return make_logins(admin)
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            "this role may not make roles", remedy="name one with --admin-url, or print the SQL with --sql"
        ) from error
