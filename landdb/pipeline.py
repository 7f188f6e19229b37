"""The data-in door: a delivered file becomes staged rows, staged rows become parcels and rights, rules judge them.

One line per stage. An import is one transaction: either every record of the file is accounted for
(source = stored + merged + unchanged + rejected), or the database is as it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa

from landdb.domain.crs import zones_of_province
from landdb.domain.dates import today
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import ImportRefused, NotFound
from landdb.importers import Delivery, DeliveryDescription, ImportJob, open_delivery
from landdb.importers.ahead import read_ahead
from landdb.importers.reader_process import ReaderProcess
from landdb.importers.scans import read_scans
from landdb.store import admin_units, batches, feed, intake, promotion, rendering, scans, staging, sweeps
from landdb.store.batches import Counts, Delivered
from landdb.store.sealing import COLUMNS, seal_holdings
from landdb.store.vault import Vault

if TYPE_CHECKING:
    from landdb.validators.runner import RunResult

#: Told after every staged batch: rows so far, rows in the file when known.
Progress = Callable[[int, int | None], None]
#: How far from its commune's middle a delivery may lie, beside the commune's own size, before its CRS is doubted.
SLACK_KM = 10.0


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an import did: its batch, its counts, and how the file was understood."""

    batch_id: int
    file_name: str
    file_format: str
    kind: str
    counts: Counts
    notes: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handover:
    """Who delivers, under which document, and from when the content is true in law."""

    actor: str
    document: str | None = None
    valid_from: date | None = None


def ingest(
    conn: psycopg.Connection,
    job: ImportJob,
    vault: Vault,
    handover: Handover,
    progress: Progress | None = None,
    *,
    waiting: ReaderProcess | None = None,
) -> Ingested:
    """Import one delivered file in the caller's transaction; gives the counts of what became of its records.

    `waiting` is a reading child that the caller has started ahead; it serves one file. Raises ImportRefused when
    the file cannot be read as a whole; then nothing was stored.
    """
    job = _locate(conn, job)
    with open_delivery(job, waiting) as delivery, _storable():
        batch_id = batches.begin(conn, _describe(job.path, delivery), actor=handover.actor, document=handover.document)
        valid_from = handover.valid_from or today()
        with rendering.noting_at_once(conn, batch_id):
            counts, staged = _stage(conn, batch_id, delivery, vault, valid_from, progress)
            counts += _promote(conn, batch_id, delivery.kind, staged, valid_from)
        counts = replace(counts, rejected=batches.count_rejects(conn, batch_id))
        batches.finish(conn, batch_id, counts)
        communes = batches.list_communes(conn, batch_id)
        feed.announce_batch(conn, batch_id, communes)
    return Ingested(
        batch_id=batch_id,
        file_name=_name(job.path),
        file_format=delivery.description.file_format,
        kind=delivery.kind,
        counts=counts,
        notes=(*delivery.description.notes, *_told_beside(conn, batch_id, delivery.kind)),
        communes=tuple(communes),
        mapping=dict(delivery.description.mapping),
    )


def understand(conn: psycopg.Connection, job: ImportJob) -> DeliveryDescription:
    """Give how a delivered file would be read, storing nothing; raises ImportRefused as `ingest` does."""
    with open_delivery(_locate(conn, job)) as delivery:
        return delivery.description


