"""One key of a bulk lookup: a JSON object with the members of exactly one kind of key, or why it is none."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from landdb.domain.crs import Axes
from landdb.domain.identifiers import (
    CitizenId,
    ParcelCode,
    normalise_certificate_serial,
    normalise_commune_code,
    normalise_number,
)
from landdb.errors import InvalidValue
from landdb.lookups.old_evidence import OldNumber
from landdb.lookups.parcels import lonlat, number

Kind = Literal["number", "old", "code", "serial", "point", "id", "person"]
_LONGEST_TEXT: Final = 200
_LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class NumberKey:
    """Commune, sheet and parcel number of today, as stored."""

    commune_code: str
    sheet_no: str
    parcel_no: str


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person and why somebody asks; never printed."""

    citizen_id: CitizenId
    purpose: str
    case_ref: str


@dataclass(frozen=True, slots=True)
class Key:
    """What is asked: `value` is an OldNumber, a NumberKey, a PersonKey, (lon, lat), or the key itself."""

    kind: Kind
    value: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line holds no key; `field` is a member of ours, never a name that the asker made up."""

    field: str
    reason: str


def read_key(line: Any) -> Key | Fault:
    """Give the key that a line holds; a fault names the member, never its value."""
    if not isinstance(line, dict):
        return Fault("key", "NOT_AN_OBJECT")
    given = {name: value for name, value in line.items() if value is not None and value != ""}
    form = next((form for form in _FORMS if form.is_meant(given)), None)
    if form is None:
        return Fault("key", "NO_KIND_OF_KEY")
    if not given.keys() <= form.must | form.may:
        return Fault("key", "MEMBERS_OF_TWO_KEYS" if given.keys() <= _MEMBERS else "UNKNOWN_MEMBER")
    if missing := sorted(form.must - given.keys()):
        return Fault(missing[0], "MISSING")
    try:
        return Key(form.kind, form.read(given))
    except InvalidValue as error:
        return Fault(error.field, error.reason)


@dataclass(frozen=True, slots=True)
class _Form:
    """The members of one kind of key; the first of `must` in the table tells the kind."""

    kind: Kind
    telling: str
    must: frozenset[str]
    may: frozenset[str]
    read: Callable[[Mapping[str, Any]], Any]

    def is_meant(self, given: Mapping[str, Any]) -> bool:
        return self.telling in given


def _form(kind: Kind, must: str, may: str, read: Callable[[Mapping[str, Any]], Any]) -> _Form:
    return _Form(kind, must.split()[0], frozenset(must.split()), frozenset(may.split()), read)


def _number(given: Mapping[str, Any]) -> NumberKey:
    commune = normalise_commune_code(_plain(given, "commune"))
    return NumberKey(commune, number("sheet", _plain(given, "sheet")), number("parcel", _plain(given, "parcel")))


def _old(given: Mapping[str, Any]) -> OldNumber:
    scale = given.get("scale")
    if scale is not None and (isinstance(scale, bool) or not isinstance(scale, int) or not 0 < scale <= 1_000_000):
        raise InvalidValue("scale", "NOT_A_SCALE")
    return OldNumber(
        normalise_commune_code(_plain(given, "old_commune")),
        number("old_sheet", _plain(given, "old_sheet")),
        normalise_number(_plain(given, "old_parcel")) if "old_parcel" in given else None,
        scale,
        _plain(given, "note") if "note" in given else None,
    )


def _serial(given: Mapping[str, Any]) -> str:
    reading = normalise_certificate_serial(_plain(given, "serial"))
    if reading.serial is None:
        raise InvalidValue("serial", "MISSING")
    return reading.serial


def _lonlat(given: Mapping[str, Any]) -> tuple[float, float]:
    return lonlat(_metres(given, "lon"), _metres(given, "lat"), srid=4326, axes="EN")


def _grid(given: Mapping[str, Any]) -> tuple[float, float]:
    srid, axes = given["srid"], given.get("axes", "EN")
    if isinstance(srid, bool) or not isinstance(srid, int) or not 0 < srid < 100_000:
        raise InvalidValue("srid", "NOT_VN2000")
    if axes not in ("EN", "NE"):
        raise InvalidValue("axes", "NOT_EN_OR_NE")
    order: Axes = axes
    return lonlat(_metres(given, "x"), _metres(given, "y"), srid=srid, axes=order)


def _id(given: Mapping[str, Any]) -> int:
    value = given["parcel_id"]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ID:
        raise InvalidValue("parcel_id", "NOT_AN_ID")
    return value


def _person(given: Mapping[str, Any]) -> PersonKey:
    citizen_id = CitizenId.parse(_plain(given, "citizen_id"))
    return PersonKey(citizen_id, _plain(given, "purpose"), _plain(given, "case_ref"))


def _plain(given: Mapping[str, Any], name: str) -> str:
    """Give a text, or a number as a spreadsheet writes it."""
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidValue(name, "NOT_A_TEXT")
    text = str(value).strip()
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise InvalidValue(name, "NOT_PRINTABLE")
    return text


def _metres(given: Mapping[str, Any], name: str) -> float:
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidValue(name, "NOT_A_NUMBER")
    return float(value)


_FORMS: Final = (
    _form("person", "citizen_id purpose case_ref", "", _person),
    _form("id", "parcel_id", "", _id),
    _form("code", "code", "", lambda given: str(ParcelCode.parse(_plain(given, "code")))),
    _form("serial", "serial", "", _serial),
    _form("point", "lon lat", "", _lonlat),
    _form("point", "x y srid", "axes", _grid),
    _form("old", "old_sheet old_commune", "old_parcel scale note", _old),
    _form("number", "parcel commune sheet", "", _number),
)
_MEMBERS: Final = frozenset().union(*(form.must | form.may for form in _FORMS))
