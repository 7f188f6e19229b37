"""Days off by sun and moon, against calendars that were published."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.lunar_calendar import lunar_day
from landdb.domain.working_days import add_working_days, is_working_day

TET = {
    2020: "01-25", 2021: "02-12", 2022: "02-01", 2023: "01-22", 2024: "02-10", 2025: "01-29", 2026: "02-17",
    2027: "02-06", 2028: "01-26", 2029: "02-13", 2030: "02-02", 2031: "01-23", 2032: "02-11", 2033: "01-31",
    2034: "02-19", 2035: "02-08",
}  # fmt: skip
HUNG_KINGS = {
    2020: "04-02", 2021: "04-21", 2022: "04-10", 2023: "04-29", 2024: "04-18", 2025: "04-07", 2026: "04-26",
    2027: "04-16", 2028: "04-04", 2029: "04-23", 2030: "04-12",
}  # fmt: skip


@pytest.mark.parametrize(("year", "day"), TET.items())
def test_the_lunar_year_begins_when_calendars_say(year, day):
    assert lunar_day(year, 1, 1) == dt.date.fromisoformat(f"{year}-{day}")


@pytest.mark.parametrize(("year", "day"), HUNG_KINGS.items())
def test_the_hung_kings_are_honoured_when_calendars_say(year, day):
    assert lunar_day(year, 3, 10) == dt.date.fromisoformat(f"{year}-{day}")


@pytest.mark.parametrize(("year", "day"), [(1985, "01-21"), (2007, "02-17"), (2030, "02-02")])
def test_where_china_begins_its_year_on_another_day_vietnams_counts(year, day):
    assert lunar_day(year, 1, 1) == dt.date.fromisoformat(f"{year}-{day}")


def test_a_leap_month_comes_between():
    """2023 had a second second month: the fourth month's full moon was Vesak, 2 June."""
    assert lunar_day(2023, 4, 15) == dt.date(2023, 6, 2)
    assert lunar_day(2025, 8, 15) == dt.date(2025, 10, 6)


@given(st.integers(1800, 2198))
def test_lunar_years_follow_each_other_by_twelve_or_thirteen_months(year):
    assert (lunar_day(year + 1, 1, 1) - lunar_day(year, 1, 1)).days in {353, 354, 355, 383, 384, 385}
    months = [lunar_day(year, month, 1) for month in range(1, 13)]
    assert all((after - before).days in {29, 30, 58, 59, 60} for before, after in itertools.pairwise(months))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2024-02-08", "2024-02-14"),
        ("2025-01-27", "2025-01-31"),
        ("2026-02-16", "2026-02-20"),
        ("2022-04-30", "2022-05-03"),
        ("2023-04-29", "2023-05-03"),
        ("2025-09-01", "2025-09-02"),
        ("2024-09-02", "2024-09-03"),
        ("2026-08-31", "2026-09-02"),
        ("2022-04-11", "2022-04-11"),
        ("2026-04-27", "2026-04-27"),
    ],
)
def test_offices_were_closed_as_announced_and_open_before_and_after(first, last):
    begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    days = [begin + dt.timedelta(days=number) for number in range((end - begin).days + 1)]
    assert not any(is_working_day(day) for day in days)
    before, after = begin - dt.timedelta(days=1), end + dt.timedelta(days=1)
    assert is_working_day(before) or before.weekday() >= 5
    assert is_working_day(after) or after.weekday() >= 5


def test_a_saturday_that_makes_up_for_a_day_off_is_worked():
    assert is_working_day(dt.date(2026, 8, 22))
    assert not is_working_day(dt.date(2026, 8, 29))


def test_a_deadline_skips_weekends_holidays_and_what_makes_up_for_them():
    assert add_working_days(dt.date(2026, 4, 24), 1) == dt.date(2026, 4, 28)
    assert add_working_days(dt.date(2026, 4, 29), 1) == dt.date(2026, 5, 4)
    assert add_working_days(dt.date(2026, 2, 13), 1) == dt.date(2026, 2, 23)
    assert add_working_days(dt.date(2026, 11, 25), 15) == dt.date(2026, 12, 16)
