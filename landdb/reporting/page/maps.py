"""Maps as SVG: a commune with its findings, a province with its scores."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import shapely

from landdb.exporters.records import FindingRecord
from landdb.reporting.page.charts import grade
from landdb.reporting.page.drawing import Frame, Geometries, lines, mark, mark_sample, outlines, scale_bar
from landdb.reporting.page.markup import Markup, element
from landdb.reporting.page.wording import Wording
from landdb.reporting.report_data import CommuneLine, MapShapes, Sketch

_UNITS: Final = 1600
_TALLEST: Final = 0.8
#: A commune smaller than this on the map of a province is drawn as a disc, so that it can be seen and hit.
_LEAST_RADIUS: Final = 12.0
#: More names than this would cover each other.
_MOST_NAMED: Final = 40
_NOTHING: Final[Geometries] = np.empty(0, dtype=object)


def finding_anchor(finding: FindingRecord) -> str:
    """Give the anchor of a finding's row in the list."""
    return f"f{finding.finding_id}"


def commune_map(shapes: MapShapes, findings: Sequence[FindingRecord], name: str, wording: Wording) -> Markup | None:
    """Give the map of a commune with the marks of its findings, the gravest on top; None without any ground."""
    drawn = shapes.boundary if len(shapes.boundary) else shapes.parcels
    if not len(drawn):
        return None
    bounds = shapely.total_bounds(drawn).tolist()
    # A tall commune is given air at its sides rather than a screen and a half of height.
    frame = Frame.around(bounds, units=_UNITS, margin=0.03)
    if frame.height > _UNITS * _TALLEST:
        frame = Frame.around(bounds, units=_UNITS, margin=0.03, aspect=1 / _TALLEST)
    placed = [f for f in findings if f.lon is not None and f.lat is not None]
    inside = [f for f in placed if frame.holds(f.lon or 0, f.lat or 0)]
    svg = element(
        "svg",
        outlines(shapes.parcels, frame, "parcel"),
        outlines(shapes.roads, frame, "road"),
        outlines(shapes.water, frame, "water"),
        outlines(shapes.boundary, frame, "boundary"),
        scale_bar(frame, wording, text_units=26),
        [_marked(finding, frame) for finding in reversed(inside)],
        viewbox=frame.viewbox,
        role="group",
        aria_label=wording("map_told", name=name, parcels=wording.number(len(shapes.parcels)), findings=len(inside)),
    )
    elsewhere = len(placed) - len(inside)
    note = element("p", wording("map_elsewhere", count=elsewhere), class_="small soft") if elsewhere else None
    return Markup(element("div", svg, _tools(wording), class_="map", data_zooms=True) + (note or ""))


def commune_legend(wording: Wording) -> Markup:
    """Give what the marks and areas of the map of a commune stand for."""
    marks = [(mark_sample(severity), wording(f"severity_{severity}")) for severity in ("error", "warning", "info")]
    areas = [(_swatch("road"), wording("legend_road")), (_swatch("water"), wording("legend_water"))]
    line = element("path", d="M0 8h16", class_="boundary")
    boundary = element("svg", line, viewbox="0 0 16 16", aria_hidden="true")
    return _legend([*marks, *areas, (boundary, wording("legend_boundary"))], wording)


def sketch_legend(wording: Wording) -> Markup:
    """Give what the colours of the sketches stand for."""
    entries = [("one", "legend_one"), ("other", "legend_other"), ("fault", "legend_fault"), ("road", "legend_road"),
               ("water", "legend_water")]  # fmt: skip
    return _legend([(_swatch(css), wording(key)) for css, key in entries], wording)


def province_map(
    lines_: Sequence[CommuneLine],
    boundaries: Mapping[int, shapely.Geometry],
    links: Mapping[int, str],
    wording: Wording,
) -> Markup | None:
    """Give the communes coloured by grade: their boundaries, or a disc where none was delivered."""
    shapes = {line.commune.commune_id: _region(line, boundaries) for line in lines_}
    drawn = [shape for shape in shapes.values() if shape is not None]
    if not drawn:
        return None
    frame = Frame.around(shapely.total_bounds(drawn).tolist(), units=_UNITS, margin=0.03)
    if frame.height > _UNITS * _TALLEST:
        frame = Frame.around(shapely.total_bounds(drawn).tolist(), units=_UNITS, margin=0.03, aspect=1 / _TALLEST)
    regions = []
    for line in lines_:
        shape = shapes[line.commune.commune_id]
        if shape is not None:
            regions.append(_linked_region(line, shape, frame, links.get(line.commune.commune_id), wording))
    named = [_named_region(line, shapes[line.commune.commune_id], frame) for line in lines_]
    svg = element(
        "svg", regions, named if len(regions) <= _MOST_NAMED else None, scale_bar(frame, wording, text_units=26),
        viewbox=frame.viewbox, role="group", aria_label=wording("province_map_told", count=len(regions)),
    )  # fmt: skip
    return element("div", svg, class_="map")


