"""What the rules say about a change, inside its transaction: the parcels it touched and their neighbours.

A fault that was there before does not stop a change; what the change brings about does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import psycopg
import shapely

from landdb.domain.finding import Finding
from landdb.registration.notices import Notice, from_finding
from landdb.store import register_subjects
from landdb.store.register_subjects import Subject
from landdb.validators.catalogue import load_catalogue
from landdb.validators.checks import check_fabric
from landdb.validators.fabric import CommuneFabric, build_fabric
from landdb.validators.statements import check_statements

#: Coverage rules that need no more than the two parcels concerned: gaps and borders need the whole commune.
_LOCAL = ("COV001", "COV002", "COV003")
#: Beyond this many parcels only the statement rules run: such a change moves whole sheets and redraws none.
_MOST_REDRAWN = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Which parcels are looked at: `own` by the rules of `families`, `bordering` only for their ground."""

    families: frozenset[str]
    own: frozenset[int]
    bordering: frozenset[int] = frozenset()


def judge(conn: psycopg.Connection, scope: Scope) -> list[Finding]:
    """Give what the rules find about these parcels as they stand; those that are gone are passed over."""
    if not (scope.families and scope.own):
        return []
    catalogue = load_catalogue()
    rules = [rule for rule in catalogue.rules.values() if rule.rule_id[:3] in scope.families]
    tagged = register_subjects.list_tags(conn, sorted(scope.own | scope.bordering))
    subjects = register_subjects.read_subjects(conn, list(tagged))
    communes = sorted({subject.commune_id for subject in subjects})
    own = sorted(scope.own & set(tagged))
    found = check_statements(conn, rules, communes, parcel_ids=own)
    if len(tagged) <= _MOST_REDRAWN and {"GEO", "COV"} & scope.families:
        found += _found_on_ground(conn, subjects)
    return found


def brought_about(before: Iterable[Finding], after: Iterable[Finding]) -> list[Notice]:
    """Give the findings that were not there before, the gravest first."""
    known = {(finding.rule_id, finding.subject) for finding in before}
    new = [finding for finding in after if (finding.rule_id, finding.subject) not in known]
    return [from_finding(finding) for finding in sorted(new, key=_gravest_first)]


def _found_on_ground(conn: psycopg.Connection, subjects: Collection[Subject]) -> list[Finding]:
    identities = {subject.parcel_id for subject in subjects}
    found = []
    for srid in sorted({subject.srid for subject in subjects if subject.geom is not None}):
        fabric = _fabric(conn, [subject for subject in subjects if subject.srid == srid and subject.geom])
        rules = [rule.rule_id for rule in load_catalogue().rules.values() if rule.kind == "geometry"]
        found += check_fabric(fabric, rules=[*rules, *_LOCAL])
    return [finding for finding in found if identities & {finding.parcel_id, finding.other_parcel_id}]


def _fabric(conn: psycopg.Connection, subjects: Collection[Subject]) -> CommuneFabric:
    """Give the parcels with their neighbours as the array rules look at them."""
    first = next(iter(subjects))
    units = register_subjects.list_neighbours(conn, [subject.parcel_id for subject in subjects])
    around = register_subjects.list_numbers(conn, [unit.id for unit in units if unit.noun == "parcel"])
    own = [
        (subject.parcel_id, subject.number, subject.scale_denominator, shapely.from_wkb(subject.geom))
        for subject in subjects
    ]
    others = [(unit.id, *around[unit.id], shapely.from_wkb(unit.geom)) for unit in units if unit.noun == "parcel"]
    objects = [(f"object {unit.id}", shapely.from_wkb(unit.geom)) for unit in units if unit.noun == "land_object"]
    return build_fabric(first.commune_id, first.srid, [*own, *others], objects=objects)


def _gravest_first(finding: Finding) -> tuple[int, str, str]:
    return ("error", "warning", "info").index(finding.severity), finding.rule_id, finding.subject
