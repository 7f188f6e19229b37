"""A stored proposal looked at again on the ground as it is now, so that nothing stale is carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.errors import RepairRefused
from landdb.repairs.assessment import Proposal, assess, completed
from landdb.repairs.drafts import PROPOSAL_KINDS, Draft, Redrawing
from landdb.repairs.ground import GroundReader, cut_to, to_target
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.target import check_around
from landdb.store import repair_ground
from landdb.store.proposals import ChangeRow, ProposalRow
from landdb.store.repair_ground import FindingRow
from landdb.validators.catalogue import Catalogue

#: Parcels this near to a fault are at it.
_BESIDE_M: Final = 0.05


@dataclass(frozen=True, slots=True)
class StandingProposal:
    """A proposal that still stands, and the CRS that its polygons are in; of a sheet, the zone it was read for.

    `concerned` are the parcels whose findings it can change: those redrawn or ended, and those at the fault.
    """

    proposal: Proposal
    srid: int
    candidate: Mapping[str, Any] | None = None
    concerned: frozenset[int] = frozenset()

    @property
    def communes(self) -> frozenset[int]:
        """Give the communes whose parcels or objects it changes."""
        return frozenset(change.unit.commune_id for change in self.proposal.changes)


def stands(
    reader: GroundReader, row: ProposalRow, changes: Sequence[ChangeRow], catalogue: Catalogue
) -> StandingProposal:
    """Give the proposal on the ground as it is now; raises RepairRefused when it is stale or holds no longer."""
    found = repair_ground.list_open_findings(reader.conn, row.commune_id, [row.rule_id], [row.finding_id])
    if not found:
        raise RepairRefused("FINDING_CLOSED", "the finding is no longer open", remedy="nothing is left to repair here")
    near = _neighbourhood(reader, row, found[0], changes)
    if near is None:
        raise RepairRefused("STALE", "the ground of this finding cannot be read any more", remedy="propose anew")
    draft = _draft(near, row, changes)
    target = to_target(found[0])
    proposal = assess(near, target, Redrawing(draft, draft.redrawn), check_around(near, catalogue), catalogue)
    broken = sorted(set(proposal.failed) - set(row.failed))
    whole = completed(proposal)
    if broken or whole is None:
        told = ", ".join(broken) or "its change of a large object cannot be carried over"
        raise RepairRefused("STALE", f"proposal {row.proposal_id} no longer holds: {told}", remedy="propose anew")
    candidates = found[0].details.get("candidates") if row.kind == "REPROJECT_SHEET" else None
    return StandingProposal(whole, near.srid, candidates[0] if candidates else None, _concerned(near, whole))


def _concerned(near: Neighbourhood, proposal: Proposal) -> frozenset[int]:
    changed = {change.unit.unit_id for change in proposal.changes if change.unit.is_parcel}
    fault = proposal.target.geom
    beside = [] if fault is None else [near.units[i] for i in near.near(fault, _BESIDE_M)]
    return frozenset(changed | proposal.target.parcel_ids | {unit.unit_id for unit in beside if unit.is_parcel})


def _neighbourhood(
    reader: GroundReader, row: ProposalRow, finding: FindingRow, changes: Sequence[ChangeRow]
) -> Neighbourhood | None:
    drawn = [shapely.from_wkb(change.geom) for change in changes if change.geom is not None]
    if row.kind != "REPROJECT_SHEET":
        return reader.around(finding)
    parcels = [change.parcel_id for change in changes if change.parcel_id is not None]
    srid = next(int(change.srid) for change in changes if change.srid is not None)
    return reader.box(row.commune_id, srid, shapely.geometrycollections(drawn), parcels)


def _draft(near: Neighbourhood, row: ProposalRow, changes: Sequence[ChangeRow]) -> Draft:
    """Give the stored changes as a draft on the units of a neighbourhood; raises RepairRefused when one moved on."""
    numbers = {(unit.is_parcel, unit.unit_id): index for index, unit in enumerate(near.units)}
    redrawn: dict[int, BaseGeometry | None] = {}
    closed: list[int] = []
    for change in changes:
        index = numbers.get(change.unit)
        if index is None or near.units[index].version != change.version:
            raise RepairRefused(
                "STALE", f"{change.label} changed after proposal {row.proposal_id} was made", remedy="propose anew"
            )
        if change.geom is None:
            closed.append(index)
        else:
            drawn = shapely.from_wkb(change.geom)
            is_cut = near.units[index].whole is not None and near.cut is not None
            redrawn[index] = cut_to(drawn, near.cut) if is_cut and near.cut else drawn
    kind = next(kind for kind in PROPOSAL_KINDS if kind == row.kind)
    return Draft(kind, redrawn, reason="", closed=tuple(closed))
