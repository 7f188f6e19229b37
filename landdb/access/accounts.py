"""Local accounts: made by the operator, signed in with a password and, where one is set, a code."""

import re
from typing import Any, Final

import psycopg

from landdb.access import totp
from landdb.access.passwords import hash_password, is_password
from landdb.access.signing import LOCAL_ISSUER
from landdb.errors import InvalidValue, LanddbError, NotFound
from landdb.store.access import accounts
from landdb.store.access.mandates import Mandate, Subject, grant
from landdb.store.vault import Cell, Vault

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class SignInFailed(LanddbError):
    """Name, password or code is wrong.

    `reason`: WRONG, CODE_NEEDED when only the authenticator's code is missing, or BLOCKED for `retry_after_s`.
    """

    def __init__(self, reason: str, *, retry_after_s: int | None = None) -> None:
        self.reason = reason
        self.retry_after_s = retry_after_s
        super().__init__()


def subject_of(name: str) -> Subject:
    """Give the subject that an account is."""
    return Subject(LOCAL_ISSUER, f"account:{name}", account=name)


def add_account(conn: psycopg.Connection[Any], name: str, password: str, mandate: Mandate, *, by: str) -> None:
    """Make an account and say what it may do; raises InvalidValue for a name or password that will not do."""
    if not _NAME.fullmatch(name):
        raise InvalidValue("name", "FORM", remedy="2 to 40 of a-z, 0-9, dot, hyphen, underscore")
    accounts.add_account(conn, name, hash_password(password))
    grant(conn, subject_of(name), mandate, by=by)


def set_password(conn: psycopg.Connection[Any], name: str, password: str) -> None:
    """Change a password, which ends every session and token of the account; raises NotFound, InvalidValue."""
    accounts.set_password(conn, name, hash_password(password))


def set_authenticator(conn: psycopg.Connection[Any], vault: Vault, name: str) -> str:
    """Give the new secret of the account's authenticator; without its codes nobody signs in any more."""
    account = accounts.find_account(conn, name)
    if account is None:
        raise NotFound(f"there is no account {name}", remedy="landdb account list")
    secret = totp.new_secret()
    accounts.set_totp(conn, name, vault.seal(secret, cell=_cell(account.account_id)))
    return secret


def sign_in(
    conn: psycopg.Connection[Any], vault: Vault, name: str, password: str, code: str | None
) -> accounts.Account:
    """Give the account that was proved; raises SignInFailed. `conn` must be in autocommit: failures count.

    A name that does not exist takes as long, fails in the same words and is blocked after as many attempts.
    """
    if blocked := accounts.try_sign_in(conn, name):
        raise SignInFailed("BLOCKED", retry_after_s=blocked)
    account = accounts.find_account(conn, name) if _NAME.fullmatch(name) else None
    is_right = is_password(password, None if account is None else account.password_hash)
    if account is None or not is_right or account.is_locked:
        raise SignInFailed("WRONG")
    _check_code(conn, vault, account, code)
    accounts.forget_failures(conn, name)
    return account


def _check_code(conn: psycopg.Connection[Any], vault: Vault, account: accounts.Account, code: str | None) -> None:
    secret = vault.unseal(account.totp_enc, cell=_cell(account.account_id))
    if secret is None:
        return
    if not code:
        raise SignInFailed("CODE_NEEDED")
    step = totp.step_of(secret, code, after=account.totp_step)
    if step is None or not accounts.use_totp_step(conn, account.account_id, step):
        raise SignInFailed("WRONG")


def _cell(account_id: int) -> Cell:
    return ("access.account", account_id, "totp")
