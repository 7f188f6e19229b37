"""Files that came over the network and what became of them; nothing of their content is kept here."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from landdb.store.locks import UPLOAD_LOCK
from landdb.store.statements import load, render


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was just received; `commune_codes` None: its sender may import into every commune."""

    upload_id: uuid.UUID
    actor: str
    commune_codes: Sequence[str] | None
    file_name: str
    file_bytes: int


def add(conn: psycopg.Connection, received: Received, wanted: Mapping[str, Any]) -> None:
    """Enter a file that was received."""
    codes = None if received.commune_codes is None else list(received.commune_codes)
    conn.execute(_text("add"), {**asdict(received), "commune_codes": codes, "wanted": Jsonb(dict(wanted))})


def note_understood(
    conn: psycopg.Connection,
    upload_id: uuid.UUID,
    wanted: Mapping[str, Any],
    *,
    understood: Mapping[str, Any] | None,
    problem: Mapping[str, Any] | None,
) -> bool:
    """Keep how the file would be read, or why it cannot be; false when its import has begun."""
    parameters = {"upload_id": upload_id, "wanted": Jsonb(dict(wanted)), "understood": _json(understood),
                  "problem": _json(problem)}  # fmt: skip
    return conn.execute(_text("note_understood"), parameters).fetchone() is not None


def begin(conn: psycopg.Connection, upload_id: uuid.UUID) -> bool:
    """Mark the import as begun; false when it is running, done, or the file cannot be read."""
    return conn.execute(_text("begin"), {"upload_id": upload_id}).fetchone() is not None


def hold(conn: psycopg.Connection, upload_id: uuid.UUID) -> bool:
    """Show on this session that the import is alive, until the session ends; false when another session does."""
    row = conn.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s::text))", (UPLOAD_LOCK, str(upload_id))).fetchone()
    return bool(row and row[0])


def note_progress(conn: psycopg.Connection, upload_id: uuid.UUID, seen_rows: int, expected_rows: int | None) -> bool:
    """Keep how many rows are read; true when the sender has called the import off."""
    parameters = {"upload_id": upload_id, "seen_rows": seen_rows, "expected_rows": expected_rows}
    row = conn.execute(_text("note_progress"), parameters).fetchone()
    return bool(row and row[0])


def finish(
    conn: psycopg.Connection,
    upload_id: uuid.UUID,
    state: str,
    *,
    batch_id: int | None = None,
    problem: Mapping[str, Any] | None = None,
) -> None:
    """Keep how the import ended: DONE, FAILED or CANCELLED."""
    parameters = {"upload_id": upload_id, "state": state, "batch_id": batch_id, "problem": _json(problem)}
    conn.execute(_text("finish"), parameters)


def cancel(conn: psycopg.Connection, upload_id: uuid.UUID) -> None:
    """Ask a running import to stop; it takes everything back at its next step."""
    conn.execute(_text("cancel"), {"upload_id": upload_id})


def list_uploads(
    conn: psycopg.Connection, actor: str, *, upload_id: uuid.UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Give the files of one sender, newest first; state INTERRUPTED: the process that imported it died."""
    with conn.cursor(row_factory=dict_row) as cursor:
        parameters = {"actor": actor, "upload_id": upload_id, "limit": limit}
        return cursor.execute(_text("list"), parameters).fetchall()


def _json(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(dict(value))


@cache
def _text(name: str) -> LiteralString:
    texts = load("uploads")
    running = render(texts["is_running"], {"lock": str(UPLOAD_LOCK)})
    return render(texts[name], {"is_running": running})
