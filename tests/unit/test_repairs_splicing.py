"""What changes in a piece of a large object, carried over to the whole."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.repairs.rings import replaced, rings_of, vertices, with_vertices
from landdb.repairs.splicing import spliced

X, Y = 500_000.0, 2_300_000.0


def ribbon(count: int = 60) -> shapely.Polygon:
    """Give a winding road with a hole."""
    along = np.arange(count) * 10.0
    sway = np.round(8 * np.sin(along / 35), 3)
    left = np.column_stack([X + along, Y + sway + 4])
    right = np.column_stack([X + along, Y + sway - 4])
    hole = np.column_stack([X + 300 + np.array([0, 3, 3, 0]), Y + sway[30] + np.array([0, 0, 1, 1])])
    return shapely.Polygon([*left.tolist(), *right[::-1].tolist()], [hole.tolist()])


WHOLE = ribbon()
BOX = (X + 150.5, Y - 100, X + 420.5, Y + 100)
PIECE = shapely.clip_by_rect(WHOLE, *BOX)
INSIDE = sorted(point for point in vertices(PIECE) & vertices(WHOLE) if X + 200 < point[0] < X + 400)


@settings(deadline=None, max_examples=60)
@given(st.sets(st.sampled_from(INSIDE), max_size=6), st.integers(-50, 50), st.integers(0, 3))
def test_moves_and_insertions_in_a_piece_come_to_the_whole_and_nothing_else(
    chosen: set[tuple[float, float]], millimetres: int, inserted: int
) -> None:
    moves = {point: (point[0], round(point[1] + millimetres / 1000, 3)) for point in chosen}
    edges = [(ring[i], ring[i + 1]) for ring in rings_of(PIECE)[0] for i in range(len(ring) - 1)]
    inner = [edge for edge in edges if set(edge) <= set(INSIDE) - chosen][:inserted]
    new = [tuple((np.array(edge[0]) + np.array(edge[1])) / 2) for edge in inner]

    def change(geom: shapely.Geometry) -> shapely.Geometry:
        return with_vertices(replaced(geom, moves), new, tolerance_m=0.001)

    found = spliced(WHOLE, PIECE, change(PIECE))
    assert found is not None
    assert shapely.equals_identical(shapely.normalize(found), shapely.normalize(change(WHOLE)))


CORNERS = rings_of(WHOLE)[0][1]


@pytest.mark.parametrize("chosen", [CORNERS[1::2], CORNERS], ids=["two opposite corners", "all corners"])
def test_a_hole_of_which_every_edge_moves_is_the_hole_moved(chosen: list[tuple[float, float]]) -> None:
    moves = {point: (point[0], round(point[1] + 0.05, 3)) for point in chosen}
    found = spliced(WHOLE, PIECE, replaced(PIECE, moves))
    assert shapely.equals_identical(shapely.normalize(found), shapely.normalize(replaced(WHOLE, moves)))


def test_a_part_of_which_every_edge_moves_is_the_part_moved_and_keeps_its_hole() -> None:
    hole = shapely.box(X + 205, Y + 55, X + 210, Y + 60)
    apart = shapely.difference(shapely.box(X + 200, Y + 50, X + 220, Y + 70), hole)
    moves = {(X + 200, Y + 50): (X + 200, Y + 50.02), (X + 220, Y + 70): (X + 220, Y + 70.02)}
    whole, piece = shapely.MultiPolygon([WHOLE, apart]), shapely.MultiPolygon([PIECE, apart])
    found = spliced(whole, piece, replaced(piece, moves))
    assert shapely.equals_identical(shapely.normalize(found), shapely.normalize(replaced(whole, moves)))


def test_ground_cut_out_of_the_middle_of_a_piece_is_a_hole_of_the_whole() -> None:
    taken = shapely.box(X + 252, Y + 6, X + 254, Y + 7)
    found = spliced(WHOLE, PIECE, shapely.difference(PIECE, taken))
    assert found is not None
    assert len(found.interiors) == 2
    assert shapely.equals(found, shapely.difference(WHOLE, taken))


def test_a_hole_filled_in_a_piece_is_filled_in_the_whole() -> None:
    found = spliced(WHOLE, PIECE, shapely.Polygon(PIECE.exterior))
    assert shapely.equals_identical(shapely.normalize(found), shapely.normalize(shapely.Polygon(WHOLE.exterior)))


def test_ground_taken_from_a_piece_is_taken_from_the_whole() -> None:
    taken = shapely.box(X + 250, Y - 50, X + 256, Y)
    found = spliced(WHOLE, PIECE, shapely.difference(PIECE, taken))
    assert found is not None
    assert shapely.equals(found, shapely.difference(WHOLE, taken))


def test_a_piece_that_did_not_change_changes_nothing() -> None:
    assert shapely.equals(spliced(WHOLE, PIECE, PIECE), WHOLE)


def test_what_cannot_be_carried_over_is_refused() -> None:
    assert spliced(WHOLE, PIECE, shapely.box(X + 200, Y, X + 210, Y + 10)) is None
