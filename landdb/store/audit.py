"""Who asked about whom and why, written and committed before the answer leaves."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from landdb.store import statements


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a name from the token or the operating system, never a person who is asked about."""

    actor: str
    role: str
    actor_org: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why someone asks about a person: both texts are kept for the inspectorate."""

    purpose: str
    case_ref: str


async def record_access(
    conn: psycopg.AsyncConnection[Any],
    *,
    asker: Asker,
    reason: Reason,
    request_id: str,
    question: str,
    subject_index: bytes | None = None,
    party_id: int | None = None,
) -> UUID:
    """Give the ticket of a new access record; it counts only once the caller's transaction is committed."""
    cursor = await conn.execute(
        statements.load("lookup_audit")["record_access"],
        {
            "actor": asker.actor,
            "actor_org": asker.actor_org,
            "actor_role": asker.role,
            "request_id": request_id,
            "question": question,
            "subject_index": subject_index,
            "party_id": party_id,
            "purpose": reason.purpose,
            "case_ref": reason.case_ref,
        },
    )
    row = await cursor.fetchone()
    if row is None:
        raise RuntimeError("the access record was not written")
    return UUID(str(row[0]))


def list_access(
    conn: psycopg.Connection[Any], *, actor: str | None = None, since: dt.datetime | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Give who asked about a person, when and why, newest first; not about whom."""
    with conn.cursor(row_factory=dict_row) as cursor:
        parameters = {"actor": actor, "since": since, "limit": limit}
        return cursor.execute(statements.load("lookup_audit")["list_access"], parameters).fetchall()
