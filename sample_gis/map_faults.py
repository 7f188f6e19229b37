"""Faults of the map: polygons, the coverage they make, and where they lie. Each writes down what must be found."""

from collections.abc import Iterator
from dataclasses import replace

import shapely
from shapely import Polygon

from sample_gis import ring_edits
from sample_gis.desk import Desk
from sample_gis.fabric import sharp
from sample_gis.papers import WRONG_SRID
from sample_gis.ring_edits import Edge, in_zone

OUTSIDE_M = 26.0
BORDER_GAP_M = 24.0
WEDGE_M = 0.8


def _sound(geom: Polygon) -> bool:
    return geom.is_valid and not sharp(geom, 5.0)


def _width(geom: Polygon) -> float:
    return float(2 * shapely.maximum_inscribed_circle(geom, tolerance=0.01).length)


def bow_tie(desk: Desk) -> None:
    """Swap two vertices of a parcel: it has no usable polygon and leaves its ground to nobody."""

    def test(key: str) -> tuple[str, Polygon] | None:
        crossed = ring_edits.bow_tie(desk.shape(key)) if desk.removable(key) else None
        return (key, crossed) if crossed else None

    key, crossed = desk.site(test)
    ground = desk.shape(key)
    desk.survey.parcels[key] = replace(desk.survey.parcels[key], geom=crossed)  # areas stay as surveyed
    desk.find("GEO001", key, note="two vertices swapped")
    desk.gap("COV005", ground, {key}, note=f"ground of {key}, whose polygon cannot be used")


def repeated_vertex(desk: Desk) -> None:
    """Write a vertex twice."""
    key = desk.site(lambda key: key)
    desk.redraw(key, ring_edits.with_repeated_vertex(desk.shape(key)))
    desk.find("GEO003", key, note="third vertex written twice")


def _box_between(desk: Desk, width_m: float, depth_m: float, low_m: float) -> tuple[str, str]:
    """Cut a box out of a parcel at a shared edge and number it as a parcel; give its key and the parcel's."""

    def test(key: str) -> tuple[str, str, tuple[Polygon, ...]] | None:
        for other, edge in desk.shared_edges(key, low_m, low_m * 3 + 4):
            parts = ring_edits.notched(desk.shape(key), desk.shape(other), edge, width_m, depth_m)
            if all(_sound(part) for part in parts):
                return key, other, parts
        return None

    key, other, (host, neighbour, box) = desk.site(test)
    desk.redraw(key, host)
    desk.redraw(other, neighbour)
    return desk.numbered_copy(key, box), key


def degenerate(desk: Desk) -> None:
    """Leave a splinter of 0.06 m² with a number of its own."""
    splinter, _ = _box_between(desk, 0.25, 0.25, 3.0)
    desk.find("GEO002", splinter, note="splinter of 0.25 m × 0.25 m with its own number")


def sliver_parcel(desk: Desk) -> None:
    """Give a strip 3 cm wide a number of its own."""
    strip, host = _box_between(desk, 12.0, 0.03, 14.0)
    desk.find("GEO006", strip, note="strip of 12 m × 3 cm with its own number")
    desk.find("GEO008", host, note=f"edges of 3 cm where the strip {strip} was cut out")


def spike(desk: Desk) -> None:
    """Drive a spike into the neighbour, who has the very same vertices."""

    def test(key: str) -> tuple[str, str, tuple[Polygon, Polygon]] | None:
        for other, edge in desk.shared_edges(key, 4.0, 15.0):
            pair = ring_edits.spiked(desk.shape(key), desk.shape(other), edge, 2.5)
            if all(geom.is_valid for geom in pair):
                return key, other, pair
        return None

    key, other, (host, neighbour) = desk.site(test)
    desk.redraw(key, host)
    desk.redraw(other, neighbour)
    desk.find("GEO004", key, note=f"spike of 2.5 m, 2 mm at its foot, into {other}")
    desk.find("GEO004", other, note=f"the same spike of {key} seen from the other side")


