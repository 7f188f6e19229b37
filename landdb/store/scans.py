"""Scanned papers that were noted for a commune."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from landdb.domain.scan_names import ScanFile
from landdb.errors import NotFound
from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Noted:
    """What noting scans did: files never seen, files that took another's place, files known already."""

    new: int
    replaced: int
    known: int


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """How far the scans of a commune are."""

    scans: int
    certificates: int
    signed: int
    tied_to_a_certificate: int
    last_noted_at: datetime | None


def note_scans(conn: psycopg.Connection, commune_id: int, files: Sequence[ScanFile], *, actor: str) -> Noted:
    """Note files for a commune in the caller's transaction; of two files with one name the last counts."""
    named = {file.file_name: file for file in files}
    written = conn.execute(
        load("scans")["note"],
        {
            "commune_id": commune_id,
            "actor": actor,
            "file_names": list(named),
            "serials": [file.serial for file in named.values()],
            "kinds": [file.kind for file in named.values()],
            "digests": [file.sha256 for file in named.values()],
            "sizes": [file.size_bytes for file in named.values()],
            "signed": [file.is_signed for file in named.values()],
        },
    ).fetchall()
    new = sum(1 for (is_new,) in written if is_new)
    return Noted(new, len(written) - new, len(named) - len(written))


def get_summary(conn: psycopg.Connection, commune_id: int) -> ScanSummary:
    """Give how many scans a commune has, of what, signed and tied to a certificate."""
    with conn.cursor(row_factory=class_row(ScanSummary)) as cursor:
        found = cursor.execute(load("scans")["summary"], {"commune_id": commune_id}).fetchone()
    if found is None:
        raise NotFound("there is no such commune")
    return found
