from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.shares import format_share, parse_share
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
