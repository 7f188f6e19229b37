import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.masking import mask_digits, mask_name


@pytest.mark.parametrize(("name", "masked"), [("Nguyễn Văn An", "N***** V** A*"), ("  Đỗ  Y ", "Đ* Y"), ("", "")])
def test_only_first_letters_of_a_name_are_left(name, masked):
    assert mask_name(name) == masked


def test_only_the_last_three_digits_are_left():
    assert mask_digits("099085000123") == "*********123"


@given(st.text(alphabet="0123456789", max_size=6))
def test_a_short_number_is_hidden_whole(digits):
    assert mask_digits(digits) == "*" * len(digits)
