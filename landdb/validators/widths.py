"""How wide a polygon is: the diameter of the largest circle inside it."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.validators.fabric import Geometries


def width_bounds_m(polygons: Geometries) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give a lower and an upper bound of each polygon's width without searching for the circle.

    2·A/P never exceeds the width (a ring of that radius along the edge would use up the area); the circle
    cannot have more area than the polygon. 4·A/P, exact for long strips, is *not* an upper bound for a
    compact polygon with a long tail, so it does not decide anything here.
    """
    area, perimeter = shapely.area(polygons), shapely.length(polygons)
    lower = np.divide(2 * area, perimeter, out=np.zeros_like(area), where=perimeter > 0)
    return lower, 2 * np.sqrt(area / np.pi)


def widths_m(polygons: Geometries) -> NDArray[np.float64]:
    """Give the diameter of each polygon's largest inscribed circle."""
    _, upper = width_bounds_m(polygons)
    return np.array([_width(polygon, bound) for polygon, bound in zip(polygons, upper, strict=True)])


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


def _width(polygon: BaseGeometry, upper: float) -> float:
    """Give one width to a hundredth of itself, or to 0.01 mm for the thinnest."""
    area, perimeter = polygon.area, polygon.length
    if area <= 0 or perimeter <= 0:
        return 0.0
    tolerance = max(min(2 * area / perimeter, upper) / 100, 1e-5)
    return 2 * float(shapely.maximum_inscribed_circle(polygon, tolerance=tolerance).length)
