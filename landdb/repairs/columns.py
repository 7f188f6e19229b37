"""A proposal as the columns that the store keeps, and its changes as what is written on the ground."""

import hashlib
from typing import Any, Final

import shapely

from landdb.domain.finding import Finding
from landdb.repairs.assessment import Change, Proposal
from landdb.repairs.evidence import evidence
from landdb.repairs.ground import in_degrees
from landdb.repairs.moves import VertexMove
from landdb.store.repair_writes import Redraw

#: Vertices told of one unit; a sheet that moves as a whole has thousands.
_MOVES_TOLD: Final = 50


def to_columns(proposal: Proposal, *, commune_id: int, rank: int, catalogue_hash: str, actor: str) -> dict[str, Any]:
    """Give a proposal as the store keeps it."""
    words = evidence(proposal)
    return {
        "finding_id": proposal.target.finding_id,
        "commune_id": commune_id,
        "rule_id": proposal.target.rule_id,
        "subject": proposal.target.subject,
        "kind": proposal.kind,
        "rank": rank,
        "content_hash": content_hash(proposal),
        "failed": list(proposal.failed),
        "conditions": [
            {"code": c.code, "holds": c.holds, "measured": None if c.measured is None else round(c.measured, 4)}
            for c in proposal.conditions
        ],
        "evidence_vi": words.vi,
        "evidence_en": words.en,
        "max_move_m": round(proposal.max_move_m, 4),
        "max_area_change_m2": round(proposal.max_area_change_m2, 4),
        "closes": [_finding(finding) for finding in proposal.closes],
        "opens": [_finding(finding) for finding in proposal.opens],
        "catalogue_hash": catalogue_hash,
        "proposed_by": actor,
    }


def to_change_columns(change: Change, srid: int) -> dict[str, Any]:
    """Give what a proposal makes of one unit as the store keeps it."""
    unit, area = change.unit, change.area
    return {
        "parcel_id": unit.unit_id if unit.is_parcel else None,
        "land_object_id": None if unit.is_parcel else unit.unit_id,
        "label": unit.label,
        "version": unit.version,
        "geom": None if change.stored is None else shapely.to_wkb(change.stored),
        "srid": srid,
        "area_before_m2": area.before_m2,
        "area_after_m2": area.after_m2,
        "paper_area_m2": area.paper_m2,
        "area_limit_m2": area.limit_m2,
        "area_verdict": area.verdict,
        "max_move_m": round(change.max_move_m, 4),
        "accuracy_m": change.accuracy_m,
        "moves": [_move(move) for move in change.moves[:_MOVES_TOLD]],
    }


def to_redraw(change: Change, srid: int) -> Redraw:
    """Give a redrawn unit as an import would store its polygon."""
    stored = change.stored
    if stored is None:
        raise ValueError("a parcel that ends is not redrawn")
    if change.unit.whole is not None and stored is change.after:
        raise ValueError("a large object is kept as a whole, never as the piece that was looked at")
    return Redraw(
        is_parcel=change.unit.is_parcel,
        unit_id=change.unit.unit_id,
        version=change.unit.version,
        srid=srid,
        geom=shapely.to_wkb(stored),
        geom_4326=shapely.to_wkb(in_degrees(stored, srid)),
        area_m2=float(stored.area),
    )


def content_hash(proposal: Proposal) -> bytes:
    """Give the SHA-256 of what would change, version by version."""
    digest = hashlib.sha256(proposal.kind.encode())
    for change in proposal.changes:
        digest.update(f"|{change.unit.is_parcel}|{change.unit.unit_id}|{change.unit.version}|".encode())
        digest.update(b"" if change.after is None else shapely.to_wkb(change.after))
    return digest.digest()


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule_id": finding.rule_id,
        "subject": "|".join(key.partition("#")[0] for key in finding.subject.split("|")),
        "area_m2": finding.area_m2,
        "width_m": finding.width_m,
    }


def _move(move: VertexMove) -> dict[str, Any]:
    return {"action": move.action, "old": move.old, "new": move.new, "distance_m": round(move.distance_m, 4)}
