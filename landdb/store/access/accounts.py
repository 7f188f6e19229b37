"""Accounts of people, clients of services: rows only; passwords and secrets come here as hashes."""

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from landdb.errors import InvalidValue, NotFound
from landdb.store.access.rows import Row, find_one, hash_of, list_all
from landdb.store.statements import load


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """An account as it is kept."""

    account_id: int
    name: str
    password_hash: str
    totp_enc: bytes | None
    totp_step: int | None
    is_locked: bool


def add_account(conn: psycopg.Connection[Any], name: str, password_hash: str) -> int:
    """Give the identity of the new account; raises InvalidValue when there is one of this name."""
    row = find_one(conn, "add_account", name=name, password_hash=password_hash)
    if row is None:
        raise InvalidValue("name", "EXISTS", remedy="landdb account list")
    return int(row["account_id"])


def find_account(conn: psycopg.Connection[Any], name: str) -> Account | None:
    """Give the account of this name."""
    row = find_one(conn, "account", name=name)
    return None if row is None else Account(**row)


def list_accounts(conn: psycopg.Connection[Any]) -> list[Row]:
    """Give the accounts with what each may do, by name."""
    return list_all(conn, "list_accounts")


def set_password(conn: psycopg.Connection[Any], name: str, password_hash: str) -> None:
    """Change the password; ends the account's sessions and tokens. Raises NotFound."""
    _changed(find_one(conn, "set_password", name=name, password_hash=password_hash), name)


def set_locked(conn: psycopg.Connection[Any], name: str, *, is_locked: bool) -> None:
    """Lock the account, which ends its sessions and tokens, or unlock it. Raises NotFound."""
    _changed(find_one(conn, "set_locked", name=name, is_locked=is_locked), name)


def set_totp(conn: psycopg.Connection[Any], name: str, totp_enc: bytes | None) -> None:
    """Keep the sealed secret of the account's authenticator, or none. Raises NotFound."""
    _changed(find_one(conn, "set_totp", name=name, totp_enc=totp_enc), name)


def use_totp_step(conn: psycopg.Connection[Any], account_id: int, step: int) -> bool:
    """Tell whether this step, or a later one, was not used before."""
    return find_one(conn, "use_totp_step", account_id=account_id, step=step) is not None


def try_sign_in(conn: psycopg.Connection[Any], name: str) -> int | None:
    """Count an attempt; gives for how many seconds the name is blocked, None when it may be tried."""
    name_hash = hash_of(name)
    if find_one(conn, "try_sign_in", name_hash=name_hash) is not None:
        return None
    row = find_one(conn, "blocked_for", name_hash=name_hash)
    return 1 if row is None else max(1, row["seconds"])


def forget_failures(conn: psycopg.Connection[Any], name: str) -> None:
    """Forget the attempts of a name that has signed in, and those that are old."""
    conn.execute(load("access")["forget_failures"], {"name_hash": hash_of(name)})


def add_client(
    conn: psycopg.Connection[Any],
    client_id: str,
    *,
    secret: str | None,
    public_key: dict[str, Any] | None,
    lifetime: dt.timedelta,
) -> None:
    """Add a client with a secret or a public key; raises InvalidValue when there is or was one of this id."""
    row = find_one(
        conn,
        "add_client",
        client_id=client_id,
        secret_hash=None if secret is None else hash_of(secret),
        public_key=None if public_key is None else Jsonb(public_key),
        lifetime=lifetime,
    )
    if row is None:
        raise InvalidValue("client_id", "EXISTS", remedy="choose another id, such as one with the year")


def find_client(conn: psycopg.Connection[Any], client_id: str) -> Row | None:
    """Give hash of the secret and public key of a client in force."""
    return find_one(conn, "client", client_id=client_id)


def list_clients(conn: psycopg.Connection[Any]) -> list[Row]:
    """Give the clients in force with what each may do, by id."""
    return list_all(conn, "list_clients")


def revoke_client(conn: psycopg.Connection[Any], client_id: str) -> None:
    """End a client, and the tokens that it has; raises NotFound when none is in force."""
    if find_one(conn, "revoke_client", client_id=client_id) is None:
        raise NotFound(f"no client {client_id} is in force", remedy="landdb client list")


def use_assertion(conn: psycopg.Connection[Any], jti: str, expires_at: float) -> bool:
    """Tell whether this assertion was not shown before."""
    return find_one(conn, "use_assertion", jti_hash=hash_of(jti), expires_at=expires_at) is not None


def secret_fits(secret: str, kept: bytes) -> bool:
    """Tell whether this is the secret: without salt or stretching, since 256 random bits cannot be guessed."""
    return hmac.compare_digest(hash_of(secret), bytes(kept))


def _changed(row: Row | None, name: str) -> None:
    if row is None:
        raise NotFound(f"there is no account {name}", remedy="landdb account list")
