"""The sketch of a parcel among its neighbours, as SVG without script, style sheet or anything from outside.

Drawn in the plane of the sheet's zone, north up. It serves computers without WebGL2 and the extract.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from landdb.reporting.extract.outline import Outline, Side
from landdb.reporting.page.drawing import round_length
from landdb.reporting.page.markup import Markup, element
from landdb.reporting.report_data import WATER

#: Size of the drawing in its own units; a unit is about a pixel on the page and 0.22 mm on paper.
WIDTH, HEIGHT = 800, 600

#: A number is written where it fits: shorter sides and smaller neighbours go without.
_SHORTEST_LABELLED: Final = 40.0
_SMALLEST_NEIGHBOUR: Final = 34.0
_INK, _QUIET, _FILL, _ROAD, _WATER_FILL = "#1a1a1a", "#8a8a8a", "#fff3d6", "#ececec", "#d8eaf6"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A parcel beside the one that is drawn; `shape` in metres of the same zone."""

    sheet_no: str
    parcel_no: str
    land_use: str | None
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Ground:
    """All that one sketch shows; shapes in metres of the parcel's zone."""

    sheet_no: str
    parcel_no: str
    land_use: str | None
    area: str | None
    shape: shapely.Geometry
    outline: Outline
    neighbours: Sequence[Neighbour] = ()
    objects: Sequence[tuple[str, str | None, shapely.Geometry]] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    """The piece of the plane that is shown."""

    west: float
    north: float
    metres_per_unit: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.west) / self.metres_per_unit, (self.north - y) / self.metres_per_unit

    def path(self, shape: shapely.Geometry) -> str:
        """Give all rings as path data in tenths of a unit."""
        told = []
        for ring in shapely.get_rings(shapely.get_parts(shape)):
            xy = shapely.get_coordinates(ring)[:-1]
            placed = np.column_stack(((xy[:, 0] - self.west), (self.north - xy[:, 1]))) / self.metres_per_unit
            told.append("M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in placed.tolist()) + "z")
        return "".join(told)


def window_of(shape: shapely.Geometry, *, margin: float = 0.22) -> tuple[float, float, float, float]:
    """Give west, south, east, north in metres of what a sketch of `shape` shows, in the drawing's proportions."""
    west, south, east, north = shapely.bounds(shape).tolist()
    wide, tall = max(east - west, 1.0), max(north - south, 1.0)
    width = max(wide * (1 + 2 * margin), tall * (1 + 2 * margin) * WIDTH / HEIGHT)
    height = width * HEIGHT / WIDTH
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2


def draw(ground: Ground) -> Markup:
    """Give the sketch as one SVG element."""
    west, south, east, north = window_of(ground.shape)
    window = _Window(west, north, (east - west) / WIDTH)
    seen = shapely.box(west, south, east, north)
    title = f"{ground.sheet_no}/{ground.parcel_no}"
    return element(
        "svg",
        element("title", title),
        element("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"),
        [_object(kind, name, shape, window, seen) for kind, name, shape in ground.objects],
        [_neighbour(neighbour, ground.sheet_no, window, seen) for neighbour in ground.neighbours],
        element(
            "path", d=window.path(ground.shape), fill=_FILL, stroke=_INK, stroke_width=2.4, stroke_linejoin="round",
            fill_rule="evenodd",
        ),
        [_length(side, window) for side in ground.outline.sides],
        [_corner(ground, number, window) for number in range(len(ground.outline.corners))],
        _number(ground, window),
        _north_arrow(),
        _scale(window),
        xmlns="http://www.w3.org/2000/svg", viewbox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=title,
        font_family="'Libertinus Serif', 'Noto Serif', serif",
    )  # fmt: skip


def _object(
    kind: str, name: str | None, shape: shapely.Geometry, window: _Window, seen: shapely.Geometry
) -> Markup | None:
    shown = shapely.intersection(shape, seen)
    if shapely.is_empty(shown):
        return None
    drawn = element("path", d=window.path(shown), fill=_WATER_FILL if kind in WATER else _ROAD, fill_rule="evenodd")
    if not name:
        return drawn
    x, y = window.place(*shapely.get_coordinates(shapely.point_on_surface(shown))[0].tolist())
    return Markup(drawn + _text(name, x, y, size=18, fill=_QUIET, style="italic"))


def _neighbour(neighbour: Neighbour, sheet_no: str, window: _Window, seen: shapely.Geometry) -> Markup | None:
    shown = shapely.intersection(neighbour.shape, seen)
    if shapely.is_empty(shown) or shapely.get_dimensions(shown) < 2:
        return None
    drawn = element("path", d=window.path(shown), fill="none", stroke=_QUIET, stroke_width=1)
    left, bottom, right, top = shapely.bounds(shown).tolist()
    if min(right - left, top - bottom) / window.metres_per_unit < _SMALLEST_NEIGHBOUR:
        return drawn
    x, y = window.place(*shapely.get_coordinates(shapely.point_on_surface(shown))[0].tolist())
    own_sheet = neighbour.sheet_no == sheet_no
    number = neighbour.parcel_no if own_sheet else f"{neighbour.sheet_no}/{neighbour.parcel_no}"
    use = _text(neighbour.land_use, x, y + 19, size=16, fill=_QUIET) if neighbour.land_use else ""
    return Markup(drawn + _text(number, x, y, size=20, fill=_QUIET) + use)


def _length(side: Side, window: _Window) -> Markup | None:
    """Give the length of a side along it, upright, just outside of the parcel."""
    (x1, y1), (x2, y2) = (window.place(corner.easting_m, corner.northing_m) for corner in (side.start, side.end))
    drawn = math.hypot(x2 - x1, y2 - y1)
    if drawn < _SHORTEST_LABELLED:
        return None
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    # Corners run clockwise, so the outside lies to the left of the way, which is up on a turned page.
    out_x, out_y = (y2 - y1) / drawn * 13, -(x2 - x1) / drawn * 13
    upright = angle if -90 < angle <= 90 else angle + 180
    x, y = (x1 + x2) / 2 + out_x, (y1 + y2) / 2 + out_y
    return element(
        "text", f"{side.length_m:.2f}", x=0, y=5, text_anchor="middle", font_size=17, fill=_INK,
        transform=f"translate({x:.1f} {y:.1f}) rotate({upright:.1f})",
    )  # fmt: skip


def _corner(ground: Ground, at: int, window: _Window) -> Markup:
    corner = ground.outline.corners[at]
    x, y = window.place(corner.easting_m, corner.northing_m)
    dot = element("circle", cx=x, cy=y, r=2.6, fill="#ffffff", stroke=_INK, stroke_width=1.2)
    if len(ground.outline.corners) > 40:
        return dot
    middle = window.place(*shapely.get_coordinates(shapely.centroid(ground.shape))[0].tolist())
    away = math.hypot(x - middle[0], y - middle[1]) or 1.0
    shift = 19 / away
    return Markup(
        dot + _text(str(corner.number), x + (middle[0] - x) * shift, y + (middle[1] - y) * shift + 5, size=15)
    )


def _number(ground: Ground, window: _Window) -> Markup:
    """Give number, use and area as cadastral maps write them: land use, then number over area."""
    x, y = window.place(*shapely.get_coordinates(shapely.point_on_surface(ground.shape))[0].tolist())
    lines = [
        (ground.parcel_no, 34.0, "bold"),
        *((told, 21.0, "normal") for told in (ground.land_use, ground.area) if told),
    ]
    told, at = Markup(""), y - (len(lines) - 1) * 13
    for text, size, weight in lines:
        told = Markup(told + _text(text, x, at + size / 3, size=size, weight=weight))
        at += 27
    return told


def _north_arrow() -> Markup:
    return element(
        "g",
        element("path", d="M0 -26 L7 8 L0 2 L-7 8 z", fill=_INK),
        _text("B", 0, -31, size=20, weight="bold"),
        transform=f"translate({WIDTH - 34} 56)",
    )


def _scale(window: _Window) -> Markup:
    """Give a bar of a round length at the lower left."""
    length_m = round_length(WIDTH * window.metres_per_unit * 0.25)
    length = length_m / window.metres_per_unit
    bar = element("path", d=f"M20 {HEIGHT - 26}v8h{length:.1f}v-8", fill="none", stroke=_INK, stroke_width=1.4)
    return Markup(bar + _text(f"{length_m:g} m", 20 + length / 2, HEIGHT - 30, size=17))


def _text(
    told: str, x: float, y: float, *, size: float, fill: str = _INK, weight: str = "normal", style: str = "normal"
) -> Markup:
    return element(
        "text", told, x=x, y=y, text_anchor="middle", font_size=size, fill=fill, font_weight=weight, font_style=style,
        stroke="#ffffff", stroke_width=2.5, paint_order="stroke",
    )  # fmt: skip
