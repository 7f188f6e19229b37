"""The desk: who asks, by token or by session, and how people and services get those."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
import psycopg
from psycopg_pool import AsyncConnectionPool

from landdb.access.issuers import Issuer, load_issuers, local_issuer
from landdb.access.signing import LOCAL_ISSUER, SigningKeys, signing_file
from landdb.access.standing import Register, Standing
from landdb.access.verification import InvalidToken, Proof, Verifier
from landdb.settings import Settings
from landdb.store.vault import Vault

SESSION_COOKIE: Final = "landdb_session"
CSRF_HEADER: Final = "x-landdb-csrf"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: Tokens that are verified at once, and passwords: each of those takes 19 MiB and a core.
VERIFYING_AT_ONCE: Final = 4
PASSWORDS_AT_ONCE: Final = 2
#: Sign-ins that wait for an identity provider at once: a slow one keeps nobody else.
PROVIDERS_ASKED_AT_ONCE: Final = 4
MOST_AT_DESK: Final = 20
_SETTLE: Final = "-c statement_timeout=3000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=5000"

Done = TypeVar("Done")


class Busy(Exception):
    """More people than usual sign in at this moment."""


@dataclass(slots=True)
class Asked:
    """How many people are signing in now."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """Tells who asks. Connections of its own: they reach the schema `access`, and no question waits behind them.

    `providers`: the issuers at which people sign in to come here.
    """

    url: str
    signing: SigningKeys
    vault: Vault
    verifier: Verifier
    register: Register
    providers: Mapping[str, Issuer]
    verifying: anyio.CapacityLimiter
    passwords: anyio.CapacityLimiter
    asking: anyio.CapacityLimiter
    asked: Asked

    async def by_header(self, header: str) -> Standing | None:
        """Give what the bearer of an Authorization header may do, None when it proves nothing."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        proof = self.verifier.remembered(token.strip()) or await self._verified(token.strip())
        return None if proof is None else await self.register.standing(proof)

    async def by_cookie(self, cookie: str) -> Standing | None:
        """Give what the holder of a session may do, None when it has ended."""
        proof = await self.session(cookie)
        return None if proof is None else await self.register.standing(proof)

    async def session(self, cookie: str) -> Proof | None:
        """Give whom a session belongs to and until when it lasts, None when it has ended."""
        held = await self.register.session(cookie) if len(cookie) <= 100 else None
        # A provider that is believed no more opens nothing, not even what it opened before.
        return held if held is not None and (held.issuer == LOCAL_ISSUER or held.issuer in self.providers) else None

    async def ask_provider(self, task: Callable[[], Done]) -> Done:
        """Give what `task` gives, in a thread: it asks an identity provider."""
        return await anyio.to_thread.run_sync(task, limiter=self.asking)

    async def work(self, task: Callable[[psycopg.Connection[Any]], Done]) -> Done:
        """Give what `task` gives: signing in and out, in a thread, on a connection in autocommit; raises Busy."""
        if self.asked.count >= MOST_AT_DESK:
            raise Busy

        def worked() -> Done:
            with psycopg.connect(
                self.url, autocommit=True, application_name="landdb-desk", connect_timeout=5, options=_SETTLE
            ) as conn:
                return task(conn)

        self.asked.count += 1
        try:
            return await anyio.to_thread.run_sync(worked, limiter=self.passwords)
        finally:
            self.asked.count -= 1
            self.register.look_again()

    async def _verified(self, token: str) -> Proof | None:
        try:
            return await anyio.to_thread.run_sync(self.verifier.verify, token, limiter=self.verifying)
        except InvalidToken:
            return None


@asynccontextmanager
async def open_desk(url: str, settings: Settings, vault: Vault) -> AsyncIterator[Desk]:
    """Give the desk of a server; raises ConfigurationError for keys or issuers that cannot be read."""
    signing = SigningKeys.make(signing_file(settings.key_file))
    issuers = load_issuers(settings.oidc_issuers)
    verifier = Verifier([local_issuer(signing), *issuers], vault)
    providers = {one.issuer: one for one in issuers if one.sign_in is not None}
    async with AsyncConnectionPool[psycopg.AsyncConnection[Any]](
        url,
        min_size=1,
        max_size=2,
        timeout=5,
        kwargs={"autocommit": True, "application_name": "landdb-desk", "options": _SETTLE},
        check=AsyncConnectionPool.check_connection,
        open=False,
    ) as pool:
        at_once = (VERIFYING_AT_ONCE, PASSWORDS_AT_ONCE, PROVIDERS_ASKED_AT_ONCE)
        verifying, passwords, asking = (anyio.CapacityLimiter(count) for count in at_once)
        yield Desk(url, signing, vault, verifier, Register(pool), providers, verifying, passwords, asking, Asked())
