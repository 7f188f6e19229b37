"""WebMercatorQuad, the tile matrix set of the web: which square of the world a tile shows.

OGC 17-083r4, annex D.1. Row and column count from the north-west corner; each zoom halves the square.
"""

import math
from dataclasses import dataclass
from typing import Final

DEEPEST: Final = 20
#: Half the side of the square world, metres EPSG:3857.
HALF_WORLD_M: Final = math.pi * 6_378_137.0
#: Units of a tile's side, and how far beyond its edge it draws, so that lines do not end in sight.
EXTENT: Final = 4096
BUFFER: Final = 64
#: How wide a tile is shown.
PIXELS: Final = 512


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Tell whether the grid has such a tile."""
        return 0 <= self.z <= DEEPEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def side_m(self) -> float:
        """Give the side of its square, metres EPSG:3857."""
        return 2 * HALF_WORLD_M / (1 << self.z)

    @property
    def pixel_m(self) -> float:
        """Give the side of a pixel, metres EPSG:3857 (true metres are cos(latitude) of that)."""
        return self.side_m / PIXELS

    def square(self, *, buffer: float = 0.0) -> tuple[float, float, float, float]:
        """Give west, south, east, north in metres EPSG:3857, grown by `buffer` tile units of 1/4096."""
        west, north = self.x * self.side_m - HALF_WORLD_M, HALF_WORLD_M - self.y * self.side_m
        grown = self.side_m * buffer / EXTENT
        return west - grown, north - self.side_m - grown, west + self.side_m + grown, north + grown

    def box(self, *, buffer: float = 0.0) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees WGS 84, grown by `buffer` tile units."""
        west, south, east, north = self.square(buffer=buffer)
        return _longitude(west), _latitude(south), _longitude(east), _latitude(north)


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """Give the tile of a zoom that shows this point; latitudes beyond 85.05° belong to the outermost row."""
    count = 1 << z
    x = (lon + 180) / 360 * count
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count
    return Tile(z, min(count - 1, max(0, int(x))), min(count - 1, max(0, int(y))))


def _longitude(x_m: float) -> float:
    return x_m / HALF_WORLD_M * 180


def _latitude(y_m: float) -> float:
    return math.degrees(math.atan(math.sinh(y_m / HALF_WORLD_M * math.pi)))
