"""GeoHash: the algorithm behind the national 12-character parcel code (Circular 19/2026, Annex I).

Twelve characters are 30 bits of longitude and 30 bits of latitude, longitude first: a cell of about
3.5 cm by 1.9 cm in northern Vietnam.
"""

from typing import Final

from landdb.errors import InvalidValue

ALPHABET: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_BITS: Final = 5


def encode(lat: float, lon: float, length: int = 12) -> str:
    """Give the GeoHash cell that holds a WGS 84 position."""
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        raise InvalidValue("position", "OUTSIDE_THE_EARTH", remedy="give degrees, latitude first")
    lon_bits, lat_bits = _bit_counts(length)
    lon_cell = min(int((lon + 180.0) / 360.0 * (1 << lon_bits)), (1 << lon_bits) - 1)
    lat_cell = min(int((lat + 90.0) / 180.0 * (1 << lat_bits)), (1 << lat_bits) - 1)
    interleaved = 0
    for position in range(length * _BITS):
        if position % 2 == 0:
            lon_bits -= 1
            bit = lon_cell >> lon_bits & 1
        else:
            lat_bits -= 1
            bit = lat_cell >> lat_bits & 1
        interleaved = interleaved << 1 | bit
    shifts = range((length - 1) * _BITS, -1, -_BITS)
    return "".join(ALPHABET[interleaved >> shift & 31] for shift in shifts)


def decode(code: str) -> tuple[float, float, float, float]:
    """Give the cell's centre and half sizes in degrees: latitude, longitude, latitude error, longitude error."""
    west, south, east, north = bounds(code)
    return (south + north) / 2, (west + east) / 2, (north - south) / 2, (east - west) / 2


def bounds(code: str) -> tuple[float, float, float, float]:
    """Give the cell's west, south, east and north edge in degrees."""
    if not code or any(character not in _VALUE for character in code):
        raise InvalidValue("geohash", "BAD_ALPHABET", remedy="use 0-9 and b-z without a, i, l, o")
    lon_cell = lat_cell = 0
    position = 0
    for character in code:
        for shift in range(_BITS - 1, -1, -1):
            bit = _VALUE[character] >> shift & 1
            if position % 2 == 0:
                lon_cell = lon_cell << 1 | bit
            else:
                lat_cell = lat_cell << 1 | bit
            position += 1
    lon_bits, lat_bits = _bit_counts(len(code))
    width, height = 360.0 / (1 << lon_bits), 180.0 / (1 << lat_bits)
    west, south = lon_cell * width - 180.0, lat_cell * height - 90.0
    return west, south, west + width, south + height


def _bit_counts(length: int) -> tuple[int, int]:
    """Give the number of longitude and latitude bits of a code; longitude has the odd bit."""
    bits = length * _BITS
    return bits - bits // 2, bits // 2
