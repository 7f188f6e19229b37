"""What answers about deliveries look like, as in `answers`."""

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from api.answers import Shape


class ImportProblem(Shape):
    """Why a file cannot be read or was not stored; no value of the file is in it."""

    code: str = Field(examples=["CRS_UNKNOWN"])
    reason: str
    remedy: str | None


class ImportCounts(Shape):
    """What became of the records: source = stored + merged + unchanged + rejected, always."""

    source: int
    stored: int
    merged: int
    unchanged: int
    rejected: int


class ImportAnswer(Shape):
    """One received file: how it would be read, how far its import is, what it brought.

    RECEIVED, READY to start or REFUSED; then RUNNING, DONE, FAILED, CANCELLED or INTERRUPTED (its process died;
    nothing was stored; start it again).
    """

    import_id: str
    state: Literal["RECEIVED", "READY", "REFUSED", "RUNNING", "DONE", "FAILED", "CANCELLED", "INTERRUPTED"]
    file_name: str
    file_bytes: int
    wanted: dict[str, Any]
    understood: dict[str, Any] | None = Field(description="format, layers with field → column, encoding, notes")
    problem: ImportProblem | None
    seen_rows: int
    expected_rows: int | None
    counts: ImportCounts | None
    batch_id: int | None
    received_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


class ImportList(Shape):
    """The caller's files, newest first."""

    imports: list[ImportAnswer]


class RejectedRow(Shape):
    """A quarantined row: where it stands, which field, why, and what to do."""

    row_no: int
    layer: str | None
    noun: str
    commune_code: str | None
    sheet_no: str | None
    parcel_no: str | None
    reason_code: str
    field: str | None
    reason: str
    remedy: str | None


class RejectList(Shape):
    """Rows that an import put into quarantine."""

    rejects: list[RejectedRow]
