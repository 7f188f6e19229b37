"""Deadlines in working days: weekends and the fixed public holidays of Vietnam do not count."""

import datetime as dt

#: 1 January, 30 April, 1 May, 2 September (Labour Code 2019, Art. 112). Tết and the Hùng Kings' day follow the lunar
#: calendar and are set anew each year; they are left to the office, so a deadline is never later than the law's.
FIXED_HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})


def is_working_day(day: dt.date) -> bool:
    """Tell whether an office works on that day."""
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def add_working_days(start: dt.date, days: int) -> dt.date:
    """Give the last of that many working days after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += dt.timedelta(days=1)
        days -= is_working_day(day)
    return day