def province_legend(wording: Wording) -> Markup:
    """Give what the colours of the map of a province stand for."""
    told = {"good": "≥ 90", "fair": "70 – 90", "poor": "< 70"}
    entries = [(_swatch(f"f-{name}"), f"{wording(f'grade_{name}')} ({span})") for name, span in told.items()]
    return _legend([*entries, (_swatch("f-none"), wording("grade_none"))], wording)


def sketches(sketch: Sketch, place: str, wording: Wording) -> Markup:
    """Give the parcels of a fault and, where it would not be seen among them, the fault up close."""
    around = _sketch(sketch, sketch.frame, wording)
    told = wording("sketch_around", place=place)
    figures = [element("figure", around, element("figcaption", told))]
    if sketch.close is not None:
        close = _sketch(sketch, sketch.close, wording)
        figures.append(element("figure", close, element("figcaption", wording("sketch_close"))))
    return element("div", figures, class_="sketches")


def _sketch(sketch: Sketch, frame: Frame, wording: Wording) -> Markup:
    is_whole = frame is sketch.frame
    # Two pictures side by side are half as wide: their letters are made larger to stay legible.
    text_units = 15 if sketch.close is None else 25
    return element(
        "svg",
        outlines(sketch.around.parcels, frame, "parcel", decimals=1),
        outlines(sketch.around.roads, frame, "road", decimals=1),
        outlines(sketch.around.water, frame, "water", decimals=1),
        outlines(_array(sketch.other), frame, "other", decimals=1),
        outlines(_array(sketch.one), frame, "one", decimals=1),
        _fault(sketch.fault, frame),
        _window(sketch.close, frame) if is_whole and sketch.close is not None else None,
        _labels(sketch, frame, text_units) if is_whole else None,
        scale_bar(frame, wording, text_units=text_units),
        viewbox=frame.viewbox,
        role="img",
        aria_label=wording("sketch_close") if not is_whole else wording("map"),
    )


def _fault(fault: shapely.Geometry | None, frame: Frame) -> Markup | None:
    if fault is None:
        return None
    parts = shapely.get_parts(fault)
    dimensions = shapely.get_dimensions(parts)
    points = frame.to_units(shapely.get_coordinates(parts[dimensions == 0]))
    drawn = [
        outlines(parts[dimensions == 2], frame, "fault", decimals=1),
        lines(parts[dimensions == 1], frame, "fault-line", decimals=1),
        *(element("circle", cx=float(x), cy=float(y), r="9", class_="fault-point") for x, y in points),
    ]
    return Markup("".join(one for one in drawn if one is not None))


def _window(close: Frame, frame: Frame) -> Markup:
    """Give the frame of the close view on the whole one, as a ring where it would be too small to see."""
    west, south, east, north = close.bounds
    (left, bottom), (right, top) = frame.to_units(np.array([[west, south], [east, north]]))
    if right - left < 18:
        middle = {"cx": float(left + right) / 2, "cy": float(bottom + top) / 2}
        return element("circle", r="12", class_="window", **middle)
    size = {"width": float(right - left), "height": float(bottom - top)}
    return element("rect", x=float(left), y=float(top), class_="window", **size)


def _labels(sketch: Sketch, frame: Frame, text_units: float) -> Markup:
    """Give the numbers of the parcels concerned, and of those neighbours that a number fits into."""
    placed = [(name, *_beside(shape, frame, text_units)) for name, shape in _concerned(sketch)]
    if len(placed) > 1 and _are_near(placed[0], placed[1], text_units):
        placed = [(f"{placed[0][0]}, {placed[1][0]}", *placed[0][1:])]
    for label in sketch.around.labels:
        fits = label.width > text_units * 0.55 * len(label.text) and label.height > text_units * 1.1
        if fits and label.text not in sketch.names:
            ((x, y),) = frame.to_units(np.array([[label.lon, label.lat]])).tolist()
            placed.append((label.text, x, y))
    return Markup(
        "".join(
            element("text", name, x=x, y=y + text_units / 3, text_anchor="middle", font_size=text_units * 0.9,
                    class_="halo")
            for name, x, y in placed
            if text_units < x < frame.units - text_units and text_units < y < frame.height - 1.8 * text_units
        )
    )  # fmt: skip


