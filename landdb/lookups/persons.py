"""Parcels of a person: recorded first, answered second, masked always."""

import json
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

from landdb.domain.fields import FIELDS
from landdb.domain.identifiers import CitizenId
from landdb.errors import AccessDenied
from landdb.lookups.parcels import FIRST_PAGE
from landdb.lookups.resolution import Resolution, Status, described_each, envelope, resolution
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store import lookups as store
from landdb.store.audit import Asker, Reason, record_access
from landdb.store.vault import Vault

QUESTION: Final = "parcels-by-citizen-id"
DECLARE_ONCE: Final = "rights-held-by-citizen-id"
_ALL: Final = frozenset(FIELDS)


async def parcels_by_citizen_id(
    conn: psycopg.AsyncConnection[Any],
    citizen_id: CitizenId,
    *,
    vault: Vault,
    asker: Asker,
    reason: Reason,
    request_id: str,
    view: Viewpoint,
    page: Page = FIRST_PAGE,
) -> Resolution:
    """Give the parcels in the viewpoint's communes that the person holds a right in.

    The access record is committed before anything is read, found or not. An unknown person and one with
    parcels only in other communes look alike. `conn` must not be in a transaction: its rollback would
    take the record away after the answer was seen.
    """
    index = await _recorded(conn, citizen_id, vault, asker, reason, request_id, QUESTION)
    key = {"citizen_id_index": index, "limit": page.limit, "after": page.after}
    found = await store.ask_parcels(
        conn, "by_citizen_id", {**view.parameters(), **key}, as_of=view.as_of, fields=view.fields
    )
    status: Status = "RESOLVED" if found.rows else "NOT_FOUND"
    return resolution(found, view, status=status, page=page)


async def rights_held(
    conn: psycopg.AsyncConnection[Any],
    citizen_id: CitizenId,
    *,
    vault: Vault,
    asker: Asker,
    reason: Reason,
    request_id: str,
    view: Viewpoint,
    page: Page = FIRST_PAGE,
) -> bytes:
    """Give whether the person holds rights in the viewpoint's communes, and which, as JSON: the declare-once answer.

    Recorded as `parcels_by_citizen_id` records. Somebody unknown, somebody with rights elsewhere only and somebody
    without rights look alike. Of other holders of the same parcels nothing is told.
    """
    index = await _recorded(conn, citizen_id, vault, asker, reason, request_id, DECLARE_ONCE)
    key = {"citizen_id_index": index, "limit": page.limit, "after": page.after}
    rows = await store.ask_rows(conn, "rights_held", {**view.parameters(), **key}, as_of=view.as_of)
    held = {row["parcel_id"]: row["rights"] for row in rows}
    parcels: dict[int, store.Answer] = {}
    if held:
        wanted = {**view.parameters(), "parcel_ids": list(held)}
        # The rights of the parcel would tell of its other holders.
        fields = _ALL - {"rights"} if view.fields is None else view.fields - {"rights"}
        parcels = await store.ask_each(conn, "by_ids", wanted, as_of=view.as_of, fields=fields)
    next_after = page.next_after(len(held), max(held, default=None))
    head = {"holds_rights": bool(held), "as_of": view.described(), "next": next_after and str(next_after)}
    told = [_with_rights(described_each(parcels[one]), held[one]) for one in held if one in parcels]
    return envelope(head, "parcels", b"[%s]" % b", ".join(told))


def _with_rights(parcel: bytes, rights: list[dict[str, Any]] | None) -> bytes:
    """Give the parcel with the rights of the person; without them when they may not be told."""
    if rights is None:
        return parcel
    return b'%s, "rights_held": %s}' % (parcel[:-1], json.dumps(rights, ensure_ascii=False).encode())


async def _recorded(
    conn: psycopg.AsyncConnection[Any],
    citizen_id: CitizenId,
    vault: Vault,
    asker: Asker,
    reason: Reason,
    request_id: str,
    question: str,
) -> bytes:
    """Give the person's blind index once the record of the question is committed."""
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise AccessDenied("a question about a person cannot be asked inside a transaction")
    index = vault.index("citizen_id", citizen_id.reveal())
    async with conn.transaction():
        await conn.execute("SET TRANSACTION READ WRITE")
        await record_access(
            conn, asker=asker, reason=reason, request_id=request_id, question=question, subject_index=index
        )
    return index
