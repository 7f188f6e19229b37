"""Places on the ground in a text: VN-2000 metres in either order, degrees as decimals or DMS."""

import re
from collections.abc import Sequence
from typing import Final

from landdb.domain.crs import ZONES
from landdb.domain.search.readings import GridReading, PointReading, Refused
from landdb.domain.text import fold

#: Vietnam with Hoàng Sa and Trường Sa, in degrees and in metres of any three-degree zone.
LATITUDES, LONGITUDES = (6.0, 24.0), (101.0, 118.0)
_NORTHINGS, _EASTINGS = (880_000.0, 2_660_000.0), (200_000.0, 860_000.0)

_NUMBER: Final = re.compile(
    r"(?<![\w.,])[-+]?(?:\d{1,3}(?:\.\d{3}){1,2},\d{1,4}|\d{1,3}(?:,\d{3}){1,2}\.\d{1,4}"
    r"|\d{1,3}(?:\.\d{3}){2}|\d{1,3}(?:,\d{3}){2}|\d{1,9}(?:[.,]\d{1,20})?)(?![\d])"
)
_GLUED: Final = re.compile(r"(?<!\d)(\d{6,7}|\d{1,7}\.\d{1,20}),(\d{6,7}|\d{1,7}\.\d{1,20})(?![\d.,])")
_ZONE: Final = re.compile(
    r"(?:ktt|kinh tuyen truc|kinh tuyen|epsg|srid)[ :=]{0,3}(?P<degrees>\d{3,5})"
    r"(?:(?:[.,](?P<decimals>\d{1,3}))|[°ºd ]{1,2}(?P<minutes>\d{1,2})(?!\d)[''’′]?)?[°º]?"
)
_DMS: Final = re.compile(
    r"(?P<before>[nsewbd])?\s?(?P<degrees>\d{1,3})\s?(?:[°ºd]|do)\s?(?P<minutes>\d{1,2}(?:[.,]\d{1,8})?)\s?"
    r"(?:[''’′`]|phut)?\s?(?:(?P<seconds>\d{1,2}(?:[.,]\d{1,8})?)\s?(?:[\"”“″]|['’′]{2}|giay)?)?\s?(?P<after>[nsewbd]\b)?"
)
_UTM: Final = re.compile(r"\butm\b|(?<![\da-z])4[789]\s?[pqrn](?![a-z])|\bzone\s?4[789]\b|\bmui 6\b")
_BESIDE_COORDINATES: Final = re.compile(
    r"\b(?:vn-?2000|vn|[xyneb]|t[oọ][aạ] độ|toa do)\b|[-+]?\d[\d.,]*|[:;=()|]", re.IGNORECASE
)
#: Two numbers with four decimals or more are degrees, wherever they lie.
_FOREIGN: Final = re.compile(r"[(\[]?-?\d{1,3}\.\d{4,20}\s?[,; ]\s?-?\d{1,3}\.\d{4,20}[)\]]?")
_LATITUDE_SIGNS, _LONGITUDE_SIGNS = frozenset("nsb"), frozenset("ewd")

Found = PointReading | GridReading | Refused


def coordinates_in(text: str) -> Found | None:
    """Give the place that a text without a link tells, or why it tells none that can be used; None for no place."""
    folded = fold(text.replace("\u2013", "-"))
    srid, rest = _zone_in(folded)
    if dms := _dms_in(rest):
        return dms
    pairs = _pairs(_numbers(rest))
    if not pairs:
        return "OUTSIDE_VIETNAM" if _FOREIGN.fullmatch(rest.strip()) else None
    if _UTM.search(folded):
        return "UTM"
    first, second = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    if first > _NORTHINGS[0]:
        return GridReading(round(first, 4), round(second, 4), srid, points=len(pairs))
    return PointReading(round(first, 9), round(second, 9), len(pairs))


