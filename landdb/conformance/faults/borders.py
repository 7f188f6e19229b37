"""Faults where communes meet, and at the rim of the whole fabric."""

import numpy as np
import shapely

from landdb.conformance import rings
from landdb.conformance.attempt import Attempt
from landdb.conformance.board import NoSiteError
from landdb.conformance.consequences import above
from landdb.conformance.faults.gaps import edge_replaced, mouth_of

#: A parcel numbered in another commune lies at least so far inside its own.
_DEEP_M = 60.0


def _seam_edge(attempt: Attempt, at_least_m: float, *, across_zones: bool) -> tuple[int, int]:
    """Give a parcel of another commune, drawn in another zone or not, and an edge shared with it."""
    board = attempt.board
    own = board.commune[attempt.unit]
    edges = [
        (other, index)
        for other in board.neighbours(attempt.unit)
        if board.is_parcel[other] and board.commune[other] != own
        if (board.zone(other) != board.zone(attempt.unit)) == across_zones
        for index in rings.edges_shared(attempt.polygon, board.geoms[other])
        if rings.edge_length_m(attempt.polygon, index) >= at_least_m
    ]
    if not edges:
        raise NoSiteError
    other, index = edges[int(attempt.rng.integers(len(edges)))]
    attempt.involved |= {attempt.unit, other}
    attempt.measured = False
    attempt.across_zones = across_zones
    return other, index


def seam_overlap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel over one of the neighbouring commune."""
    _over_the_seam(attempt, width_m, "COV009", across_zones=False)


def zone_seam_overlap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel over one of a commune that is drawn in another zone."""
    _over_the_seam(attempt, width_m, "COV009", across_zones=True)


def _over_the_seam(attempt: Attempt, width_m: float, rule_id: str, *, across_zones: bool) -> None:
    other, index = _seam_edge(attempt, max(4.0, 3.5 * width_m), across_zones=across_zones)
    _over(attempt, other, index, width_m, rule_id)


def _over(attempt: Attempt, other: int, index: int, width_m: float, rule_id: str) -> None:
    drawn, strip = rings.pushed(attempt.polygon, index, width_m)
    if not shapely.covers(shapely.buffer(attempt.board.polygon(other), 1e-6), strip):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    attempt.expect(rule_id, strip, attempt.unit, other)


def seam_gap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel short of one of the neighbouring commune."""
    _short_of_the_seam(attempt, width_m, "COV010", across_zones=False)


def zone_seam_gap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel short of one of a commune that is drawn in another zone."""
    _short_of_the_seam(attempt, width_m, "COV010", across_zones=True)


def _short_of_the_seam(attempt: Attempt, width_m: float, rule_id: str, *, across_zones: bool) -> None:
    other, index = _seam_edge(attempt, max(4.0, 3.5 * width_m), across_zones=across_zones)
    _short_of(attempt, other, index, width_m, rule_id)


def _short_of(attempt: Attempt, other: int, index: int, width_m: float, rule_id: str) -> None:
    drawn, strip = rings.pushed(attempt.polygon, index, -width_m)
    if not shapely.covers(shapely.buffer(attempt.polygon, 1e-6), strip):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    is_error = above(strip.area, attempt.catalogue["COV004"].limit("error_area_m2"))
    attempt.expect(rule_id, strip, any_of=(attempt.unit, other), severity="error" if is_error else None)


def zone_overlap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel over one of the same commune whose sheet is in another zone."""
    _over(attempt, *_zone_edge(attempt, width_m), width_m, "COV013")


def zone_gap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel short of one of the same commune whose sheet is in another zone."""
    _short_of(attempt, *_zone_edge(attempt, width_m), width_m, "COV014")


def _zone_edge(attempt: Attempt, width_m: float) -> tuple[int, int]:
    attempt.measured = False
    attempt.across_zones = True
    other, index = attempt.edge(at_least_m=max(4.0, 3.5 * width_m))
    if attempt.board.zone(other) == attempt.board.zone(attempt.unit):
        raise NoSiteError
    return other, index


def seam_vertex(attempt: Attempt, _: float) -> None:
    """Give only one of two parcels on a seam a vertex in the middle of their edge."""
    other, index = _seam_edge(attempt, 4.0, across_zones=False)
    one, end = rings.edge_of(attempt.polygon, index)
    point = np.round((one + end) / 2, 3)
    attempt.redraw(attempt.unit, rings.inserted(attempt.polygon, index, [tuple(point)]))
    attempt.expect("COV011", shapely.MultiPoint([point]), attempt.unit, other)


def _rim_edge(attempt: Attempt, at_least_m: float) -> int:
    """Give an edge of the parcel that nobody shares."""
    shared: set[int] = set()
    for other in attempt.board.neighbours(attempt.unit):
        shared |= set(rings.edges_shared(attempt.polygon, attempt.board.geoms[other]))
    count = len(rings.shell_of(attempt.polygon))
    free = [index for index in range(count) if index not in shared]
    free = [index for index in free if rings.edge_length_m(attempt.polygon, index) >= at_least_m]
    if not free:
        raise NoSiteError
    attempt.involved.add(attempt.unit)
    attempt.measured = False
    return free[int(attempt.rng.integers(len(free)))]


