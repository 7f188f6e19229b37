"""What the rules say about a change, inside its transaction: `recheck` judges what it touched and keeps the findings.

A fault that was there before does not stop a change; what the change brings about does. What was there is on record
where the commune has been checked since its last delivery. Where it has not, the parcels are looked at before the
change too.
"""

from collections.abc import Collection
from dataclasses import dataclass

import psycopg

from landdb.domain.box import Box
from landdb.domain.finding import Finding
from landdb.registration.notices import Notice, from_finding
from landdb.store import register_along, register_subjects, runs
from landdb.validators.rechecking import recheck

#: Faults of ground belong to the ground as drawn: parts of a parcel do not inherit them, they have them or not.
_OF_GROUND = frozenset({"GEO", "COV"})
#: What looks at ground that comes onto the map, beside what its procedure is judged by.
OF_NEW_GROUND = frozenset({"GEO", "COV", "ADM"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What is judged: the communes of a change, by the families of rules that it can break."""

    commune_ids: tuple[int, ...]
    families: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """Faults before the change: those not on record, and the rules that the change's own parcels break already."""

    unrecorded: frozenset[tuple[str, str]] = frozenset()
    rules: frozenset[str] = frozenset()

    def has(self, finding: Finding) -> bool:
        """Tell whether a fault was there before, perhaps under the number of a parent."""
        is_inherited = finding.rule_id in self.rules and finding.rule_id[:3] not in _OF_GROUND
        return is_inherited or (finding.rule_id, finding.subject) in self.unrecorded


def look_before(
    conn: psycopg.Connection, parcel_ids: Collection[int], scope: Scope, *, box: Box | None = None
) -> Known:
    """Give the faults of the parcels as they are, and of their neighbours where these are not all on record.

    `box` is where new ground will lie: what is there already is no fault of it.
    """
    if not (parcel_ids or box) or not scope.families:
        return Known()
    if runs.is_judged(conn, sorted(scope.commune_ids)):
        return Known(rules=register_subjects.list_broken_rules(conn, sorted(parcel_ids)))
    near = register_along.list_parcels_near(conn, sorted(parcel_ids), box)
    with conn.transaction(force_rollback=True):
        found = recheck(conn, set(parcel_ids) | near, scope.commune_ids, families=scope.families).findings
    own = frozenset(f.rule_id for f in found if {f.parcel_id, f.other_parcel_id} & set(parcel_ids))
    return Known(frozenset((finding.rule_id, finding.subject) for finding in found), own)


def judge(conn: psycopg.Connection, parcel_ids: Collection[int], scope: Scope, before: Known) -> list[Notice]:
    """Let the rules look at what the change touched, keep what they find, and give what is new, the gravest first."""
    if not (parcel_ids and scope.families):
        return []
    checked = recheck(conn, parcel_ids, scope.commune_ids, families=scope.families)
    run_ids = [stored.run_id for stored in checked.stored]
    subjects = {finding.subject for finding in checked.findings}
    new = register_subjects.list_new_findings(conn, run_ids, sorted(subjects))
    brought_about = [f for f in checked.findings if (f.rule_id, f.subject) in new and not before.has(f)]
    return [from_finding(finding) for finding in sorted(brought_about, key=_gravest_first)]


def _gravest_first(finding: Finding) -> tuple[int, str, str]:
    return ("error", "warning", "info").index(finding.severity), finding.rule_id, finding.subject
