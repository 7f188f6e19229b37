"""Faults of a parcel that lies inside another: never cut out of it, or cut out up to its boundary."""

import shapely
from shapely import Point, Polygon

from sample_gis import ring_edits
from sample_gis.desk import Desk
from sample_gis.fabric import rings_of, sharp

INNER_SHARE = 0.4  # of the outer parcel's length and width
INNER_M2 = 20.0
APART_M = 1.0  # from the outer parcel's boundary, where they do not touch


def never_cut_out(desk: Desk) -> None:
    """Draw a parcel inside another, which keeps its whole ground."""

    def test(key: str) -> tuple[str, Polygon] | None:
        outer = desk.shape(key)
        inner = ring_edits.shrunk(outer, INNER_SHARE)
        inside = outer.contains(inner) and inner.distance(outer.exterior) > APART_M
        return (key, inner) if inside and inner.area > INNER_M2 and not sharp(inner, 20.0) else None

    key, inner = desk.site(test)
    copy = desk.numbered_copy(key, inner)
    desk.pair("COV008", key, copy, note=f"{copy} lies inside {key}, {inner.area:.1f} m²")


def hole_at_the_boundary(desk: Desk) -> None:
    """Cut a parcel out of another so that the hole touches the boundary at a corner; a parcel of its own fills it."""

    def test(key: str) -> tuple[str, Polygon, Polygon] | None:
        outer = desk.shape(key)
        for corner in rings_of(outer)[0]:
            inner = ring_edits.kite(outer, corner)
            if inner.area > INNER_M2 and _touches_only(outer, inner, corner) and not sharp(inner, 20.0):
                return key, Polygon(outer.exterior, [inner.exterior]), inner
        return None

    key, outer, inner = desk.site(test)
    desk.redraw(key, outer)
    filling = desk.numbered_copy(key, inner)
    desk.find("GEO009", key, note=f"the hole that {filling} fills touches the boundary at one point")


def _touches_only(outer: Polygon, inner: Polygon, corner: ring_edits.Point) -> bool:
    """Tell whether the inner ground touches the outer boundary at the corner alone, and clears it elsewhere."""
    others = [point for point in inner.exterior.coords if point != corner]
    clear = min(outer.exterior.distance(Point(point)) for point in others) > APART_M
    return bool(clear and outer.covers(inner) and shapely.intersection(inner, outer.exterior).equals(Point(corner)))
