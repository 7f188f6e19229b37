"""The edits that repairs are made of."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.repairs.rings import on_grid, replaced, rings_of, to_geometry, vertices, with_vertices

X, Y = 500_000.0, 2_300_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


@st.composite
def polygons(draw: st.DrawFn) -> shapely.Polygon:
    """Give a star-shaped polygon on the 1 mm grid."""
    count = draw(st.integers(3, 12))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radii = np.array(draw(st.lists(st.integers(2_000, 30_000), min_size=count, max_size=count))) / 1000
    corners = [on_grid((X + r * np.cos(a), Y + r * np.sin(a))) for r, a in zip(radii, angles, strict=True)]
    return shapely.Polygon(corners)


@settings(deadline=None)
@given(polygons())
def test_a_geometry_taken_apart_and_put_together_is_the_same(polygon: shapely.Polygon) -> None:
    again = to_geometry(rings_of(polygon))
    assert shapely.equals_identical(shapely.normalize(again), shapely.normalize(polygon))


@settings(deadline=None)
@given(polygons(), st.floats(0.05, 0.95), st.integers(0, 11))
def test_a_vertex_inserted_on_an_edge_changes_neither_ground_nor_other_vertices(
    polygon: shapely.Polygon, along: float, edge: int
) -> None:
    ring = rings_of(polygon)[0][0]
    one, other = np.array(ring[edge % len(ring)]), np.array(ring[(edge + 1) % len(ring)])
    point = tuple((one + along * (other - one)).tolist())
    taken = with_vertices(polygon, [point], tolerance_m=0.001)
    assert vertices(taken) == vertices(polygon) | {point}
    assert abs(taken.area - polygon.area) < 1e-3
    assert with_vertices(taken, [point], tolerance_m=0.001) is taken


def test_a_point_beyond_the_tolerance_is_not_inserted() -> None:
    square = box(0, 0, 10, 10)
    assert with_vertices(square, [(X + 5, Y + 0.02)], tolerance_m=0.01) == square


def test_several_points_on_one_edge_stand_in_its_order() -> None:
    taken = with_vertices(box(0, 0, 10, 10), [(X + 10, Y + 7), (X + 10, Y + 3)], tolerance_m=0.001)
    assert shapely.is_valid(taken)
    assert len(vertices(taken)) == 6


def test_a_dropped_vertex_and_a_collapsed_ring_are_gone() -> None:
    hole = [(X + 2, Y + 2), (X + 3, Y + 2), (X + 2, Y + 3)]
    holed = shapely.Polygon(shapely.get_coordinates(box(0, 0, 10, 10)), [hole])
    assert len(shapely.get_rings(replaced(holed, {hole[0]: None}))) == 1
    assert replaced(shapely.Polygon(hole), {hole[0]: None}) is None


def test_vertices_moved_onto_each_other_become_one() -> None:
    corner, beside = (X + 10, Y + 10), (X + 10, Y + 9.995)
    square = with_vertices(box(0, 0, 10, 10), [beside], tolerance_m=0.001)
    assert replaced(square, {beside: corner}) == box(0, 0, 10, 10)
