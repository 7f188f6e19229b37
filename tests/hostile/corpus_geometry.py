"""Shapes that no surveyor drew: broken, endless, knotted, elsewhere."""

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from hostile_files import (
    COMMUNE,
    EAST,
    NORTH,
    Corpus,
    Place,
    feature,
    geojson,
    honest_geojson,
    polygon,
    properties,
    refused,
    rows,
    square,
    write_layer,
)

FILES = Corpus()
add = FILES.add


def _geojson(place: Place, text: str) -> Path:
    return place.file("a.geojson", text)


def _one(place: Place, geometry: Any, **changed: Any) -> Path:
    return _geojson(place, geojson(feature(geometry, **changed), feature(polygon(square(5)), 2)))


def _ring_text(coordinates: str) -> str:
    one = json.dumps(properties())
    ring = f'{{"type":"Polygon","coordinates":[[{coordinates}]]}}'
    return f'{{"type":"Feature","properties":{one},"geometry":{ring}}}'


FILES.each(
    rows(1, RING_NOT_CLOSED=1),
    _one,
    {"ring_left_open": polygon(square()[:-1])},
)
FILES.each(
    rows(1, NO_GEOMETRY=1),
    _one,
    {
        "geometry_null": None,
        "polygon_without_rings": {"type": "Polygon", "coordinates": []},
        "collection_of_nothing": {"type": "GeometryCollection", "geometries": []},
    },
)
FILES.each(
    rows(1, NOT_A_POLYGON=1),
    _one,
    {
        "point": {"type": "Point", "coordinates": [EAST, NORTH]},
        "collection_of_points": {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [EAST, NORTH]}] * 9,
        },
    },
)
FILES.each(
    rows(2),
    _one,
    {
        "heights": polygon([[*point, 12.5] for point in square()]),
        "four_numbers_a_point": polygon([[*point, 12.5, 7.0] for point in square()]),
        "hole_outside": polygon(square(), square(3)),
        "ring_of_one_point": polygon([square()[0]] * 5),
        "bow_tie": polygon([square()[0], square()[2], square()[1], square()[3], square()[0]]),
        "closing_point_a_thousand_times": polygon(square() + [square()[0]] * 1000),
    },
)
FILES.each(
    rows(1, OUTSIDE_CRS=1),
    _one,
    {
        "vertex_at_1e300": polygon([*square()[:2], [1e300, 1e300], *square()[3:]]),
    },
)


@add(rows(UNREADABLE_GEOMETRY=1))
def nan_coordinate(place: Place) -> Path:
    return _geojson(place, geojson(_ring_text("[NaN,1],[2,3],[4,5],[NaN,1]")))


@add(refused("UNREADABLE_FILE", "CRS_UNKNOWN"))
def coordinate_of_1e400(place: Place) -> Path:
    return _geojson(place, geojson(_ring_text("[1e400,1],[2,3],[4,5],[1e400,1]")))


@add(rows(1, NOT_FINITE=1, UNREADABLE_GEOMETRY=1))
def not_finite_in_wkb(place: Place) -> Path:
    shapes = [_wkb_ring([(math.nan, NORTH), *square()[1:4]]), _wkb_ring([*square()[:3], (EAST, math.inf)])]
    return write_layer(place.folder / "a.gpkg", [*shapes, shapely.Polygon(square(3))])


def _wkb_ring(points: list[Any]) -> bytes:
    ring = [*points, points[0]]
    return struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)


@add(refused("MISSING_COLUMN"))
def empty_collection(place: Place) -> Path:
    return _geojson(place, '{"type":"FeatureCollection","features":[]}')


