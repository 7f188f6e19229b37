"""Single values as delivered, in the form they are stored and compared in; None where they have none."""

from __future__ import annotations

import re
from functools import cache

from landdb import codelists
from landdb.domain.identifiers import normalise_commune_code, normalise_number
from landdb.domain.text import fold
from landdb.errors import InvalidValue

_LARGEST_SCALE = 10_000_000


def commune_code(text: str) -> str | None:
    """Give the five-digit commune code."""
    try:
        return normalise_commune_code(text)
    except InvalidValue:
        return None


def number(text: str) -> str | None:
    """Give a sheet or parcel number."""
    try:
        return normalise_number(text)
    except InvalidValue:
        return None


def scale(text: str) -> int | None:
    """Give the denominator of a scale written as 1:1000, 1/1000 or 1000."""
    match = re.fullmatch(r"(?:1\s*[:/]\s*)?(\d[\d .]*)", text)
    if match is None:
        return None
    denominator = int(re.sub(r"\D", "", match[1]))
    return denominator if 0 < denominator <= _LARGEST_SCALE else None


def object_kind(text: str) -> str:
    """Give the kind of a land-occupying object from its code or any of its names; 'other' when it is none."""
    return _kinds().get(fold(text), "other")


@cache
def _kinds() -> dict[str, str]:
    rows = codelists.load("land_object_kind")
    named = {fold(alias): row["code"] for row in rows for alias in row["aliases"].split("|")}
    levels = {level: row["code"] for row in rows for level in row["dgn_levels"].split()}
    return levels | named | {row["code"]: row["code"] for row in rows}
