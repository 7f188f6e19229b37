"""The worst findings with what is needed to draw them: both parcels, their surroundings, the fault."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
import psycopg
import shapely

from landdb.exporters.geojson import geometry_4326
from landdb.exporters.records import FindingRecord
from landdb.reporting.page.drawing import Frame, from_wkb
from landdb.reporting.report_data import WATER, Label, Sketch, Surroundings, Worst
from landdb.store import report_ground
from landdb.store.finding_list import FindingRow
from landdb.store.report_ground import Window

_UNITS: Final = 400
_ASPECT: Final = 4 / 3
#: Parcels farther apart than this do not go into one sketch.
_FARTHEST_DEGREES: Final = 0.03
#: A sketch shows at least so much ground, whatever the size of what it is about.
_LEAST_M: Final = 25.0
#: Beyond this width single neighbours are too small to draw: only roads, water and the parcels concerned.
_WIDEST_WITH_NEIGHBOURS_M: Final = 500.0
#: A fault narrower than this share of the sketch is drawn a second time, up close.
_VISIBLE_SHARE: Final = 0.04
#: How many times its own width a close view shows, and how much at least.
_CLOSE_WIDTHS, _CLOSEST_M = 10.0, 0.05
#: How much of the whole a close view shows when the fault has no width, such as a vertex.
_CLOSE_SHARE: Final = 0.08


def sketch_all(conn: psycopg.Connection, worst: Sequence[tuple[FindingRow, FindingRecord]]) -> list[Worst]:
    """Give each finding with its sketch; none where neither fault nor parcel has a place."""
    ids = {i for row, _ in worst for i in (row.parcel_id, row.other_parcel_id) if i is not None}
    shapes = {i: shapely.from_wkb(wkb) for i, wkb in report_ground.parcel_shapes(conn, ids).items()}
    frames = [_frame(row, finding, shapes) for row, finding in worst]
    around = _surroundings(conn, [frame for frame in frames if frame is not None])
    told = iter(around)
    return [
        Worst(finding, None if frame is None else _sketch(row, finding, shapes, frame, next(told)))
        for (row, finding), frame in zip(worst, frames, strict=True)
    ]


def _frame(row: FindingRow, finding: FindingRecord, shapes: dict[int, shapely.Geometry]) -> Frame | None:
    """Give the window that shows the fault and both parcels, or the first alone when they are far apart."""
    fault = geometry_4326(finding)
    one, other = _parcels(row, shapes)
    shown = [shape for shape in (one, other, fault) if shape is not None]
    if not shown:
        return None
    bounds = shapely.total_bounds(shown)
    if max(bounds[2] - bounds[0], bounds[3] - bounds[1]) > _FARTHEST_DEGREES:
        bounds = shapely.total_bounds(shown[:1])
    return Frame.around(bounds.tolist(), units=_UNITS, margin=0.15, aspect=_ASPECT, least_m=_LEAST_M)


def _sketch(
    row: FindingRow,
    finding: FindingRecord,
    shapes: dict[int, shapely.Geometry],
    frame: Frame,
    around: Surroundings,
) -> Sketch:
    one, other = _parcels(row, shapes)
    fault = geometry_4326(finding)
    # A finding about papers or people has the parcel itself as its place: nothing to show up close.
    is_drawn = finding.geom is not None or finding.rule.startswith(("GEO", "COV"))
    close = _close(finding, frame) if is_drawn and one is not None else None
    names = [name for name, shape in ((finding.place, one), (_local(finding), other)) if shape is not None]
    return Sketch(frame, close, around, one, other, fault if is_drawn else None, names)


def _local(finding: FindingRecord) -> str:
    """Give the other parcel's number as labels write it, without a commune."""
    return f"{finding.other_sheet_no}/{finding.other_parcel_no}"


def _parcels(
    row: FindingRow, shapes: dict[int, shapely.Geometry]
) -> tuple[shapely.Geometry | None, shapely.Geometry | None]:
    one, other = (None if i is None else shapes.get(i) for i in (row.parcel_id, row.other_parcel_id))
    return one, other


def _close(finding: FindingRecord, frame: Frame) -> Frame | None:
    """Give the window for the fault up close, centred on the finding's point; none when the fault is plain to see."""
    if finding.lon is None or finding.lat is None or not frame.holds(finding.lon, finding.lat):
        return None
    if finding.width_m is None:
        if finding.area_m2 is not None:
            return None
        return _sized(finding.lon, finding.lat, frame, frame.width_m * _CLOSE_SHARE)
    if finding.width_m > frame.width_m * _VISIBLE_SHARE:
        return None
    return _sized(finding.lon, finding.lat, frame, max(_CLOSEST_M, finding.width_m * _CLOSE_WIDTHS))


def _sized(lon: float, lat: float, whole: Frame, width_m: float) -> Frame:
    """Give a window of that width around a point, in the shape of the whole sketch."""
    west, south, east, north = whole.bounds
    half_lon = (east - west) * width_m / whole.width_m / 2
    half_lat = (north - south) * width_m / whole.width_m / 2
    return Frame(lon - half_lon, lat - half_lat, width_m, width_m / _ASPECT, _UNITS)


def _surroundings(conn: psycopg.Connection, frames: Sequence[Frame]) -> list[Surroundings]:
    """Give what lies in each frame, asked in two questions."""
    windows = [Window(*frame.bounds) for frame in frames]
    parcels: dict[int, list[report_ground.ParcelInWindow]] = defaultdict(list)
    for parcel in report_ground.parcels_in_windows(conn, windows):
        parcels[parcel.number].append(parcel)
    objects: dict[int, list[report_ground.ObjectInWindow]] = defaultdict(list)
    for found in report_ground.land_objects_in_windows(conn, windows):
        objects[found.number].append(found)
    return [_around(frame, parcels[number], objects[number]) for number, frame in enumerate(frames, start=1)]


def _around(
    frame: Frame,
    parcels: Sequence[report_ground.ParcelInWindow],
    objects: Sequence[report_ground.ObjectInWindow],
) -> Surroundings:
    if frame.width_m > _WIDEST_WITH_NEIGHBOURS_M:
        parcels = []
    shapes = from_wkb(parcel.geom for parcel in parcels)
    # Clipping does not mind a ring that crosses itself by a rounding in degrees; intersecting would.
    shown = shapely.clip_by_rect(shapes, *frame.bounds) if len(shapes) else shapes
    labels = [
        _label(piece, frame, f"{parcel.sheet_no}/{parcel.parcel_no}")
        for piece, parcel in zip(shown, parcels, strict=True)
        if not shapely.is_empty(piece)
    ]
    return Surroundings(
        parcels=shapes,
        roads=from_wkb(found.geom for found in objects if found.object_kind not in WATER),
        water=from_wkb(found.geom for found in objects if found.object_kind in WATER),
        labels=labels,
    )


def _label(piece: shapely.Geometry, frame: Frame, text: str) -> Label:
    """Give a number at a place inside what is seen of its parcel, with the size of that, which decides if it fits."""
    ((lon, lat),) = shapely.get_coordinates(shapely.point_on_surface(piece)).tolist()
    west, south, east, north = shapely.bounds(piece)
    (left, bottom), (right, top) = frame.to_units(np.array([[west, south], [east, north]])).tolist()
    return Label(lon, lat, right - left, bottom - top, text)