def outside(attempt: Attempt, reach_m: float) -> None:
    """Draw a parcel beyond its commune's boundary where no other commune lies."""
    index = _rim_edge(attempt, 6.0)
    drawn, strip = rings.pushed(attempt.polygon, index, reach_m)
    over = shapely.intersection(attempt.board.original[attempt.board.tree.query(strip)], strip)
    if shapely.area(over).sum() > 1e-6:
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    tolerance_m = attempt.catalogue["ADM001"].limit("boundary_tolerance_m")
    boundary = attempt.board.communes[attempt.board.commune[attempt.unit]].boundary
    reached = shapely.distance(shapely.points(shapely.get_coordinates(strip)), boundary).max()
    if above(float(reached), tolerance_m):
        attempt.expect("ADM001", strip, attempt.unit)


def rim_gap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel a little short of its commune's boundary, within the boundary's own tolerance."""
    index = _rim_edge(attempt, max(6.0, 3 * width_m))
    drawn, strip = rings.pushed(attempt.polygon, index, -width_m)
    if not shapely.covers(shapely.buffer(attempt.polygon, 1e-6), strip):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)


def rim_missing(attempt: Attempt, _: float) -> None:
    """Leave out a parcel at the rim, wider than the boundary's tolerance."""
    _rim_edge(attempt, 2.0)
    width_m = 2 * rings.room(attempt.polygon)[1]
    around = attempt.board.neighbours(attempt.unit)
    own = attempt.board.commune[attempt.unit]
    if not above(width_m, attempt.catalogue["COV007"].limit("boundary_tolerance_m")) or attempt.polygon.interiors:
        raise NoSiteError
    if any(attempt.board.commune[unit] != own for unit in around):
        raise NoSiteError
    attempt.involved |= set(around)
    attempt.expect("COV007", attempt.polygon, any_of=tuple(around))
    attempt.remove(attempt.unit)


def gore_to_outside(attempt: Attempt, width_m: float) -> None:
    """Draw a boundary that ends at the rim askew: a wedge, open to the outside."""
    other, index = _edge_to_rim(attempt, max(8.0, 6 * width_m))
    one, end = rings.edge_of(attempt.polygon, index)
    at_start = _on_rim(attempt, one)
    mouth = mouth_of(attempt.polygon, index, width_m, at_start=at_start)
    drawn = edge_replaced(attempt.polygon, index, [mouth, tuple(end)] if at_start else [tuple(one), mouth])
    wedge = shapely.difference(attempt.polygon, drawn)
    if not isinstance(wedge, shapely.Polygon) or shapely.difference(drawn, attempt.polygon).area > 1e-6:
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    attempt.measured = False
    attempt.expect("COV012" if "COV012" in attempt.catalogue.rules else "COV004", wedge, attempt.unit, other)


def _edge_to_rim(attempt: Attempt, at_least_m: float) -> tuple[int, int]:
    """Give a neighbour of the same commune and a shared edge with just one end on the rim."""
    board = attempt.board
    for other in board.neighbours(attempt.unit):
        if not board.is_parcel[other] or board.commune[other] != board.commune[attempt.unit]:
            continue
        for index in rings.edges_shared(attempt.polygon, board.geoms[other]):
            ends = [_on_rim(attempt, point) for point in rings.edge_of(attempt.polygon, index)]
            if sum(ends) == 1 and rings.edge_length_m(attempt.polygon, index) >= at_least_m:
                attempt.involved |= {attempt.unit, other}
                return other, index
    raise NoSiteError


def _on_rim(attempt: Attempt, point: np.ndarray) -> bool:
    """Tell whether a vertex lies on the rim of the fabric."""
    return bool(shapely.distance(attempt.board.rim, shapely.Point(point)) < 1e-6)


def wrong_commune(attempt: Attempt, _: float) -> None:
    """Give a parcel a number of another commune."""
    board = attempt.board
    own = board.commune[attempt.unit]
    others = [place for place, commune in enumerate(board.communes) if place != own and commune.srid == _srid(attempt)]
    if not others or attempt.polygon.interiors:
        raise NoSiteError
    place = others[int(attempt.rng.integers(len(others)))]
    if shapely.distance(board.communes[place].boundary, attempt.polygon) < _DEEP_M:
        raise NoSiteError
    attempt.involved |= {attempt.unit, *board.neighbours(attempt.unit)}
    attempt.remove(attempt.unit)
    like = next((unit for unit in board.pool("inland") if board.commune[unit] == place and board.is_free([unit])), None)
    if like is None:
        raise NoSiteError
    moved = attempt.add(attempt.polygon, like=int(like))
    attempt.measured = False
    attempt.expect("ADM001", attempt.polygon, moved)
    attempt.tolerated |= {"COV004", "COV005", "COV007", "COV010", "COV012"}


def _srid(attempt: Attempt) -> int:
    return attempt.board.communes[attempt.board.commune[attempt.unit]].srid


def in_two_communes(attempt: Attempt, _: float) -> None:
    """Give a parcel on a seam a second number in the commune beyond it."""
    other, _index = _seam_edge(attempt, 2.0, across_zones=False)
    copy = attempt.add(attempt.polygon, like=other)
    attempt.involved |= set(attempt.board.neighbours(attempt.unit))
    attempt.expect("COV009", attempt.polygon, attempt.unit, copy)
    attempt.tolerated |= {"ADM001", "COV003", "COV008"}
