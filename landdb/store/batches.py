"""Import batches: what was delivered, how its rows were counted, and what is in quarantine."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from landdb.errors import NotFound
from landdb.store.locks import COMMUNE_LOCK
from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of one delivery; `source` is always the sum of the others."""

    stored: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def source(self) -> int:
        """The records that the file held."""
        return self.stored + self.merged + self.unchanged + self.rejected

    def __add__(self, other: "Counts") -> "Counts":
        """Give the sum, each outcome by itself."""
        return Counts(
            self.stored + other.stored,
            self.merged + other.merged,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
        )


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivered file as the batch records it."""

    file_name: str
    file_sha256: bytes
    file_bytes: int
    file_format: str
    profile: str | None
    description: dict[str, Any]


def begin(conn: psycopg.Connection, delivered: Delivered, *, actor: str, document: str | None) -> int:
    """Open a batch for this file; gives its number. `document` is the record that came with the file."""
    source_id = None if document is None else get_source(conn, "HANDOVER", document)
    row = conn.execute(
        load("batches")["begin"],
        {
            "file_name": delivered.file_name,
            "file_sha256": delivered.file_sha256,
            "file_bytes": delivered.file_bytes,
            "file_format": delivered.file_format,
            "profile": delivered.profile,
            "actor": actor,
            "source_id": source_id,
            "description": Jsonb(delivered.description),
        },
    ).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])


def finish(conn: psycopg.Connection, batch_id: int, counts: Counts) -> None:
    """Close the batch with its counts; the table refuses counts that do not add up."""
    conn.execute(load("batches")["supersede_rejects"], {"batch_id": batch_id})
    conn.execute(
        load("batches")["finish"],
        {
            "batch_id": batch_id,
            "source": counts.source,
            "stored": counts.stored,
            "merged": counts.merged,
            "unchanged": counts.unchanged,
            "rejected": counts.rejected,
        },
    )


def count_rejects(conn: psycopg.Connection, batch_id: int) -> int:
    """Give how many rows of the batch are in quarantine."""
    row = conn.execute(load("batches")["count_rejects"], {"batch_id": batch_id}).fetchone()
    return int(row[0]) if row else 0


def list_rejects(conn: psycopg.Connection, batch_id: int, *, limit: int = 1_000_000) -> list[dict[str, Any]]:
    """Give the quarantined rows of a batch: where, which field, why, and what to do; raises NotFound."""
    if conn.execute(load("batches")["exists"], {"batch_id": batch_id}).fetchone() is None:
        raise NotFound(f"there is no batch {batch_id}", remedy="look its number up: landdb batches")
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("batches")["list_rejects"], {"batch_id": batch_id, "limit": limit}).fetchall()


def list_batches(conn: psycopg.Connection, *, limit: int = 50) -> list[dict[str, Any]]:
    """Give the latest deliveries with their counts, newest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("batches")["list_batches"], {"limit": limit}).fetchall()


def list_communes(conn: psycopg.Connection, batch_id: int) -> list[str]:
    """Give the codes of the communes that this batch put anything into, in the transaction that does so."""
    parameters = {"batch_id": batch_id, "commune_lock": COMMUNE_LOCK}
    rows = conn.execute(load("batches")["list_communes"], parameters).fetchall()
    return [code for (code,) in rows]


def get_source(conn: psycopg.Connection, kind: str, reference: str, issued_on: date | None = None) -> int:
    """Give the number of a source document, entering it when it is new."""
    row = conn.execute(
        load("batches")["get_source"], {"source_kind": kind, "reference": reference, "issued_on": issued_on}
    ).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])
