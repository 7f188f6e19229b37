"""Sheet and parcel numbers, today's and older ones → parcels, in the communes that can be meant."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from landdb.domain.search import ParcelReading, Place, PlaceReading, write
from landdb.lookups.old_evidence import OldNumber
from landdb.lookups.old_numbers import find_old_numbers
from landdb.lookups.searching.answer import Found, Question, Why
from landdb.lookups.searching.asking import FEW_COMMUNES, Search
from landdb.lookups.searching.communes import NamedCommune, communes_with_sheets, find_communes

#: Communes to choose from, at most.
_MOST_COMMUNES: Final = 300


async def find_parcels(search: Search, found: Found) -> None:
    """Fill in what sheet and parcel numbers lead to."""
    reading = found.reading
    if not isinstance(reading, ParcelReading):
        raise TypeError
    if reading.place is None or (reading.place.name is None and reading.place.code is None):
        await _parcels_unplaced(search, found, reading)
        if not found.hits and found.reason is None:
            found.reason = "UNKNOWN_PARCEL"
        return
    found.communes = await find_communes(search.conn, reading.place)
    if not found.communes:
        found.reason = "UNKNOWN_COMMUNE"
        return
    found.communes = _prefer_here(found.communes, search.here)
    present = [one for one in found.communes if one.in_force]
    former = [one for one in found.communes if not one.in_force]
    became = await search.ask("became", commune_ids=[one.commune_id for one in former])
    if not reading.is_old:
        await _present(search, found, reading, present, "EXACT")
    led_on = {row["old_commune_id"] for row in became}
    await _old(search, found, reading, [one for one in former if one.commune_id in led_on] or former[:1], present)
    if not reading.is_old:
        ids = {row["new_commune_id"] for row in became} - {one.commune_id for one in present}
        await _numbers(search, found, reading, sorted(ids), "SUCCESSOR")
    found.communes = _with_hits(found.communes, found) or found.communes
    _ask_commune(found, reading)


async def _parcels_unplaced(search: Search, found: Found, reading: ParcelReading) -> None:
    """Look in the chosen commune, then elsewhere; without one, in all that this database holds."""
    if search.here is not None:
        found.communes = [search.here]
        if not reading.is_old:
            await _present(search, found, reading, found.communes, "EXACT_HERE")
        await _old(search, found, reading, [], found.communes)
    here = [] if search.here is None else [search.here.commune_id]
    if reading.is_old:
        if search.here is None:
            await _few_communes(search, found, reading)
        return
    if reading.sheet_no is not None and reading.parcel_nos and not any(hit.why == "EXACT_HERE" for hit in found.hits):
        rows = await search.ask(
            "found_elsewhere", sheet_no=reading.sheet_no, parcel_nos=list(reading.parcel_nos), commune_ids=here
        )
        found.add(rows, "ELSEWHERE" if here else "EXACT")
    elif search.here is None:
        await _few_communes(search, found, reading)
    if search.here is None:
        await _ask_where(search, found, reading)


async def _few_communes(search: Search, found: Found, reading: ParcelReading) -> None:
    """Look through a small database; in a large one such a number says too little."""
    all_of = await communes_with_sheets(search.conn, FEW_COMMUNES + 1)
    if len(all_of) > FEW_COMMUNES:
        found.reason = "COMMUNE_NEEDED"
        return
    if reading.is_old:
        await _old(search, found, reading, [], all_of)
    else:
        await _present(search, found, reading, all_of, "EXACT")


async def _present(
    search: Search, found: Found, reading: ParcelReading, communes: Sequence[NamedCommune], why: Why
) -> None:
    """Add parcels under today's numbers: of one number, of a sheet, and those that begin alike."""
    ids = [one.commune_id for one in communes if one.has_parcels]
    await _numbers(search, found, reading, ids, why)
    if not ids or found.hits or reading.sheet_no is None:
        return
    if not reading.parcel_nos:
        found.add(await search.ask("found_sheet", commune_ids=ids, sheet_no=reading.sheet_no), "SHEET")
    elif len(reading.parcel_nos) == 1:
        numbers = {"sheet_no": reading.sheet_no, "parcel_no": reading.parcel_nos[0]}
        found.add(await search.ask("found_beginning", commune_ids=ids, **numbers), "PREFIX")


