"""Fields of a parcel's answer that an agreement may grant, by the names that answers and agreements share.

What identifies a parcel (keys, numbers, commune, sheet) is the subject of every answer and needs no grant.
"""

from collections.abc import Iterable
from typing import Final

from landdb.errors import InvalidValue

#: Name → what it is, for those who write an agreement. A name with a dot is a part of the one before the dot.
FIELDS: Final[dict[str, str]] = {
    "geometry": "the parcel's shape",
    "address": "the address on the map",
    "areas": "legal, registered and computed area",
    "land_uses": "land use on the map and in the register",
    "certificates": "certificates, by date and area",
    "certificates.serial": "their serials and registry numbers",
    "rights": "kinds of rights and groups of holders",
    "rights.certificate": "the certificate that a right is written in",
    "rights.share": "shares and roles of holders",
    "rights.party": "holders, masked",
    "findings": "what the rules found on the ground",
    "findings.holders": "what the rules found about holders and rights",
    "provenance": "the delivery and the version that the answer rests on",
}


def checked_fields(names: Iterable[str]) -> list[str]:
    """Give the names in the order of FIELDS, each part with its whole; raises InvalidValue for an unknown one."""
    asked = set(names)
    if not asked or not asked <= FIELDS.keys():
        raise InvalidValue("fields", "UNKNOWN_FIELD", remedy=f"one or more of {', '.join(FIELDS)}")
    asked |= {name.partition(".")[0] for name in asked}
    return [name for name in FIELDS if name in asked]


def wanted_fields(text: str) -> frozenset[str]:
    """Give the fields that a list such as ``areas,rights`` asks for: a whole with its parts, a part with its whole.

    An empty list asks for what identifies a parcel and nothing else. Raises InvalidValue for an unknown name.
    """
    names = {name.strip() for name in text.split(",") if name.strip()}
    if not names:
        return frozenset()
    parts = {part for name in names for part in FIELDS if part.startswith(f"{name}.")}
    return frozenset(checked_fields(names | parts))
