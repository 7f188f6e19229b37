"""What answers about proposed repairs look like. Only described here, as in `answers`."""

import datetime as dt
from typing import Any

from api.answers import Geometry, Shape


class ListedProposal(Shape):
    """A proposed repair: what it does, how far it moves a boundary, what stands in its way."""

    proposal_id: int
    finding_id: int
    commune_code: str
    rule_id: str
    subject: str
    kind: str
    title: dict[str, str]
    rank: int
    state: str
    is_acceptable: bool
    failed: list[str]
    evidence: dict[str, str]
    max_move_m: float
    max_area_change_m2: float
    point: Geometry | None
    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str | None
    decision_reason: str | None
    transaction_id: int | None
    undone_by: int | None


class ProposalList(Shape):
    """One page of proposals."""

    next: str | None
    proposals: list[ListedProposal]


class UnsolvedAnswer(Shape):
    """Why no repair was found, and for how many findings."""

    code: str
    findings: int
    words: dict[str, str]


class ProposedAnswer(Shape):
    """What came of working repairs out: findings looked at, repairs proposed, and why there is none for the others."""

    findings: int
    proposals: int
    acceptable: int
    unsolved: list[UnsolvedAnswer]


class ConditionAnswer(Shape):
    """One condition, whether it holds, and the measure behind it."""

    code: str
    holds: bool
    measured: float | None
    words: dict[str, str]


class TouchedFinding(Shape):
    """A finding of the neighbourhood that goes or comes."""

    rule_id: str
    subject: str
    area_m2: float | None
    width_m: float | None


class ProposedChange(Shape):
    """What becomes of one parcel or object: polygons in WGS 84, moves in metres of the sheet's zone `srid`."""

    parcel_id: int | None
    land_object_id: int | None
    label: str
    version: int
    new_version: int | None
    before: Geometry | None
    after: Geometry | None
    area_before_m2: float | None
    area_after_m2: float | None
    paper_area_m2: float | None
    area_limit_m2: float | None
    area_verdict: str
    verdict: dict[str, str]
    max_move_m: float
    accuracy_m: float
    srid: int | None
    moves: list[dict[str, Any]]


class ProposalDetail(Shape):
    """One proposal with its evidence."""

    proposal: ListedProposal
    conditions: list[ConditionAnswer]
    closes: list[TouchedFinding]
    opens: list[TouchedFinding]
    catalogue_hash: str
    changes: list[ProposedChange]
