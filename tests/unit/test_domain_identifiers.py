import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.geohash import ALPHABET
from landdb.domain.identifiers import (
    ParcelCode,
    normalise_certificate_serial,
    normalise_commune_code,
    normalise_number,
)
from landdb.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4891.0", "04891"),
        ("9427", "09427"),
        (9427, "09427"),
        (4891.0, "04891"),
        (" 07954 ", "07954"),
        ("'07954", "07954"),
    ],
)
def test_a_commune_code_gets_back_the_zero_a_spreadsheet_took(text, code):
    assert normalise_commune_code(text) == code


@pytest.mark.parametrize("text", ["", "0", "123456", "4891.5", "Phong Châu", "-5", "٠٧٩٥٤"])
def test_what_is_no_commune_code_is_refused(text):
    with pytest.raises(InvalidValue):
        normalise_commune_code(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("007", "7"),
        ("12.0", "12"),
        (12.0, "12"),
        (7, "7"),
        ("00", "0"),
        ("  Lô 49/Khoảnh   9 ", "Lô 49/Khoảnh 9"),
        ("13,14", "13,14"),
        ("PL9", "PL9"),
        ("12.5", "12.5"),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_numbers_lose_leading_zeros_and_texts_stay_texts(text, number):
    assert normalise_number(text) == number


@given(st.text(max_size=20))
def test_a_normalised_number_stays_as_it_is(text):
    once = normalise_number(text)
    assert normalise_number(once) == once


@given(st.text(alphabet=ALPHABET, min_size=12, max_size=12))
def test_a_parcel_code_parses_to_itself(text):
    assert str(ParcelCode.parse(f" {text.upper()} ")) == text


@pytest.mark.parametrize("text", ["w7fcud24n1z", "w7fcud24n1zqq", "w7fcud24n1za", "w7fcud24n1z ", ""])
def test_other_lengths_and_letters_are_no_parcel_code(text):
    with pytest.raises(InvalidValue):
        ParcelCode.parse(text)


@pytest.mark.parametrize(
    ("text", "serial", "well_formed"),
    [
        ("ab12345678", "AB 12345678", True),
        ("BA 123456", "BA 123456", True),
        ("A123456", "A 123456", True),
        ("đđ  123456", "ĐĐ 123456", True),
        ("DÐ 123456", "DĐ 123456", True),
        ("BA.123 456", "BA 123456", True),
        ("A 12345678", "A 12345678", False),
        ("AĐ 12345678", "AĐ 12345678", False),
        ("BA 12345", "BA 12345", False),
        ("00123/QSDĐ", "00123/QSDĐ", False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_serials_are_spelled_one_way_and_judged(text, serial, well_formed):
    reading = normalise_certificate_serial(text)
    assert (reading.serial, reading.well_formed) == (serial, well_formed)


def test_d_and_d_with_stroke_stay_two_serials():
    assert normalise_certificate_serial("DD 123456") != normalise_certificate_serial("DĐ 123456")


@given(st.from_regex(r"\A[A-ZĐ]{1,2} ?[0-9]{4,9}\Z"))
def test_a_normalised_serial_stays_as_it_is(text):
    once = normalise_certificate_serial(text)
    assert normalise_certificate_serial(once.serial) == once
