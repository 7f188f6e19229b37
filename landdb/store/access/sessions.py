"""Sessions of people at the page, whoever proved who they are: rows only; the cookie is kept as its hash."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg

from landdb.store.access.mandates import Subject
from landdb.store.access.rows import find_one, find_one_async, hash_of


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds: whose, since when and until when at the latest (seconds since 1970).

    `citizen_id_index`: blind index of the citizen whom the issuer identified, if it does that.
    """

    issuer: str
    subject: str
    citizen_id_index: bytes | None
    started_at: float
    expires_at: float


def start_session(
    conn: psycopg.Connection[Any],
    subject: Subject,
    token: str,
    lifetime: dt.timedelta,
    *,
    citizen_id_index: bytes | None,
) -> dt.datetime:
    """Give until when at the latest the new session behind `token` lasts."""
    row = find_one(
        conn,
        "start_session",
        issuer=subject.issuer,
        subject=subject.subject,
        account=subject.account,
        citizen_id_index=citizen_id_index,
        token_hash=hash_of(token),
        lifetime=lifetime,
    )
    expires_at: dt.datetime = (row or {})["expires_at"]
    return expires_at


async def touch_session(conn: psycopg.AsyncConnection[Any], token: str, idle: dt.timedelta) -> Session | None:
    """Give the session behind `token`, kept awake, None when it ended, slept too long or never was."""
    row = await find_one_async(conn, "touch_session", token_hash=hash_of(token), idle=idle)
    return None if row is None else Session(**row)


def end_session(conn: psycopg.Connection[Any], token: str) -> None:
    """End the session behind `token`; to end none is no fault."""
    find_one(conn, "end_session", token_hash=hash_of(token))
