"""One finding, its neighbourhood: the proposals that mend it, the recommended one first, or why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import shapely

from landdb.domain.finding import Finding
from landdb.repairs.assessment import SURVEY_DECIDES, Proposal, assess, completed
from landdb.repairs.drafts import FITS, Draft, Redrawing, fit
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.proposers import PROPOSERS, drafts_for
from landdb.repairs.proposers.sheet import propose_reprojection
from landdb.repairs.target import Target, check_around, parcels_of, recognise
from landdb.validators.catalogue import Catalogue

#: Why a finding has no proposal.
Unsolved = Literal[
    "NO_PROPOSER",
    "NOT_THERE_NOW",
    "NO_SOUND_DRAFT",
    "GROUND_NOT_MAPPED",
    "NEEDS_LEGAL_MERGE",
    "NEEDS_LEGAL_SPLIT",
    "NO_CANDIDATE",
    "BOTH_HAVE_RIGHTS",
    "OTHER_FINDING_FIRST",
]
#: Alternatives that a person is shown.
ALTERNATIVES: Final = 3
#: Once so many drafts hold in every respect, the rest need not be looked at.
_ENOUGH: Final = 2
#: A void wider than this many accuracy classes is ground that somebody has to map.
_FILLABLE_CLASSES: Final = 2.0
LEGAL: Final[dict[str, Unsolved]] = {
    "GEO002": "NEEDS_LEGAL_MERGE",
    "GEO006": "NEEDS_LEGAL_MERGE",
    "GEO005": "NEEDS_LEGAL_SPLIT",
}


@dataclass(frozen=True, slots=True)
class Solution:
    """What came of one finding: proposals, the recommended one first; else the reason why none."""

    target: Target
    proposals: tuple[Proposal, ...]
    unsolved: Unsolved | None = None


#: Faults that explain others: a sheet in the wrong place, a ring that is no polygon, a parcel drawn twice.
_CAUSES: Final = ("ADM003", "GEO001", "COV003")


def first_causes(rule_id: str) -> int:
    """Give a key that puts findings which explain others first."""
    return _CAUSES.index(rule_id) if rule_id in _CAUSES else len(_CAUSES)


def solve(near: Neighbourhood, target: Target, catalogue: Catalogue) -> Solution:
    """Give the proposals for a finding, from those that hold in every respect to those that a survey must decide."""
    if target.rule_id in LEGAL:
        return Solution(target, (), LEGAL[target.rule_id])
    before = check_around(near, catalogue)
    finding = recognise(target, before)
    if finding is None:
        return Solution(target, (), "NOT_THERE_NOW")
    if finding.rule_id not in PROPOSERS:
        return Solution(target, (), "NO_PROPOSER")
    if target.is_explained or _is_consequence(finding, before):
        return Solution(target, (), "OTHER_FINDING_FIRST")
    if _is_unmapped(near, finding):
        return Solution(target, (), "GROUND_NOT_MAPPED")
    ranked = _ranked(list(_assessed(near, target, finding, before, catalogue)))
    proposals = tuple(whole for proposal in ranked[:ALTERNATIVES] if (whole := completed(proposal)) is not None)
    if proposals:
        return Solution(target, proposals)
    return Solution(target, (), "BOTH_HAVE_RIGHTS" if finding.rule_id == "COV003" else "NO_SOUND_DRAFT")


def solve_sheet(
    near: Neighbourhood, target: Target, parcels: Sequence[int], candidate: Mapping[str, Any], catalogue: Catalogue
) -> Proposal:
    """Give the proposal that brings a sheet's parcels to where a candidate zone puts them."""
    before = check_around(near, catalogue)
    draft = propose_reprojection(near, parcels, target.subject, candidate)
    proposals = [assess(near, target, fit(near, draft, how), before, catalogue) for how in FITS[:2]]
    return min(proposals, key=lambda proposal: (len(proposal.failed), len(proposal.opens)))


def _is_consequence(finding: Finding, around: Sequence[Finding]) -> bool:
    """Tell whether a parcel drawn twice explains this overlap or gap."""
    if finding.rule_id[:3] != "COV" or finding.rule_id == "COV003":
        return False
    named = parcels_of(finding)
    return any(not named.isdisjoint(parcels_of(other)) for other in around if other.rule_id == "COV003")


def _is_unmapped(near: Neighbourhood, finding: Finding) -> bool:
    """Tell whether a wide void is rather a parcel that nobody has drawn than two boundaries drawn apart."""
    if finding.rule_id != "COV005" or finding.geometry is None:
        return False
    around = near.near(finding.geometry, 0.01)
    reach_m = max((near.accuracy_m(unit) for unit in around), default=0.0)
    return (finding.width_m or 0.0) > _FILLABLE_CLASSES * reach_m


def _assessed(
    near: Neighbourhood, target: Target, finding: Finding, before: Sequence[Finding], catalogue: Catalogue
) -> Iterator[Proposal]:
    good = 0
    for draft in drafts_for(near, finding, catalogue):
        if draft.kind == "CLEAN_COVERAGE" and good:
            return
        proposal = _best_fit(near, target, draft, before, catalogue)
        if proposal is None:
            continue
        yield proposal
        good += proposal.is_acceptable
        if good >= _ENOUGH:
            return


def _best_fit(
    near: Neighbourhood, target: Target, draft: Draft, before: Sequence[Finding], catalogue: Catalogue
) -> Proposal | None:
    """Give the draft in the fit that breaks the fewest conditions; None when it cannot be drawn at all."""
    best: Proposal | None = None
    tried: list[Redrawing] = []
    for how in FITS:
        redrawing = fit(near, draft, how)
        if not (redrawing.redrawn or draft.closed) or any(redrawing.equals(other) for other in tried):
            continue
        tried.append(redrawing)
        proposal = assess(near, target, redrawing, before, catalogue)
        if best is None or len(proposal.failed) < len(best.failed):
            best = proposal
        if best.is_acceptable or set(best.failed) == {"WITHIN_ACCURACY"}:
            break
    return best if best is not None and set(best.failed) <= SURVEY_DECIDES else None


def _ranked(proposals: list[Proposal]) -> list[Proposal]:
    """Give distinct proposals, those that hold first, in the proposers' order; then what moves least."""
    distinct: list[Proposal] = []
    for proposal in sorted(proposals, key=_rank):
        if not any(_same_result(proposal, other) or _is_worse(proposal, other) for other in distinct):
            distinct.append(proposal)
    return distinct


def _is_worse(proposal: Proposal, other: Proposal) -> bool:
    """Tell whether a proposal only does in a worse way what another does, for the same reason."""
    alike = proposal.kind == other.kind and proposal.draft.reason == other.draft.reason
    return alike and other.is_acceptable and not proposal.is_acceptable


def _rank(proposal: Proposal) -> tuple[bool, int, float, int]:
    if proposal.is_acceptable:
        return False, 0, 0.0, 0
    return True, len(proposal.opens), round(proposal.max_move_m, 2), len(proposal.failed)


def _same_result(one: Proposal, other: Proposal) -> bool:
    if [c.unit.unit_id for c in one.changes] != [c.unit.unit_id for c in other.changes]:
        return False
    return all(
        a.after is b.after or (a.after is not None and b.after is not None and bool(
            shapely.equals_identical(shapely.normalize(a.after), shapely.normalize(b.after))))
        for a, b in zip(one.changes, other.changes, strict=True)
    )  # fmt: skip
