"""What becomes of delivered shapes: kept to the bit, rejected with a reason, or marked faulty; never repaired."""

import struct

import numpy as np
import pyarrow as pa
import pytest
import shapely
from importer_files import ORIGIN, square

from landdb.importers.maps.crs_detection import ResolvedCrs
from landdb.importers.maps.geometry import MAX_VERTICES, check

NATIVE = ResolvedCrs(9208, 9208, "EN", "TOLD")
EAST, NORTH = ORIGIN


def ring_bytes(*points: tuple[float, float]) -> bytes:
    return struct.pack("<BIII", 1, 3, 1, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)


A, B, C = ORIGIN, (EAST + 10, NORTH), (EAST + 10, NORTH + 10)
NAN = float("nan")


def code_of(shape: object) -> str | None:
    if isinstance(shape, bytes | None):
        return check(pa.array([shape], pa.binary()), NATIVE).reject_code[0]
    return check(np.array([shape], dtype=object), NATIVE).reject_code[0]


REJECTED = {
    "NO_GEOMETRY": (None, shapely.Polygon()),
    "UNREADABLE_GEOMETRY": (b"\x01\x03\x00", b"not a shape at all", ring_bytes((NAN, NAN), B, C, (NAN, NAN))),
    "RING_NOT_CLOSED": (ring_bytes(A, B, C, (EAST, NORTH + 10)),),
    "NOT_FINITE": (
        ring_bytes(A, (EAST, NAN), C, A),
        ring_bytes(A, (float("inf"), 0.0), C, A),
    ),
    "OUTSIDE_CRS": (square(origin=(0.0, 0.0)), square(origin=(NORTH, EAST))),
    "NOT_A_POLYGON": (
        shapely.Point(ORIGIN),
        shapely.LineString([(EAST, NORTH), (EAST + 5, NORTH)]),
        shapely.GeometryCollection([shapely.Point(ORIGIN)]),
    ),
}


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        pytest.param(code, shape, id=f"{code}-{i}")
        for code, shapes in REJECTED.items()
        for i, shape in enumerate(shapes)
    ],
)
def test_an_unusable_shape_is_rejected_by_name(code: str, shape: object) -> None:
    assert code_of(shape) == code


def test_a_shape_with_too_many_vertices_is_rejected() -> None:
    angles = np.linspace(0, 2 * np.pi, MAX_VERTICES + 10)
    circle = np.column_stack((EAST + 100 * np.cos(angles), NORTH + 100 * np.sin(angles)))
    assert code_of(shapely.Polygon(circle)) == "TOO_MANY_VERTICES"


def test_coordinates_in_the_sheets_own_system_are_kept_to_the_bit() -> None:
    ring = [(EAST + 1 / 3, NORTH + 0.1), (EAST + 10.1, NORTH), (EAST + 10, NORTH + 10 / 7), (EAST + 1 / 3, NORTH + 0.1)]
    result = check(np.array([shapely.Polygon(ring)], dtype=object), NATIVE)
    assert list(shapely.from_wkb(result.geom[0].as_py()).exterior.coords) == ring


def test_degrees_are_kept_to_the_bit_as_well() -> None:
    ring = [(105.3152, 21.4140), (105.3153, 21.4140), (105.3153, 21.41411), (105.3152, 21.4140)]
    result = check(np.array([shapely.Polygon(ring)], dtype=object), ResolvedCrs(4326, 9208, "EN", "DECLARED"))
    assert list(shapely.from_wkb(result.geom_4326[0].as_py()).exterior.coords) == ring
    assert shapely.from_wkb(result.geom[0].as_py()).centroid.x == pytest.approx(EAST, abs=50)


def test_the_golden_point_lands_where_it_must() -> None:
    result = check(np.array([square()], dtype=object), NATIVE)
    corners = shapely.get_coordinates(shapely.from_wkb(result.geom_4326[0].as_py()))
    assert np.abs(corners - (105.315208682, 21.414080664)).max(axis=1).min() < 1e-8


def test_shells_run_counter_clockwise_and_heights_are_dropped() -> None:
    clockwise = [(EAST, NORTH, 5), (EAST, NORTH + 10, 5), (EAST + 10, NORTH + 10, 5), (EAST + 10, NORTH, 5)]
    shape = shapely.from_wkb(check(np.array([shapely.Polygon(clockwise)], dtype=object), NATIVE).geom[0].as_py())
    assert shape.exterior.is_ccw
    assert not shape.has_z


def test_swapped_axes_are_put_right_when_told() -> None:
    swapped = shapely.transform(np.array([square()], dtype=object), lambda c: c[:, ::-1])
    shape = shapely.from_wkb(check(swapped, ResolvedCrs(9208, 9208, "NE", "TOLD")).geom[0].as_py())
    assert shape.bounds[:2] == ORIGIN


def test_a_doubled_closing_vertex_is_dropped_and_others_stay() -> None:
    ring = [
        (EAST, NORTH),
        (EAST + 10, NORTH),
        (EAST + 10, NORTH),
        (EAST + 10, NORTH + 10),
        (EAST, NORTH),
        (EAST, NORTH),
    ]
    shape = shapely.from_wkb(check(np.array([shapely.Polygon(ring)], dtype=object), NATIVE).geom[0].as_py())
    assert len(shape.exterior.coords) == 5


@pytest.mark.parametrize(
    "shape",
    [
        shapely.LineString([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 10, NORTH + 10), (EAST, NORTH)]),
        shapely.GeometryCollection([shapely.Point(ORIGIN), square()]),
        shapely.MultiPolygon([square(), square(3, 3)]),
    ],
)
def test_areas_hidden_in_other_types_are_found(shape: shapely.Geometry) -> None:
    result = check(np.array([shape], dtype=object), NATIVE)
    assert result.reject_code[0] is None
    assert result.area_m2[0] > 0


def test_a_bow_tie_keeps_what_was_delivered_and_says_where_it_crosses() -> None:
    tie = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    result = check(np.array([square(5), tie], dtype=object), NATIVE)
    assert result.reject_code.tolist() == [None, None]
    assert result.fault.tolist() == [None, "Self-intersection"]
    assert result.geom[1].as_py() is None
    assert shapely.from_wkb(result.delivered[1]).equals_exact(tie, 0)
    assert result.fault_lon[1] == pytest.approx(105.31525, abs=1e-4)
    assert result.fault_lat[1] == pytest.approx(21.41413, abs=1e-4)


def test_a_collapsed_ring_is_faulty_with_a_place() -> None:
    flat = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST, NORTH)])
    result = check(np.array([flat], dtype=object), NATIVE)
    assert result.fault[0]
    assert np.isfinite(result.fault_lon[0])


def test_a_hostile_zigzag_is_looked_at_quickly() -> None:
    count = 20_000
    x = EAST + np.arange(count) * 0.001
    y = NORTH + (np.arange(count) % 2) * 100.0
    zigzag = shapely.Polygon(np.column_stack((np.concatenate((x, x[::-1])), np.concatenate((y, y)))))
    assert check(np.array([zigzag], dtype=object), NATIVE).fault[0] == "Self-intersection"
