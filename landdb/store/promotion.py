"""Staged rows become parcels, sheets, objects and rights: set by set, in the caller's transaction.

Every function gives the `Counts` of what became of its staged rows; quarantined rows are counted by
`batches.count_rejects`, because the reading child rejects some too.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import psycopg

from landdb.codelists import land_use_reading
from landdb.store.batches import Counts
from landdb.store.first_load import set_aside_for
from landdb.store.statements import load
from landdb.store.tables import cadastre

#: Class of the advisory locks that serialise everything that writes into one commune.
COMMUNE_LOCK = 7302

Run = Callable[..., psycopg.Cursor]


class Surveyed(NamedTuple):
    """How many features of one noun were delivered on one sheet in one CRS; no commune_id: none in force."""

    noun: str
    commune_code: str | None
    commune_id: int | None
    sheet_no: str | None
    srid: int | None
    scale_denominator: int | None
    features: int


def promote_features(conn: psycopg.Connection, batch_id: int, valid_from: date) -> Counts:
    """Promote the staged features of a batch: sheets first, then what stands on them."""
    run = _runner(conn, "promote_features", batch_id, valid_from)
    conn.execute("ANALYZE staging.staged_feature (batch_id, noun, commune_code, sheet_no, parcel_no)")
    survey = [Surveyed(*row) for row in run("survey").fetchall()]
    lock_communes(conn, list({place.commune_id for place in survey if place.commune_id is not None}))
    known = [place for place in survey if place.commune_id is not None]
    if len(known) < len(survey):
        run("reject_unknown_communes")
    staged = Counter[str]()
    for place in known:
        staged[place.noun] += place.features
    if staged.keys() - {"parcel"}:
        staged["land_object"] -= run("reject_unusable_grounds", noun="land_object").rowcount
        staged["sheet"] -= run("reject_unusable_grounds", noun="sheet").rowcount
        staged["commune_boundary"] -= run("reject_unusable_grounds", noun="commune_boundary").rowcount
    counts = _promote_sheets(run, staged["sheet"])
    counts += _promote_boundaries(run, staged["commune_boundary"])
    counts += _promote_objects(run, staged["land_object"])
    counts += _promote_parcels(conn, run, [place for place in known if place.noun == "parcel"])
    run("clear_staging")
    return counts


def lock_communes(conn: psycopg.Connection, commune_ids: list[int]) -> None:
    """Wait until this transaction is the only writer of these communes; ascending, so that none deadlock."""
    for commune_id in sorted(commune_ids):
        conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", (COMMUNE_LOCK, commune_id))


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


def _promote_parcels(conn: psycopg.Connection, run: Run, delivered: list[Surveyed]) -> Counts:
    staged = sum(place.features for place in delivered)
    if not staged:
        return Counts()
    quarantined = 0
    if _number(run("insert_sheets_of_parcels", **_sheets(delivered))):
        quarantined += run("reject_other_crs").rowcount
    repeated = 0
    if _number(run("has_repeated_numbers")):
        repeated = run("remove_repeated_parcels").rowcount
        quarantined += run("reject_duplicate_numbers").rowcount
    unchanged = _number(run("count_unchanged_parcels"))
    labels = _land_use_labels(run)
    merged = run("update_parcels", **labels).rowcount
    with set_aside_for(conn, staged, cadastre.parcel):
        stored = run("insert_parcels", all_new=unchanged + merged == 0, **labels).rowcount
    counts = Counts(stored=stored, merged=merged + repeated, unchanged=unchanged)
    if counts.source + quarantined != staged:
        raise AssertionError(f"{staged} staged parcels, {counts.source + quarantined} accounted for")
    return counts


def _sheets(delivered: list[Surveyed]) -> dict[str, list[Any]]:
    return {
        "commune_ids": [place.commune_id for place in delivered],
        "sheet_nos": [place.sheet_no for place in delivered],
        "scales": [place.scale_denominator for place in delivered],
        "srids": [place.srid for place in delivered],
    }


def _land_use_labels(run: Run) -> dict[str, list[Any]]:
    """Give every label on the delivered maps with the codes it names and its fault, as parallel lists."""
    labels = [label for (label,) in run("list_land_use_labels").fetchall()]
    readings = [land_use_reading(label) for label in labels]
    return {
        "labels": labels,
        "codes": [" ".join(reading.codes) or None for reading in readings],
        "faults": [reading.fault for reading in readings],
    }


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
