"""WKB columns written by numpy: octet for octet what GEOS writes for the same shapes in order."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from importer_files import ORIGIN

from landdb.importers.maps import rings
from landdb.importers.maps.wkb import WkbLayout

EAST, NORTH = ORIGIN


def box(west: float, south: float, width: float, *, holes: int = 0, ccw: bool = True) -> shapely.Polygon:
    """Give a square with square holes side by side."""
    step = width / (2 * holes + 1)
    inner = [
        shapely.box(west + (2 * i + 1) * step, south + width / 4, west + (2 * i + 2) * step, south + width / 2)
        for i in range(holes)
    ]
    return shapely.Polygon(
        shapely.box(west, south, west + width, south + width, ccw=ccw).exterior,
        [hole.exterior for hole in inner],
    )


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Geometry:
    """Give polygons and multipolygons that run either way, some with holes or with an empty part."""

    def one(at: int) -> shapely.Polygon:
        width = draw(st.floats(0.01, 900))
        return box(EAST + 1000 * at, NORTH, width, holes=draw(st.integers(0, 3)), ccw=draw(st.booleans()))

    parts = [one(at) for at in range(draw(st.integers(1, 3)))]
    kind = draw(st.sampled_from(["polygon", "multi", "multi with an empty part"]))
    if kind == "polygon":
        return parts[0]
    return shapely.MultiPolygon(parts if kind == "multi" else [shapely.Polygon(), *parts])


def expected(found: list[shapely.Geometry]) -> list[bytes]:
    """Give what GEOS makes of the shapes one by one."""
    return list(shapely.to_wkb(shapely.orient_polygons(np.array(found, dtype=object)), byte_order=1))


@given(st.lists(shapes(), max_size=6), st.data())
def test_the_column_is_what_geos_writes(found: list[shapely.Geometry], data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.integers(0, 2), min_size=len(found) + 1, max_size=len(found) + 1))
    rows = np.cumsum(np.array(gaps[:-1], dtype=int) + 1) - 1
    count = len(found) + sum(gaps)
    ordered = rings.ordered(np.array(found, dtype=object))
    column = WkbLayout(ordered, rows, count).column(ordered.vertices)
    column.validate(full=True)
    assert [value for value in column.to_pylist() if value is not None] == expected(found)
    assert np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False)).tolist() == rows.tolist()


def test_a_second_column_differs_in_its_vertices_only() -> None:
    found = np.array([box(EAST, NORTH, 10, holes=2), shapely.MultiPolygon([box(EAST + 50, NORTH, 5)])], dtype=object)
    ordered = rings.ordered(found)
    layout = WkbLayout(ordered, np.arange(2), 2)
    first, moved = layout.column(ordered.vertices), layout.column(ordered.vertices + 1.0)
    assert first.to_pylist() == expected(list(found))
    assert moved.to_pylist() == expected(list(shapely.transform(found, lambda xy: xy + 1.0)))


def test_a_sliver_beside_a_long_shape_is_turned_all_the_same() -> None:
    long = shapely.Polygon([(EAST, NORTH), (EAST + 90_000, NORTH), (EAST, NORTH + 10)])
    sliver = shapely.Polygon([(EAST, NORTH), (EAST + 0.01, NORTH + 0.001), (EAST + 0.01, NORTH)])
    ordered = rings.ordered(np.array([long, sliver], dtype=object))
    assert WkbLayout(ordered, np.arange(2), 2).column(ordered.vertices).to_pylist() == expected([long, sliver])


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("ccw", [True, False])
def test_rings_end_once_in_holes_and_parts_too_whichever_way_they_run(repeats: int, ccw: bool) -> None:
    def with_doubled_end(shape: shapely.Polygon) -> shapely.Polygon:
        doubled = [[*ring.coords, *[ring.coords[0]] * repeats] for ring in (shape.exterior, *shape.interiors)]
        return shapely.Polygon(doubled[0], doubled[1:])

    parts = [box(EAST, NORTH, 10, holes=1, ccw=ccw), box(EAST + 50, NORTH, 5, ccw=ccw)]
    doubled = shapely.MultiPolygon([shapely.Polygon(), *map(with_doubled_end, parts)])
    ordered = rings.ordered(np.array([doubled, box(EAST, NORTH, 3)], dtype=object))
    column = WkbLayout(ordered, np.arange(2), 2).column(ordered.vertices)
    assert column.to_pylist() == expected([shapely.MultiPolygon([shapely.Polygon(), *parts]), box(EAST, NORTH, 3)])


def test_a_clockwise_ring_doubled_at_its_start_ends_once_when_turned() -> None:
    corners = list(box(EAST, NORTH, 3, ccw=False).exterior.coords)
    ordered = rings.ordered(np.array([shapely.Polygon([corners[0], *corners])], dtype=object))
    assert ordered.vertices.tolist() == [list(corner) for corner in reversed(corners)]


def test_a_batch_larger_than_a_column_is_too_much_memory() -> None:
    ordered = rings.ordered(np.array([box(EAST, NORTH, 3)], dtype=object))
    huge = rings.Rings(ordered.is_multi, ordered.part_owner, ordered.owner, np.array([1 << 28]), ordered.vertices)
    with pytest.raises(MemoryError):
        WkbLayout(huge, np.arange(1), 1)