async def _numbers(search: Search, found: Found, reading: ParcelReading, ids: Sequence[int], why: Why) -> None:
    if ids and reading.parcel_nos:
        key = {"sheet_no": reading.sheet_no, "parcel_nos": list(reading.parcel_nos), "commune_ids": list(ids)}
        found.add(await search.ask("found_numbers", **key), why)


async def _old(
    search: Search,
    found: Found,
    reading: ParcelReading,
    former: Sequence[NamedCommune],
    present: Sequence[NamedCommune],
) -> None:
    """Add parcels under older numbers: by the tables of old and new sheets, and by what parcels carry themselves."""
    if reading.sheet_no is None:
        return
    codes = [one.code for one in former]
    ids = [one.commune_id for one in present if one.has_parcels]
    if ids and reading.parcel_nos:
        key = {"sheet_no": reading.sheet_no, "parcel_nos": list(reading.parcel_nos), "commune_ids": ids}
        found.add(await search.ask("found_old_numbers", **key), "OLD_NUMBER")
    if ids and reading.is_old:
        rows = await search.ask("came_from", commune_ids=ids, sheet_no=reading.sheet_no)
        codes += [row["commune_code"] for row in rows]
    asked = [
        OldNumber(code, reading.sheet_no, number)
        for code in dict.fromkeys(codes)
        for number in reading.parcel_nos or (None,)
    ]
    if asked:
        await _by_crosswalk(search, found, asked)


async def _by_crosswalk(search: Search, found: Found, asked: Sequence[OldNumber]) -> None:
    answers = await find_old_numbers(search.conn, asked)
    stored = [one.parcel_id for answer in answers for one in answer.located if one.parcel_id is not None]
    rows = await search.ask("found_ids", parcel_ids=stored) if stored else []
    found.add(rows, "OLD_NUMBER")
    if not found.hits:
        found.reason = answers[0].reason


def _prefer_here(communes: list[NamedCommune], here: NamedCommune | None) -> list[NamedCommune]:
    chosen = [one for one in communes if here is not None and one.commune_id == here.commune_id]
    return chosen or communes


def _with_hits(communes: Sequence[NamedCommune], found: Found) -> list[NamedCommune]:
    """Give the communes that hold what was found under today's numbers; none where old numbers led elsewhere."""
    exact = {hit.commune_id for hit in found.hits if hit.why == "EXACT"}
    return [one for one in communes if one.commune_id in exact]


def _ask_commune(found: Found, reading: ParcelReading) -> None:
    if len([one for one in found.communes if one.has_parcels]) > 1:
        found.questions.append(which_commune([one for one in found.communes if one.has_parcels], reading))
    if found.hits:
        return
    present = [one for one in found.communes if one.in_force]
    if any(one.has_parcels for one in present):
        found.reason = found.reason or "UNKNOWN_PARCEL"
    elif present:
        found.reason = "COMMUNE_WITHOUT_PARCELS"


async def _ask_where(search: Search, found: Found, reading: ParcelReading) -> None:
    ids = {hit.commune_id for hit in found.hits}
    if len(ids) > 1 or found.reason == "COMMUNE_NEEDED":
        listed = await communes_with_sheets(search.conn, _MOST_COMMUNES)
        wanted = [one for one in listed if not ids or one.commune_id in ids]
        found.questions.append(which_commune(wanted[: search.limit], reading))
    elif not found.hits:
        found.reason = "UNKNOWN_PARCEL"


def which_commune(communes: Sequence[NamedCommune], reading: ParcelReading | PlaceReading) -> Question:
    """Give the question which of these communes is meant."""
    choices = tuple(
        {
            "text": one.text,
            "q": write(replace(reading, place=_only(one))),
            "commune": one.code if one.in_force else None,
            "hits": None,
        }
        for one in communes
    )
    return Question("WHICH_COMMUNE", "Xã, phường nào?", "Which commune?", choices)


def _only(commune: NamedCommune) -> Place:
    """Give a place that means this commune alone: a code names both the present commune and one of before."""
    if commune.in_force:
        return Place(code=commune.code)
    return Place(commune.name, commune.kind, _bare(commune.district), commune.province, is_former=True)


def _bare(district: str | None) -> str | None:
    """Give a district's name without its kind, which is written anew."""
    kinds = ("Huyện ", "Quận ", "Thị xã ", "Thành phố ")
    return district and next((district.removeprefix(kind) for kind in kinds if district.startswith(kind)), district)
