"""Clear personal values: recorded and committed first, opened by the record's ticket second, unsealed here.

PostgreSQL gives ciphertext only for a ticket, and has no key; this program has the key and gets ciphertext only by
ticket. When the record cannot be sealed any more, clear values stop, and masked ones go on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

from landdb.domain.purposes import CLEAR_FIELDS, Purpose, parse_purpose
from landdb.errors import AccessDenied, InvalidValue, LanddbError, NotFound
from landdb.store import audit
from landdb.store.audit import Asker, Quota, Reason
from landdb.store.sealing import party_cell
from landdb.store.vault import Vault

QUESTION: Final = "reveal"
#: A record that has waited so long for its seal: nobody may learn more until it is sealed.
STALE_AFTER_S: Final = 900.0


class SealStale(LanddbError):
    """The record of access has not been sealed for too long, so no clear values are given."""


@dataclass(frozen=True, slots=True, repr=False)
class Revealed:
    """Clear values of a party by field, None where none is recorded; what was withheld and why; what is left."""

    party_id: int
    party_kind: str
    access_id: int
    values: Mapping[str, str | None]
    withheld: Sequence[Mapping[str, str]]
    quotas: Sequence[Quota]


async def reveal_party(
    conn: psycopg.AsyncConnection[Any],
    party_id: int,
    *,
    fields: Sequence[str],
    vault: Vault,
    asker: Asker,
    reason: Reason,
    request_id: str,
    communes: Sequence[str] | None,
    stale_after_s: float = STALE_AFTER_S,
) -> Revealed:
    """Give clear values of a party that holds a right in the asker's communes.

    `reason.purpose` is a code of the list of purposes; fields that it does not need are withheld. The record is
    committed before anything is read, found or not; an unknown party and one of other communes look alike.
    Raises InvalidValue, AccessDenied (PURPOSE) when the purpose needs none of the fields, QuotaUsedUp, SealStale,
    NotFound. `conn` must not be in a transaction.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise AccessDenied("clear values cannot be asked for inside a transaction")
    purpose = parse_purpose(reason.purpose)
    granted, withheld = _granted(fields, purpose)
    async with conn.transaction():
        await conn.execute("SET TRANSACTION READ WRITE")
        if await audit.unsealed_age_s(conn) > stale_after_s:
            raise SealStale(remedy="`landdb audit seal` says what stands against it; masked answers go on")
        recorded = await audit.record_access(
            conn, asker=asker, reason=Reason(purpose.code, reason.case_ref, purpose.legal_basis),
            request_id=request_id, question=QUESTION, party_id=party_id, fields=granted, communes=communes,
        )  # fmt: skip
    async with conn.transaction():
        await conn.execute("SET TRANSACTION READ WRITE")
        row = await audit.open_ticket(conn, recorded.ticket)
        quotas = await audit.list_used(conn, asker)
    if row is None:
        raise NotFound
    values = {name: vault.unseal(row[name], cell=party_cell(row["party_key"], f"{name}_enc")) for name in granted}
    return Revealed(party_id, row["party_kind"], recorded.access_id, values, withheld, quotas)


def _granted(fields: Sequence[str], purpose: Purpose) -> tuple[list[str], list[dict[str, str]]]:
    """Give the fields that the purpose needs, in their order, and the others with the reason."""
    if not fields or not set(fields) <= set(CLEAR_FIELDS):
        raise InvalidValue("fields", "UNKNOWN_FIELD", remedy=f"one or more of {', '.join(CLEAR_FIELDS)}")
    granted: list[str] = [name for name in CLEAR_FIELDS if name in fields and name in purpose.fields]
    if not granted:
        raise AccessDenied("PURPOSE", remedy=f"{purpose.code} needs {', '.join(purpose.fields)}")
    return granted, [{"field": name, "reason": "PURPOSE"} for name in fields if name not in granted]
