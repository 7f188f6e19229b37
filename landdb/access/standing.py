"""What a proved subject may do: read once, remembered for a minute, forgotten within a second of any change.

A request costs no round trip for it. Each server asks once a second whether anything was granted or ended since
(`access.revision`); if the database does not say, nobody is believed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool

from landdb.access.sessions import IDLE
from landdb.access.verification import Proof
from landdb.domain.dates import today
from landdb.store.access import sessions
from landdb.store.access.rows import find_one_async

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]
Key = TypeVar("Key")
Known = TypeVar("Known")

CHECK_S: Final = 1.0
REMEMBER_S: Final = 60.0
MOST_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a service may get, where and what for."""

    code: str
    organisation: str
    fields: frozenset[str]
    purposes: tuple[str, ...]
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a subject may do now. `communes` None is every commune."""

    mandate_id: int | None
    role: str
    actor: str
    actor_org: str | None
    communes: tuple[str, ...] | None
    citizen_id_index: bytes | None
    agreement: Agreement | None


class Register:
    """Answers what a proof is worth now."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._standings: dict[tuple[str, str], tuple[float, float, Standing]] = {}
        self._sessions: dict[str, tuple[float, sessions.Session]] = {}
        self._revision: int | None = None
        self._generation = 0
        self._checked_at = float("-inf")
        self._checking = asyncio.Lock()

    async def standing(self, proof: Proof) -> Standing | None:
        """Give what the subject may do, None when that is nothing or the proof is older than its password."""
        await self._forget_if_changed()
        key = (proof.issuer, proof.subject)
        known = self._standings.get(key)
        if known is None or time.monotonic() > known[0]:
            known = await self._read(key, self._read_standing)
            if known is None:
                return _citizen(proof)
            _remember(self._standings, key, known)
        _, since, standing = known
        return standing if proof.issued_at >= since else None

    async def session(self, cookie: str) -> Proof | None:
        """Give what the cookie of a session proves, None when it ended; a session in use is kept awake."""
        await self._forget_if_changed()
        known = self._sessions.get(cookie)
        if known is None or time.monotonic() > known[0]:
            known = await self._read(cookie, self._read_session)
            if known is None:
                self._sessions.pop(cookie, None)
                return None
            _remember(self._sessions, cookie, known)
        held = known[1]
        if time.time() >= held.expires_at:
            return None
        return Proof(held.issuer, held.subject, held.started_at, held.expires_at, held.citizen_id_index)

    def look_again(self) -> None:
        """Ask the database at the next question, since this very server has just changed something."""
        self._checked_at = float("-inf")

    async def _forget_if_changed(self) -> None:
        if time.monotonic() < self._checked_at + CHECK_S:
            return
        async with self._checking:
            now = time.monotonic()
            if now < self._checked_at + CHECK_S:
                return
            async with self._pool.connection() as conn:
                row = await find_one_async(conn, "revision")
            revision = None if row is None else row["revision"]
            if revision is None or revision != self._revision:
                self._standings.clear()
                self._sessions.clear()
                self._generation += 1
            self._revision, self._checked_at = revision, now

    async def _read(self, key: Key, read: Callable[[Any, Key], Awaitable[Known | None]]) -> Known | None:
        """Give what the database says; what changed meanwhile is read again rather than remembered."""
        for _attempt in range(3):
            generation = self._generation
            async with self._pool.connection() as conn:
                found = await read(conn, key)
            if generation == self._generation:
                return found
            await self._forget_if_changed()
        return None

    async def _read_standing(
        self, conn: psycopg.AsyncConnection[Any], key: tuple[str, str]
    ) -> tuple[float, float, Standing] | None:
        row = await find_one_async(conn, "standing", issuer=key[0], subject=key[1], today=today())
        if row is None:
            return None
        lasts_s = REMEMBER_S if row["until"] is None else min(REMEMBER_S, row["until"] - time.time())
        # Tokens are dated in whole seconds.
        since = 0.0 if row["since"] is None else float(int(row["since"]))
        return time.monotonic() + lasts_s, since, _standing(row)

    async def _read_session(
        self, conn: psycopg.AsyncConnection[Any], cookie: str
    ) -> tuple[float, sessions.Session] | None:
        held = await sessions.touch_session(conn, cookie, IDLE)
        return None if held is None else (time.monotonic() + REMEMBER_S, held)


def _remember(kept: dict[Key, Known], key: Key, known: Known) -> None:
    if len(kept) >= MOST_REMEMBERED:
        kept.pop(next(iter(kept)))
    kept[key] = known


def _standing(row: dict[str, Any]) -> Standing:
    agreement = row["code"] and Agreement(
        row["code"], row["organisation"], frozenset(row["fields"]), tuple(row["purposes"]), row["legal_basis"]
    )
    communes = _both(row["commune_codes"], row["agreed_communes"])
    index = row["citizen_id_index"]
    return Standing(
        row["mandate_id"], row["role"], row["actor"], row["actor_org"], communes,
        None if index is None else bytes(index), agreement or None,
    )  # fmt: skip


def _both(own: list[str] | None, agreed: list[str] | None) -> tuple[str, ...] | None:
    """Give the communes that a mandate and its agreement both allow; None is every commune."""
    if own is None or agreed is None:
        chosen = own if agreed is None else agreed
        return None if chosen is None else tuple(chosen)
    return tuple(code for code in own if code in agreed)


def _citizen(proof: Proof) -> Standing | None:
    """Give what somebody may do whom the issuer identified as a citizen and nobody gave a mandate."""
    if proof.citizen_id_index is None:
        return None
    return Standing(None, "citizen", "citizen", None, None, proof.citizen_id_index, None)
