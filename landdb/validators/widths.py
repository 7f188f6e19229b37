"""How wide a polygon is: the diameter of the largest circle inside it."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.validators.rings import Geometries

#: Widths are found to a thousandth of themselves.
_PRECISION = 1e-3
#: Bounds this close together and a ring this short: GEOS finds the circle in a tenth of a millisecond.
_COMPACT = 4.0
_SIMPLE = 200


def width_bounds_m(polygons: Geometries) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give a lower and an upper bound of each polygon's width without searching for the circle.

    2·A/P never exceeds the width (a rim of half that breadth cannot use up the area); the circle cannot
    have more area than the polygon. 4·A/P, exact for long strips, is *not* an upper bound for a compact
    polygon with a long tail, so it does not decide anything here.
    """
    area, perimeter = shapely.area(polygons), shapely.length(polygons)
    lower = np.divide(2 * area, perimeter, out=np.zeros_like(area), where=perimeter > 0)
    return lower, 2 * np.sqrt(area / np.pi)


def widths_m(polygons: Geometries) -> NDArray[np.float64]:
    """Give the diameter of each polygon's largest inscribed circle.

    GEOS searches compact polygons fast and well, but takes 50 ms for a lens of 3 mm × 20 m; for long ones
    the question is how far they can be eroded before nothing is left, asked of all at once.
    """
    low, high = width_bounds_m(polygons)
    compact = (high <= _COMPACT * low) & (shapely.get_num_coordinates(polygons) <= _SIMPLE)
    widths = np.zeros(len(polygons))
    circles = shapely.maximum_inscribed_circle(polygons[compact], tolerance=low[compact] * _PRECISION)
    widths[compact] = 2 * shapely.length(circles)
    long = ~compact & (low > 0)
    widths[long] = _by_erosion(polygons[long], low[long] * 0.99, high[long] * 1.01)
    return widths


def _by_erosion(polygons: Geometries, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the widths between bounds, halving the interval (in ratio) of every polygon still in question."""
    open_ = np.arange(len(polygons))
    while len(open_):
        middle = np.sqrt(low[open_] * high[open_])
        eroded = shapely.is_empty(shapely.buffer(polygons[open_], -middle / 2))
        high[open_] = np.where(eroded, middle, high[open_])
        low[open_] = np.where(eroded, low[open_], middle)
        open_ = open_[high[open_] > low[open_] * (1 + _PRECISION)]
    widths: NDArray[np.float64] = (low + high) / 2
    return widths


def width_m(geometry: BaseGeometry) -> float:
    """Give the width of the widest polygon of a geometry; 0 when it has none."""
    parts = polygon_parts(geometry)
    return float(widths_m(parts).max()) if len(parts) else 0.0


def polygon_parts(geometry: BaseGeometry) -> Geometries:
    """Give the polygons of a geometry, without lines and points that an overlay left."""
    parts = shapely.get_parts(geometry)
    parts = shapely.get_parts(parts) if np.isin(shapely.get_type_id(parts), (6, 7)).any() else parts
    kept: Geometries = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]
    return kept


def opened(polygons: Geometries, width_m: float) -> Geometries:
    """Give polygons without what is thinner than a width; corners stay sharp."""
    eroded = shapely.buffer(polygons, -width_m / 2, join_style="mitre")
    wide: Geometries = shapely.buffer(eroded, width_m / 2, join_style="mitre")
    return wide


def without_threads(polygon: BaseGeometry, thread_m: float) -> Geometries:
    """Give the parts of a polygon that are wider than threads, which are cut off."""
    wide = polygon_parts(opened(np.array([polygon], dtype=object), thread_m)[0])
    return polygon_parts(shapely.geometrycollections(shapely.intersection(wide, polygon)))


def cut_at_threads(polygon: BaseGeometry, thread_m: float) -> Geometries:
    """Give the parts of a polygon that only threads thinner than a width hold together; itself when none does."""
    parts = without_threads(polygon, thread_m)
    return parts if len(parts) > 1 else np.array([polygon], dtype=object)
