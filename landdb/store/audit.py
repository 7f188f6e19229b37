"""Who asked about whom and why: granted by quota, written and committed before the answer leaves."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from landdb.errors import LanddbError
from landdb.store import statements

Scope = Literal["person", "organisation"]
_FILE: Final = "lookup_audit"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a name from the token or the operating system, never a person who is asked about."""

    actor: str
    role: str
    actor_org: str | None = None

    def parameters(self) -> dict[str, Any]:
        """Give what the statements about an asker ask."""
        return {"actor": self.actor, "actor_org": self.actor_org, "actor_role": self.role}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why someone asks about a person: all of it is kept for the inspectorate."""

    purpose: str
    case_ref: str
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many people somebody may ask about, and how many it were in the last hour and day."""

    scope: Scope
    per_hour: int
    per_day: int
    used_hour: int
    used_day: int
    frees_at: dt.datetime | None

    @property
    def left(self) -> int:
        """Give how many questions are left at the moment."""
        return max(0, min(self.per_hour - self.used_hour, self.per_day - self.used_day))


class QuotaUsedUp(LanddbError):
    """As many people were asked about as is granted in an hour or a day."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        super().__init__(remedy=f"the grant of the {quota.scope} frees again later; `landdb audit quota` changes it")

    @property
    def retry_after_s(self) -> float:
        """Give when the next question is granted, seconds from now."""
        frees_at = self.quota.frees_at
        return 1.0 if frees_at is None else max(1.0, (frees_at - dt.datetime.now(dt.UTC)).total_seconds())


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record of access: its number, and the ticket that opens what was asked for."""

    access_id: int
    ticket: UUID


async def record_access(
    conn: psycopg.AsyncConnection[Any],
    *,
    asker: Asker,
    reason: Reason,
    request_id: str,
    question: str,
    subject_index: bytes | None = None,
    party_id: int | None = None,
    fields: Sequence[str] | None = None,
    communes: Sequence[str] | None = None,
) -> Recorded:
    """Give a new record of access; it counts only once the caller's transaction is committed.

    Raises QuotaUsedUp when the asker or the organisation has asked about as many people as is granted.
    """
    written = statements.load(_FILE)
    await conn.execute(written["take_turn"], asker.parameters())
    for quota in await list_used(conn, asker):
        if quota.left == 0:
            raise QuotaUsedUp(quota)
    cursor = await conn.execute(
        written["record_access"],
        {
            **asker.parameters(),
            "request_id": request_id,
            "question": question,
            "subject_index": subject_index,
            "party_id": party_id,
            "purpose": reason.purpose,
            "case_ref": reason.case_ref,
            "legal_basis": reason.legal_basis,
            "fields": None if fields is None else list(fields),
            "communes": None if communes is None else list(communes),
        },
    )
    row = await cursor.fetchone()
    if row is None:
        raise RuntimeError("the access record was not written")
    return Recorded(access_id=row[1], ticket=row[0])


async def record_accesses(
    conn: psycopg.AsyncConnection[Any],
    *,
    asker: Asker,
    request_id: str,
    question: str,
    subjects: Sequence[tuple[bytes, Reason]],
) -> None:
    """Record questions about many people at once, all or none; raises QuotaUsedUp when not all of them are granted."""
    written = statements.load(_FILE)
    await conn.execute(written["take_turn"], asker.parameters())
    for quota in await list_used(conn, asker):
        if quota.left < len(subjects):
            raise QuotaUsedUp(quota)
    asked = {
        "request_id": request_id,
        "question": question,
        "subject_indexes": [index for index, _ in subjects],
        "purposes": [reason.purpose for _, reason in subjects],
        "case_refs": [reason.case_ref for _, reason in subjects],
    }
    await conn.execute(written["record_accesses"], asker.parameters() | asked)


async def list_used(conn: psycopg.AsyncConnection[Any], asker: Asker) -> list[Quota]:
    """Give what is granted to the asker and, if there is one, to the organisation, and how much of it is used."""
    cursor = await conn.execute(statements.load(_FILE)["quotas"], asker.parameters())
    return [Quota(*row) for row in await cursor.fetchall()]


async def unsealed_age_s(conn: psycopg.AsyncConnection[Any]) -> float:
    """Give for how many seconds the oldest record has waited for its seal, 0 when none waits."""
    cursor = await conn.execute(statements.load(_FILE)["unsealed_age_s"])
    row = await cursor.fetchone()
    return 0.0 if row is None else float(row[0])


async def open_ticket(conn: psycopg.AsyncConnection[Any], ticket: UUID) -> Mapping[str, Any] | None:
    """Give the sealed columns that a ticket opens, None when the asker may not see this party or there is none.

    Raises psycopg.errors.InsufficientPrivilege for a ticket that is not committed, too old or used.
    """
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statements.load(_FILE)["reveal"], {"ticket": ticket})
        return await cursor.fetchone()


async def accesses_about(
    conn: psycopg.AsyncConnection[Any], subject_index: bytes, *, limit: int, after: int
) -> list[dict[str, Any]]:
    """Give who looked at a person and why, newest first, as far as the person may be told now."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        keys = {"subject_index": subject_index, "limit": limit, "after": after}
        await cursor.execute(statements.load(_FILE)["accesses_about"], keys)
        return await cursor.fetchall()


def list_access(
    conn: psycopg.Connection[Any], *, actor: str | None = None, since: dt.datetime | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Give who asked about a person, when and why, newest first; not about whom."""
    return _rows(conn, "list_access", {"actor": actor, "since": since, "limit": limit})


def set_embargo(
    conn: psycopg.Connection[Any], *, asker: Asker, case_ref: str, until: dt.datetime, decision: str, request_id: str
) -> None:
    """Keep accesses of a case from the citizens' lists until a moment; the decision is on record like an access."""
    with conn.transaction():
        row = conn.execute(
            statements.load(_FILE)["record_access"],
            {
                **asker.parameters(),
                "request_id": request_id,
                "question": "embargo",
                "subject_index": None,
                "party_id": None,
                "purpose": decision,
                "case_ref": case_ref,
                "legal_basis": decision,
                "fields": None,
                "communes": None,
            },
        ).fetchone()
        assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
        keys = {"case_ref": case_ref, "until": until, "decision": decision, "access_id": row[1]}
        conn.execute(statements.load(_FILE)["add_embargo"], keys)


def list_embargoes(conn: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """Give the embargo that counts for each case, by case."""
    return _rows(conn, "list_embargoes", {})


def set_quota(conn: psycopg.Connection[Any], scope: Scope, name: str, *, per_hour: int, per_day: int) -> None:
    """Grant so many questions about people; `name` '*' is everybody without a grant of their own."""
    keys = {"scope": scope, "name": name, "per_hour": per_hour, "per_day": per_day}
    conn.execute(statements.load(_FILE)["set_quota"], keys)


def list_quotas(conn: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """Give all grants, those of persons first."""
    return _rows(conn, "list_quotas", {})


def _rows(conn: psycopg.Connection[Any], name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statements.load(_FILE)[name], parameters).fetchall()
