from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.shares import format_share, move_share, parse_share, total_share
from landdb.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1/2", Fraction(1, 2)),
        (" 2 / 6 ", Fraction(1, 3)),
        ("50%", Fraction(1, 2)),
        ("33,3 %", Fraction(333, 1000)),
        ("0,5", Fraction(1, 2)),
        ("0.25", Fraction(1, 4)),
        ("1", Fraction(1)),
        (0.1, Fraction(1, 10)),
        (1, Fraction(1)),
    ],
)
def test_shares_are_exact_however_they_are_written(text, share):
    assert parse_share(text) == share


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "NOT_BETWEEN_0_AND_1"),
        ("3/2", "NOT_BETWEEN_0_AND_1"),
        ("150%", "NOT_BETWEEN_0_AND_1"),
        ("1/0", "ZERO_DENOMINATOR"),
        ("-1/2", "NOT_A_FRACTION"),
        ("một nửa", "NOT_A_FRACTION"),
        ("nan", "NOT_A_FRACTION"),
        ("", "MISSING"),
    ],
)
def test_what_is_no_part_of_a_right_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidValue) as refused:
        parse_share(text)
    assert refused.value.reason == reason


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_formatted_share_parses_to_itself(numerator, extra):
    share = Fraction(numerator, numerator + extra)
    assert parse_share(format_share(share)) == share


def test_three_thirds_make_exactly_one():
    assert sum(parse_share("1/3") for _ in range(3)) == 1


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 8), st.integers(1, 8)), max_size=12),
)
def test_shares_that_made_one_make_one_after_any_transfers(weights, moves):
    held = {party: Fraction(weight, sum(weights)) for party, weight in enumerate(weights)}
    for giver, taker, num, den in moves:
        try:
            held = move_share(held, giver, taker, Fraction(num, den))
        except InvalidValue:
            continue
        assert total_share(held.values()) == 1
        assert all(share > 0 for share in held.values())


@pytest.mark.parametrize(
    ("held", "giver", "part", "reason"),
    [
        ({1: Fraction(1)}, 2, None, "NOT_A_HOLDER"),
        ({1: Fraction(1, 2), 2: Fraction(1, 2)}, 1, Fraction(2, 3), "SHARE_TOO_LARGE"),
        ({1: None, 2: None}, 1, Fraction(1, 2), "JOINT_SHARE"),
        ({1: None, 2: None}, None, Fraction(1, 2), "JOINT_SHARE"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(held, giver, part, reason):
    with pytest.raises(InvalidValue) as refused:
        move_share(held, giver, 9, part)
    assert refused.value.reason == reason


def test_a_joint_holder_is_replaced_as_such():
    assert move_share({1: None, 2: None}, 1, 3, None) == {2: None, 3: None}


def test_a_sole_holder_without_a_fraction_holds_the_whole():
    assert move_share({1: None}, 1, 2, Fraction(1, 3)) == {1: Fraction(2, 3), 2: Fraction(1, 3)}
    assert move_share({1: None}, 1, 2, None) == {2: Fraction(1)}
