"""Every code that a proposal, its conditions and its evidence can carry has words, and no words stand in vain."""

import ast
import re
from pathlib import Path
from typing import get_args

import landdb.repairs.proposers
from landdb.repairs import CONDITIONS, KINDS, UNSOLVED, VERDICTS
from landdb.repairs.areas import AreaVerdict
from landdb.repairs.assessment import ConditionCode
from landdb.repairs.drafts import ProposalKind
from landdb.repairs.evidence import KINDS as EVIDENCE_KINDS
from landdb.repairs.evidence import REASONS
from landdb.repairs.solving import Unsolved


def test_every_code_that_a_proposal_can_carry_has_words_in_both_languages() -> None:
    for words, codes in (
        (KINDS, ProposalKind),
        (CONDITIONS, ConditionCode),
        (UNSOLVED, Unsolved),
        (VERDICTS, AreaVerdict),
    ):
        assert set(words) == set(get_args(codes))
        assert all(word.vi and word.en for word in words.values())


def test_every_reason_that_a_proposer_gives_has_words_and_none_has_words_in_vain() -> None:
    (folder,) = landdb.repairs.proposers.__path__
    constants = {
        node.value
        for path in Path(folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[A-Z]+_[A-Z_]+|CLEANED", node.value)
    }
    assert constants - set(EVIDENCE_KINDS) == set(REASONS)
