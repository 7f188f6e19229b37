"""Rectangles in degrees, for asking spatial indexes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from landdb.domain.crs import to_wgs84


class Box(NamedTuple):
    """A rectangle in WGS 84 degrees."""

    west: float
    south: float
    east: float
    north: float


def box_4326(bounds: Sequence[float], srid: int, *, margin_m: float = 0.1) -> Box:
    """Give the box in degrees around min x, min y, max x, max y in metres and a margin."""
    low_x, low_y, high_x, high_y = bounds
    x = np.array([low_x - margin_m, high_x + margin_m, low_x - margin_m, high_x + margin_m])
    y = np.array([low_y - margin_m, low_y - margin_m, high_y + margin_m, high_y + margin_m])
    lon, lat = to_wgs84(srid)(x, y)
    return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
