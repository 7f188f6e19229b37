"""Numbers and dates as clerks type them into cells. What could mean two things is refused, not guessed."""

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from landdb.errors import InvalidValue

Precision = Literal["DAY", "MONTH", "YEAR"]

_UNIT: Final = re.compile(r"\s*(?:m2|m²|m|ha)?$", re.IGNORECASE)
_SPACES: Final = re.compile(r"[\s'\u00a0\u202f]+")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+|[+-]?[1-9]\d{0,2}(?:,\d{3})+", re.ASCII)
_DAY: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?:[ T].*)?", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T].*)?", re.ASCII)
_MONTH: Final = re.compile(r"(\d{1,2})[/.\-](\d{4})", re.ASCII)
_YEAR: Final = re.compile(r"(\d{4})(?:\.0*)?", re.ASCII)
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d*)?", re.ASCII)

_BLANKS: Final = frozenset({"", "-", "--", "--\\--", "x", "null", "none", "n/a", "0"})
_FIRST_YEAR: Final = 1850
_LAST_YEAR: Final = 2150
_SPREADSHEET_EPOCH: Final = dt.date(1899, 12, 30)
_FIRST_SERIAL_DAY: Final = 10_000  # 18 May 1927; a smaller number is no date that a holder could have


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date at the precision it was written with. `value` is the first day of a month known only as such.

    `fault`: ``NOT_A_DATE``, ``IMPOSSIBLE_DATE`` (29/2/1983: the year is kept), ``YEAR_OUT_OF_RANGE`` (1017),
    ``MONTH_FIRST`` (03/25/1980: read as the only date it can be).
    """

    value: dt.date | None = None
    year: int | None = None
    precision: Precision | None = None
    fault: str | None = None


def parse_decimal(text: str | float | None, *, decimal: Literal[".", ","] | None = None) -> float | None:
    """Give the number that a cell writes with either decimal sign; blank cells give nothing.

    One sign before exactly three digits (``1.234``) may mean a thousand or a decimal. It is refused unless
    `decimal` says which sign this column uses.
    """
    if text is None:
        return None
    if isinstance(text, int | float):
        return _finite(float(text))
    stripped = _SPACES.sub("", _UNIT.sub("", text.strip()))
    if stripped in ("", "-"):
        return None
    if not _NUMBER.fullmatch(stripped):
        raise InvalidValue("number", "NOT_A_NUMBER", remedy="write digits with one decimal sign")
    return _finite(float(_with_point(stripped, decimal)))


def parse_date(text: str | float | dt.date | None) -> DateReading:
    """Give the date of a cell: day first, year alone, month and year, ISO, or a spreadsheet's day number."""
    if isinstance(text, dt.datetime):
        return _day(text.year, text.month, text.day)
    if isinstance(text, dt.date):
        return _day(text.year, text.month, text.day)
    spelled = "" if text is None else str(text).strip().lstrip("'").strip()
    if spelled.lower() in _BLANKS:
        return DateReading()
    return _read_written_date(spelled)


def _read_written_date(spelled: str) -> DateReading:
    """Give the date that a non-blank text writes."""
    if match := _DAY.fullmatch(spelled):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := _ISO.fullmatch(spelled):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _MONTH.fullmatch(spelled):
        return _month(int(match[2]), int(match[1]))
    if match := _YEAR.fullmatch(spelled):
        return _year(int(match[1]))
    if (match := _SERIAL.fullmatch(spelled)) and int(match[1]) >= _FIRST_SERIAL_DAY:
        day = _SPREADSHEET_EPOCH + dt.timedelta(days=int(match[1]))
        return _day(day.year, day.month, day.day)
    return DateReading(fault="NOT_A_DATE")


def _day(year: int, month: int, day: int) -> DateReading:
    """Give a full date, or what is left of an impossible one."""
    reading = _year(year)
    if reading.fault:
        return reading
    fault = None
    if month > 12 >= day:
        month, day, fault = day, month, "MONTH_FIRST"
    try:
        return DateReading(dt.date(year, month, day), year, "DAY", fault)
    except ValueError:
        return DateReading(None, year, "YEAR", "IMPOSSIBLE_DATE")


def _month(year: int, month: int) -> DateReading:
    """Give a month of a year."""
    reading = _year(year)
    if reading.fault:
        return reading
    if not 1 <= month <= 12:
        return DateReading(None, year, "YEAR", "IMPOSSIBLE_DATE")
    return DateReading(dt.date(year, month, 1), year, "MONTH")


def _year(year: int) -> DateReading:
    """Give a year known alone."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return DateReading(fault="YEAR_OUT_OF_RANGE")
    return DateReading(None, year, "YEAR")


def _with_point(number: str, decimal: str | None) -> str:
    """Give the number with a point as its decimal sign and nothing between thousands."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        decimal = decimal or (number[max(number.rfind("."), number.rfind(","))])
        _refuse_unless(number.count(decimal) == 1 and number.rfind(decimal) > number.rfind(_other(decimal)))
    elif points + commas > 1:
        _refuse_unless(_THOUSANDS.fullmatch(number) is not None)
        decimal = "," if points else "."
    elif points + commas == 1 and decimal is None:
        if _THOUSANDS.fullmatch(number):
            raise InvalidValue("number", "AMBIGUOUS_SEPARATOR", remedy="say which decimal sign the column uses")
        decimal = "." if points else ","
    elif points + commas == 1 and decimal is not None and decimal not in number:
        _refuse_unless(_THOUSANDS.fullmatch(number) is not None)
    decimal = decimal or "."
    return number.replace(_other(decimal), "").replace(decimal, ".")


def _other(decimal: str) -> str:
    """Give the sign that then separates thousands."""
    return "," if decimal == "." else "."


def _refuse_unless(condition: bool) -> None:  # noqa: FBT001
    """Refuse a number whose signs cannot be read."""
    if not condition:
        raise InvalidValue("number", "NOT_A_NUMBER", remedy="write digits with one decimal sign")


def _finite(number: float) -> float:
    """Give the number unless it is infinite or not a number."""
    if not math.isfinite(number):
        raise InvalidValue("number", "NOT_FINITE", remedy="write a finite number")
    return number
