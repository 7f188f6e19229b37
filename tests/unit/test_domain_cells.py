import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.text import parse_date, parse_decimal
from landdb.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("29,16", 29.16),
        ("29.16", 29.16),
        (29.16, 29.16),
        (7, 7.0),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1.234.567,8", 1234567.8),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("1 234,5 m²", 1234.5),
        ("350m2", 350.0),
        ("-2,5", -2.5),
        ("1.5E+3", 1500.0),
        ("", None),
        (" - ", None),
        (None, None),
    ],
)
def test_numbers_are_read_with_either_decimal_sign(text, number):
    assert parse_decimal(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.234", "AMBIGUOUS_SEPARATOR"),
        ("12,345", "AMBIGUOUS_SEPARATOR"),
        ("1.23.456", "NOT_A_NUMBER"),
        ("1,2.3,4", "NOT_A_NUMBER"),
        ("khoảng 30", "NOT_A_NUMBER"),
        ("٣٠", "NOT_A_NUMBER"),
        ("nan", "NOT_A_NUMBER"),
        (float("inf"), "NOT_FINITE"),
        ("1e999", "NOT_FINITE"),
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused(text, reason):
    with pytest.raises(InvalidValue) as refused:
        parse_decimal(text)
    assert refused.value.reason == reason


def test_a_known_decimal_sign_settles_the_doubt():
    assert parse_decimal("1.234", decimal=",") == 1234.0
    assert parse_decimal("1.234", decimal=".") == 1.234
    assert parse_decimal("1,234", decimal=",") == 1.234


@given(st.decimals(0, 10**7, places=1).map(str))
def test_one_decimal_place_reads_alike_with_point_and_comma(text):
    assert parse_decimal(text) == parse_decimal(text.replace(".", ",")) == float(text)


@pytest.mark.parametrize(
    ("text", "value", "year", "precision", "fault"),
    [
        ("05/09/2025", dt.date(2025, 9, 5), 2025, "DAY", None),
        ("5-9-2025", dt.date(2025, 9, 5), 2025, "DAY", None),
        ("2025-09-05", dt.date(2025, 9, 5), 2025, "DAY", None),
        ("2025-09-05 00:00:00", dt.date(2025, 9, 5), 2025, "DAY", None),
        (dt.date(2025, 9, 5), dt.date(2025, 9, 5), 2025, "DAY", None),
        (dt.datetime(2025, 9, 5, 7, 0, tzinfo=dt.UTC), dt.date(2025, 9, 5), 2025, "DAY", None),
        (45905, dt.date(2025, 9, 5), 2025, "DAY", None),
        ("45905.0", dt.date(2025, 9, 5), 2025, "DAY", None),
        ("03/25/1980", dt.date(1980, 3, 25), 1980, "DAY", "MONTH_FIRST"),
        ("29/2/1983", None, 1983, "YEAR", "IMPOSSIBLE_DATE"),
        ("31/31/1983", None, 1983, "YEAR", "IMPOSSIBLE_DATE"),
        ("1958", None, 1958, "YEAR", None),
        (1958.0, None, 1958, "YEAR", None),
        ("07/1958", dt.date(1958, 7, 1), 1958, "MONTH", None),
        ("13/1958", None, 1958, "YEAR", "IMPOSSIBLE_DATE"),
        ("1017", None, None, None, "YEAR_OUT_OF_RANGE"),
        ("01/01/0001", None, None, None, "YEAR_OUT_OF_RANGE"),
        ("không rõ", None, None, None, "NOT_A_DATE"),
        ("123", None, None, None, "NOT_A_DATE"),
        ("", None, None, None, None),
        ("--\\--", None, None, None, None),
        (None, None, None, None, None),
    ],
)
def test_dates_are_read_at_the_precision_they_were_written(text, value, year, precision, fault):
    reading = parse_date(text)
    assert (reading.value, reading.year, reading.precision, reading.fault) == (value, year, precision, fault)


@given(st.dates(dt.date(1850, 1, 1), dt.date(2150, 12, 31)))
def test_a_day_reads_alike_in_vietnamese_and_iso_order(day):
    assert parse_date(day.strftime("%d/%m/%Y")) == parse_date(day.isoformat()) == parse_date(day)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text):
    assert parse_date(text).precision in (None, "DAY", "MONTH", "YEAR")
