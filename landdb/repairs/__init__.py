"""Findings become proposals with evidence; a person accepts, refuses or undoes them. Nothing applies itself."""

from landdb.repairs.deciding import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Accepted,
    AcceptedClass,
    Within,
    accept,
    accept_class,
    refuse,
    undo,
)
from landdb.repairs.evidence import CONDITIONS, KINDS, UNSOLVED, VERDICTS
from landdb.repairs.proposing import Proposed, propose, propose_for
from landdb.store.proposals import Asked

__all__ = [
    "CONDITIONS",
    "KINDS",
    "LONGEST_REASON",
    "SHORTEST_REASON",
    "UNSOLVED",
    "VERDICTS",
    "Accepted",
    "AcceptedClass",
    "Asked",
    "Proposed",
    "Within",
    "accept",
    "accept_class",
    "propose",
    "propose_for",
    "refuse",
    "undo",
]
