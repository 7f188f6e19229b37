"""From the pieces of a text to its readings: where two fit, both are given, and the asker chooses."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from landdb.domain.search.draft import Draft
from landdb.domain.search.readings import ParcelReading, Place, PlaceReading, Reading, Refused, Understanding
from landdb.domain.search.vocabulary import known_names, known_units
from landdb.domain.text import fold

_PAIRING: Final = frozenset("/- ")
_LISTING: Final = frozenset(",;")
_YEARS: Final = range(1900, 2101)
_COMMUNE_DIGITS: Final = 5


def understanding(draft: Draft) -> Understanding:
    """Give the readings of what was seen."""
    place, address = _place(draft), " ".join(draft.addresses) or None
    numbers = _numbers(draft)
    if isinstance(numbers, str):
        return Understanding((), numbers, tuple(draft.notes))
    told = ParcelReading(is_old=draft.is_old, place=place, address=address)
    readings: tuple[Reading, ...] = tuple(
        replace(told, sheet_no=sheet, parcel_nos=tuple(parcels), parts=_parts(draft, parcels))
        for sheet, parcels in numbers
    )
    if _may_be_commune(draft, place):
        readings = (*readings, PlaceReading(Place(code=draft.bare[0][1].zfill(_COMMUNE_DIGITS))))
    if not numbers and (place is not None or address is not None):
        readings = (PlaceReading(place, address),)
    return Understanding(readings, None if readings else _why_nothing(draft), tuple(draft.notes))


Numbers = list[tuple[str | None, Sequence[str]]]


def _numbers(draft: Draft) -> Numbers | Refused:
    """Give the (sheet, parcels) that the numbers can mean."""
    bare = [number for _, number in draft.bare]
    if draft.sheet_no is not None:
        if draft.parcel_nos and bare:
            draft.note("NUMBER_IGNORED")
        return [(draft.sheet_no, draft.parcel_nos or bare)]
    if draft.parcel_nos:
        return _beside_parcels(draft, bare)
    return _unlabelled(draft, bare)


def _beside_parcels(draft: Draft, bare: list[str]) -> Numbers | Refused:
    """Give what a number beside labelled parcels can be: the sheet, told before or after."""
    if not bare:
        return [(None, draft.parcel_nos)]
    if len(bare) > 1 or len(draft.parcel_nos) > 1:
        draft.note("NUMBER_IGNORED")
        return [(None, draft.parcel_nos)]
    return [(bare[0], draft.parcel_nos), (draft.parcel_nos[0], bare)]


def _unlabelled(draft: Draft, bare: list[str]) -> Numbers | Refused:
    signs = [sign for sign, _ in draft.bare[1:]]
    if len(bare) <= 1:
        return [(None, bare)] if bare else []
    if len(bare) == 2:
        return _pair(bare, signs[0])
    if _is_date(bare, signs):
        return "LOOKS_LIKE_DATE"
    if set(signs) <= _LISTING:
        return [(None, bare)]
    if signs[0] in _PAIRING and set(signs[1:]) <= _LISTING:
        return [(bare[0], bare[1:])]
    return [(bare[0], bare[1:]), (None, bare)] if set(signs) == {" "} else "NOT_UNDERSTOOD"


def _pair(bare: list[str], sign: str) -> Numbers:
    if sign in _PAIRING:
        return [(bare[0], bare[1:])]
    if sign == ";":
        return [(None, bare)]
    return [(bare[0], bare[1:]), (None, bare if sign == "," else ["".join(bare)])]


def _is_date(bare: list[str], signs: list[str]) -> bool:
    if len(bare) != 3 or len(set(signs)) != 1 or signs[0] not in "/-." or not all(map(str.isdigit, bare)):
        return False
    values = [int(number) for number in bare]
    return values[2] in _YEARS or values[0] in _YEARS


def _parts(draft: Draft, parcels: Sequence[str]) -> tuple[str, ...]:
    return tuple(number for number in draft.parts if number in parcels)


def _may_be_commune(draft: Draft, place: Place | None) -> bool:
    """Tell whether the only number can be a commune code too."""
    if place is not None or draft.sheet_no or draft.parcel_nos or len(draft.bare) != 1:
        return False
    number = draft.bare[0][1]
    return number.isdigit() and len(number) in (4, 5)


def _place(draft: Draft) -> Place | None:
    name, before, after = _from_runs(draft)
    draft.addresses.extend(before)
    units = draft.units
    qualifiers = [run for run in after if fold(run) in known_units()]
    draft.addresses.extend(run for run in after if run not in qualifiers)
    district, province = units.get("district"), units.get("province")
    for qualifier in qualifiers:
        if province is None and (district is not None or (qualifier is qualifiers[-1] and len(qualifiers) > 1)):
            province = qualifier
        elif district is None:
            district = qualifier
    if not (name or district or province):
        return None
    if name is not None and name.isdigit() and len(name) == _COMMUNE_DIGITS:
        return Place(code=name)
    return Place(name, draft.commune_kind, district, province, is_former=draft.is_former)


def _from_runs(draft: Draft) -> tuple[str | None, list[str], list[str]]:
    """Give the commune's name, and the words before and after it; with a kind it is certain."""
    if commune := draft.units.get("commune"):
        qualifiers = [run for run in draft.runs if fold(run) in known_units()]
        return commune, [run for run in draft.runs if run not in qualifiers], qualifiers
    if not draft.runs:
        return None, [], []
    known = next((i for i, run in enumerate(draft.runs) if fold(run) in known_names()), 0)
    return draft.runs[known], draft.runs[:known], draft.runs[known + 1 :]


def _why_nothing(draft: Draft) -> Refused:
    if "PERSON_NAME" in draft.notes:
        return "PERSON_NAME"
    return "PERSONAL_NUMBER" if "PERSONAL_NUMBER" in draft.notes else "NOT_UNDERSTOOD"
