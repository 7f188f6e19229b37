"""Thousands of keys in one call: answers in the order of the keys, each with its own status, a batch at a time.

Every batch takes a connection of its own and gives it back before its answers leave, so that a slow reader holds
none. A person is recorded, one record for each, and the records are committed before anything is read.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

from landdb.errors import AccessDenied
from landdb.lookups.bulk.finding import Meant, find_many
from landdb.lookups.bulk.keys import Fault, Key, PersonKey
from landdb.lookups.parcels import Connection
from landdb.lookups.persons import QUESTION
from landdb.lookups.resolution import described_each
from landdb.lookups.viewpoint import Viewpoint
from landdb.store import lookups as store
from landdb.store.audit import Asker, QuotaUsedUp, Reason, record_accesses
from landdb.store.vault import Vault

MOST_KEYS: Final = 10_000
#: Questions about people in one call; each is recorded.
MOST_PERSONS: Final = 500
BATCH: Final = 250

Connections = Callable[[], AbstractAsyncContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Persons:
    """What questions about people need: who asks, and the keys of the blind index."""

    vault: Vault
    asker: Asker
    request_id: str


def asked_persons(keys: Sequence[Key | Fault]) -> list[PersonKey]:
    """Give the people who are asked about."""
    return [key.value for key in keys if isinstance(key, Key) and key.kind == "person"]


async def answer_many(
    connections: Connections, keys: Sequence[Key | Fault], *, view: Viewpoint, persons: Persons | None = None
) -> AsyncIterator[bytes]:
    """Give a JSON object for each key, in order; joined by lines they are NDJSON.

    Raises AccessDenied before the first answer when people are asked about and `persons` is None.
    """
    if persons is None and asked_persons(keys):
        raise AccessDenied("ND101-61", remedy="people are asked about by clerks and agreed services only")
    for start in range(0, len(keys), BATCH):
        batch = dict(enumerate(keys[start : start + BATCH], start))
        async with connections() as conn:
            answers = await _answer(conn, batch, view, persons)
        yield b"".join(answer + b"\n" for answer in answers)


async def _answer(
    conn: Connection, batch: Mapping[int, Key | Fault], view: Viewpoint, persons: Persons | None
) -> list[bytes]:
    try:
        asked = {place: key for place, key in batch.items() if isinstance(key, Key)}
        indexes = {} if persons is None else await _record(conn, asked, persons)
    except QuotaUsedUp:
        return await _answer(conn, {place: _without_person(key) for place, key in batch.items()}, view, None)
    meant = await find_many(conn, asked, view=view, persons=indexes)
    wanted = sorted({parcel_id for one in meant.values() for parcel_id in one.parcel_ids})
    parcels: dict[int, bytes] = {}
    if wanted:
        parameters = {**view.parameters(), "parcel_ids": wanted}
        found = await store.ask_each(conn, "by_ids", parameters, as_of=view.as_of, fields=view.fields)
        parcels = {parcel_id: described_each(answer) for parcel_id, answer in found.items()}
    return [
        _line(place, meant[place], parcels) if isinstance(key, Key) else _fault(place, key)
        for place, key in batch.items()
    ]


async def _record(conn: Connection, asked: Mapping[int, Key], persons: Persons) -> dict[int, bytes]:
    """Record each person that is asked about, committed before anything is read; gives their blind indexes."""
    people: dict[int, PersonKey] = {place: key.value for place, key in asked.items() if key.kind == "person"}
    indexes = {place: persons.vault.index("citizen_id", key.citizen_id.reveal()) for place, key in people.items()}
    if people:
        async with conn.transaction():
            await conn.execute("SET TRANSACTION READ WRITE")
            await record_accesses(
                conn,
                asker=persons.asker,
                request_id=persons.request_id,
                question=QUESTION,
                subjects=[(indexes[place], Reason(key.purpose, key.case_ref)) for place, key in people.items()],
            )
    return indexes


def _without_person(key: Key | Fault) -> Key | Fault:
    """Give what is left to answer when nobody may be asked about any more; nobody of the batch was recorded."""
    return Fault("citizen_id", "QUOTA_USED_UP") if isinstance(key, Key) and key.kind == "person" else key


def _line(place: int, meant: Meant, parcels: Mapping[int, bytes]) -> bytes:
    head: dict[str, Any] = {"index": place, "status": meant.status, "reason": meant.reason}
    if meant.candidates:
        head["candidates"] = [candidate.to_json() for candidate in meant.candidates]
    array = b"[%s]" % b", ".join(parcels[parcel_id] for parcel_id in meant.parcel_ids if parcel_id in parcels)
    return b'%s, "parcels": %s}' % (json.dumps(head, ensure_ascii=False).encode()[:-1], array)


def _fault(place: int, fault: Fault) -> bytes:
    faults = [{"field": fault.field, "reason": fault.reason}]
    told = {"index": place, "status": "INVALID", "reason": fault.reason, "faults": faults, "parcels": []}
    return json.dumps(told).encode()
