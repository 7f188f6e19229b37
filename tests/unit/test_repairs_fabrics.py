"""Repairs on an invented fabric with faults of every kind: what issue 3 promises, on a small scale."""

import pytest

from benchmarks.repairs import PROMISED, Outcome, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(1_200, range(11, 12), each=1)


def test_nine_of_ten_repairable_faults_are_closed(outcome: Outcome) -> None:
    assert outcome.repairable > 30
    assert outcome.rate >= PROMISED, outcome.not_closed


def test_what_is_carried_out_opens_nothing_anywhere_in_the_communes(outcome: Outcome) -> None:
    assert outcome.opened == []


def test_no_boundary_moves_beyond_its_accuracy_class_and_no_area_beyond_its_limit(outcome: Outcome) -> None:
    assert (outcome.beyond_class, outcome.beyond_area) == (0, 0)