FILES.each(
    refused("EMPTY_FILE"),
    lambda place, content: place.file("a.geojson", content),
    {"empty_file": b"", "only_whitespace": b" \r\n\t" * 50_000, "only_nul": bytes(100_000)},
)
FILES.each(
    refused("AXES_SWAPPED"),
    _geojson,
    {"axes_swapped": geojson(feature(polygon([[y, x] for x, y in square()])))},
)
FILES.each(
    refused("CRS_UNKNOWN"),
    _geojson,
    {
        "web_mercator_called_9208": geojson(feature(polygon([[x + 11_200_000, y + 80_000] for x, y in square()]))),
        "antipodes": geojson(feature(polygon([[-x, -y] for x, y in square()]))),
        "infinite_coordinate": geojson(_ring_text("[Infinity,1],[2,3],[4,5],[Infinity,1]")),
        "crs_by_web_address": honest_geojson().replace("urn:ogc:def:crs:EPSG::9208", "http://localhost/9208"),
        "unknown_crs_number": honest_geojson().replace("EPSG::9208", "EPSG::999999"),
    },
)


@add(refused("WRONG_MERIDIAN"), commune_code=COMMUNE)
def neighbouring_meridian(place: Place) -> Path:
    return _geojson(place, honest_geojson().replace("EPSG::9208", "EPSG::9211"))


@add(refused("UNREADABLE_FILE", "UNKNOWN_FORMAT"))
def nested_200_000_deep(place: Place) -> Path:
    return _geojson(place, geojson(_ring_text("[" * 200_000 + "]" * 200_000)))


@add(refused("UNREADABLE_FILE"))
def nested_collections_20_000_deep(place: Place) -> Path:
    inner = '{"type":"GeometryCollection","geometries":[' * 20_000
    return _geojson(place, geojson(f'{{"type":"Feature","properties":{{}},"geometry":{inner}{"]}" * 20_000}}}'))


@add(rows(2))
def zigzag_of_6000_vertices(place: Place) -> Path:
    """Every segment crosses every other: to repair it would take hours, to say so a moment."""
    return _one(place, polygon(_zigzag(6000)))


def _zigzag(count: int) -> list[list[float]]:
    up = [[EAST + i * 1e-3, NORTH + (i % 2) * 100] for i in range(count)]
    return [*up, [EAST + 3, NORTH - 50], up[0]]


@add(refused("UNREADABLE_FILE"), slow=True)
def circle_of_10_000_000_vertices(place: Place) -> Path:
    start, end = geojson(_ring_text("@")).split("@")
    path = place.folder / "a.geojson"
    with path.open("w") as out:
        out.write(start)
        out.writelines(f"{',' if block else ''}{','.join(points)}" for block, points in enumerate(_blocks(10_000_000)))
        out.write(end)
    return path


def _blocks(count: int) -> Iterator[list[str]]:
    """Give a closed ring's points in blocks; one arc's text is used again, moved by whole metres."""
    arc = _circle(100_000)
    for _ in range(count // len(arc)):
        yield arc


def _circle(count: int) -> list[str]:
    angle = np.linspace(0, 2 * math.pi, count)
    x, y = np.round(EAST + 100 * np.cos(angle), 3), np.round(NORTH + 100 * np.sin(angle), 3)
    return [f"[{a},{b}]" for a, b in zip([*x[:-1], x[0]], [*y[:-1], y[0]], strict=True)]


@add(rows(TOO_MANY_VERTICES=1), slow=True)
def geopackage_ring_of_10_000_000_vertices(place: Place) -> Path:
    angle = np.linspace(0, 2 * math.pi, 10_000_000)
    ring = np.column_stack((EAST + 100 * np.cos(angle), NORTH + 100 * np.sin(angle)))
    ring[-1] = ring[0]
    return write_layer(place.folder / "a.gpkg", [shapely.Polygon(ring)], SPATIAL_INDEX="NO")


@add(refused("TOO_MANY_VERTICES"), max_vertices=10_000)
def file_of_too_many_vertices(place: Place) -> Path:
    return write_layer(place.folder / "a.gpkg", [shapely.Polygon(square()).segmentize(0.01)] * 3)


@add(rows(1))
def polygon_with_an_empty_part(place: Place) -> Path:
    shape = shapely.MultiPolygon([shapely.Polygon(square()), shapely.Polygon()])
    return write_layer(place.folder / "a.gpkg", [shape], geometry_type="MultiPolygon")