def _concerned(sketch: Sketch) -> list[tuple[str, shapely.Geometry]]:
    shapes = [shape for shape in (sketch.one, sketch.other) if shape is not None]
    return list(zip(sketch.names, shapes, strict=True))


def _beside(shape: shapely.Geometry, frame: Frame, text_units: float) -> tuple[float, float]:
    """Give where a parcel's number stands: inside it, or above it when it is too small to hold a number."""
    point = shapely.get_coordinates(shapely.point_on_surface(shape))
    west, south, east, north = shapely.bounds(shape)
    (x, y), (_, bottom), (_, top) = frame.to_units(np.vstack([point, [[west, south], [east, north]]])).tolist()
    return x, y if bottom - top > text_units * 1.5 else top - text_units * 0.8


def _are_near(one: tuple[str, float, float], other: tuple[str, float, float], text_units: float) -> bool:
    return abs(one[1] - other[1]) < 4 * text_units and abs(one[2] - other[2]) < 1.2 * text_units


def _marked(finding: FindingRecord, frame: Frame) -> Markup:
    ((x, y),) = frame.to_units(np.array([[finding.lon, finding.lat]], dtype=np.float64))
    title = f"{finding.rule} {finding.place}: {finding.title}"
    return mark(finding.severity, float(x), float(y), title=title, href=f"#{finding_anchor(finding)}")


def _region(line: CommuneLine, boundaries: Mapping[int, shapely.Geometry]) -> shapely.Geometry | None:
    """Give the boundary, else a disc as large as the commune is said to be."""
    known = boundaries.get(line.commune.commune_id)
    if known is not None or line.commune.lon is None or line.commune.lat is None:
        return known
    radius_km = ((line.commune.area_km2 or 10.0) / np.pi) ** 0.5
    return shapely.Point(line.commune.lon, line.commune.lat).buffer(radius_km / 111.2)


def _named_region(line: CommuneLine, shape: shapely.Geometry | None, frame: Frame) -> Markup | None:
    """Give a commune's name at its place."""
    if shape is None:
        return None
    ((x, y),) = frame.to_units(shapely.get_coordinates(shapely.point_on_surface(shape))).tolist()
    return element("text", line.commune.name, x=x, y=y - 18, text_anchor="middle", font_size="24", class_="halo")


def _linked_region(
    line: CommuneLine, shape: shapely.Geometry, frame: Frame, href: str | None, wording: Wording
) -> Markup:
    score = line.assessment.score.value
    told = f"{line.commune.name} ({line.commune.commune_code}): {wording.number(score, 1)}"
    title, css = element("title", told), f"region f-{grade(score)}"
    west, south, east, north = shapely.bounds(shape)
    corners = frame.to_units(np.array([[west, south], [east, north]]))
    (left, bottom), (right, top) = corners.tolist()
    if max(right - left, bottom - top) < 2 * _LEAST_RADIUS:
        place = {"cx": (left + right) / 2, "cy": (bottom + top) / 2, "r": _LEAST_RADIUS}
        region = element("circle", title, class_=css, **place)
    else:
        region = element("g", title, outlines(_array(shape), frame, css))
    return region if href is None else element("a", region, href=href)


def _array(shape: shapely.Geometry | None) -> Geometries:
    if shape is None:
        return _NOTHING
    array = np.empty(1, dtype=object)
    array[0] = shape
    return array


def _swatch(css: str) -> Markup:
    shape = element("rect", x="1", y="1", width="14", height="14", class_=css)
    return element("svg", shape, viewbox="0 0 16 16", aria_hidden="true")


def _legend(entries: Sequence[tuple[Markup, str]], wording: Wording) -> Markup:
    listed = [element("li", sample, text) for sample, text in entries]
    return element("ul", listed, class_="legend", aria_label=wording("legend"))


def _tools(wording: Wording) -> Markup:
    told = (("in", "+", "zoom_in"), ("out", "−", "zoom_out"), ("reset", "⤢", "zoom_reset"))
    buttons = [
        element("button", sign, type="button", value=value, aria_label=wording(key), title=wording(key))
        for value, sign, key in told
    ]
    return element("div", buttons, class_="tools", hidden=True)
