"""The Vietnamese lunar calendar, computed: which day a lunar date falls on.

Months begin on the day of the new moon as seen from UTC+7; the eleventh has the winter solstice in it; where thirteen
months lie between two solstices, the first without a major solar term is the leap month and repeats its number. The
same rules in UTC+8 give China's calendar, which now and then is another: Tết 2030 begins on 2 February in Vietnam.
Formulas after Jean Meeus, Astronomical Algorithms (1998), chapters 25 and 49, shortened as Hồ Ngọc Đức published them
for this calendar; good from 1800 to 2199, far closer than the minutes that matter.
"""

import datetime as dt
from functools import cache
from math import floor, pi, sin
from typing import Final

#: Days from noon UTC to midnight in Vietnam.
_VIETNAM: Final = 0.5 + 7 / 24
#: 31 December 1899 at noon, from which new moons are counted, and the mean length of a lunar month in days.
_FIRST_MOON, _MONTH = 2415021.076998695, 29.530588853
#: Julian day of Python's day 0.
_DAY_0: Final = 1721425
_RADIANS: Final = pi / 180


def lunar_day(year: int, month: int, day: int) -> dt.date:
    """Give the day on which that day of that month (1 to 12, no leap month) of the lunar year falls."""
    before, after = _eleventh_month(year - 1), _eleventh_month(year)
    if month >= 11:
        before, after = after, _eleventh_month(year + 1)
    months = (month - 11) % 12
    first = floor(0.5 + (before - _FIRST_MOON) / _MONTH)
    if after - before > 365 and months >= _leap_offset(before):
        months += 1
    return _date(_new_moon(first + months) + day - 1)


def _date(julian_day: int) -> dt.date:
    return dt.date.fromordinal(julian_day - _DAY_0)


@cache
def _eleventh_month(year: int) -> int:
    """Give the Julian day on which the lunar month with the winter solstice of that year begins."""
    last = dt.date(year, 12, 31).toordinal() + _DAY_0
    moon = floor((last - 2415021) / _MONTH)
    begin = _new_moon(moon)
    return _new_moon(moon - 1) if _solar_term(begin) >= 9 else begin


def _leap_offset(eleventh: int) -> int:
    """Give how many months after the eleventh the leap month comes."""
    first = floor((eleventh - _FIRST_MOON) / _MONTH + 0.5)
    for offset in range(1, 14):
        if _solar_term(_new_moon(first + offset)) == _solar_term(_new_moon(first + offset + 1)):
            return offset
    raise AssertionError("thirteen months with thirteen major solar terms")


@cache
def _new_moon(count: int) -> int:
    """Give the Julian day in Vietnam of a new moon, counted from that of 1 January 1900."""
    t = count / 1236.85
    mean = 2415020.75933 + 29.53058868 * count + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * _RADIANS)
    sun = (359.2242 + 29.10535608 * count - 0.0000333 * t**2 - 0.00000347 * t**3) * _RADIANS
    moon = (306.0253 + 385.81691806 * count + 0.0107306 * t**2 + 0.00001236 * t**3) * _RADIANS
    node = (21.2964 + 390.67050646 * count - 0.0016528 * t**2 - 0.00000239 * t**3) * _RADIANS
    shift = (0.1734 - 0.000393 * t) * sin(sun) + 0.0021 * sin(2 * sun) - 0.4068 * sin(moon) + 0.0161 * sin(2 * moon)
    shift += -0.0004 * sin(3 * moon) + 0.0104 * sin(2 * node) - 0.0051 * sin(sun + moon) - 0.0074 * sin(sun - moon)
    shift += 0.0004 * sin(2 * node + sun) - 0.0004 * sin(2 * node - sun) - 0.0006 * sin(2 * node + moon)
    shift += 0.0010 * sin(2 * node - moon) + 0.0005 * sin(2 * moon + sun)
    dynamical = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(mean + shift - dynamical + _VIETNAM)


def _solar_term(julian_day: int) -> int:
    """Give the twelfth of its yearly way, from the spring equinox on, in which the sun stands as that day begins."""
    t = (julian_day - _VIETNAM - 2451545.0) / 36525
    anomaly = (357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3) * _RADIANS
    centre = (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000290 * sin(3 * anomaly)
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2 + centre
    return floor(longitude % 360 / 30)
