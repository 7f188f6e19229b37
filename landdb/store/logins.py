"""The API's logins in PostgreSQL: made once for a server, each with a password that nobody types.

Passwords lie in one file in the form of ~/.pgpass, beside the owner's; a URL names the file and holds no secret.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from landdb.errors import ConfigurationError
from landdb.settings import Settings
from landdb.store.privileges import CONNECTION_LIMITS, LOGINS, Login, existing_logins, role_of

LOGINS_FILE: Final = "logins.pgpass"


def make_logins(conn: psycopg.Connection[Any]) -> dict[str, str]:
    """Give a new password for each login, made where it is missing; `conn` must be allowed to make roles."""
    passwords = new_passwords()
    for statement in statements_for(conn, passwords):
        conn.execute(statement)
    if conn.info.parameter_status("is_superuser") == "on":
        # What a role does wrong is told to it, not to the log: such a message repeats the value.
        for role in passwords:
            conn.execute(sql.SQL("ALTER ROLE {} SET log_min_messages = 'log'").format(sql.Identifier(role)))
    return passwords


def new_passwords() -> dict[str, str]:
    """Give a password for each login."""
    return {role_of(login): secrets.token_urlsafe(32) for login in LOGINS}


def statements_for(conn: psycopg.Connection[Any], passwords: Mapping[str, str]) -> list[sql.Composed]:
    """Give the statements that make the logins with these passwords; they show verifiers, never a password."""
    there = existing_logins(conn)
    statements = []
    for login in LOGINS:
        role = role_of(login)
        if role not in there:
            statements.append(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        verifier = conn.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256").decode()
        statements.append(
            sql.SQL(
                "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"
                " CONNECTION LIMIT {} PASSWORD {}"
            ).format(sql.Identifier(role), sql.Literal(CONNECTION_LIMITS[login]), sql.Literal(verifier))
        )
    return statements


def password_lines(passwords: Mapping[str, str]) -> str:
    """Give the text of the password file."""
    return "".join(f"*:*:*:{role}:{password}\n" for role, password in passwords.items())


def logins_file(settings: Settings, url: str) -> Path:
    """Give where the passwords of the logins are: as set, beside the owner's password file, else with the keys."""
    if settings.logins is not None:
        return settings.logins
    owner = conninfo_to_dict(url).get("passfile")
    beside = Path(str(owner)).with_name(LOGINS_FILE) if owner else None
    return beside if beside is not None and beside.exists() else settings.key_file.with_name(LOGINS_FILE)


def login_urls(settings: Settings, url: str) -> dict[Login, str]:
    """Give for each login the URL of the database behind `url`.

    Raises ConfigurationError when the passwords are missing: the API does not ask as the owner instead.
    """
    file = logins_file(settings, url)
    if not file.exists():
        raise ConfigurationError(f"the passwords of the API's logins are missing ({file})", remedy="landdb db logins")
    known = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    database = known.pop("dbname", "landdb")
    for name in ("user", "password", "passfile"):
        known.pop(name, None)
    rest = urlencode({**known, "passfile": str(file)}, quote_via=quote)
    return {login: f"postgresql://{role_of(login)}@/{quote(database)}?{rest}" for login in LOGINS}
