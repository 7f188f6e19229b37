"""Deadlines in working days: what the Labour Code gives as days off, by sun and moon, and what the Government moved.

Labour Code 2019, Art. 112: 1 January, five days of Tết, the Hùng Kings' day (10th of the third lunar month), 30 April,
1 May, 2 September and the day before or after it. Art. 111(3): one that falls on a weekend is made up for on the next
working day. Which five days Tết has and which side of 2 September is off is announced each year; what is announced
otherwise than reckoned here is entered in the list `moved_day`, also Saturdays that are worked.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cache

from landdb import codelists
from landdb.domain.lunar_calendar import lunar_day

_DAY = dt.timedelta(days=1)


def is_working_day(day: dt.date) -> bool:
    """Tell whether an office works on that day."""
    moved = _moved_days().get(day)
    if moved is not None:
        return moved
    return day.weekday() < 5 and day not in _days_off(day.year)


def add_working_days(start: dt.date, days: int) -> dt.date:
    """Give the last of that many working days after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += _DAY
        days -= is_working_day(day)
    return day


@cache
def _days_off(year: int) -> frozenset[dt.date]:
    """Give the holidays of a year and the days that make up for those on a weekend."""
    holidays = sorted(_holidays(year))
    off = set(holidays)
    for holiday in holidays:
        if holiday.weekday() >= 5:
            instead = holiday
            while instead in off or instead.weekday() >= 5:
                instead += _DAY
            off.add(instead)
    return frozenset(off)


def _holidays(year: int) -> Iterator[dt.date]:
    yield dt.date(year, 1, 1)
    tet = lunar_day(year, 1, 1)
    # The last day of the old year and four of the new one, as announced oftenest.
    yield from (tet + offset * _DAY for offset in range(-1, 4))
    yield lunar_day(year, 3, 10)
    yield dt.date(year, 4, 30)
    yield dt.date(year, 5, 1)
    national = dt.date(year, 9, 2)
    yield national
    # The side that joins a weekend: after a Monday or Thursday, else before.
    yield national + (_DAY if national.weekday() in {0, 3} else -_DAY)


@cache
def _moved_days() -> dict[dt.date, bool]:
    """Give the days that were announced otherwise, and whether they are worked."""
    rows = codelists.load("moved_day")
    return {dt.date.fromisoformat(row["day"]): row["is_worked"] == "true" for row in rows}
