"""National parcel codes for new parcels: GeoHash of the pole of inaccessibility (Circular 19/2026, Annex I).

A code is assigned once. Two parcels never get one code: where the cell of the pole was used before, as when the
larger part of a split has its pole where the parent had it, the next free cell around the pole is taken.
"""

import itertools
from collections.abc import Iterator

import shapely
from shapely.geometry import Point, Polygon

from landdb.domain import geohash
from landdb.domain.crs import to_wgs84

#: Precision of the pole, far below the 3.5 × 1.9 cm of a cell; and the step from one cell to a next one.
POLE_M = 0.005
STEP_M = 0.04


def pole_of_inaccessibility(parcel: Polygon) -> Point:
    """Give the point inside the parcel that is farthest from its boundary, in the parcel's own system."""
    return Point(shapely.get_coordinates(shapely.maximum_inscribed_circle(parcel, tolerance=POLE_M))[0])


def code_candidates(parcel: Polygon, srid: int) -> Iterator[str]:
    """Give codes for the parcel: that of its pole, then those of cells around it, while they lie inside."""
    pole = pole_of_inaccessibility(parcel)
    convert = to_wgs84(srid)
    for ring in itertools.count():
        places = [
            Point(pole.x + STEP_M * dx, pole.y + STEP_M * dy)
            for dx in range(-ring, ring + 1)
            for dy in range(-ring, ring + 1)
            if max(abs(dx), abs(dy)) == ring
        ]
        inside = [place for place in places if parcel.contains(place)]
        if not inside:
            return
        for place in inside:
            lon, lat = convert([place.x], [place.y])
            yield geohash.encode(float(lat[0]), float(lon[0]))
