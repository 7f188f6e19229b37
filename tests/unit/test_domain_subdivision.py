"""Divided and joined ground: nothing is lost, nothing moves, and neighbours keep fitting."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from landdb.domain.subdivision import (
    GRID_M,
    EdgePoint,
    insert_vertices,
    merge,
    move_boundary,
    split_between,
    split_by_line,
    split_by_ratio,
)
from landdb.errors import InvalidValue

X, Y = 558_400.0, 2_368_900.0
SQUARE = box(X, Y, X + 20, Y + 10)


@st.composite
def blobs(draw: st.DrawFn) -> Polygon:
    """Give a star-shaped parcel with vertices off the grid, as foreign deliveries have them."""
    count = draw(st.integers(4, 14))
    radii = draw(st.lists(st.floats(8, 25), min_size=count, max_size=count))
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return Polygon([(X + r * math.cos(a), Y + r * math.sin(a)) for r, a in zip(radii, angles, strict=True)])


@st.composite
def chords(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Give a line through the middle of a blob, perhaps with a bend."""
    angle = draw(st.floats(0, math.pi))
    bend = draw(st.floats(-3, 3))
    ends = [(X + s * 40 * math.cos(angle), Y + s * 40 * math.sin(angle)) for s in (-1, 1)]
    return [ends[0], (X + bend, Y + bend / 2), ends[1]]


def vertices(*geoms: shapely.Geometry) -> set[tuple[float, float]]:
    return {tuple(point) for geom in geoms for point in shapely.get_coordinates(geom).tolist()}


@given(blobs(), chords())
def test_parts_cover_the_parent_exactly_and_new_vertices_lie_on_the_grid(parcel, line):
    try:
        cut = split_by_line(parcel, line)
    except InvalidValue:
        assume(False)
    parent = insert_vertices(parcel, cut.new_vertices)
    assert shapely.coverage_is_valid(np.array(cut.parts))
    assert sum(part.area for part in cut.parts) == pytest.approx(parent.area, abs=1e-6)
    assert shapely.equals(shapely.union_all(list(cut.parts)), parent)
    assert vertices(parcel) <= vertices(*cut.parts)
    for x, y in vertices(*cut.parts) - vertices(parcel):
        assert (x, y) == (round(x, 3), round(y, 3))


@given(blobs(), chords())
def test_neighbours_that_take_the_new_vertices_still_fit(parcel, line):
    frame = box(X - 100, Y - 100, X + 100, Y + 100)
    around = Polygon(frame.exterior, [parcel.exterior])
    try:
        cut = split_by_line(parcel, line)
    except InvalidValue:
        assume(False)
    neighbour = insert_vertices(around, cut.new_vertices)
    assert shapely.coverage_is_valid(np.array([*cut.parts, neighbour]))
    assert sum(part.area for part in cut.parts) + neighbour.area == pytest.approx(frame.area, abs=1e-6)


@given(blobs(), chords())
def test_merging_the_parts_gives_the_parent_back(parcel, line):
    try:
        cut = split_by_line(parcel, line)
    except InvalidValue:
        assume(False)
    again = merge(cut.parts)
    assert shapely.equals(again, insert_vertices(parcel, cut.new_vertices))
    assert set(cut.new_vertices) | vertices(parcel) <= vertices(again)


@given(
    st.floats(10, 60), st.floats(5, 40), st.floats(0, 3), st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.integers(0, 3),
)  # fmt: skip
def test_areas_are_in_the_ratio_asked_for(width, depth, lean, weights, edge):
    parcel = Polygon([(X, Y), (X + width, Y), (X + width + lean, Y + depth), (X - lean, Y + depth)])
    cut = split_by_ratio(parcel, edge, weights)
    assert len(cut.parts) == len(weights)
    assert shapely.coverage_is_valid(np.array(cut.parts))
    for part, weight in zip(cut.parts, weights, strict=True):
        assert part.area == pytest.approx(parcel.area * weight / sum(weights), abs=2 * GRID_M * parcel.length)


def test_a_cut_between_two_places_on_edges_has_the_distances_asked_for():
    ring = list(SQUARE.exterior.coords)
    longest = [i for i in range(4) if math.dist(ring[i], ring[i + 1]) > 15]
    cut = split_between(SQUARE, EdgePoint(longest[0], 5.0), EdgePoint(longest[1], 15.0))
    assert sorted(round(part.area, 6) for part in cut.parts) == [50, 150]


def test_a_cut_ends_in_a_vertex_that_is_there():
    cut = split_by_line(SQUARE, [(X + 0.004, Y - 0.002), (X + 20, Y + 10.003)])
    assert len(vertices(*cut.parts)) == 4


def test_a_line_may_cross_a_bent_parcel_several_times():
    comb = Polygon([(X, Y), (X + 30, Y), (X + 30, Y + 10), (X + 20, Y + 10), (X + 20, Y + 5), (X + 10, Y + 5),
                    (X + 10, Y + 10), (X, Y + 10)])  # fmt: skip
    cut = split_by_line(comb, [(X - 1, Y + 7), (X + 31, Y + 7)])
    assert len(cut.parts) == 3


def test_a_hole_stays_a_hole():
    ring = Polygon(SQUARE.exterior, [box(X + 2, Y + 2, X + 4, Y + 4).exterior])
    cut = split_by_line(ring, [(X + 10, Y - 1), (X + 10, Y + 11)])
    assert sorted(len(part.interiors) for part in cut.parts) == [0, 1]
    through = split_by_line(ring, [(X + 3, Y - 1), (X + 3, Y + 11)])
    assert sum(part.area for part in through.parts) == pytest.approx(196)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ([(X - 5, Y - 5), (X - 1, Y + 5)], "DOES_NOT_CROSS"),
        ([(X + 5, Y - 1), (X + 5, Y + 5)], "DOES_NOT_CROSS"),
        ([(X - 1, Y), (X + 21, Y)], "DOES_NOT_CROSS"),
        ([(X, Y), (X, Y)], "TOO_SHORT"),
    ],
)
def test_a_line_that_does_not_divide_is_refused(line, reason):
    with pytest.raises(InvalidValue) as refused:
        split_by_line(SQUARE, line)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (box(X + 20, Y + 10, X + 30, Y + 20), "NOT_ADJACENT"),
        (box(X + 50, Y, X + 60, Y + 10), "NOT_ADJACENT"),
        (box(X + 19, Y, X + 30, Y + 10), "OVERLAP"),
    ],
)
def test_parcels_that_make_no_sound_whole_are_not_merged(other, reason):
    with pytest.raises(InvalidValue) as refused:
        merge([SQUARE, other])
    assert refused.value.reason == reason


def test_a_moved_boundary_keeps_who_is_who_and_the_ground_of_both():
    west, east = SQUARE, box(X + 20, Y, X + 40, Y + 10)
    moved = move_boundary((east, west), [(X + 22, Y - 1), (X + 21, Y + 11)])
    assert moved.parts[0].centroid.x > moved.parts[1].centroid.x
    assert sum(part.area for part in moved.parts) == pytest.approx(400, abs=1e-6)
    assert shapely.coverage_is_valid(np.array(moved.parts))
