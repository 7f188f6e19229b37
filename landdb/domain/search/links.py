"""Links: our own to a parcel, and those of map services that hold a place."""

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from landdb.domain.identifiers import ParcelCode, normalise_number
from landdb.domain.search.places import point_of
from landdb.domain.search.readings import CodeReading, IdReading, ParcelReading, Place, Reading, Refused
from landdb.errors import InvalidValue

_LINK: Final = re.compile(r"(?:https?://|geo:|www\.)\S+|(?<!\S)/(?:p|parcels)/\S+", re.IGNORECASE)
_BARE_HOST: Final = re.compile(
    r"(?<!\S)(?:maps\.app\.goo\.gl|goo\.gl|maps\.google\.|google\.com/maps|guland\.vn|openstreetmap\.org)\S*",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(r"(-?\d{1,3}\.\d{1,20})\s?[,~/ +]\s?(-?\d{1,3}\.\d{1,20})")
_PINNED: Final = re.compile(r"!3d(-?\d{1,3}\.\d{1,20})!4d(-?\d{1,3}\.\d{1,20})")
_SHORT: Final = ("maps.app.goo.gl", "goo.gl", "g.co", "bit.ly", "osm.org/go", "zalo.me")
_OWN_PLACE: Final = re.compile(r"/p/([0-9]{5})/([^/]{1,40})/([^/?#]{1,40})")
_OWN_ID: Final = re.compile(r"/(?:p|parcels|collections/parcels/items)/([0-9]{1,18})(?![0-9/])")
_OWN_CODE: Final = re.compile(r"/parcels/by-code/([0-9a-z]{12})", re.IGNORECASE)
_LATITUDES, _LONGITUDES = ("lat", "mlat", "latitude"), ("lng", "lon", "mlon", "long", "longitude")


def link_in(text: str) -> Reading | Refused | None:
    """Give what a link in the text leads to, or why it leads nowhere; None for a text without a link."""
    match = _LINK.search(text) or _BARE_HOST.search(text)
    if match is None:
        return None
    link = unquote(match[0])
    if own := _own(link):
        return own
    if place := _place_in(link):
        return point_of(*place)
    return "SHORT_LINK" if any(host in link.lower() for host in _SHORT) else "LINK_WITHOUT_PLACE"


def _own(link: str) -> Reading | None:
    if place := _OWN_PLACE.search(link):
        sheet, parcel = normalise_number(place[2]), normalise_number(place[3])
        return ParcelReading(sheet, (parcel,) if parcel else (), place=Place(code=place[1]))
    if code := _OWN_CODE.search(link):
        try:
            return CodeReading(str(ParcelCode.parse(code[1])))
        except InvalidValue:
            return None
    number = _OWN_ID.search(link)
    return IdReading(int(number[1])) if number and int(number[1]) > 0 else None


def _place_in(link: str) -> tuple[float, float] | None:
    """Give latitude and longitude: a pin before the centre of the view, names before positions."""
    if pinned := _PINNED.search(link):
        return float(pinned[1]), float(pinned[2])
    if named := _named(link):
        return named
    pair = _PAIR.search(link)
    return (float(pair[1]), float(pair[2])) if pair else None


def _named(link: str) -> tuple[float, float] | None:
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    asked = parse_qs(parts.query) | parse_qs(parts.fragment)
    lat, lon = ([asked[name][0] for name in names if name in asked] for names in (_LATITUDES, _LONGITUDES))
    try:
        return (float(lat[0]), float(lon[0])) if lat and lon else None
    except ValueError:
        return None
