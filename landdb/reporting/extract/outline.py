"""A parcel's outline as an extract tells it: numbered corners with their coordinates, sides with their lengths.

Corners are numbered clockwise from the most north-western one, as Vietnamese parcel sketches do; those of
holes go on where the outer ring ends.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Corner:
    """One corner: its number, and its place in metres of the sheet's own zone."""

    number: int
    easting_m: float
    northing_m: float


@dataclass(frozen=True, slots=True)
class Side:
    """The straight piece between two corners."""

    start: Corner
    end: Corner

    @property
    def length_m(self) -> float:
        """Give the length in the plane of the zone."""
        return math.hypot(self.end.easting_m - self.start.easting_m, self.end.northing_m - self.start.northing_m)


@dataclass(frozen=True, slots=True)
class Outline:
    """All corners in order, and the sides ring by ring."""

    corners: tuple[Corner, ...]
    sides: tuple[Side, ...]


def outline_of(geometry: dict[str, Any]) -> Outline:
    """Give the outline of a GeoJSON polygon or multipolygon in metres, easting first."""
    corners: list[Corner] = []
    sides: list[Side] = []
    for ring in _rings(geometry):
        numbered = [Corner(len(corners) + place, *xy) for place, xy in enumerate(ring, start=1)]
        corners += numbered
        sides += [Side(start, end) for start, end in zip(numbered, [*numbered[1:], numbered[0]], strict=True)]
    return Outline(tuple(corners), tuple(sides))


def _rings(geometry: dict[str, Any]) -> Iterator[list[Position]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield _from_north_west([(x, y) for x, y, *_ in ring[:-1]])


def _from_north_west(ring: Sequence[Position]) -> list[Position]:
    """Give the ring clockwise, its first corner the one nearest to the north-west of its box."""
    clockwise = list(ring) if _doubled_area(ring) < 0 else list(reversed(ring))
    west, north = min(x for x, _ in ring), max(y for _, y in ring)
    first = min(range(len(clockwise)), key=lambda at: math.hypot(clockwise[at][0] - west, clockwise[at][1] - north))
    return clockwise[first:] + clockwise[:first]


def _doubled_area(ring: Sequence[Position]) -> float:
    """Give twice the signed area (shoelace formula): negative when the ring runs clockwise."""
    (x0, y0), *_ = ring
    following = [*ring[1:], ring[0]]
    return sum((a - x0) * (d - y0) - (c - x0) * (b - y0) for (a, b), (c, d) in zip(ring, following, strict=True))
