"""What somebody may want to type: parcels that the numbers lead to, communes that the words begin."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from landdb.domain.identifiers import normalise_commune_code
from landdb.domain.search import ParcelReading, Place, PlaceReading, understand, write
from landdb.lookups.parcels import Connection
from landdb.lookups.searching.communes import NamedCommune, begin_with, find_communes, point_json
from landdb.store import lookups as store

_SHORTEST_NAME: Final = 2


async def suggest(conn: Connection, text: str, *, commune_code: str | None = None, limit: int = 8) -> bytes:
    """Give suggestions for a text that is still being typed, as JSON; none for what is refused."""
    meant = understand(text)
    here = await _here(conn, commune_code)
    suggestions: list[dict[str, Any]] = []
    for reading in meant.readings:
        if isinstance(reading, ParcelReading):
            suggestions += await _parcels(conn, reading, here, limit)
        elif isinstance(reading, PlaceReading) and reading.place is not None:
            suggestions += await _communes(conn, reading.place, limit)
    return json.dumps({"suggestions": suggestions[:limit]}, ensure_ascii=False).encode()


async def _here(conn: Connection, commune_code: str | None) -> list[NamedCommune]:
    if commune_code is None:
        return []
    named = await find_communes(conn, Place(code=normalise_commune_code(commune_code)))
    return [one for one in named if one.in_force]


async def _parcels(
    conn: Connection, reading: ParcelReading, here: Sequence[NamedCommune], limit: int
) -> list[dict[str, Any]]:
    """Suggest parcels of the commune, exact number first; while its name is typed, communes that can be meant."""
    place = reading.place
    if place is not None and (place.name or place.code):
        named = await _named(conn, place, limit)
        if len(named) != 1:
            return [_commune(one, replace(reading, place=Place(code=one.code))) for one in named]
        here = named
    ids = [one.commune_id for one in here if one.has_parcels]
    if not ids:
        return []
    rows = await _numbers(conn, reading, ids, limit)
    hits = await store.ask_rows(conn, "hits", {"parcel_ids": [row["parcel_id"] for row in rows]})
    return [_parcel(hit) for hit in hits]


async def _numbers(conn: Connection, reading: ParcelReading, ids: list[int], limit: int) -> list[dict[str, Any]]:
    key: dict[str, Any] = {"commune_ids": ids, "sheet_no": reading.sheet_no, "limit": limit}
    if not reading.parcel_nos:
        return await store.ask_rows(conn, "found_sheet", key)
    rows = await store.ask_rows(conn, "found_numbers", {**key, "parcel_nos": list(reading.parcel_nos)})
    if reading.sheet_no is not None and len(rows) < limit:
        rows += await store.ask_rows(conn, "found_beginning", {**key, "parcel_no": reading.parcel_nos[-1]})
    return rows[:limit]


async def _named(conn: Connection, place: Place, limit: int) -> list[NamedCommune]:
    """Give the communes of a name that may not be typed to its end."""
    found = await find_communes(conn, place)
    exact = [one for one in found if not one.is_similar and one.in_force]
    if exact or place.folded is None or len(place.folded) < _SHORTEST_NAME:
        return exact
    return await begin_with(conn, place.folded, limit) or [one for one in found if one.in_force]


async def _communes(conn: Connection, place: Place, limit: int) -> list[dict[str, Any]]:
    if place.folded is None or len(place.folded) < _SHORTEST_NAME:
        return [_commune(one, PlaceReading(place)) for one in await find_communes(conn, place)]
    exact = await find_communes(conn, place)
    begun = await begin_with(conn, place.folded, limit)
    every = {one.commune_id: one for one in (*begun, *exact)}
    return [_commune(one, PlaceReading(Place(code=one.code))) for one in every.values()]


def _commune(one: NamedCommune, reading: ParcelReading | PlaceReading) -> dict[str, Any]:
    told = {"kind": "COMMUNE", "text": one.text, "q": write(reading), "commune": one.brief}
    return {**told, "parcel_id": None, "point": one.point}


def _parcel(hit: dict[str, Any]) -> dict[str, Any]:
    commune = hit["commune"]
    place = f"{commune['kind']} {commune['name']}"
    return {
        "kind": "PARCEL",
        "text": {
            "vi": f"tờ {hit['sheet_no']} thửa {hit['parcel_no']}, {place}",
            "en": f"sheet {hit['sheet_no']} parcel {hit['parcel_no']}, {place}",
        },
        "q": f"tờ {hit['sheet_no']} thửa {hit['parcel_no']}, mã xã {commune['code']}",
        "commune": commune,
        "parcel_id": hit["parcel_id"],
        "point": None if hit["lon"] is None else point_json(hit["lon"], hit["lat"]),
    }
