"""Which proposer answers to which rule. A proposer is a pure function: neighbourhood and finding in, drafts out."""

from collections.abc import Callable, Iterator
from typing import Final

from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.proposers.clean import propose_cleaning
from landdb.repairs.proposers.duplicate import propose_closing
from landdb.repairs.proposers.gap import propose_filling
from landdb.repairs.proposers.hollow import propose_fitting
from landdb.repairs.proposers.overlap import propose_cut
from landdb.repairs.proposers.ring import propose_uncrossing
from landdb.repairs.proposers.snap import propose_snap
from landdb.repairs.proposers.vertex import (
    propose_blunting,
    propose_insertion,
    propose_merging,
    propose_straightening,
)
from landdb.validators.catalogue import Catalogue

Proposer = Callable[[Neighbourhood, Finding, Catalogue], Iterator[Draft]]


def _of_two(plain: Callable[[Neighbourhood, Finding], Iterator[Draft]]) -> Proposer:
    """Give a proposer for one that asks no limit."""
    return lambda near, finding, _: plain(near, finding)


_SNAP, _CUT, _FILL, _FIT = map(_of_two, (propose_snap, propose_cut, propose_filling, propose_fitting))
_CLOSE, _CLEAN, _UNCROSS = _of_two(propose_closing), _of_two(propose_cleaning), _of_two(propose_uncrossing)
_OVERLAP = (_SNAP, _FIT, _CUT, _CLEAN)
_GAP = (_SNAP, _FIT, _FILL, _CLEAN)

#: By what a fault is found as in its neighbourhood; seams are found as overlaps and gaps there.
PROPOSERS: Final[dict[str, tuple[Proposer, ...]]] = {
    "GEO001": (_UNCROSS,),
    "GEO003": (propose_merging,),
    "GEO004": (propose_blunting,),
    "COV001": _OVERLAP,
    "COV002": _OVERLAP,
    "COV003": (_CLOSE,),
    "COV004": _GAP,
    "COV005": _GAP,
    "COV006": (propose_insertion, propose_straightening, _SNAP),
    "COV008": _OVERLAP,
    "COV012": _GAP,
    "COV013": _OVERLAP,
    "COV014": _GAP,
}


def drafts_for(near: Neighbourhood, finding: Finding, catalogue: Catalogue) -> Iterator[Draft]:
    """Give the drafts for a finding, the likeliest first; drafts that change nothing are left out."""
    for proposer in PROPOSERS.get(finding.rule_id, ()):
        yield from proposer(near, finding, catalogue)
