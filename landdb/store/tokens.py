"""API tokens: 256 random bits shown once, kept only as their SHA-256.

A hash without salt or stretching is enough here: there is nothing to guess in 256 random bits.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal, get_args

import psycopg

from landdb.errors import InvalidValue, NotFound
from landdb.store import statements

Role = Literal["clerk", "analyst", "service", "auditor"]

#: Makes a token that leaked into a repository or a log easy to find.
PREFIX: Final = "landdb_"
LONGEST_LIFETIME: Final = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; `token` is shown to its holder now and never again."""

    token_id: int
    token: str = field(repr=False)
    expires_at: dt.datetime


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
    lifetime: dt.timedelta = dt.timedelta(days=90),
) -> IssuedToken:
    """Give a new token for `actor`; raises InvalidValue for an unknown role or a lifetime over a year."""
    if role not in get_args(Role):
        raise InvalidValue("role", "UNKNOWN_ROLE", remedy=f"one of {', '.join(get_args(Role))}")
    if not dt.timedelta(0) < lifetime <= LONGEST_LIFETIME:
        raise InvalidValue("lifetime", "OUT_OF_RANGE", remedy="at most 365 days")
    token = PREFIX + secrets.token_urlsafe(32)
    row = conn.execute(
        statements.load("lookup_audit")["issue_token"],
        {
            "token_hash": _hash(token),
            "actor": actor,
            "actor_org": actor_org,
            "role": role,
            "commune_codes": None if commune_codes is None else list(commune_codes),
            "lifetime": lifetime,
        },
    ).fetchone()
    if row is None:
        raise RuntimeError("the token was not written")
    return IssuedToken(row[0], token, row[1])


async def verify(conn: psycopg.AsyncConnection[Any], token: str) -> TokenHolder | None:
    """Give who this token stands for, None when it is unknown, expired or revoked."""
    cursor = await conn.execute(statements.load("lookup_audit")["verify_token"], {"token_hash": _hash(token)})
    row = await cursor.fetchone()
    if row is None:
        return None
    token_id, actor, actor_org, role, commune_codes = row
    return TokenHolder(token_id, actor, role, actor_org, None if commune_codes is None else tuple(commune_codes))


def revoke(conn: psycopg.Connection[Any], token_id: int) -> None:
    """End this token from now on; raises NotFound when no such token is in force."""
    row = conn.execute(statements.load("lookup_audit")["revoke_token"], {"token_id": token_id}).fetchone()
    if row is None:
        raise NotFound(f"no token {token_id} is in force")


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
