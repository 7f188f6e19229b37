import copy
import datetime as dt
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.identifiers import CitizenId, diagnose_citizen_id, diagnose_tax_code
from landdb.errors import InvalidValue

TODAY = dt.date(2026, 1, 1)
INVENTED = "099085000123"


@given(st.from_regex(r"\A[0-9]{12}\Z"))
def test_twelve_digits_parse_and_reveal_to_themselves(digits):
    assert CitizenId.parse(digits).reveal() == digits


def test_the_digits_appear_in_no_way_of_printing():
    number = CitizenId.parse(INVENTED)
    ways = [
        str(number),
        repr(number),
        f"{number}",
        f"{number:>20}",
        f"{number!r}",
        f"{[number]}",
        "".join(map(str, [number])),
    ]
    assert all(INVENTED[:9] not in way for way in ways)
    assert str(number) == "*********123"


def test_a_reading_prints_no_digits():
    assert INVENTED not in repr(diagnose_citizen_id(INVENTED))
    assert INVENTED not in repr(diagnose_tax_code(INVENTED))


def test_a_refusal_carries_no_digits():
    with pytest.raises(InvalidValue) as refused:
        CitizenId.parse("09908500012")
    assert refused.value.reason == "LOST_LEADING_ZERO"
    assert "09908500012" not in "".join(traceback.format_exception_only(refused.value))


def test_a_number_neither_changes_nor_leaves_the_process():
    number = CitizenId.parse(INVENTED)
    with pytest.raises(AttributeError):
        number._digits = "0"
    with pytest.raises(TypeError):
        pickle.dumps(number)
    with pytest.raises(TypeError):
        copy.copy(number)


def test_equal_digits_are_one_number():
    assert CitizenId.parse("099 085 000 123") == CitizenId.parse(INVENTED)
    assert len({CitizenId.parse(INVENTED), CitizenId.parse(INVENTED)}) == 1
    assert CitizenId.parse(INVENTED) != INVENTED


@pytest.mark.parametrize(
    ("digits", "year", "sex"), [("099085000123", 1985, "M"), ("099190000123", 1990, "F"), ("099305000123", 2005, "F")]
)
def test_the_number_tells_year_and_sex(digits, year, sex):
    number = CitizenId.parse(digits)
    assert (number.province, number.birth_year, number.sex) == ("099", year, sex)


@pytest.mark.parametrize(
    ("text", "kind", "fault"),
    [
        (INVENTED, "CITIZEN_ID", None),
        ("025085000123", "CITIZEN_ID", None),
        ("02508500012", "OTHER", "LOST_LEADING_ZERO"),
        (25085000123.0, "OTHER", "LOST_LEADING_ZERO"),
        ("130123456", "CMND", "CMND_OLD"),
        ("B1234567", "OTHER", "NOT_12_DIGITS"),
        ("٠٢٥٠٨٥٠٠٠١٢٣", "OTHER", "NOT_12_DIGITS"),
        ("003085000123", "CITIZEN_ID", "UNKNOWN_PROVINCE"),
        ("025585000123", "CITIZEN_ID", "IMPOSSIBLE_CENTURY"),
        ("025230000123", "CITIZEN_ID", "BIRTH_YEAR_IN_FUTURE"),
        ("000000000000", "CITIZEN_ID", "FILLER"),
        ("111111111111", "CITIZEN_ID", "FILLER"),
        ("012345678901", "CITIZEN_ID", "FILLER"),
        ("", "MISSING", None),
        (None, "MISSING", None),
        ("N/A-77", "MISSING", None),
        ("--\\--", "MISSING", None),
        ("X", "MISSING", None),
        ("0", "MISSING", None),
    ],
)
def test_each_fault_of_a_number_has_its_own_code(text, kind, fault):
    reading = diagnose_citizen_id(text, today=TODAY)
    assert (reading.kind, reading.fault) == (kind, fault)


def test_disagreements_with_the_person_are_named():
    assert diagnose_citizen_id("025085000123", birth_year=1986, today=TODAY).fault == "BIRTH_YEAR_DISAGREES"
    assert diagnose_citizen_id("025085000123", birth_year=1985, sex="F", today=TODAY).fault == "SEX_DISAGREES"
    assert diagnose_citizen_id("025085000123", birth_year=1985, sex="M", today=TODAY).fault is None


def test_a_country_of_birth_is_a_note_and_no_fault():
    reading = diagnose_citizen_id(INVENTED, today=TODAY)
    assert (reading.fault, reading.note) == (None, "COUNTRY_OF_BIRTH")
    assert diagnose_citizen_id("025085000123", today=TODAY).note is None


@pytest.mark.parametrize("code", ["0100684378", "0100109106", "0101248141", "0300588569"])
def test_real_company_codes_have_good_check_digits(code):
    reading = diagnose_tax_code(code)
    assert (reading.kind, reading.normalised, reading.fault) == ("ENTERPRISE", code, None)


@pytest.mark.parametrize(
    ("text", "kind", "normalised", "fault"),
    [
        ("0100684379", "ENTERPRISE", "0100684379", "BAD_CHECK_DIGIT"),
        ("0100684378-001", "BRANCH", "0100684378-001", None),
        ("0100684378001", "BRANCH", "0100684378-001", None),
        ("0100684379-001", "BRANCH", "0100684379-001", "BAD_CHECK_DIGIT"),
        ("2600001070", "ENTERPRISE", "2600001070", "IMPOSSIBLE_PREFIX"),
        ("100684378", "OTHER", "100684378", "BAD_LENGTH"),
        (INVENTED, "PERSONAL", INVENTED, None),
        ("n/a", "MISSING", None, None),
        (None, "MISSING", None, None),
    ],
)
def test_tax_codes_are_told_apart_and_checked(text, kind, normalised, fault):
    reading = diagnose_tax_code(text)
    assert (reading.kind, reading.normalised, reading.fault) == (kind, normalised, fault)


def test_a_personal_tax_code_must_be_the_personal_number():
    assert diagnose_tax_code(INVENTED, citizen_id=CitizenId.parse(INVENTED)).fault is None
    assert diagnose_tax_code(INVENTED, citizen_id="099085000124").fault == "DIFFERS_FROM_CITIZEN_ID"


@given(st.from_regex(r"\A[0-9]{9}\Z"))
def test_at_most_one_check_digit_fits(prefix):
    faults = [diagnose_tax_code(f"{prefix}{digit}").fault for digit in range(10)]
    assert faults.count(None) == (0 if "IMPOSSIBLE_PREFIX" in faults else 1)