def without_coordinates(text: str) -> str:
    """Give the text without its numbers and the words that go with them, so that a commune beside them is found."""
    folded = _ZONE.sub(" ", text.lower())
    return re.sub(
        r"[-+]?\d[\d.,]*|\bvn-?2000\b|\bvn\b|\b[xyneb]\b|[:;=()|]|\btoạ? ?độ\b|\btọa độ\b", " ", folded
    ).strip()


def point_of(lat: float, lon: float) -> PointReading | Refused:
    """Give the place at these degrees; an order that only fits the other way round is turned."""
    if _within(lat, LATITUDES) and _within(lon, LONGITUDES):
        return PointReading(round(lat, 9), round(lon, 9))
    if _within(lon, LATITUDES) and _within(lat, LONGITUDES):
        return PointReading(round(lon, 9), round(lat, 9))
    return "OUTSIDE_VIETNAM"


def _zone_in(folded: str) -> tuple[int | None, str]:
    """Give the zone that a central meridian or an EPSG code names, and the text without it."""
    match = _ZONE.search(folded)
    if match is None:
        return None, folded
    rest = folded[: match.start()] + " " + folded[match.end() :]
    value = int(match["degrees"])
    if value in ZONES:
        return value, rest
    fraction = float(f"0.{match['decimals']}") if match["decimals"] else float(match["minutes"] or 0) / 60
    fitting = [zone.srid for zone in ZONES.values() if abs(zone.central_meridian - value - fraction) < 0.001]
    return (fitting[0] if fitting else None), rest


def _numbers(text: str) -> list[float]:
    spread = _GLUED.sub(r"\1 \2", text)
    return [_value(match[0]) for match in _NUMBER.finditer(spread)]


def _value(spelled: str) -> float:
    """Give the number; the last of two kinds of signs is the decimal one, several of one kind group thousands."""
    signs = [sign for sign in spelled if sign in ".,"]
    if len(set(signs)) == 2:
        spelled = spelled.replace(signs[0], "").replace(",", ".")
    elif len(signs) > 1:
        spelled = spelled.replace(signs[0], "")
    return float(spelled.replace(",", "."))


def _pairs(numbers: Sequence[float]) -> list[tuple[float, float]]:
    """Give (northing, easting) or (latitude, longitude) pairs: all of one kind, else none."""
    for large, small in ((_NORTHINGS, _EASTINGS), (LATITUDES, LONGITUDES)):
        kept = [value for value in numbers if _is_coordinate(value, large) or _is_coordinate(value, small)]
        pairs = [_ordered(one, other, large) for one, other in zip(kept[::2], kept[1::2], strict=False)]
        if pairs and len(kept) % 2 == 0 and all(_within(a, large) and _within(b, small) for a, b in pairs):
            return pairs
    return []


def _is_coordinate(value: float, bounds: tuple[float, float]) -> bool:
    """Tell whether it can be one: degrees without decimals are numbers of sheets and parcels."""
    return _within(value, bounds) and (value > 1000 or value != int(value))


def _ordered(one: float, other: float, first: tuple[float, float]) -> tuple[float, float]:
    return (one, other) if _within(one, first) and not _within(other, first) else (other, one)


def _dms_in(text: str) -> Found | None:
    found = list(_DMS.finditer(text))[:2]
    has_signs = " do " in text or any(sign in text for sign in "°º'’′")
    if len(found) < 2 or not has_signs:
        return None
    values = [_degrees(match) for match in found]
    if any(value is None for value in values):
        return None
    one, other = (value for value in values if value is not None)
    signs = [match["after"] or match["before"] for match in found]
    if signs[0] in _LONGITUDE_SIGNS and signs[1] in _LATITUDE_SIGNS:
        one, other = other, one
    return point_of(one, other)


def _degrees(match: re.Match[str]) -> float | None:
    minutes, seconds = (float((match[part] or "0").replace(",", ".")) for part in ("minutes", "seconds"))
    return None if minutes >= 60 or seconds >= 60 else int(match["degrees"]) + minutes / 60 + seconds / 3600


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
