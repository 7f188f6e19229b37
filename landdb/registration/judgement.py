"""What the rules say about a change, inside its transaction: `recheck` judges what it touched and keeps the findings.

A fault that was there before does not stop a change; what the change brings about does. What was there is on record
where the commune has been checked since its last delivery. Where it has not, the parcels are looked at before the
change too.
"""

from collections.abc import Collection
from dataclasses import dataclass

import psycopg

from landdb.domain.finding import Finding
from landdb.registration.notices import Notice, from_finding
from landdb.store import register_subjects
from landdb.validators.rechecking import recheck

Known = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known of faults before the change: None where the record is up to date, else those seen just now."""

    known: Known | None


def look_before(conn: psycopg.Connection, parcel_ids: Collection[int], commune_ids: Collection[int]) -> Baseline:
    """Give the faults of the parcels and their neighbours as they are, unless they are all on record."""
    if not parcel_ids or register_subjects.is_judged(conn, sorted(commune_ids)):
        return Baseline(None)
    near = {unit.id for unit in register_subjects.list_neighbours(conn, sorted(parcel_ids)) if unit.noun == "parcel"}
    with conn.transaction(force_rollback=True):
        found = recheck(conn, set(parcel_ids) | near, commune_ids).findings
    return Baseline(frozenset((finding.rule_id, finding.subject) for finding in found))


def judge(
    conn: psycopg.Connection, parcel_ids: Collection[int], commune_ids: Collection[int], before: Baseline
) -> list[Notice]:
    """Let the rules look at what the change touched, keep what they find, and give what is new, the gravest first."""
    if not parcel_ids:
        return []
    checked = recheck(conn, parcel_ids, commune_ids)
    runs = [stored.run_id for stored in checked.stored]
    subjects = {finding.subject for finding in checked.findings}
    new = register_subjects.list_new_findings(conn, runs, sorted(subjects)) - (before.known or set())
    brought_about = [finding for finding in checked.findings if (finding.rule_id, finding.subject) in new]
    return [from_finding(finding) for finding in sorted(brought_about, key=_gravest_first)]


def _gravest_first(finding: Finding) -> tuple[int, str, str]:
    return ("error", "warning", "info").index(finding.severity), finding.rule_id, finding.subject
