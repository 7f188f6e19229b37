"""Staged rows become parcels, sheets, objects and rights: set by set, in the caller's transaction.

Every function gives the `Counts` of what became of its staged rows; quarantined rows are counted by
`batches.count_rejects`, because the reading child rejects some too.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pyarrow as pa

from landdb.store.batches import Counts
from landdb.store.intake import land_use_labels
from landdb.store.locks import lock_communes
from landdb.store.statements import load

Run = Callable[..., psycopg.Cursor]


def promote_features(conn: psycopg.Connection, batch_id: int, valid_from: date) -> Counts:
    """Promote the features still staged of a batch: sheets first, then what stands on them.

    Parcels that were plainly new are in already (`intake`), and are not counted here.
    """
    run = _runner(conn, "promote_features", batch_id, valid_from)
    conn.execute("ANALYZE staging.staged_feature (batch_id, noun, commune_code, sheet_no, parcel_no)")
    lock_communes(conn, [commune_id for (commune_id,) in run("list_communes").fetchall()])
    run("reject_unknown_communes")
    run("reject_unusable_grounds")
    staged: Counter[str] = Counter(dict(run("count_staged").fetchall()))
    counts = _promote_sheets(run, staged["sheet"])
    counts += _promote_boundaries(run, staged["commune_boundary"])
    counts += _promote_objects(run, staged["land_object"])
    counts += _promote_parcels(run, staged["parcel"])
    run("clear_staging")
    return counts


def _promote_sheets(run: Run, staged: int) -> Counts:
    unchanged = _number(run("count_unchanged_sheets")) if staged else 0
    stored = run("insert_listed_sheets").rowcount if staged else 0
    if staged:
        run("update_listed_sheets")
    return Counts(stored=stored, unchanged=unchanged, merged=staged - stored - unchanged)


def _promote_boundaries(run: Run, staged: int) -> Counts:
    if not staged:
        return Counts()
    written = run("upsert_boundaries").fetchall()
    stored = sum(1 for (inserted,) in written if inserted)
    merged = len(written) - stored
    return Counts(stored=stored, merged=merged, unchanged=staged - stored - merged)


def _promote_objects(run: Run, staged: int) -> Counts:
    if not staged:
        return Counts()
    run("delete_gone_objects")
    unchanged = _number(run("count_unchanged_objects"))
    stored = run("insert_objects").rowcount
    return Counts(stored=stored, unchanged=unchanged, merged=staged - stored - unchanged)


def _promote_parcels(run: Run, staged: int) -> Counts:
    """Promote what the intake left: numbers known before, delivered twice, in another CRS."""
    if not staged:
        return Counts()
    quarantined = run("reject_other_crs").rowcount + run("reject_retired_numbers").rowcount
    ((repeated, duplicate),) = run("settle_numbers").fetchall()
    quarantined += duplicate
    unchanged = _number(run("count_unchanged_parcels"))
    labels = [label for (label,) in run("list_changed_labels").fetchall()]
    merged = run("update_parcels", **land_use_labels(pa.array(labels, pa.utf8()))).rowcount
    counts = Counts(merged=merged + repeated, unchanged=unchanged)
    if counts.source + quarantined != staged:
        raise AssertionError(f"{staged} staged parcels, {counts.source + quarantined} accounted for")
    return counts


def promote_holdings(conn: psycopg.Connection, batch_id: int, valid_from: date) -> Counts:
    """Promote the staged certificate × parcel × person rows: parties, baunits, certificates, rights, uses."""
    run = _runner(conn, "promote_holdings", batch_id, valid_from)
    conn.execute("ANALYZE staging.staged_holding (batch_id, commune_code, sheet_no, parcel_no)")
    run("reject_unknown_communes")
    run("resolve")
    run("reject_unknown_parcels")
    communes = conn.execute("SELECT DISTINCT commune_id FROM resolved_holding").fetchall()
    lock_communes(conn, [commune_id for (commune_id,) in communes])
    for statement in ("insert_baunits", "note_baunits"):
        run(statement)
    conn.execute("ANALYZE resolved_holding (baunit_id, parcel_id, party_key)")
    for statement in _HOLDING_STATEMENTS:
        run(statement)
    _promote_delivered_uses(run)
    run("keep_remarks")
    row = run("count_outcomes").fetchone()
    assert row is not None  # noqa: S101 - an aggregate gives one row
    run("clear_resolved")
    run("clear_staging")
    return Counts(stored=row[0], merged=row[1], unchanged=row[2])


_HOLDING_STATEMENTS = (
    "note_changes",
    "insert_parties",
    "update_parties",
    "insert_certificates",
    "update_certificates",
    "insert_links",
    "update_links",
    "insert_rights",
    "insert_shares",
    "update_shares",
)


def count_remarks(conn: psycopg.Connection, batch_id: int) -> tuple[int, int, int]:
    """Give how many remarks of a batch name the present user, give a reason of change, describe assets."""
    ((users, reasons, assets),) = _runner(conn, "promote_holdings", batch_id, None)("count_remarks").fetchall()
    return users, reasons, assets


def _promote_delivered_uses(run: Run) -> None:
    run("collect_uses")
    changed = [parcel_id for (parcel_id,) in run("delete_changed_uses").fetchall()]
    changed += [parcel_id for (parcel_id,) in run("insert_uses").fetchall()]
    run("mark_changed_uses", parcel_ids=changed)


def promote_crosswalk(conn: psycopg.Connection, batch_id: int, staged: int) -> Counts:
    """Promote `staged` rows that say which old sheet became which."""
    run = _runner(conn, "promote_crosswalk", batch_id, None)
    unchanged = _number(run("count_unchanged"))
    stored = run("insert").rowcount
    run("clear_staging")
    return Counts(stored=stored, unchanged=unchanged, merged=staged - stored - unchanged)


def _runner(conn: psycopg.Connection, file: str, batch_id: int, valid_from: date | None) -> Run:
    """Give a function that runs a named statement of `file` for this batch."""
    statements = load(file)

    def run(name: str, **parameters: Any) -> psycopg.Cursor:
        return conn.execute(statements[name], {"batch_id": batch_id, "valid_from": valid_from, **parameters})

    return run


def _number(cursor: psycopg.Cursor) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0
