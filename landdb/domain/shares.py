"""Shares of a right as exact fractions: rounding would hide a missing share."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from landdb.errors import InvalidValue

_RATIO: Final = re.compile(r"(\d{1,9}) ?[/:] ?(\d{1,9})", re.ASCII)
#: Beyond this denominator sums of shares outgrow what the register stores.
_FINEST: Final = 10**9
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


def move_share(
    held: Mapping[int, Fraction | None], giver: int | None, taker: int, part: Fraction | None
) -> dict[int, Fraction | None]:
    """Give who holds what after `giver` has given `part` of the right to `taker`; None as a share is a joint holder's.

    Without `giver` all holders give the whole right; without `part` the giver gives all he has. Whoever is left with
    nothing holds no longer. Raises InvalidValue (field ``share``) with NOT_A_HOLDER, SHARE_TOO_LARGE, JOINT_SHARE or
    SHARE_TOO_FINE. What one gives the other gets, so shares that made 1 make 1 afterwards.
    """
    if giver is None:
        if part not in {None, 1}:
            raise InvalidValue("share", "JOINT_SHARE", remedy="name the holder who gives a part")
        return {taker: Fraction(1)}
    if giver not in held:
        raise InvalidValue("share", "NOT_A_HOLDER", remedy="name a party that holds a share of the right")
    after = dict(held)
    has = after.pop(giver)
    if not after and has is None:
        has = Fraction(1)  # who holds alone holds the whole
    if part is None or part == has:
        return _joined(after, taker, has)
    if has is None:
        raise InvalidValue("share", "JOINT_SHARE", remedy="joint holders give all they have, or divide the right first")
    if not 0 < part < has:
        raise InvalidValue("share", "SHARE_TOO_LARGE", remedy="at most what the giver has")
    after[giver] = has - part
    return _joined(after, taker, part)


def _joined(held: dict[int, Fraction | None], taker: int, part: Fraction | None) -> dict[int, Fraction | None]:
    """Give the holders with one who takes a part beside what he has."""
    has = held.get(taker, Fraction(0))
    if taker in held and (has is None) != (part is None):
        raise InvalidValue("share", "JOINT_SHARE", remedy="a joint holder cannot also hold a divided part")
    total = None if part is None or has is None else has + part
    if total is not None and total.denominator > _FINEST:
        raise InvalidValue("share", "SHARE_TOO_FINE", remedy="give a share with a smaller denominator")
    return held | {taker: total}


def total_share(shares: Iterable[Fraction | None]) -> Fraction | None:
    """Give what divided shares add up to; None when all are joint, or joint holders have what the others leave."""
    known = list(shares)
    divided = sum((share for share in known if share is not None), Fraction(0))
    return None if None in known and divided < 1 else divided
