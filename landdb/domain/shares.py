"""Shares of a right as exact fractions: rounding would hide a missing share."""

import re
from fractions import Fraction
from typing import Final

from landdb.errors import InvalidValue

_RATIO: Final = re.compile(r"(\d{1,9}) ?[/:] ?(\d{1,9})", re.ASCII)
_DECIMAL: Final = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?) ?(%?)", re.ASCII)


def parse_share(text: str | float | Fraction) -> Fraction:
    """Give the share that a text such as ``1/2``, ``50%``, ``0,5`` or ``1`` writes."""
    share = _read(str(text).strip())
    if not 0 < share <= 1:
        raise InvalidValue("share", "NOT_BETWEEN_0_AND_1", remedy="write a part of one right, such as 1/2 or 50%")
    return share


def format_share(share: Fraction) -> str:
    """Give the share as ``numerator/denominator``; the whole right is ``1``."""
    return str(share)


def _read(text: str) -> Fraction:
    """Give the number written, whatever its size, or refuse."""
    if ratio := _RATIO.fullmatch(text):
        numerator, denominator = int(ratio[1]), int(ratio[2])
        if denominator == 0:
            raise InvalidValue("share", "ZERO_DENOMINATOR", remedy="write a part of one right, such as 1/2")
        return Fraction(numerator, denominator)
    if decimal := _DECIMAL.fullmatch(text):
        number = Fraction(decimal[1].replace(",", "."))
        return number / 100 if decimal[2] else number
    raise InvalidValue("share", "MISSING" if not text else "NOT_A_FRACTION", remedy="write 1/2, 50% or 0,5")
