from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.apportionment import apportion


@given(st.floats(0.1, 1e6), st.lists(st.floats(0.5, 1e5), min_size=1, max_size=8))
def test_parts_add_up_to_the_whole(total, weights):
    parts = apportion(total, weights)
    assert abs(sum(parts) - total) < 1e-5
    assert all(part >= 0 for part in parts)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 0.1 * len(weights) + 0.1


def test_a_register_area_is_divided_in_tenths():
    assert apportion(400, [1, 1, 1]) == [133.4, 133.3, 133.3]
    assert apportion(769.85, [1, 1]) == [384.95, 384.9]
