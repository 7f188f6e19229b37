"""Edges that meet without sharing their vertices."""

import numpy as np
import shapely

from landdb.conformance import rings
from landdb.conformance.attempt import Attempt
from landdb.conformance.board import NoSiteError

#: A vertex this near the line between its neighbours makes neither gap nor overlap at any scale.
_STRAIGHT_M = 1.0e-3


def extra_vertex(attempt: Attempt, _: float) -> None:
    """Give only one of two neighbours a vertex in the middle of their straight edge."""
    _extra_vertices(attempt, [0.5])


def extra_vertices(attempt: Attempt, count: float) -> None:
    """Give only one of two neighbours several vertices on their straight edge."""
    _extra_vertices(attempt, [(number + 1) / (count + 1) for number in range(int(count))])


def _extra_vertices(attempt: Attempt, shares: list[float]) -> None:
    other, index = attempt.edge(at_least_m=1.5 * (len(shares) + 1))
    one, end = rings.edge_of(attempt.polygon, index)
    points = [tuple(np.round(one + share * (end - one), 3).tolist()) for share in shares]
    attempt.redraw(attempt.unit, rings.inserted(attempt.polygon, index, points))
    attempt.expect("COV006", shapely.multipoints(np.array(points)), attempt.unit, other)


def missing_bend(attempt: Attempt, offset_m: float) -> None:
    """Leave out a vertex at a bend that the neighbour has: below the noise a missing vertex, else gap or overlap."""
    _, index = attempt.edge(at_least_m=1.0)
    for vertex in _inner_vertices(attempt, index):
        off = abs(rings.offset_m(attempt.polygon, vertex))
        if offset_m / 2 < off < 2 * offset_m:
            _leave_out(attempt, vertex)
            return
    raise NoSiteError


def missing_on_straight(attempt: Attempt, _: float) -> None:
    """Leave out a vertex on a straight line that the neighbour has."""
    _, index = attempt.edge(at_least_m=1.0)
    for vertex in _inner_vertices(attempt, index):
        if abs(rings.offset_m(attempt.polygon, vertex)) < _STRAIGHT_M:
            _leave_out(attempt, vertex)
            return
    raise NoSiteError


def _leave_out(attempt: Attempt, vertex: int) -> None:
    place = shapely.multipoints([rings.shell_of(attempt.polygon)[vertex]])
    others = _who_has(attempt, vertex)
    drawn = rings.without_vertex(attempt.polygon, vertex)
    attempt.involved |= {attempt.unit, *others}
    noise_m = attempt.catalogue["COV001"].limit("noise_width_m", attempt.scale)
    off_m = abs(rings.offset_m(attempt.polygon, vertex))
    attempt.redraw(attempt.unit, drawn)
    if off_m < noise_m:
        attempt.expect("COV006", place, attempt.unit, any_of=tuple(others))


def _inner_vertices(attempt: Attempt, index: int) -> list[int]:
    """Give the ends of an edge where exactly one other unit, a parcel inside the commune, has the vertex too."""
    count = len(rings.shell_of(attempt.polygon))
    return [vertex for vertex in (index, (index + 1) % count) if len(_who_has(attempt, vertex)) == 1]


def _who_has(attempt: Attempt, vertex: int) -> list[int]:
    point = shapely.Point(rings.shell_of(attempt.polygon)[vertex])
    board = attempt.board
    return [unit for unit in board.neighbours(attempt.unit) if shapely.distance(board.geoms[unit], point) < 1e-6]


def missing_at_junction(attempt: Attempt, _: float) -> None:
    """Leave out the vertex where the boundary of two neighbours meets this parcel's straight side."""
    shell = rings.shell_of(attempt.polygon)
    for vertex in attempt.rng.permutation(len(shell)).tolist():
        others = _who_has(attempt, vertex)
        inside = all(attempt.board.is_parcel[unit] and not attempt.board.at_border[unit] for unit in others)
        if len(others) == 2 and inside and abs(rings.offset_m(attempt.polygon, vertex)) < _STRAIGHT_M:
            _leave_out(attempt, vertex)
            attempt.tolerated.add("COV006")
            return
    raise NoSiteError


def vertex_moved(attempt: Attempt, by_m: float) -> None:
    """Move a vertex that two parcels share, in one of them, square to the boundary."""
    _, index = attempt.edge(at_least_m=3.0)
    for vertex in _inner_vertices(attempt, index):
        _move(attempt, vertex, by_m)
        return
    raise NoSiteError


def junction_moved(attempt: Attempt, by_m: float) -> None:
    """Move the vertex where the boundary of two neighbours meets this parcel's side, in this parcel only."""
    shell = rings.shell_of(attempt.polygon)
    for vertex in attempt.rng.permutation(len(shell)).tolist():
        others = _who_has(attempt, vertex)
        inside = all(attempt.board.is_parcel[unit] and not attempt.board.at_border[unit] for unit in others)
        lengths = [rings.edge_length_m(attempt.polygon, index) for index in (vertex - 1, vertex)]
        if len(others) == 2 and inside and min(lengths) > 3.0 and abs(rings.offset_m(attempt.polygon, vertex)) < 0.1:
            _move(attempt, vertex, by_m)
            return
    raise NoSiteError


def _move(attempt: Attempt, vertex: int, by_m: float) -> None:
    shell = rings.shell_of(attempt.polygon)
    along = shell[(vertex + 1) % len(shell)] - shell[vertex - 1]
    outwards = np.array([along[1], -along[0]]) / np.hypot(*along)
    sign = 1.0 if attempt.rng.uniform() < 0.5 else -1.0
    attempt.involved |= {attempt.unit, *_who_has(attempt, vertex)}
    attempt.redraw(attempt.unit, rings.moved_vertex(attempt.polygon, vertex, sign * by_m * outwards))
    attempt.tolerated.add("COV006")
