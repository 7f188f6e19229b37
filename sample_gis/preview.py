"""One small picture of both communes: parcels by map scale, roads, water, borders."""

from collections.abc import Iterable
from itertools import pairwise

from shapely.geometry.base import BaseGeometry

from sample_gis.fabric import Fabric
from sample_gis.linework import polygons_of

HEIGHT_PX, GAP_PX, TITLE_PX = 520.0, 30.0, 30.0
FILL = {"houses": "#f2c9a1", "gardens": "#dfe3a3", "fields": "#c4dfb0"}
OBJECT_FILL = {"DGT": "#ffffff", "SON": "#9cc9e8"}
SIMPLER_M = 0.7


def _path(shapes: Iterable[BaseGeometry], west: float, north: float, scale: float) -> str:
    """Give an SVG path in tenths of a pixel, relative steps, to keep the picture small."""
    parts: list[str] = []
    for polygon in (part for shape in shapes for part in polygons_of(shape.simplify(SIMPLER_M))):
        for ring in (polygon.exterior, *polygon.interiors):
            points = [(round((x - west) * scale * 10), round((north - y) * scale * 10)) for x, y in ring.coords[:-1]]
            steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(points)]
            parts.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z")
    return "".join(parts)


def _commune(fabric: Fabric, left: float) -> tuple[str, float]:
    """Give a commune's drawing and its width in pixels."""
    west, south, east, north = fabric.boundary.bounds
    scale = HEIGHT_PX / (north - south)
    lines = []
    for land, fill in FILL.items():
        shapes = [parcel.geom for parcel in fabric.parcels if parcel.land == land]
        lines.append(f'<path fill="{fill}" d="{_path(shapes, west, north, scale)}"/>')
    for kind, fill in OBJECT_FILL.items():
        shapes = [thing.geom for thing in fabric.objects if thing.kind == kind]
        lines.append(f'<path fill="{fill}" stroke="none" d="{_path(shapes, west, north, scale)}"/>')
    border = _path([fabric.boundary], west, north, scale)
    lines.append(f'<path fill="none" stroke="#7a1f1f" stroke-width="14" d="{border}"/>')
    recipe = fabric.recipe
    title = f"{recipe.full_name} ({recipe.code}): {len(fabric.parcels)} thửa, {len(fabric.sheets)} tờ"
    body = f'<g transform="translate({left:.0f} {TITLE_PX:.0f}) scale(0.1)">{"".join(lines)}</g>'
    return f'<text x="{left:.0f}" y="18">{title}</text>{body}', (east - west) * scale


def drawn(fabrics: Iterable[Fabric]) -> str:
    """Give the SVG of all communes side by side."""
    left, parts = 10.0, []
    for fabric in fabrics:
        part, width = _commune(fabric, left)
        parts.append(part)
        left += width + GAP_PX
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left:.0f} {HEIGHT_PX + TITLE_PX + 10:.0f}" '
        'font-family="sans-serif" font-size="14" stroke="#6b6b5a" stroke-width="4" stroke-linejoin="round" '
        f'fill-rule="evenodd"><style>text{{stroke:none;fill:#333}}</style>{"".join(parts)}</svg>\n'
    )
