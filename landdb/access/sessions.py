"""Sessions at the page: whoever proved who they are, here or at an identity provider, goes on with a cookie."""

import datetime as dt
import secrets
from typing import Any, Final

import psycopg

from landdb.store.access import sessions
from landdb.store.access.mandates import Subject

#: A session ends when nobody used it for so long, and after a working day in any case.
IDLE: Final = dt.timedelta(minutes=30)
LONGEST_SESSION: Final = dt.timedelta(hours=10)


def start_session(
    conn: psycopg.Connection[Any], subject: Subject, *, citizen_id_index: bytes | None = None
) -> tuple[str, dt.datetime]:
    """Give the cookie of a new session, readable only now, and until when it lasts at the latest."""
    cookie = secrets.token_urlsafe(32)
    until = sessions.start_session(conn, subject, cookie, LONGEST_SESSION, citizen_id_index=citizen_id_index)
    return cookie, until


def end_session(conn: psycopg.Connection[Any], cookie: str) -> None:
    """End the session of this cookie; to end none is no fault."""
    sessions.end_session(conn, cookie)
