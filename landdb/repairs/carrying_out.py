"""What a decision writes: the change on record, and the ground as it is then."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
import shapely

from landdb.domain.dates import today
from landdb.errors import RepairRefused
from landdb.repairs.assessment import Change, Proposal
from landdb.repairs.columns import to_redraw
from landdb.repairs.ground import in_degrees
from landdb.repairs.proposers.sheet import in_true_place
from landdb.repairs.standing import StandingProposal
from landdb.store import proposals, repair_writes
from landdb.store.proposals import ProposalRow
from landdb.store.repair_writes import Frame, Restore
from landdb.store.transactions import NewTransaction, add_details, credited, record

KIND: Final = "repair"
UNDO_KIND: Final = "repair-undone"
#: Parcels whose areas the record tells.
_AREAS_TOLD: Final = 50


def carry_out(
    conn: psycopg.Connection, row: ProposalRow, standing: StandingProposal, *, actor: str, reason: str | None
) -> int:
    """Write a repair as one change on record; gives its number. Raises RepairRefused when a unit moved on."""
    valid_from = today()
    new = NewTransaction(
        kind=KIND,
        commune_id=row.commune_id,
        actor=actor,
        approver=actor,
        valid_from=valid_from,
        reason=reason,
        details=_details(row, standing.proposal),
    )
    transaction_id = record(conn, new)
    with credited(conn, transaction_id, valid_from):
        for change in standing.proposal.changes:
            if not _write(conn, change, standing.srid, valid_from):
                raise RepairRefused("STALE", f"{change.unit.label} changed meanwhile", remedy="propose anew")
    if standing.candidate is not None:
        _move_frame(conn, row, standing, standing.candidate, transaction_id)
    return transaction_id


def take_back(
    conn: psycopg.Connection, rows: Sequence[ProposalRow], transaction_id: int, *, actor: str, reason: str | None
) -> int:
    """Write what undoes a repair, as a change of its own; gives its number."""
    valid_from = today()
    undoing = NewTransaction(
        kind=UNDO_KIND,
        commune_id=rows[0].commune_id,
        actor=actor,
        approver=actor,
        valid_from=valid_from,
        reason=reason,
        details={"undoes": transaction_id, "proposals": [row.proposal_id for row in rows]},
    )
    undone_by = record(conn, undoing)
    with credited(conn, undone_by, valid_from):
        for change in reversed(proposals.list_changes(conn, [row.proposal_id for row in rows])):
            is_parcel, unit_id = change.unit
            former = Restore(is_parcel, unit_id, change.version, change.new_version)
            if not repair_writes.restore(conn, former, transaction_id, valid_from):
                raise RepairRefused(
                    "CHANGED_SINCE",
                    f"{change.label} changed after this repair",
                    remedy="undo the later change first, or correct the boundary itself",
                )
    frame = repair_writes.find_former_frame(conn, transaction_id)
    if frame is not None:
        repair_writes.set_frame(conn, frame)
    return undone_by


def _write(conn: psycopg.Connection, change: Change, srid: int, valid_from: dt.date) -> bool:
    if change.is_closed:
        return repair_writes.close(conn, change.unit.unit_id, change.unit.version)
    return repair_writes.redraw(conn, to_redraw(change, srid), valid_from)


def _move_frame(
    conn: psycopg.Connection,
    row: ProposalRow,
    standing: StandingProposal,
    candidate: Mapping[str, Any],
    transaction_id: int,
) -> None:
    """Bring a sheet's frame along when it was read in the wrong zone too; the record keeps the former."""
    frame = repair_writes.find_frame(conn, row.commune_id, row.subject)
    if frame is None:
        return
    drawn = shapely.from_wkb(frame.geom)
    parcels = shapely.geometrycollections([c.after for c in standing.proposal.changes if c.after is not None])
    if shapely.intersects(shapely.box(*drawn.bounds), shapely.box(*parcels.bounds)):
        return
    moved = in_true_place(drawn, candidate, standing.srid)
    former = {
        "sheet": frame.sheet_id,
        "former_frame": frame.geom.hex(),
        "former_frame_4326": None if frame.geom_4326 is None else frame.geom_4326.hex(),
        "former_frame_srid": frame.srid,
    }
    add_details(conn, transaction_id, former)
    degrees = in_degrees(moved, standing.srid)
    repair_writes.set_frame(conn, Frame(frame.sheet_id, standing.srid, moved.wkb, degrees.wkb))


def _details(row: ProposalRow, proposal: Proposal) -> dict[str, object]:
    """Give what the record says: which finding, by what kind of repair, and the areas of each parcel."""
    return {
        "proposal": row.proposal_id,
        "finding": row.finding_id,
        "rule": row.rule_id,
        "repair": row.kind,
        "areas": [
            {
                "unit": change.unit.label,
                "before_m2": _rounded(change.area.before_m2),
                "after_m2": _rounded(change.area.after_m2),
            }
            for change in proposal.changes[:_AREAS_TOLD]
        ],
    }


def _rounded(area_m2: float | None) -> float | None:
    return None if area_m2 is None else round(area_m2, 3)
