"""Polygons as flat arrays of rings, which the compiled loops walk over, and as geometries where one is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.domain.crs import reprojected
from landdb.validators import kernels

Geometries = NDArray[np.object_]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """All rings of `units` polygons: ring i is ``xy[start[i]:start[i + 1]]``, closed, of unit ``unit[i]``."""

    xy: Coordinates
    start: Integers
    unit: Integers
    is_hole: Flags
    units: int

    def ring_of_coordinate(self) -> Integers:
        """Give the number of the ring that each coordinate belongs to."""
        return np.repeat(np.arange(len(self.unit)), np.diff(self.start))


class Polygons:
    """The polygons of all units: measured as arrays, made into geometries only for the few that are looked at."""

    def __init__(self, rings: Rings, make: Callable[[Integers], Geometries]) -> None:
        """Keep the rings, and how to make the geometries of units chosen by index."""
        self.rings = rings
        self._make = make

    def __len__(self) -> int:
        return self.rings.units

    def take(self, units: Integers) -> Geometries:
        """Give the geometries of the units chosen."""
        return self._make(np.asarray(units, dtype=np.int64))

    def of_units(self, units: Integers) -> "Polygons":
        """Give the polygons of the units chosen, in ascending order of index, without making geometries."""
        number = np.full(self.rings.units, -1, dtype=np.int64)
        number[units] = np.arange(len(units))
        unit, length = number[self.rings.unit], np.diff(self.rings.start)
        chosen = unit >= 0
        rings = Rings(
            self.rings.xy[np.repeat(chosen, length)],
            np.concatenate([[0], np.cumsum(length[chosen])]).astype(np.int64),
            unit[chosen],
            self.rings.is_hole[chosen],
            len(units),
        )
        return Polygons(rings, lambda which: self.take(units[which]))

    @cached_property
    def _measures(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        rings = self.rings
        measures: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] = kernels.unit_measures(
            rings.xy, rings.start, rings.unit, rings.is_hole, rings.units
        )
        return measures

    @property
    def area_m2(self) -> NDArray[np.float64]:
        """Give each unit's area."""
        return self._measures[0]

    @property
    def perimeter_m(self) -> NDArray[np.float64]:
        """Give the length of each unit's rings."""
        return self._measures[1]

    @property
    def bounds(self) -> NDArray[np.float64]:
        """Give each unit's min x, min y, max x, max y."""
        return self._measures[2]

    def boxes(self) -> Geometries:
        """Give each unit's envelope as a rectangle."""
        rectangles: Geometries = shapely.box(*self.bounds.T)
        return rectangles


def polygons_of(geometries: Geometries) -> Polygons:
    """Give polygons from an array of valid polygons and multipolygons."""
    return Polygons(rings_of(geometries), geometries.__getitem__)


def polygons_from_wkb(blob: bytes, length: Integers) -> Polygons:
    """Give polygons from little-endian WKB or EWKB of (multi)polygons standing end to end, `length` bytes each."""
    data = np.frombuffer(blob, dtype=np.uint8)
    offset = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    xy, start, unit, is_hole = kernels.rings_from_wkb(data, offset)

    def make(units: Integers) -> Geometries:
        parts = np.empty(len(units), dtype=object)
        parts[:] = [blob[offset[index] : offset[index + 1]] for index in units.tolist()]
        geometries: Geometries = shapely.set_srid(shapely.from_wkb(parts), 0)
        return geometries

    return Polygons(Rings(xy, start, unit, is_hole, len(length)), make)


def reprojected_polygons(geometries: Geometries, source: int, target: int) -> Geometries:
    """Give geometries in another system; the conversion is one for all vertices, so neighbours stay joined."""
    moved: Geometries = shapely.transform(geometries, lambda xy: reprojected(xy, source, target))
    return moved


def rings_of(geometries: Geometries) -> Rings:
    """Give the rings of polygons and multipolygons, in their order.

    A polygon without holes is one ring whose coordinates stand together, and nearly all are; only the others
    are taken apart.
    """
    xy = shapely.get_coordinates(geometries)
    is_plain = (shapely.get_type_id(geometries) == 3) & (shapely.get_num_interior_rings(geometries) == 0)
    plain, other = np.flatnonzero(is_plain), np.flatnonzero(~is_plain)
    parts, part_unit = shapely.get_parts(geometries[other], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    unit = np.concatenate([plain, other[part_unit[ring_part]]])
    length = np.concatenate([shapely.get_num_coordinates(geometries[plain]), shapely.get_num_coordinates(rings)])
    follows_in_part = np.concatenate([[False], ring_part[1:] == ring_part[:-1]])[: len(rings)]
    is_hole = np.concatenate([np.zeros(len(plain), dtype=bool), follows_in_part])
    order = np.argsort(unit, kind="stable")
    start = np.concatenate([[0], np.cumsum(length[order])]).astype(np.int64)
    return Rings(xy, start, unit[order].astype(np.int64), is_hole[order], len(geometries))
