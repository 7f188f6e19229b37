"""Parcels of a person: recorded first, answered second, masked always."""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from landdb.domain.identifiers import CitizenId
from landdb.errors import AccessDenied
from landdb.lookups.parcels import FIRST_PAGE
from landdb.lookups.resolution import Resolution, Status, resolution
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store import lookups as store
from landdb.store.audit import Asker, Reason, record_access
from landdb.store.vault import Vault

QUESTION = "parcels-by-citizen-id"


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
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise AccessDenied("a question about a person cannot be asked inside a transaction")
    index = vault.index("citizen_id", citizen_id.reveal())
    async with conn.transaction():
        await conn.execute("SET TRANSACTION READ WRITE")
        await record_access(
            conn, asker=asker, reason=reason, request_id=request_id, question=QUESTION, subject_index=index
        )
    key = {"citizen_id_index": index, "limit": page.limit, "after": page.after}
    found = await store.ask_parcels(
        conn, "by_citizen_id", {**view.parameters(), **key}, as_of=view.as_of, fields=view.fields
    )
    status: Status = "RESOLVED" if found.rows else "NOT_FOUND"
    return resolution(found, view, status=status, page=page)
