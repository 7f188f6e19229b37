"""After a change: what is found around it is stored, what is no longer there is fixed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import shapely

from landdb.domain.finding import Finding
from landdb.store import runs, surroundings
from landdb.store.runs import StoredRun, store_run
from landdb.validators.catalogue import Catalogue
from landdb.validators.incremental import AROUND_M, FARTHER_M, Surroundings, judge_around, look_around
from landdb.validators.rows import to_rows
from landdb.validators.runner import ARRAY_KINDS, check_commune, run_record
from landdb.validators.statements import check_statements
from landdb.validators.tuning import effective_catalogues

#: Rules about whole sheets and whole boundaries: a change of parcels is not their moment.
OF_COMMUNES = frozenset({"ADM003", "COV007"})
#: Families that need the ground looked at.
_GROUND = frozenset({"GEO", "COV"})
#: Changes of more parcels than this are judged by communes.
MOST_PARCELS = 200


@dataclass(frozen=True, slots=True)
class Recheck:
    """What a recheck found around the change, sorted, and what it stored.

    `whole_communes` are those that had to be judged as a whole.
    """

    findings: tuple[Finding, ...]
    stored: tuple[StoredRun, ...]
    whole_communes: tuple[int, ...] = ()


def recheck(
    conn: psycopg.Connection,
    parcel_ids: Collection[int],
    commune_ids: Collection[int],
    *,
    families: Collection[str] | None = None,
) -> Recheck:
    """Judge what this transaction changed by all rules and store what follows; gives the findings around it.

    `parcel_ids` are all parcels that were redrawn, made or closed; `commune_ids` the communes they are or were in,
    whose locks the caller holds. Equal to a run over those communes for every finding that concerns the parcels,
    but for rules about whole sheets and boundaries. `families` names the rules that the change can break, such as
    ``TEN``, when the caller knows, and ``-TEN005`` one of them that it cannot; of the others only those with a finding
    about the parcels, their sheets or communes are asked again.
    """
    catalogues = effective_catalogues(conn, sorted(commune_ids))
    # Before anything is stored: what a parcel took along when it went is fixed then, and found again at its parts.
    asked = _chosen_statements(conn, parcel_ids, commune_ids, catalogues[min(commune_ids)], families)
    if families is not None and not _GROUND & set(families):
        told, stored = _ask_statements(conn, parcel_ids, commune_ids, asked)
        return Recheck(tuple(told), (stored,))
    seen = _see(conn, parcel_ids, catalogues) if len(parcel_ids) <= MOST_PARCELS else None
    if seen is None:
        return _by_whole_communes(conn, parcel_ids, commune_ids, catalogues, asked)
    around, found = seen
    on_ground = _store_around(conn, around, found, catalogues[min(commune_ids)], asked.started_at)
    told, stored = _ask_statements(conn, parcel_ids, commune_ids, asked)
    return Recheck((*found, *told), (on_ground, stored))


def _by_whole_communes(
    conn: psycopg.Connection,
    parcel_ids: Collection[int],
    commune_ids: Collection[int],
    catalogues: dict[int, Catalogue],
    asked: "_Asked",
) -> Recheck:
    """Judge the ground of whole communes; statements are asked about the parcels alone, as they know no ground.

    A commune that no rule has looked at as a whole is checked as such: part of a check must not pass for one.
    """
    whole = tuple(sorted(catalogues))
    if len(parcel_ids) > MOST_PARCELS or not runs.is_judged(conn, whole):
        checked = [check_commune(conn, commune_id) for commune_id in whole]
        every = (finding for run in checked for finding in run.findings)
        return Recheck(tuple(every), tuple(run.stored for run in checked), whole)
    ground = [
        check_commune(conn, commune_id, rules=_array_rules(catalogues[commune_id]), catalogue=catalogues[commune_id])
        for commune_id in whole
    ]
    told, stored = _ask_statements(conn, parcel_ids, commune_ids, asked)
    found = (finding for run in ground for finding in run.findings)
    return Recheck((*found, *told), (*(run.stored for run in ground), stored), whole)


def _array_rules(catalogue: Catalogue) -> list[str]:
    return [rule_id for rule_id in catalogue.select() if catalogue[rule_id].kind in ARRAY_KINDS]


def _see(
    conn: psycopg.Connection, parcel_ids: Collection[int], catalogues: dict[int, Catalogue]
) -> tuple[Surroundings, list[Finding]] | None:
    """Give what is found around the parcels, looking farther where it must; None when that does not tell either.

    The rules of communes that come into sight are added to `catalogues`.
    """
    for around_m in (AROUND_M, FARTHER_M):
        around = look_around(conn, parcel_ids, around_m=around_m)
        if around is None:
            return None
        if others := [each for each in around.commune_ids if each not in catalogues]:
            catalogues |= effective_catalogues(conn, others)
        found = judge_around(conn, around, catalogues)
        if found is not None:
            return around, found
    return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Rules that are statements and will be asked, by whose catalogue, since when."""

    rule_ids: Sequence[str]
    catalogue: Catalogue
    started_at: datetime


def _chosen_statements(
    conn: psycopg.Connection,
    parcel_ids: Collection[int],
    commune_ids: Collection[int],
    catalogue: Catalogue,
    families: Collection[str] | None,
) -> _Asked:
    """Give the rules that the change can break, and those of the others that have a finding to find again."""
    chosen = [rule_id for rule_id in catalogue.select() if catalogue[rule_id].kind not in ARRAY_KINDS]
    if families is not None:
        spared = {rule_id for rule_id in chosen if f"-{rule_id}" in families}
        others = {rule_id for rule_id in chosen if rule_id[:3] not in families} | spared
        live = surroundings.list_live_rules(conn, parcel_ids, commune_ids, sorted(others), beyond=sorted(spared))
        chosen = [rule_id for rule_id in chosen if rule_id not in others or rule_id in live]
    return _Asked(chosen, catalogue, datetime.now(UTC))


def _ask_statements(
    conn: psycopg.Connection, parcel_ids: Collection[int], commune_ids: Collection[int], asked: _Asked
) -> tuple[list[Finding], StoredRun]:
    """Give what the rules that are statements find about the parcels, and store it."""
    rules = [asked.catalogue[rule_id] for rule_id in asked.rule_ids]
    told = check_statements(conn, rules, sorted(commune_ids), parcel_ids=sorted(parcel_ids))
    record = run_record(
        dict.fromkeys(commune_ids, 0), asked.rule_ids, asked.catalogue, asked.started_at, parcel_ids=sorted(parcel_ids)
    )
    return told, store_run(conn, record, to_rows(told))


def _store_around(
    conn: psycopg.Connection,
    around: Surroundings,
    found: Sequence[Finding],
    catalogue: Catalogue,
    started_at: datetime,
) -> StoredRun:
    """Store what the array rules found; of what was known about this ground the rest is fixed."""
    rules = [rule_id for rule_id in _array_rules(catalogue) if rule_id not in OF_COMMUNES]
    known = [
        live.finding_id
        for live in surroundings.list_live_findings(conn, around.seen_ids, rules)
        if around.concerns(
            live.rule_id, (live.parcel_id, live.other_parcel_id), live.geom and shapely.from_wkb(live.geom), live.srid
        )
    ]
    record = run_record(
        dict.fromkeys(around.commune_ids, 0),
        rules,
        catalogue,
        started_at,
        parcel_ids=sorted(around.changed),
        finding_ids=known,
    )
    return store_run(conn, record, to_rows([finding for finding in found if finding.rule_id in rules]))