def _push(desk: Desk, distance_m: float, low_m: float, high_m: float) -> tuple[str, str, Polygon]:
    """Push a shared edge out or in; give the parcel, its neighbour and the strip between old and new edge."""

    def test(key: str) -> tuple[str, str, Polygon, Polygon] | None:
        own = desk.shape(key)
        for other, edge in desk.shared_edges(key, low_m, high_m):
            drawn = ring_edits.pushed(own, edge, distance_m)
            if not _sound(drawn):
                continue
            strip = shapely.symmetric_difference(drawn, own)
            room = desk.shape(other) if distance_m > 0 else own
            if isinstance(strip, Polygon) and shapely.difference(strip, room).area < 1e-6:
                return key, other, drawn, strip
        return None

    key, other, drawn, strip = desk.site(test)
    desk.redraw(key, drawn)
    return key, other, strip


def overlap(desk: Desk) -> None:
    """Draw a parcel 30 cm over its neighbour."""
    key, other, strip = _push(desk, 0.3, 6.0, 28.0)
    desk.pair("COV001", key, other, note=f"0.3 m wide, {strip.area:.2f} m²")


def sliver_overlap(desk: Desk) -> None:
    """Draw a parcel 5 mm over its neighbour along 30 m, or as long an edge as there is."""
    key, other, strip = _push(desk, 0.005, 30.0 if desk.has_long_edges else 18.0, 60.0)
    desk.pair("COV002", key, other, note=f"5 mm wide, {strip.area:.3f} m²")


def narrow_gap(desk: Desk, width_m: float) -> None:
    """Draw a parcel short of its neighbour."""
    key, other, strip = _push(desk, -width_m, 6.0, 28.0)
    desk.pair("COV004", key, other, note=f"{width_m} m wide, {strip.area:.2f} m²")


def duplicate_polygon(desk: Desk) -> None:
    """Give the same polygon a second number."""
    key = desk.site(lambda key: key)
    copy = desk.numbered_copy(key, desk.shape(key))
    desk.pair("COV003", key, copy, note="the same polygon under two numbers")


def missing_parcel(desk: Desk) -> None:
    """Leave a parcel out of map and papers."""
    key = desk.site(lambda key: key if desk.removable(key) else None)
    ground = desk.shape(key)
    desk.without_papers(key)
    del desk.survey.parcels[key]
    desk.gap("COV005", ground, {key}, note=f"parcel {key} was left out")


def unshared_vertex(desk: Desk) -> None:
    """Give only one of two neighbours a vertex in the middle of their edge, exactly on it."""

    def test(key: str) -> tuple[str, str, Edge] | None:
        for other, edge in desk.shared_edges(key, 4.0, 25.0):
            if ring_edits.even_middle(edge):
                return key, other, edge
        return None

    key, other, edge = desk.site(test)
    middle = ring_edits.even_middle(edge) or edge[0]
    shape = desk.shape(key)
    desk.redraw(key, ring_edits.with_points(shape, ring_edits.own_direction(shape, edge), [middle]))
    desk.pair("COV006", key, other, note=f"only {key} has the vertex")


def border_gap(desk: Desk) -> None:
    """Leave out a parcel on the commune's border, wider than the border's own tolerance."""

    def test(key: str) -> str | None:
        shape = desk.shape(key)
        fit = not desk.inland(key) and _width(shape) > BORDER_GAP_M and desk.named_by_parcels(key)
        return key if fit else None

    key = desk.site(test)
    ground = desk.shape(key)
    desk.without_papers(key)
    del desk.survey.parcels[key]
    desk.gap("COV007", ground, {key}, note=f"border parcel {key} was left out")


def wedge(desk: Desk) -> None:
    """Let the edge between two parcels start 80 cm off its end on the commune's border: a gap open to the outside."""

    def test(key: str) -> tuple[str, str, Polygon] | None:
        owners = desk.edges(key)
        on_border = {point for edge, who in owners if len(who) == 1 for point in edge if ring_edits.length(edge) > 4.0}
        for other, edge in desk.shared_edges(key, 8.0, 40.0):
            ends = on_border.intersection(edge)
            if len(ends) == 1:
                drawn = ring_edits.with_end_moved(desk.shape(key), edge, ends.pop(), WEDGE_M)
                if _sound(drawn) and drawn.difference(desk.shape(key)).area < 1e-2:
                    return key, other, drawn
        return None

    key, other, drawn = desk.site(test)
    lost_m2 = desk.shape(key).area - drawn.area
    desk.redraw(key, drawn)
    desk.pair("COV012", key, other, note=f"{WEDGE_M} m wide at the commune's border, {lost_m2:.2f} m²")


