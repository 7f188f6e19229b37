"""Files that come over the network: received, understood, corrected, imported while their sender watches.

A file lies in a folder of its own below `settings.home`, under a name of ours beside its reduced delivered one, and is
opened by the sandboxed reader only. Its record in `staging.upload` outlives a restart of the server; an import whose
process died is INTERRUPTED and can be started again, since it was one transaction.
"""

import shutil
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from landdb import pipeline
from landdb.domain.dates import today
from landdb.errors import AccessDenied, Conflict, ImportRefused, LanddbError, NotFound
from landdb.importers import ImportJob
from landdb.importers.formats.archive import safe_label
from landdb.importers.maps.profile import FIELDS
from landdb.store import batches
from landdb.store import uploads as store
from landdb.store.connection import connect
from landdb.store.vault import Vault

#: Told to the database so often, not at every batch.
_EVERY_S: Final = 0.5
#: So many imports run in one process at once; the others wait for their turn.
AT_ONCE: Final = 2
_turn: Final = threading.BoundedSemaphore(AT_ONCE)


class CalledOff(LanddbError):
    """The sender has called the import off; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends files, and into which communes they may go (None: every one)."""

    actor: str
    communes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sender knows of the file, as `landdb import` asks it."""

    commune: str | None = None
    sheet: str | None = None
    crs: int | None = None
    sheet_crs: int | None = None
    axes: str = "auto"
    kind: str = "auto"
    profile: str | None = None
    document: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def job(self, path: Path) -> ImportJob:
        """Give the job that reads the file so."""
        return ImportJob(
            path=path, noun=self.kind, profile=self.profile, commune_code=self.commune, sheet_no=self.sheet,
            crs=self.crs, sheet_crs=self.sheet_crs, axes=self.axes, columns=dict(self.columns),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where received files lie."""

    folder: Path

    def place(self, upload_id: uuid.UUID, file_name: str) -> Path:
        """Give where this file lies or shall lie; its folder is made, closed to others."""
        folder = self.folder / str(upload_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / file_name

    def remove(self, upload_id: uuid.UUID) -> None:
        """Remove the file of this upload."""
        shutil.rmtree(self.folder / str(upload_id), ignore_errors=True)


def plain_name(delivered: str) -> str:
    """Give a delivered file name as one that may stand in a folder and a table."""
    path = Path(delivered.replace("\\", "/").rsplit("/", 1)[-1])
    return safe_label(path.stem) + safe_label(path.suffix).lower() if path.suffix else safe_label(path.stem)


def receive(
    conn: psycopg.Connection, path: Path, upload_id: uuid.UUID, sender: Sender, wanted: Wanted
) -> dict[str, Any]:
    """Enter a file that lies at its place and tell how it would be read; refused files keep their reason."""
    received = store.Received(upload_id, sender.actor, sender.communes, path.name, path.stat().st_size)
    store.add(conn, received, asdict(wanted))
    return correct(conn, path, upload_id, sender, wanted)


def correct(
    conn: psycopg.Connection, path: Path, upload_id: uuid.UUID, sender: Sender, wanted: Wanted
) -> dict[str, Any]:
    """Tell how the file would be read with what the sender says now; raises Conflict once its import has begun."""
    understood, problem = None, None
    try:
        description = pipeline.understand(conn, wanted.job(path))
        understood = asdict(description) | {"fields": list(FIELDS) if description.kind == "FEATURE" else None}
    except LanddbError as error:
        problem = _problem(error)
    if not store.note_understood(conn, upload_id, asdict(wanted), understood=understood, problem=problem):
        raise Conflict("ALREADY_BEGUN", "the import of this file has begun", remedy="send the file again")
    return get_upload(conn, upload_id, sender)


def get_upload(conn: psycopg.Connection, upload_id: uuid.UUID, sender: Sender) -> dict[str, Any]:
    """Give what is known of a file; raises NotFound, also for a file of somebody else."""
    rows = store.list_uploads(conn, sender.actor, upload_id=upload_id)
    if not rows:
        raise NotFound("no such file was received", remedy="send it again")
    return rows[0]


def list_uploads(conn: psycopg.Connection, sender: Sender) -> list[dict[str, Any]]:
    """Give the sender's files, newest first."""
    return store.list_uploads(conn, sender.actor)


def cancel(conn: psycopg.Connection, upload_id: uuid.UUID, sender: Sender) -> dict[str, Any]:
    """Call a running import off, which takes everything back at its next step; gives what is known of the file."""
    get_upload(conn, upload_id, sender)
    store.cancel(conn, upload_id)
    return get_upload(conn, upload_id, sender)


def list_rejects(conn: psycopg.Connection, upload_id: uuid.UUID, sender: Sender, *, limit: int) -> list[dict[str, Any]]:
    """Give the rows that the import put into quarantine, none before it is done."""
    batch_id = get_upload(conn, upload_id, sender)["batch_id"]
    return [] if batch_id is None else batches.list_rejects(conn, batch_id, limit=limit)


@dataclass(frozen=True, slots=True)
class Begun:
    """An import that is marked as begun; whoever holds it must `run` it, in a thread of its own."""

    upload_id: uuid.UUID
    path: Path
    sender: Sender
    wanted: Wanted
    url: str
    vault: Vault
    _notes: psycopg.Connection

    def run(self) -> None:
        """Import the file in one transaction and note how it ended."""
        with self._notes, _turn:
            try:
                with connect(self.url, application_name="landdb-import") as conn:
                    handover = pipeline.Handover(self.sender.actor, self.wanted.document, today())
                    done = pipeline.ingest(conn, self.wanted.job(self.path), self.vault, handover, self._progress())
                    _refuse_foreign(done.communes, self.sender)
            except CalledOff as error:
                store.finish(self._notes, self.upload_id, "CANCELLED", problem=_problem(error))
            except (LanddbError, psycopg.Error, OSError) as error:
                store.finish(self._notes, self.upload_id, "FAILED", problem=_problem(error))
            else:
                store.finish(self._notes, self.upload_id, "DONE", batch_id=done.batch_id)
                self.path.unlink(missing_ok=True)

    def _progress(self) -> pipeline.Progress:
        """Give what notes how far the import is, and stops it when its sender has called it off."""
        last = 0.0

        def progress(seen: int, expected: int | None) -> None:
            nonlocal last
            if time.monotonic() - last < _EVERY_S and seen != expected:
                return
            last = time.monotonic()
            if store.note_progress(self._notes, self.upload_id, seen, expected):
                raise CalledOff

        return progress


def begin(url: str, vault: Vault, path: Path, upload_id: uuid.UUID, sender: Sender) -> Begun:
    """Mark the import as begun, on a connection that shows it to be alive; raises Conflict when it cannot begin."""
    with ExitStack() as stack:
        notes = stack.enter_context(psycopg.connect(url, application_name="landdb-import-notes", autocommit=True))
        known = get_upload(notes, upload_id, sender)
        if not (store.hold(notes, upload_id) and store.begin(notes, upload_id)):
            raise Conflict(
                f"UPLOAD_{known['state']}", "this file cannot be imported now",
                remedy="a refused file wants a correction first; a finished one is sent again",
            )  # fmt: skip
        stack.pop_all()
    return Begun(upload_id, path, sender, Wanted(**known["wanted"]), url, vault, notes)


def _refuse_foreign(communes: tuple[str, ...], sender: Sender) -> None:
    """Take back an import that reaches communes in which its sender has nothing to say."""
    if sender.communes is not None and not set(communes) <= set(sender.communes):
        raise AccessDenied(
            "FOREIGN_COMMUNE", remedy="the file holds parcels of communes that are not yours: deliver yours alone"
        )


def _problem(error: Exception) -> dict[str, Any]:
    """Give an error as the record keeps it: never the words of a driver, which may quote a value."""
    if isinstance(error, ImportRefused):
        return {"code": error.code, "reason": error.reason, "remedy": error.remedy}
    if isinstance(error, LanddbError):
        return {"code": type(error).__name__.upper(), "reason": error.message, "remedy": error.remedy}
    return {
        "code": "INTERNAL",
        "reason": "the import broke off",
        "remedy": "start it again; ask the operator if it stays so",
    }
