"""One reading → the parcels it means, each with its reason; where several communes or zones fit, a question."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from landdb import codelists
from landdb.domain.crs import candidates, to_wgs84, zones_of_province
from landdb.domain.search import (
    BarcodeReading,
    CertificateReading,
    CodeReading,
    GridReading,
    IdReading,
    ParcelReading,
    Place,
    PlaceReading,
    PointReading,
    RegistryReading,
    write,
)
from landdb.domain.text import fold
from landdb.lookups.searching.answer import Found, Question
from landdb.lookups.searching.asking import FEW_COMMUNES, Search
from landdb.lookups.searching.communes import NamedCommune, communes_with_sheets, find_communes
from landdb.lookups.searching.finding_parcels import find_parcels, which_commune

#: A grid place farther from its commune lies in another zone.
_NEAR_KM: Final = 40.0


@cache
def _variants() -> dict[str, str]:
    """Give for each plain letter itself and its Vietnamese letters with marks."""
    found: dict[str, set[str]] = {}
    for row in codelists.load("legacy_text"):
        letter = row["letter"].lower()
        found.setdefault(fold(letter), set()).add(letter)
    return {plain: plain + "".join(sorted(letters)) for plain, letters in found.items()}


def address_pattern(words: str) -> str:
    """Give a regular expression that finds the words with or without their accents; what was typed is plain text."""
    variants = _variants()
    return "".join(f"[{variants[letter]}]" if letter in variants else re.escape(letter) for letter in fold(words))


async def find(search: Search, found: Found) -> None:
    """Fill in what a reading leads to."""
    finder = _FINDERS[type(found.reading)]
    await finder(search, found)


async def _place(search: Search, found: Found) -> None:
    """Find the communes of a name; in the chosen commune, addresses that hold the words."""
    reading = found.reading
    if not isinstance(reading, PlaceReading):
        raise TypeError
    if reading.place is not None:
        found.communes = await find_communes(search.conn, reading.place)
    words = reading.address or (None if reading.place is None else reading.place.name)
    where = [search.here] if search.here else [one for one in found.communes if reading.address]
    is_name = any(not one.is_similar for one in found.communes) and reading.address is None
    if words and where and not is_name:
        ids = [one.commune_id for one in where if one is not None]
        rows = await search.ask("found_addresses", commune_ids=ids, pattern=address_pattern(words))
        found.add(rows, "ADDRESS")
    if not found.communes and not found.hits:
        found.reason = _why_no_place(search, reading)
    meant = _most_plausible(found.communes)
    if not found.hits and len(meant) > 1:
        found.questions.append(which_commune(meant, reading))
    elif not found.hits and meant and not meant[0].is_similar:
        found.communes = list(meant)


def _why_no_place(search: Search, reading: PlaceReading) -> str:
    if search.here is not None and reading.address is not None:
        return "NO_SUCH_ADDRESS"
    return "UNKNOWN_COMMUNE" if reading.place else "COMMUNE_NEEDED"


def _most_plausible(communes: Sequence[NamedCommune]) -> Sequence[NamedCommune]:
    """Give those with parcels; without such, those in force; without such, all."""
    with_parcels = [one for one in communes if one.has_parcels]
    return with_parcels or [one for one in communes if one.in_force] or communes


async def _certificate(search: Search, found: Found) -> None:
    if isinstance(found.reading, CertificateReading):
        found.add(await search.ask("found_certificates", serial=found.reading.serial), "CERTIFICATE")
        found.reason = None if found.hits else "UNKNOWN_SERIAL"


async def _registry(search: Search, found: Found) -> None:
    """Find a certificate by its registry number; the public does not get these numbers, so it cannot ask by them."""
    if not isinstance(found.reading, RegistryReading):
        raise TypeError
    if not search.is_staff:
        found.reason = "FOR_STAFF"
        return
    where = [search.here] if search.here else await communes_with_sheets(search.conn, FEW_COMMUNES + 1)
    if len(where) > FEW_COMMUNES:
        found.reason = "COMMUNE_NEEDED"
        return
    ids = [one.commune_id for one in where]
    found.add(
        await search.ask("found_registry_numbers", commune_ids=ids, registry_no=found.reading.registry_no),
        "REGISTRY_NO",
    )
    found.reason = None if found.hits else "UNKNOWN_REGISTRY_NO"


async def _barcode(search: Search, found: Found) -> None:
    """Tell the commune that a barcode names; the register keeps no barcodes."""
    if isinstance(found.reading, BarcodeReading):
        found.communes = await find_communes(search.conn, Place(code=found.reading.commune_code))
        found.reason = "BARCODE_NOT_KEPT"


async def _code(search: Search, found: Found) -> None:
    if isinstance(found.reading, CodeReading):
        found.add(await search.ask("found_codes", parcel_code=found.reading.parcel_code), "PARCEL_CODE")
        found.reason = None if found.hits else "UNKNOWN_CODE"


async def _link(search: Search, found: Found) -> None:
    if isinstance(found.reading, IdReading):
        found.add(await search.ask("found_ids", parcel_ids=[found.reading.parcel_id]), "LINK")
        found.reason = None if found.hits else "UNKNOWN_PARCEL"


async def _point(search: Search, found: Found) -> None:
    if isinstance(found.reading, PointReading):
        await _at(search, found, found.reading.lon, found.reading.lat)


async def _grid(search: Search, found: Found) -> None:
    """Find what lies at a place in metres: in the zone that is told, else in those that the commune allows."""
    reading = found.reading
    if not isinstance(reading, GridReading):
        raise TypeError
    if reading.place is not None:
        found.communes = await find_communes(search.conn, reading.place)
    places = {srid: _degrees(reading, srid) for srid in await _zones(search, found, reading)}
    hit_zones = []
    for srid, (lon, lat) in places.items():
        rows = await search.ask("found_at_point", lon=lon, lat=lat)
        if rows:
            hit_zones.append(srid)
            found.add(rows, "POINT")
    if len(hit_zones) == 1 or len(places) == 1:
        srid = (hit_zones or list(places))[0]
        found.reading, found.point = replace(reading, srid=srid), places[srid]
    found.reason = None if found.hits else "NO_PARCEL_HERE"
    if len(hit_zones) > 1:
        found.questions.append(_which_zone(reading, hit_zones))


async def _zones(search: Search, found: Found, reading: GridReading) -> list[int]:
    if reading.srid is not None:
        return [reading.srid]
    near = found.communes[0] if len(found.communes) == 1 else search.here
    if near is None or near.lon is None or near.lat is None:
        return [row["srid"] for row in await search.ask("zones")]
    point = [[reading.easting_m, reading.northing_m]]
    zones = zones_of_province(near.province_code) or [row["srid"] for row in await search.ask("zones")]
    fitting = candidates(point, (near.lon, near.lat), _NEAR_KM, zones)
    return [one.srid for one in fitting if one.axes == "EN"][:1] or zones


def _degrees(reading: GridReading, srid: int) -> tuple[float, float]:
    lon, lat = to_wgs84(srid)([reading.easting_m], [reading.northing_m])
    return float(lon[0]), float(lat[0])


async def _at(search: Search, found: Found, lon: float, lat: float) -> None:
    found.point = (lon, lat)
    found.add(await search.ask("found_at_point", lon=lon, lat=lat), "POINT")
    found.reason = None if found.hits else "NO_PARCEL_HERE"


def _which_zone(reading: GridReading, zones: Sequence[int]) -> Question:
    told = [write(replace(reading, srid=srid, place=None)) for srid in zones]
    choices = tuple({"text": {"vi": q, "en": q}, "q": q, "commune": None, "hits": None} for q in told)
    return Question("WHICH_ZONE", "Tọa độ thuộc kinh tuyến trục nào?", "Which central meridian?", choices)


_FINDERS: Final[dict[type, Callable[[Search, Found], Awaitable[None]]]] = {
    ParcelReading: find_parcels,
    PlaceReading: _place,
    CertificateReading: _certificate,
    RegistryReading: _registry,
    BarcodeReading: _barcode,
    CodeReading: _code,
    IdReading: _link,
    PointReading: _point,
    GridReading: _grid,
}
