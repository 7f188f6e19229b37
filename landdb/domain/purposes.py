"""What clear personal values may be asked for, by which law, and which of them each purpose needs."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from landdb import codelists
from landdb.errors import InvalidValue

#: What of a party is kept sealed, by the names that questions use, in the order of answers.
CLEAR_FIELDS: Final = ("name", "citizen_id", "birth", "residence", "tax_code")


@dataclass(frozen=True, slots=True)
class Purpose:
    """One lawful reason to see clear values; `fields` are those that it needs."""

    code: str
    label_vi: str
    label_en: str
    legal_basis: str
    fields: tuple[str, ...]


@cache
def purposes() -> dict[str, Purpose]:
    """Give the purposes by code."""
    return {
        row["code"]: Purpose(
            row["code"], row["label_vi"], row["label_en"], row["legal_basis"], tuple(row["fields"].split())
        )
        for row in codelists.load("access_purpose")
        if not row["valid_to"]
    }


def parse_purpose(code: str) -> Purpose:
    """Give the purpose of a code; raises InvalidValue for another."""
    try:
        return purposes()[code]
    except KeyError as unknown:
        raise InvalidValue("purpose", "UNKNOWN_PURPOSE", remedy=f"one of {', '.join(purposes())}") from unknown
