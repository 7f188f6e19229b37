"""Who asks, signed, so that PostgreSQL can believe it: what row security looks at.

The key comes from the vault's, so servers on several machines sign alike and no second secret has to be kept. The
database keeps it padded as HMAC-SHA-256 wants it (RFC 2104), where no login of the API can read it.
"""

import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self

import psycopg

from landdb.store.privileges import Login, role_of
from landdb.store.statements import load
from landdb.store.vault import Vault

#: Longer than any answer takes, an export of everything included.
LIFETIME_S: Final = 600
_BLOCK_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, on a connection of which login; `communes` None is every commune."""

    login: Login
    role: str
    actor: str
    actor_org: str | None = None
    communes: Sequence[str] | None = None
    citizen_id_index: bytes | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs contexts."""

    key_id: str
    _key: bytes

    @classmethod
    def of(cls, vault: Vault) -> Self:
        """Give the signer of this vault's database."""
        return cls(vault.key_id, vault.index("request_context", vault.key_id))

    def install(self, conn: psycopg.Connection[Any]) -> None:
        """Let the database know the key; `conn` must be the owner's."""
        padded = self._key.ljust(_BLOCK_BYTES, b"\0")
        conn.execute(
            load("access")["note_context_key"],
            {
                "key_id": self.key_id,
                "inner_key": bytes(byte ^ 0x36 for byte in padded),
                "outer_key": bytes(byte ^ 0x5C for byte in padded),
            },
        )

    def sign(self, asking: Asking) -> dict[str, str]:
        """Give the parameters of the statement `enter_context`."""
        told = json.dumps(
            {
                "login": role_of(asking.login),
                "role": asking.role,
                "actor": asking.actor,
                "org": asking.actor_org,
                "communes": None if asking.communes is None else list(asking.communes),
                "citizen": None if asking.citizen_id_index is None else asking.citizen_id_index.hex(),
                "until": round(time.time()) + LIFETIME_S,
            }
        )
        mac = hmac.digest(self._key, told.encode(), sha256).hex()
        return {"context": told, "mac": f"{self.key_id}.{mac}"}
