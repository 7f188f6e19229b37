"""Numbers of people and organisations: read, diagnosed and never printed by accident.

The 12-digit personal number is `PPP G YY NNNNNN`: province (or country) of birth registration,
century and sex, year of birth, random digits. It has no check digit, so only its structure can be doubted.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, NoReturn, Self

from landdb import codelists
from landdb.errors import InvalidValue

from . import dates
from .masking import mask_digits

Sex = Literal["M", "F"]

_LAST_PROVINCE: Final = 96
_FIRST_UNBORN_CENTURY: Final = 4
_BLANKS: Final = frozenset({"", "-", "--", "---", "--\\--", "0", "x", "null", "none"})
_SEPARATORS: Final = re.compile(r"[\s.\-']+")
_SPREADSHEET_FLOAT: Final = re.compile(r"(\d+)\.0*", re.ASCII)
_TAX_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)


class CitizenId:
    """A 12-digit personal number that prints masked; `.reveal()` is the only way to its digits."""

    __slots__ = ("_digits",)
    _digits: str

    def __init__(self, digits: str) -> None:
        if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
            raise InvalidValue("citizen_id", _fault_of_length(digits), remedy="write all 12 digits")
        object.__setattr__(self, "_digits", digits)

    @classmethod
    def parse(cls, text: str | float) -> Self:
        """Give the number that the text writes; only its form is checked, so that a doubtful one can be looked up."""
        return cls(_compact(text))

    def reveal(self) -> str:
        """Give the twelve digits, for a caller who has the right and a logged reason."""
        return self._digits

    @property
    def province(self) -> str:
        """Give the three digits of the province, or country, where the birth was registered."""
        return self._digits[:3]

    @property
    def birth_year(self) -> int:
        """Give the year of birth that the century digit and the two year digits stand for."""
        return 1900 + int(self._digits[3]) // 2 * 100 + int(self._digits[4:6])

    @property
    def sex(self) -> Sex:
        """Give the sex that the century digit stands for."""
        return "F" if int(self._digits[3]) % 2 else "M"

    def __str__(self) -> str:
        return mask_digits(self._digits)

    def __repr__(self) -> str:
        return f"CitizenId({self})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CitizenId) and self._digits == other._digits

    def __hash__(self) -> int:
        return hash(("CitizenId", self._digits))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a CitizenId does not change")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a CitizenId is not pickled: its digits would leave in clear")


@dataclass(frozen=True, slots=True)
class IdReading:
    """What a delivered personal number turned out to be. Its digits stay out of the representation."""

    kind: Literal["CITIZEN_ID", "CMND", "OTHER", "MISSING"]
    digits: str | None = field(default=None, repr=False)
    fault: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TaxReading:
    """What a delivered tax code turned out to be. Since 1 July 2025 it may be a personal number."""

    kind: Literal["ENTERPRISE", "BRANCH", "PERSONAL", "OTHER", "MISSING"]
    normalised: str | None = field(default=None, repr=False)
    fault: str | None = None


def diagnose_citizen_id(
    text: str | float | None,
    *,
    birth_year: int | None = None,
    sex: str | None = None,
    today: dt.date | None = None,
) -> IdReading:
    """Give the kind of number, and the gravest fault of its structure or of its agreement with the person."""
    compact = "" if text is None else _compact(text)
    if is_blank(compact):
        return IdReading("MISSING")
    if not (compact.isascii() and compact.isdigit()) or len(compact) != 12:
        fault = _fault_of_length(compact)
        return IdReading("CMND" if fault == "CMND_OLD" else "OTHER", compact, fault)
    number = CitizenId(compact)
    this_year = (today or dates.today()).year
    faults = _structure_faults(number, this_year)
    gravest = next(faults, None) or next(_disagreements(number, birth_year, sex), None)
    note = "COUNTRY_OF_BIRTH" if int(number.province) > _LAST_PROVINCE else None
    return IdReading("CITIZEN_ID", compact, gravest, note)


def diagnose_tax_code(text: str | float | None, *, citizen_id: CitizenId | str | None = None) -> TaxReading:
    """Give the kind of tax code, its usual spelling, and what is wrong with it."""
    compact = "" if text is None else _compact(text)
    if is_blank(compact):
        return TaxReading("MISSING")
    digits = compact if compact.isascii() and compact.isdigit() else ""
    match len(digits):
        case 10:
            return TaxReading("ENTERPRISE", digits, _fault_of_check_digit(digits))
        case 13:
            return TaxReading("BRANCH", f"{digits[:10]}-{digits[10:]}", _fault_of_check_digit(digits[:10]))
        case 12:
            known = citizen_id.reveal() if isinstance(citizen_id, CitizenId) else citizen_id
            differs = known is not None and _compact(known) != digits
            return TaxReading("PERSONAL", digits, "DIFFERS_FROM_CITIZEN_ID" if differs else None)
        case _:
            return TaxReading("OTHER", compact, "BAD_LENGTH")


def is_blank(text: str) -> bool:
    """Tell whether a clerk or a script typed this only to fill the cell."""
    word = text.strip().lower()
    return word in _BLANKS or word.startswith("n/a")


def _compact(text: str | float) -> str:
    """Give the value without spaces, dots and dashes, and without the ``.0`` of a spreadsheet number."""
    stripped = str(text).strip()
    if is_blank(stripped):
        return ""
    if number := _SPREADSHEET_FLOAT.fullmatch(stripped):
        return number[1]
    return _SEPARATORS.sub("", stripped)


def _fault_of_length(compact: str) -> str:
    """Give the reason why this is not twelve digits; a lost zero is named, never put back."""
    if compact.isascii() and compact.isdigit():
        return {9: "CMND_OLD", 11: "LOST_LEADING_ZERO"}.get(len(compact), "NOT_12_DIGITS")
    return "NOT_12_DIGITS"


def _structure_faults(number: CitizenId, this_year: int) -> Iterator[str]:
    """Give what is impossible about the number itself, gravest first."""
    digits = number.reveal()
    if len(set(digits)) == 1 or digits in "01234567890123" or digits in "98765432109876":
        yield "FILLER"
    if int(number.province) <= _LAST_PROVINCE and number.province not in _birth_provinces():
        yield "UNKNOWN_PROVINCE"
    if int(digits[3]) >= _FIRST_UNBORN_CENTURY:
        yield "IMPOSSIBLE_CENTURY"
    if number.birth_year > this_year:
        yield "BIRTH_YEAR_IN_FUTURE"


def _disagreements(number: CitizenId, birth_year: int | None, sex: str | None) -> Iterator[str]:
    """Give where the number contradicts what is recorded of the person; either side may be wrong."""
    if birth_year is not None and birth_year != number.birth_year:
        yield "BIRTH_YEAR_DISAGREES"
    if sex is not None and sex != number.sex:
        yield "SEX_DISAGREES"


def _fault_of_check_digit(digits: str) -> str | None:
    """Give what the modulo-11 check says about the first ten digits of a tax code."""
    remainder = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits[:9], strict=True)) % 11
    if remainder == 0:
        return "IMPOSSIBLE_PREFIX"
    return None if 10 - remainder == int(digits[9]) else "BAD_CHECK_DIGIT"


@lru_cache(maxsize=1)
def _birth_provinces() -> frozenset[str]:
    """Give the three-digit numbers of the 63 provinces where births were registered."""
    return frozenset(row["code"] for row in codelists.load("id_province"))
