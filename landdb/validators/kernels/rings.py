"""Rings out of WKB, and the measures of the units that they bound."""

import numpy as np
from numba import njit

from landdb.validators.kernels.cancelling import twice_area


@njit(cache=True)
def unit_measures(xy, ring_start, ring_unit, ring_is_hole, units):
    """Give area, perimeter and bounds (min x, min y, max x, max y) of each unit."""
    area = np.zeros(units)
    perimeter = np.zeros(units)
    bounds = np.empty((units, 4))
    bounds[:, :2] = np.inf
    bounds[:, 2:] = -np.inf
    for ring in range(len(ring_start) - 1):
        unit = ring_unit[ring]
        low, high = ring_start[ring], ring_start[ring + 1]
        signed = abs(twice_area(xy, low, high)) / 2
        area[unit] += -signed if ring_is_hole[ring] else signed
        for index in range(low, high - 1):
            x, y = xy[index, 0], xy[index, 1]
            perimeter[unit] += np.hypot(xy[index + 1, 0] - x, xy[index + 1, 1] - y)
            bounds[unit, 0] = min(bounds[unit, 0], x)
            bounds[unit, 1] = min(bounds[unit, 1], y)
            bounds[unit, 2] = max(bounds[unit, 2], x)
            bounds[unit, 3] = max(bounds[unit, 3], y)
    return area, perimeter, bounds


@njit(cache=True)
def _whole_number(data, at):
    return (
        np.int64(data[at]) | np.int64(data[at + 1]) << 8 | np.int64(data[at + 2]) << 16 | np.int64(data[at + 3]) << 24
    )


@njit(cache=True)
def rings_from_wkb(data, offset):
    """Give coordinates, ring starts, ring units and hole flags of little-endian (E)WKB (multi)polygons in 2D.

    Format: OGC 06-103r4, section 8; EWKB's SRID flag as in the PostGIS manual. Read twice: to count, to fill.
    """
    rings = 0
    points = 0
    xy = np.empty((0, 2))
    flat = xy.reshape(-1).view(np.uint8)
    start = np.zeros(1, np.int64)
    unit = np.empty(0, np.int64)
    is_hole = np.empty(0, np.bool_)
    for fill in range(2):
        if fill == 1:
            xy = np.empty((points, 2))
            flat = xy.reshape(-1).view(np.uint8)
            start = np.zeros(rings + 1, np.int64)
            unit = np.empty(rings, np.int64)
            is_hole = np.empty(rings, np.bool_)
            rings = 0
            points = 0
        for index in range(len(offset) - 1):
            at = offset[index]
            kind = _whole_number(data, at + 1)
            at += 9 if kind & 0x20000000 else 5
            parts = 1
            if kind & 0xFF == 6:
                parts = _whole_number(data, at)
                at += 4
            for _part in range(parts):
                if kind & 0xFF == 6:
                    at += 9 if _whole_number(data, at + 1) & 0x20000000 else 5
                part_rings = _whole_number(data, at)
                at += 4
                for ring in range(part_rings):
                    count = _whole_number(data, at)
                    at += 4
                    if fill == 1:
                        flat[16 * points : 16 * (points + count)] = data[at : at + 16 * count]
                        unit[rings] = index
                        is_hole[rings] = ring > 0
                        start[rings + 1] = points + count
                    at += 16 * count
                    points += count
                    rings += 1
    return xy, start, unit, is_hole
