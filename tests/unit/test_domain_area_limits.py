import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.area_limits import area_limit_m2, edge_limit_m, point_error_m

SCALES = st.sampled_from([200, 500, 1000, 2000, 5000, 10000])
SIZES = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("length_m", "scale", "limit_m"),
    [
        (10, 500, 0.0565),
        (3, 500, 0.018),
        (0.5, 500, 0.018),
        (10, 1000, 0.0655),
        (60, 500, 0.018 + 0.0325 + 0.021 + 0.0375 + 0.04 + 0.01),
    ],
)
def test_edge_limits_follow_the_table(length_m, scale, limit_m):
    assert edge_limit_m(length_m, scale) == pytest.approx(limit_m)


@pytest.mark.parametrize(
    ("area_m2", "scale", "limit_m2"), [(100, 500, 0.81), (500, 1000, 3.43), (10, 200, 0.23), (300, 500, 1.81)]
)
def test_area_limits_follow_the_table(area_m2, scale, limit_m2):
    assert area_limit_m2(area_m2, scale) == pytest.approx(limit_m2)


def test_farmland_has_wider_limits_only_at_its_two_scales():
    assert edge_limit_m(10, 1000, agricultural=True) == pytest.approx(1.2 * edge_limit_m(10, 1000))
    assert edge_limit_m(10, 500, agricultural=True) == edge_limit_m(10, 500)
    assert point_error_m(2000, agricultural=True) == pytest.approx(0.45)
    assert point_error_m(500, agricultural=True) == 0.07


@pytest.mark.parametrize("scale", [None, 250, 0])
def test_an_unknown_scale_is_judged_as_one_to_a_thousand(scale):
    assert area_limit_m2(500, scale) == area_limit_m2(500, 1000)
    assert edge_limit_m(10, scale) == edge_limit_m(10, 1000)
    assert point_error_m(scale) == 0.15


@given(SIZES, SIZES, SCALES)
def test_limits_never_shrink_with_size(one, other, scale):
    small, large = sorted((one, other))
    assert edge_limit_m(small, scale) <= edge_limit_m(large, scale)
    assert area_limit_m2(small, scale) <= area_limit_m2(large, scale)
