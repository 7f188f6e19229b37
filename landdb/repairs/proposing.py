"""Open findings of a commune become stored proposals. Nothing on the ground changes."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import shapely

from landdb.errors import NotFound
from landdb.repairs.assessment import Proposal
from landdb.repairs.columns import content_hash, to_change_columns, to_columns
from landdb.repairs.ground import GroundReader, to_target
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.proposers import PROPOSERS
from landdb.repairs.proposers.sheet import in_true_place
from landdb.repairs.solving import LEGAL, Solution, Unsolved, first_causes, solve, solve_sheet
from landdb.repairs.target import same_fault
from landdb.store import admin_units, proposals, repair_ground
from landdb.store.repair_ground import FindingRow
from landdb.validators.catalogue import Catalogue
from landdb.validators.tuning import effective_catalogues

#: Told after every finding: findings so far, findings in all.
Progress = Callable[[int, int | None], None]

_SHEET_RULE = "ADM003"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of a commune's open findings: proposals by finding, the recommended first; else why none."""

    findings: int
    proposal_ids: tuple[int, ...]
    solved: int
    acceptable: int
    unsolved: dict[Unsolved, int] = field(default_factory=dict)


def repairable_rules(catalogue: Catalogue, asked: Iterable[str] | None = None) -> tuple[str, ...]:
    """Give the rules whose findings a repair may answer, of those asked for."""
    answered = {rule_id for known in PROPOSERS for rule_id in same_fault(known)} | set(LEGAL) | {_SHEET_RULE}
    return tuple(rule_id for rule_id in catalogue.select(asked) if rule_id in answered)


def effective_catalogue(conn: psycopg.Connection, commune_id: int) -> Catalogue:
    """Give the catalogue with the limits and switches that hold in a commune."""
    return effective_catalogues(conn, [commune_id])[commune_id]


def propose(
    conn: psycopg.Connection,
    commune_id: int,
    *,
    actor: str,
    rules: Iterable[str] | None = None,
    finding_ids: Sequence[int] | None = None,
    progress: Progress | None = None,
    catalogue: Catalogue | None = None,
) -> Proposed:
    """Propose repairs for open findings of a commune in the caller's transaction; gives what came of them.

    Undecided proposals for these findings give way, except those that come out the same. What a person
    refused is not proposed again.
    """
    catalogue = catalogue or effective_catalogue(conn, commune_id)
    rows = repair_ground.list_open_findings(conn, commune_id, repairable_rules(catalogue, rules), finding_ids)
    rows.sort(key=lambda row: (first_causes(row.rule_id), row.finding_id))
    reader = GroundReader(conn)
    kept: list[int] = []
    counts: Counter[str] = Counter()
    unsolved: Counter[Unsolved] = Counter()
    for done, row in enumerate(rows, start=1):
        solution, near = solve_row(reader, row, catalogue)
        ids = _keep(conn, row, solution, near, catalogue, actor)
        kept += ids
        counts["solved"] += bool(ids)
        counts["acceptable"] += any(proposal.is_acceptable for proposal in solution.proposals)
        if solution.unsolved is not None:
            unsolved[solution.unsolved] += 1
        if progress is not None:
            progress(done, len(rows))
    return Proposed(len(rows), tuple(kept), counts["solved"], counts["acceptable"], dict(unsolved))


def propose_for(
    conn: psycopg.Connection,
    commune_code: str,
    *,
    actor: str,
    finding_ids: Sequence[int] | None = None,
    communes: Collection[str] | None = None,
) -> Proposed:
    """Propose repairs in the commune of this code, for someone who works in `communes` (None: in all of them).

    Raises NotFound for a commune that is not in force or not the asker's: both look alike.
    """
    commune = admin_units.get_commune(conn, commune_code)
    if communes is not None and commune.commune_code not in communes:
        raise NotFound("there is no such commune")
    return propose(conn, commune.commune_id, actor=actor, finding_ids=finding_ids)


def solve_row(reader: GroundReader, row: FindingRow, catalogue: Catalogue) -> tuple[Solution, Neighbourhood | None]:
    """Give the solution of a stored finding and the neighbourhood that it was found in."""
    if row.rule_id == _SHEET_RULE:
        return _solve_sheet_row(reader, row, catalogue)
    near = reader.around(row)
    if near is None:
        return Solution(to_target(row), (), "NO_SOUND_DRAFT"), None
    return solve(near, to_target(row), catalogue), near


def _solve_sheet_row(
    reader: GroundReader, row: FindingRow, catalogue: Catalogue
) -> tuple[Solution, Neighbourhood | None]:
    """Give the solution for a sheet in the wrong place: the first candidate zone of the finding, looked at there."""
    target = to_target(row)
    candidates: list[dict[str, Any]] = row.details.get("candidates", [])
    if not candidates:
        return Solution(target, (), "NO_CANDIDATE"), None
    near, members, proposal = sheet_proposal(reader, row, candidates[0], catalogue)
    return Solution(target, (proposal,) if members else (), None if members else "NO_SOUND_DRAFT"), near


def sheet_proposal(
    reader: GroundReader, row: FindingRow, candidate: dict[str, Any], catalogue: Catalogue
) -> tuple[Neighbourhood, list[int], Proposal]:
    """Give the ground where a candidate zone puts a sheet, the sheet's units in it, and the proposal."""
    parcel_ids = repair_ground.list_sheet_parcels(reader.conn, row.commune_id, row.subject)
    srid = int(row.details["stated_srid"])
    drawn = [shapely.from_wkb(p.geom) for p in repair_ground.read_parcels(reader.conn, None, parcel_ids) if p.geom]
    there = in_true_place(shapely.geometrycollections(drawn), candidate, srid)
    near = reader.box(row.commune_id, srid, there, parcel_ids)
    members = [index for parcel_id in parcel_ids if (index := near.parcel_index(parcel_id)) is not None]
    return near, members, solve_sheet(near, to_target(row), members, candidate, catalogue)


def _keep(
    conn: psycopg.Connection,
    row: FindingRow,
    solution: Solution,
    near: Neighbourhood | None,
    catalogue: Catalogue,
    actor: str,
) -> list[int]:
    """Store the proposals of one finding; gives the ids of those that are open."""
    proposals.supersede(conn, [row.finding_id], [content_hash(proposal) for proposal in solution.proposals])
    ids = []
    for rank, proposal in enumerate(solution.proposals, start=1):
        columns = to_columns(
            proposal, commune_id=row.commune_id, rank=rank, catalogue_hash=catalogue.content_hash, actor=actor
        )
        srid = 0 if near is None else near.srid
        kept = proposals.store(conn, columns, [to_change_columns(change, srid) for change in proposal.changes])
        if kept is not None:
            ids.append(kept)
    return ids
