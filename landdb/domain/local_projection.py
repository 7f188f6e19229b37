"""VN-2000 to WGS 84 for many vertices at once: the pinned conversion, written as polynomials of small tiles.

PROJ takes 0.3 µs a vertex, twenty times what a polynomial takes. Away from its poles the conversion is an
analytic function whose nearest singularity lies a quarter of the Earth away, so on a tile of 65 km each further
degree of a Chebyshev fit gains a factor of over a hundred (Trefethen, Approximation Theory and Practice,
theorem 8.2): degree 5 is at the noise of PROJ's own iterations, 1.5e-12 degrees. Every tile is compared with
PROJ before it is used, and one that disagrees by 1e-10 degrees (a hundredth of a millimetre) goes through PROJ.

Tiles lie on a fixed grid of the zone, not around the data, so that a vertex always comes to the same result,
whichever delivery, batch or neighbour it comes with.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from landdb.domain import crs
from landdb.domain.crs import Coordinates

_TILE_METRES: Final = 65_536.0
_DEGREE: Final = 5
_TOLERANCE_DEGREES: Final = 1e-10
_FARTHEST_METRES: Final = 3e7
#: A tile's number is its column times this plus its row, which may be negative.
_TILES_NORTHWARD: Final = 1024
#: Exponents of the tile's easting in each term, by the exponent of its northing.
_TERMS: Final = tuple((across, up) for up in range(_DEGREE + 1) for across in range(_DEGREE + 1 - up))


@dataclass(frozen=True, slots=True)
class _Tile:
    """The conversion on one tile: for longitude and latitude a polynomial for each power of the northing."""

    centre: tuple[float, float]
    longitude: tuple[tuple[float, ...], ...]
    latitude: tuple[tuple[float, ...], ...]

    def __call__(self, x: Coordinates, y: Coordinates) -> tuple[Coordinates, Coordinates]:
        across, up = (x - self.centre[0]) / (_TILE_METRES / 2), (y - self.centre[1]) / (_TILE_METRES / 2)
        return _evaluated(self.longitude, across, up), _evaluated(self.latitude, across, up)


def to_wgs84(srid: int, x: Coordinates, y: Coordinates) -> tuple[Coordinates, Coordinates]:
    """Give longitude and latitude of points in a projected VN-2000 system, within 1e-10 degrees of the pinned way.

    Other systems go through PROJ: their conversions may rest on grids, which no polynomial follows.
    """
    if not crs.is_vn2000(srid) or srid == crs.VN2000_GEOGRAPHIC or not len(x):
        return crs.to_wgs84(srid)(x, y)
    corners = x.min(), y.min(), x.max(), y.max()
    if not all(abs(metres) < _FARTHEST_METRES for metres in corners):  # nothing is less than what is no number
        return crs.to_wgs84(srid)(x, y)
    if _tile_number(*corners[:2]) == _tile_number(*corners[2:]):
        return _on_tile(srid, _tile_number(*corners[:2]), x, y)
    tiles = _tile_number(x, y)
    # Neighbours in a delivery are neighbours on the ground, so that few places are enough to meet every tile.
    lon, lat = np.empty(len(x)), np.empty(len(x))
    for tile in np.unique(tiles[np.flatnonzero(np.diff(tiles, prepend=np.nan))]).tolist():
        here = np.flatnonzero(tiles == tile)
        lon[here], lat[here] = _on_tile(srid, tile, x[here], y[here])
    return lon, lat


def _tile_number(x: Any, y: Any) -> Any:
    """Give the number of the tile that holds each point."""
    return np.floor(x / _TILE_METRES) * _TILES_NORTHWARD + np.floor(y / _TILE_METRES)


def _on_tile(srid: int, number: float, x: Coordinates, y: Coordinates) -> tuple[Coordinates, Coordinates]:
    tile = _tile(srid, number)
    return crs.to_wgs84(srid)(x, y) if tile is None else tile(x, y)


@lru_cache(maxsize=1024)
def _tile(srid: int, number: float) -> _Tile | None:
    """Give the tile's polynomials, fitted at Chebyshev points; None when they miss PROJ's results."""
    column = np.floor(number / _TILES_NORTHWARD + 0.5)
    row = number - column * _TILES_NORTHWARD
    centre = (column + 0.5) * _TILE_METRES, (row + 0.5) * _TILE_METRES
    across, up = _grid(np.cos((np.arange(_DEGREE + 1) + 0.5) * np.pi / (_DEGREE + 1)))
    degrees = np.column_stack(_exact(srid, centre, across, up))
    if not np.isfinite(degrees).all():
        return None
    terms = np.column_stack([across**i * up**j for i, j in _TERMS])
    longitude, latitude = np.linalg.lstsq(terms, degrees, rcond=None)[0].T
    tile = _Tile(centre, _by_power(longitude), _by_power(latitude))
    return tile if _agrees(srid, tile) else None


def _agrees(srid: int, tile: _Tile) -> bool:
    """Tell whether the tile comes to PROJ's results at its corners, along its edges and between the fitted points."""
    across, up = _grid(np.linspace(-1, 1, 2 * _DEGREE + 1))
    found = tile(tile.centre[0] + across * _TILE_METRES / 2, tile.centre[1] + up * _TILE_METRES / 2)
    exact = _exact(srid, tile.centre, across, up)
    return bool(np.abs(np.subtract(found, exact)).max() < _TOLERANCE_DEGREES)


def _exact(
    srid: int, centre: tuple[float, float], across: Coordinates, up: Coordinates
) -> tuple[Coordinates, Coordinates]:
    half = _TILE_METRES / 2
    return crs.to_wgs84(srid)(centre[0] + across * half, centre[1] + up * half)


def _grid(values: Coordinates) -> tuple[Coordinates, Coordinates]:
    across, up = np.meshgrid(values, values)
    return across.ravel(), up.ravel()


def _by_power(coefficients: Coordinates) -> tuple[tuple[float, ...], ...]:
    """Give a polynomial's coefficients by the power of the northing, each from the lowest power of the easting."""
    pairs = list(zip(_TERMS, coefficients.tolist(), strict=True))
    return tuple(tuple(c for (_, up), c in pairs if up == power) for power in range(_DEGREE + 1))


def _evaluated(polynomial: tuple[tuple[float, ...], ...], across: Coordinates, up: Coordinates) -> Coordinates:
    """Give the polynomial's values by Horner's rule, which sums every point alike wherever it stands in the array."""
    total = np.zeros_like(across)
    for in_easting in reversed(polynomial):
        total *= up
        total += _horner(in_easting, across)
    return total


def _horner(coefficients: tuple[float, ...], across: Coordinates) -> Coordinates:
    total = np.full_like(across, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total *= across
        total += coefficient
    return total
