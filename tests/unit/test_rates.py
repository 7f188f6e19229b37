"""Rates: as many at once as the burst, then as many as are refilled; the same for workers that share a file."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies import json_depth
from api.rates import Buckets
from landdb.errors import ConfigurationError
from landdb.service_limits import Rate, ServiceLimits

MOMENTS = st.lists(st.floats(0, 3), min_size=1, max_size=60).map(sorted)


@given(MOMENTS, st.floats(0.5, 20), st.integers(1, 10))
def test_the_bucket_grants_what_a_counted_one_grants(moments, per_second, burst):
    """A counted bucket: tokens that fill up with time and are taken one by one."""
    rate, buckets, start = Rate(per_second, burst), Buckets(), 1000.0
    tokens, before = float(burst), 0.0
    with pytest.MonkeyPatch.context() as patch:
        for moment in moments:
            tokens = min(burst, tokens + (moment - before) * per_second)
            before = moment
            patch.setattr(time, "monotonic", lambda moment=moment: start + moment)
            if abs(tokens - 1) < 1e-6:
                return  # on the edge either is right
            granted = buckets.take("somebody", rate)
            assert granted.allowed == (tokens >= 1)
            if granted.allowed:
                tokens -= 1
                assert granted.retry_after_s == 0
            else:
                assert granted.retry_after_s == pytest.approx((1 - tokens) / per_second, abs=1e-6)
            assert granted.remaining == pytest.approx(int(tokens), abs=1)


def test_askers_do_not_count_for_each_other_and_workers_count_together(tmp_path):
    rate = Rate(0.001, 3)
    one, other = (Buckets(tmp_path / "run" / "askers") for _ in range(2))
    granted = [buckets.take("a", rate).allowed for buckets in (one, other, one, other)]
    assert granted == [True, True, True, False]
    assert one.take("b", rate).allowed
    assert (tmp_path / "run" / "askers").stat().st_mode & 0o077 == 0


def test_a_count_of_before_the_machine_started_is_no_debt(tmp_path, monkeypatch):
    rate, path = Rate(1, 2), tmp_path / "askers"
    monkeypatch.setattr(time, "monotonic", lambda: 1e6)
    assert [Buckets(path).take("a", rate).allowed for _ in range(3)] == [True, True, False]
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    assert Buckets(path).take("a", rate).allowed


def test_more_askers_than_places_do_not_break_it():
    buckets, rate = Buckets(), Rate(1, 5)
    assert all(buckets.take(f"asker {number}", rate).allowed for number in range(100_000))


def test_limits_come_from_variables_of_their_own_name():
    limits = ServiceLimits.from_environment({"LANDDB_PUBLIC_RATE": "7:70", "LANDDB_QUEUE_S": "0.5"})
    assert (limits.public_rate, limits.queue_s, limits.staff_lane) == (Rate(7, 70), 0.5, 6)


@pytest.mark.parametrize(
    ("variable", "text"),
    [("LANDDB_PUBLIC_RATE", "7"), ("LANDDB_PUBLIC_RATE", "0:5"), ("LANDDB_QUEUE_S", "-1"), ("LANDDB_STAFF_LANE", "x")],
)
def test_a_limit_that_cannot_be_read_is_named(variable, text):
    with pytest.raises(ConfigurationError, match=variable):
        ServiceLimits.from_environment({variable: text})


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        (b"[" * 40 + b"]" * 40, 40),
        (b"[" * 200_000, 200_000),
        (b'{"a":' * 33 + b"1" + b"}" * 33, 33),
        (b'["' + b"[" * 500 + b'"]', 1),
        (b'["\\"' + b"[" * 500 + b'"]', 1),
        (b"[" + b"[]," * 100 + b"[]]", 2),
    ],
)
def test_how_deep_a_body_is_nested_is_told_without_parsing_it(body, depth):
    assert json_depth(body) == depth
