"""API tokens: 256 random bits shown once, kept only as their SHA-256.

A hash without salt or stretching is enough here: there is nothing to guess in 256 random bits.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal, get_args

import psycopg
from psycopg.rows import dict_row

from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import InvalidValue, NotFound
from landdb.store import statements
from landdb.store.admin_units import get_commune

Role = Literal["clerk", "analyst", "service", "auditor"]

#: Makes a token that leaked into a repository or a log easy to find.
PREFIX: Final = "landdb_"
LONGEST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Who a valid token stands for. `commune_codes` is None for every commune."""

    token_id: int
    actor: str
    role: Role
    actor_org: str | None
    commune_codes: tuple[str, ...] | None


def issue(
    conn: psycopg.Connection[Any],
    *,
    actor: str,
    role: str,
    actor_org: str | None = None,
    commune_codes: Sequence[str] | None = None,
    days: int = 90,
) -> str:
    """Give a new token for `actor`, readable only now.

    Raises InvalidValue for an unknown role, more than a year or what is no commune code, NotFound for a commune
    that is not in force.
    """
    if role not in get_args(Role):
        raise InvalidValue("role", "UNKNOWN_ROLE", remedy=f"one of {', '.join(get_args(Role))}")
    if not 0 < days <= LONGEST_DAYS:
        raise InvalidValue("days", "OUT_OF_RANGE", remedy=f"at most {LONGEST_DAYS} days")
    codes = None if commune_codes is None else _in_force(conn, commune_codes)
    token = PREFIX + secrets.token_urlsafe(32)
    conn.execute(
        statements.load("lookup_audit")["issue_token"],
        {
            "token_hash": _hash(token),
            "actor": actor,
            "actor_org": actor_org,
            "role": role,
            "commune_codes": codes,
            "lifetime": dt.timedelta(days=days),
        },
    )
    return token


async def verify(conn: psycopg.AsyncConnection[Any], token: str) -> TokenHolder | None:
    """Give who this token stands for, None when it is unknown, expired or revoked."""
    cursor = await conn.execute(statements.load("lookup_audit")["verify_token"], {"token_hash": _hash(token)})
    row = await cursor.fetchone()
    if row is None:
        return None
    token_id, actor, actor_org, role, commune_codes = row
    return TokenHolder(token_id, actor, role, actor_org, None if commune_codes is None else tuple(commune_codes))


def list_tokens(conn: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """Give the tokens in force, oldest first; a token itself cannot be shown again."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statements.load("lookup_audit")["list_tokens"]).fetchall()


def revoke(conn: psycopg.Connection[Any], token_id: int) -> None:
    """End this token from now on; raises NotFound when no such token is in force."""
    row = conn.execute(statements.load("lookup_audit")["revoke_token"], {"token_id": token_id}).fetchone()
    if row is None:
        raise NotFound(f"no token {token_id} is in force")


def _in_force(conn: psycopg.Connection[Any], commune_codes: Sequence[str]) -> list[str]:
    """Give the codes in five digits: a token for a mistyped commune would silently see nothing."""
    codes = [normalise_commune_code(code) for code in commune_codes]
    return [get_commune(conn, code).commune_code for code in codes]


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
