"""Legal changes on record: who changed what, under which document, and which parcel came from which.

A change is recorded first (`record`), its effects are written while it is credited with them (`credited`):
every version that a versioned table makes or ends meanwhile is noted with it, whoever writes.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from landdb.store import feed
from landdb.store.batches import get_source
from landdb.store.statements import load

State = Literal["DRAFT", "SUBMITTED", "NEEDS_SUPPLEMENT", "APPROVED", "REJECTED"]


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """The document that a change rests on: kind SURVEY, DEED, DECISION or HANDOVER, and its own number."""

    kind: str
    reference: str
    issued_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class NewTransaction:
    """What is recorded of a legal change; `details` holds ids, numbers and areas, never a personal value.

    `valid_from` is the date in law. `change_code` is one of the list change_kind, None where none applies.
    """

    kind: str
    commune_id: int
    actor: str
    valid_from: dt.date
    change_code: str | None = None
    state: State = "APPROVED"
    approver: str | None = None
    reason: str | None = None
    document: SourceDocument | None = None
    due_on: dt.date | None = None
    idempotency_key: str | None = None
    request_index: bytes | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def record(conn: psycopg.Connection, new: NewTransaction) -> int:
    """Enter the change in the caller's transaction; gives its number."""
    document = new.document
    source_id = None if document is None else get_source(conn, document.kind, document.reference, document.issued_on)
    row = conn.execute(
        load("transactions")["insert"],
        {
            "kind": new.kind,
            "change_code": new.change_code,
            "commune_id": new.commune_id,
            "state": new.state,
            "source_id": source_id,
            "actor": new.actor,
            "approver": new.approver,
            "reason": new.reason,
            "valid_from": new.valid_from,
            "due_on": new.due_on,
            "idempotency_key": new.idempotency_key,
            "request_index": new.request_index,
            "details": Jsonb(dict(new.details)),
        },
    ).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])


def amend(conn: psycopg.Connection, transaction_id: int, new: NewTransaction) -> None:
    """Let a change that waits rest on another document, date and reason."""
    document = new.document
    source_id = None if document is None else get_source(conn, document.kind, document.reference, document.issued_on)
    values = {
        "transaction_id": transaction_id,
        "valid_from": new.valid_from,
        "reason": new.reason,
        "source_id": source_id,
        "details": Jsonb(dict(new.details)),
    }
    conn.execute(load("transactions")["amend"], values)


@contextmanager
def credited(conn: psycopg.Connection, transaction_id: int, valid_from: dt.date) -> Iterator[None]:
    """Note every version that is made or ended inside with this change; deletions end in law on `valid_from`.

    At the end the change is announced in the feed, so lineage and parcels concerned are entered inside too.
    """
    statements = load("transactions")
    conn.execute(statements["credit"], {"transaction_id": transaction_id, "valid_from": valid_from})
    yield
    conn.execute(statements["credit_nobody"])
    conn.execute(statements["note_redrawn_parcels"], {"transaction_id": transaction_id})
    feed.announce(conn, transaction_id)


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """What is on record under an idempotency key."""

    request_index: bytes
    outcome: dict[str, Any]


def find_by_key(conn: psycopg.Connection, idempotency_key: str) -> KnownRequest | None:
    """Give what is on record under this key, None when it was never used."""
    row = conn.execute(load("transactions")["find_by_key"], {"idempotency_key": idempotency_key}).fetchone()
    return None if row is None else KnownRequest(bytes(row[0]), row[1])


def finish(
    conn: psycopg.Connection, transaction_id: int, outcome: Mapping[str, Any], details: Mapping[str, Any]
) -> None:
    """Keep the outcome with the change, so that a repeated request gets the same answer."""
    add_details(conn, transaction_id, {**details, "outcome": dict(outcome)})


def add_details(conn: psycopg.Connection, transaction_id: int, details: Mapping[str, Any]) -> None:
    """Add to what the change says about itself; never a personal value."""
    values = {"transaction_id": transaction_id, "details": Jsonb(dict(details))}
    conn.execute(load("transactions")["add_details"], values)


def add_lineage(conn: psycopg.Connection, transaction_id: int, edges: Iterable[tuple[int, int]]) -> None:
    """Enter (parent, child) pairs under the kind of the change that made them."""
    pairs = sorted(edges)
    conn.execute(
        load("transactions")["add_lineage"],
        {
            "transaction_id": transaction_id,
            "parents": [parent for parent, _ in pairs],
            "children": [child for _, child in pairs],
        },
    )