def outside_commune(desk: Desk) -> None:
    """Push the border edge of a parcel out of the commune, but not out of its sheet."""
    frames = {str(sheet.sheet_no): sheet.frame for sheet in desk.survey.fabric.sheets}
    boundary = desk.survey.fabric.boundary

    def test(key: str) -> tuple[str, Polygon] | None:
        for edge, who in desk.edges(key):
            if len(who) == 1 and ring_edits.length(edge) > 5:
                drawn = ring_edits.pushed(desk.shape(key), edge, OUTSIDE_M)
                beyond = drawn.difference(boundary)
                grown = drawn.area - desk.shape(key).area
                inside_frame = drawn.within(frames[desk.survey.parcels[key].sheet_no])
                if _sound(drawn) and abs(beyond.area - grown) < 1e-6 and inside_frame:
                    return key, drawn
        return None

    key, drawn = desk.site(test)
    desk.redraw(key, drawn)
    desk.find("ADM001", key, note=f"reaches {OUTSIDE_M:.0f} m beyond the commune")


def outside_frame(desk: Desk) -> None:
    """Move a parcel on paper to a sheet whose frame is far away."""
    sheets = desk.survey.fabric.sheets

    def test(key: str) -> tuple[str, str] | None:
        record = desk.survey.parcels[key]
        far = [s for s in sheets if s.scale == record.scale and s.frame.distance(record.geom) > 100]
        return (key, str(far[0].sheet_no)) if far else None

    key, sheet_no = desk.site(test)
    renamed = desk.rename(key, sheet_no, desk.next_number(sheet_no))
    desk.find("ADM002", renamed, note=f"was {key}: numbered on the wrong sheet")


def unlisted_sheet(desk: Desk) -> None:
    """Move a parcel on paper to a sheet that does not exist."""
    key = desk.site(lambda key: key)
    sheet_no = desk.survey.parcels[key].sheet_no * 2
    desk.rename(key, sheet_no, desk.survey.parcels[key].parcel_no)
    desk.find("ADM004", sheet_no, note=f"was {key}: sheet number typed twice")
    desk.find("ADM006", sheet_no, note="nobody knows the scale of a sheet that does not exist")


def wrong_zone(desk: Desk) -> None:
    """Deliver one sheet apart, in coordinates (and areas) of another zone; its ground stays empty."""
    recipe = desk.survey.fabric.recipe
    sheet_no = str(list(recipe.scales).index(recipe.apart) + 1)
    members = {key: record for key, record in desk.survey.parcels.items() if record.sheet_no == sheet_no}
    ground = shapely.coverage_union_all([record.geom for record in members.values()])
    for key, record in members.items():
        desk.survey.apart.add(key)
        desk.redraw(key, in_zone(record.geom, recipe.srid, WRONG_SRID))
        desk.change(key, code="")  # codes come after the map is accepted
    desk.find("ADM003", sheet_no, note="coordinates of the zone at 104°45′ in a file that says 105°")
    for part in _parts(ground):
        desk.gap("COV005", part, desk.survey.apart, note=f"ground of sheet {sheet_no}, which lies in the wrong zone")


def _parts(ground: shapely.Geometry) -> Iterator[Polygon]:
    for part in shapely.get_parts(ground):
        yield Polygon(part.exterior)


def number_twice(desk: Desk) -> None:
    """Draw a parcel under the number of its neighbour; the second row is quarantined and its ground left empty."""

    def test(key: str) -> tuple[str, str] | None:
        if not desk.removable(key):
            return None
        keys = list(desk.survey.parcels)
        earlier = [other for other, _ in desk.shared_edges(key, 1.0) if keys.index(other) < keys.index(key)]
        same_sheet = [o for o in earlier if o.split("/")[0] == key.split("/")[0]]
        return (key, same_sheet[0]) if same_sheet else None

    key, number = desk.site(test)
    record = desk.survey.parcels[key]
    desk.survey.drawn[key] = replace(record, parcel_no=number.split("/")[1])
    desk.without_papers(key)
    desk.find("IDN001", number, note=f"{key} was drawn under this number")
    desk.gap("COV005", desk.shape(key), {key}, note=f"ground of {key}, whose row is in quarantine")
    desk.reject("map", number, "DUPLICATE_PARCEL_NO", "second row with this number")
