"""Clients: services that prove who they are with a secret or a signature, and get a short-lived token for it."""

import datetime as dt
import re
import secrets
import time
from typing import Any, Final

import jwt
import psycopg

from landdb.access.issuers import LEEWAY_S, key_of
from landdb.access.signing import AUDIENCE, LOCAL_ISSUER
from landdb.access.verification import LONGEST_TOKEN
from landdb.errors import InvalidValue, LanddbError
from landdb.store.access import accounts
from landdb.store.access.mandates import Mandate, Subject, grant

#: Makes a secret that leaked into a repository or a log easy to find.
PREFIX: Final = "landdb_"
LONGEST_DAYS: Final = 365
LONGEST_ASSERTION_S: Final = 300
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


class InvalidClient(LanddbError):
    """The client, or its proof, is not one that is in force."""


def subject_of(client_id: str) -> Subject:
    """Give the subject that a client is."""
    return Subject(LOCAL_ISSUER, f"client:{client_id}", client_id=client_id)


def add_client(
    conn: psycopg.Connection[Any],
    client_id: str,
    mandate: Mandate,
    *,
    by: str,
    days: int = LONGEST_DAYS,
    public_key: dict[str, Any] | None = None,
) -> str | None:
    """Give the secret of the new client, readable only now; None when it signs with the key of `public_key` (a JWK).

    Raises InvalidValue for an id, a term or a key that will not do.
    """
    if not _ID.fullmatch(client_id):
        raise InvalidValue("client_id", "FORM", remedy="2 to 60 of a-z, 0-9, dot, hyphen, underscore")
    if not 0 < days <= LONGEST_DAYS:
        raise InvalidValue("days", "OUT_OF_RANGE", remedy=f"at most {LONGEST_DAYS} days")
    if public_key is not None and key_of(public_key) is None:
        raise InvalidValue("public_key", "NOT_A_PUBLIC_KEY", remedy="a JWK of Ed25519, P-256 or RSA from 2048 bits")
    secret = PREFIX + secrets.token_urlsafe(32) if public_key is None else None
    lifetime = dt.timedelta(days=days)
    accounts.add_client(conn, client_id, secret=secret, public_key=public_key, lifetime=lifetime)
    grant(conn, subject_of(client_id), mandate, by=by)
    return secret


def check_secret(conn: psycopg.Connection[Any], client_id: str, secret: str) -> str:
    """Give the subject that the secret proves; raises InvalidClient."""
    row = accounts.find_client(conn, client_id) if _ID.fullmatch(client_id) else None
    if row is None or row["secret_hash"] is None or not accounts.secret_fits(secret, row["secret_hash"]):
        raise InvalidClient
    return subject_of(client_id).subject


def check_assertion(conn: psycopg.Connection[Any], assertion: str, *, audience: str) -> str:
    """Give the subject that a signed assertion proves (RFC 7523 §3), which counts once; raises InvalidClient.

    `audience`: the address of the token endpoint; our issuer's name or `landdb` will do too.
    """
    try:
        client_id, jti, until = _asserted(conn, assertion, (audience, LOCAL_ISSUER, AUDIENCE))
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InvalidClient from error
    if not accounts.use_assertion(conn, f"{client_id}|{jti}", until + LEEWAY_S):
        raise InvalidClient
    return subject_of(client_id).subject


def _asserted(conn: psycopg.Connection[Any], assertion: str, audiences: tuple[str, ...]) -> tuple[str, str, float]:
    if len(assertion) > LONGEST_TOKEN:
        raise InvalidClient
    client_id = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
    row = accounts.find_client(conn, client_id) if isinstance(client_id, str) and _ID.fullmatch(client_id) else None
    key = row and row["public_key"] and key_of(row["public_key"])
    if not key:
        raise InvalidClient
    claims = jwt.decode(
        assertion,
        key[0],
        algorithms=list(key[1]),
        issuer=client_id,
        audience=audiences,
        leeway=LEEWAY_S,
        options={"require": ["iss", "sub", "aud", "exp", "jti"]},
    )
    jti, until = claims["jti"], float(claims["exp"])
    if not isinstance(jti, str) or not 8 <= len(jti) <= 255 or until > time.time() + LONGEST_ASSERTION_S + LEEWAY_S:
        raise InvalidClient
    return str(client_id), jti, until