def check(
    conn: psycopg.Connection,
    commune_code: str,
    *,
    rules: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> RunResult:
    """Judge one commune by the rules in the caller's transaction; gives what was found and what changed.

    `rules` names rule ids or families such as ``COV``. Raises NotFound for a commune that is not in force.
    """
    from landdb.validators.runner import check_commune  # an import loads no rules

    commune = admin_units.get_commune(conn, commune_code)
    return check_commune(conn, commune.commune_id, rules=rules, progress=progress)


def _told_beside(conn: psycopg.Connection, batch_id: int, kind: str) -> Iterator[str]:
    """Give a note on what is kept sealed, when holders' rows say more than the register has a place for."""
    if kind == "HOLDING" and any(counts := promotion.count_remarks(conn, batch_id)):
        users, reasons, assets = counts
        yield (
            f"Kept sealed beside the register: the present user of {users} holdings, a reason of change of {reasons},"
            f" assets of {assets}."
        )


@contextmanager
def workers(count: int, scheduler: str | None = None) -> Iterator[Executor]:
    """Give what runs the tasks of `check_many`: so many processes of this machine, or the workers of a Dask cluster."""
    from landdb.validators.worker import cluster_workers, local_workers

    with cluster_workers(scheduler) if scheduler else local_workers(count) as executor:
        yield executor


def check_many(
    conn: psycopg.Connection,
    url: str,
    commune_ids: Sequence[int],
    executor: Executor,
    *,
    rules: Sequence[str] | None = None,
    resume: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[RunResult]:
    """Judge communes on many workers, each commune in a transaction of its own; gives each result as it is there.

    Broken off, `resume` goes on with the communes that were left, by the rules chosen then; `url` must be reachable
    for the workers. Raises NotFound when there is nothing to go on with.
    """
    from landdb.validators.sweep import Order, sweep

    begun = sweeps.find_unfinished(conn) if resume else sweeps.begin(conn, commune_ids, rules)
    if begun is None:
        raise NotFound("no check was broken off", remedy="leave out --resume")
    order = Order(
        url,
        rules=None if begun.rules is None else tuple(begun.rules),
        since=sweeps.mark(conn),
        started_at=datetime.now(UTC),
        sweep_id=begun.sweep_id,
    )
    done = sweeps.list_done(conn, begun) if resume else ()
    yield from sweep(order, begun.commune_ids, executor, done=done, progress=progress)
    sweeps.finish(conn, begun)


@contextmanager
def _storable() -> Iterator[None]:
    """Refuse the file when the database will not take a value of it; the server's own words would repeat the value."""
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded) as error:
        raise ImportRefused(
            "NOT_STORABLE", f"the database cannot store a value of this file (SQLSTATE {error.sqlstate})",
            remedy="look for damaged or absurdly long values; deliver half of the file to narrow it down",
        ) from None  # fmt: skip


def _name(path: Path) -> str:
    """Give the file's name as text, also when its bytes are no UTF-8."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _locate(conn: psycopg.Connection, job: ImportJob) -> ImportJob:
    """Give the job with what the commune tells: where the ground lies, and which zone its sheets are kept in."""
    if job.commune_code is None:
        return job
    commune = admin_units.get_commune(conn, job.commune_code)
    if commune.lon is not None and commune.lat is not None and job.near is None:
        radius_km = SLACK_KM + 2 * float(commune.area_km2 or 0) ** 0.5
        job = replace(job, near=(commune.lon, commune.lat, radius_km))
    zones = zones_of_province(commune.province_code)
    if job.sheet_crs is None and len(zones) == 1:
        job = replace(job, sheet_crs=zones[0])
    return job


def _describe(path: Path, delivery: Delivery) -> Delivered:
    """Give what the batch keeps of the file: its name, fingerprint and how it was understood."""
    description = delivery.description
    return Delivered(
        file_name=_name(path),
        file_sha256=delivery.sha256,
        file_bytes=path.stat().st_size,
        file_format=description.file_format,
        profile=", ".join(sorted({layer.profile for layer in description.layers if layer.profile})) or None,
        description=asdict(description),
    )


def _stage(
    conn: psycopg.Connection,
    batch_id: int,
    delivery: Delivery,
    vault: Vault,
    valid_from: date,
    progress: Progress | None,
) -> tuple[Counts, int]:
    """Stream the file into staging and quarantine; gives what was taken in on the way and how much is staged."""
    seen = staged = taken = 0
    expected = delivery.description.source_count
    with _storing(conn, batch_id, delivery, vault, valid_from) as (prepare, store):

        def made_ready(rows: pa.RecordBatch) -> _Ready:
            accepted, rejected = staging.split_rejects(rows)
            return _Ready(accepted.num_rows, prepare(accepted), rejected)

        for ready in read_ahead(map(made_ready, delivery.batches())):
            taken += store(ready.prepared)
            staging.copy_rejects(conn, batch_id, ready.rejected, vault, noun=delivery.kind.lower())
            seen += ready.accepted + ready.rejected.num_rows
            staged += ready.accepted
            if progress is not None:
                progress(seen, expected)
    return Counts(stored=taken), staged - taken


@dataclass(frozen=True, slots=True)
class _Ready:
    """One batch made ready while the batch before it was stored; `prepared` is what its kind of storing made of it."""

    accepted: int
    prepared: Any
    rejected: pa.RecordBatch


@contextmanager
def _storing(
    conn: psycopg.Connection, batch_id: int, delivery: Delivery, vault: Vault, valid_from: date
) -> Iterator[tuple[Callable[[pa.RecordBatch], Any], Callable[[Any], int]]]:
    """Give how this kind of delivery is stored, in two steps that may run side by side for two batches.

    The first makes a batch ready without asking the database; the second gives how many of its rows are in already.
    """

    def store_holdings(rows: pa.RecordBatch) -> int:
        staging.copy_holdings(conn, COLUMNS, seal_holdings(batch_id, rows, vault))
        return 0

    def store_crosswalk(rows: pa.RecordBatch) -> int:
        staging.copy_crosswalk(conn, batch_id, rows)
        return 0

    if delivery.kind != "FEATURE":
        yield lambda rows: rows, store_holdings if delivery.kind == "HOLDING" else store_crosswalk
        return
    with intake.taking_in(conn, batch_id, valid_from, delivery.description.count_by_noun) as taking:
        yield taking.prepare, taking.take


def _promote(conn: psycopg.Connection, batch_id: int, kind: str, staged: int, valid_from: date) -> Counts:
    match kind:
        case "FEATURE":
            return promotion.promote_features(conn, batch_id, valid_from)
        case "HOLDING":
            return promotion.promote_holdings(conn, batch_id, valid_from)
        case _:
            return promotion.promote_crosswalk(conn, batch_id, staged)


def note_scans(
    conn: psycopg.Connection, commune_code: str, folder: Path, *, actor: str, progress: Progress
) -> scans.Noted:
    """Note the scans in a folder for a commune, in the caller's transaction."""
    commune = admin_units.get_commune(conn, normalise_commune_code(commune_code))
    files = []
    for file in read_scans(folder):
        files.append(file)
        progress(len(files), None)
    return scans.note_scans(conn, commune.commune_id, files, actor=actor)
