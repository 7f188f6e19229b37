"""Ground of nobody: gaps, holes, missing parcels, wedges and arms."""

import numpy as np
import shapely

from landdb.conformance import rings
from landdb.conformance.attempt import Attempt
from landdb.conformance.board import NoSiteError
from landdb.conformance.consequences import above, gap_expected
from landdb.conformance.faults.overlaps import demand_vertices_below_noise, moved_chain, strip_length_m


def gap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel short of its neighbour along one edge."""
    other, index = attempt.edge(at_least_m=strip_length_m(width_m))
    _pull_back(attempt, other, index, width_m)


def gap_object(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel short of the road or water it lies at."""
    other, index = attempt.edge(at_least_m=strip_length_m(width_m), with_object=True)
    _pull_back(attempt, other, index, width_m)


def _pull_back(attempt: Attempt, other: int, index: int, width_m: float) -> None:
    drawn, strip = rings.pushed(attempt.polygon, index, -width_m)
    if not shapely.covers(shapely.buffer(attempt.polygon, 1e-6), strip):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    demand_vertices_below_noise(attempt, other, strip)


def gap_chain(attempt: Attempt, width_m: float) -> None:
    """Draw the whole common boundary of two parcels a little short of the neighbour, vertex by vertex."""
    moved_chain(attempt, -width_m)


def hole(attempt: Attempt, width_m: float) -> None:
    """Cut a hole into a parcel that nothing fills."""
    middle, radius_m = rings.room(attempt.polygon)
    if radius_m < width_m:
        raise NoSiteError
    ring = rings.disc(middle, width_m / 2, corners=12)
    attempt.redraw(attempt.unit, shapely.Polygon(attempt.polygon.exterior, [*attempt.polygon.interiors, ring]))


def missing_parcel(attempt: Attempt, _: float) -> None:
    """Leave a parcel out."""
    if attempt.polygon.interiors or _neighbours_at_border(attempt):
        raise NoSiteError
    attempt.remove(attempt.unit)
    attempt.involved |= set(attempt.board.neighbours(attempt.unit))


def _neighbours_at_border(attempt: Attempt) -> bool:
    return any(attempt.board.at_border[unit] for unit in attempt.board.neighbours(attempt.unit))


def missing_object(attempt: Attempt, _: float) -> None:
    """Leave out the pond in a parcel."""
    holes = [shapely.Polygon(ring) for ring in attempt.polygon.interiors]
    ponds = [
        unit
        for unit in attempt.board.neighbours(attempt.unit)
        if not attempt.board.is_parcel[unit] and any(_same(hole, attempt.board.geoms[unit]) for hole in holes)
    ]
    if not ponds:
        raise NoSiteError
    attempt.remove(ponds[0])
    attempt.involved.add(attempt.unit)


def _same(one: shapely.Polygon, other: shapely.Geometry | None) -> bool:
    return other is not None and bool(shapely.area(shapely.symmetric_difference(one, other)) < 1e-6)


def gap_open_to_void(attempt: Attempt, width_m: float) -> None:
    """Leave a parcel out, and draw the boundary between two others short right up to its empty ground."""
    index, at_start = _edge_beside_parcel(attempt, 6 * width_m)
    one, end = rings.edge_of(attempt.polygon, index)
    length_m = float(np.hypot(*(end - one)))
    mouth = mouth_of(attempt.polygon, index, width_m, at_start=at_start)
    tail = rings.beside(one, end, (0.85 if at_start else 0.15) * length_m, -width_m)
    points = [mouth, tail, tuple(end)] if at_start else [tuple(one), tail, mouth]
    _carve(attempt, index, points, width_m, at_start=at_start)


def gore_to_void(attempt: Attempt, width_m: float) -> None:
    """Leave a parcel out, and draw a boundary that ends at it askew: a wedge, open to its empty ground."""
    index, at_start = _edge_beside_parcel(attempt, 6 * width_m)
    one, end = rings.edge_of(attempt.polygon, index)
    mouth = mouth_of(attempt.polygon, index, width_m, at_start=at_start)
    points = [mouth, tuple(end)] if at_start else [tuple(one), mouth]
    _carve(attempt, index, points, width_m, at_start=at_start)


def mouth_of(polygon: shapely.Polygon, index: int, width_m: float, *, at_start: bool) -> rings.Point:
    """Give the point of the edge before (after) an edge that lies so far from the edge's line."""
    shell = rings.shell_of(polygon)
    one, end = rings.edge_of(polygon, index)
    corner, far = (one, shell[index - 1]) if at_start else (end, shell[(index + 2) % len(shell)])
    along = (end - one) / np.hypot(*(end - one))
    depth_m = float((far - corner) @ np.array([-along[1], along[0]]))
    if depth_m < 1.5 * width_m:
        raise NoSiteError
    x, y = corner + (far - corner) * (width_m / depth_m)
    return float(x), float(y)


def _edge_beside_parcel(attempt: Attempt, length_m: float) -> tuple[int, bool]:
    """Give a shared edge that ends where a third parcel lies across, and whether that is the edge's start."""
    if _neighbours_at_border(attempt):
        raise NoSiteError
    other, index = attempt.edge(at_least_m=max(length_m, 8.0))
    shell = rings.shell_of(attempt.polygon)
    shared = rings.edges_shared(attempt.polygon, attempt.board.polygon(other))
    for at_start, beyond in ((True, (index - 1) % len(shell)), (False, (index + 1) % len(shell))):
        if beyond not in shared:
            return index, at_start
    raise NoSiteError


def edge_replaced(polygon: shapely.Polygon, index: int, points: list[rings.Point]) -> shapely.Polygon:
    """Give the polygon with the points in the place of an edge's two ends."""
    rest = np.roll(rings.shell_of(polygon), -index, axis=0)[2:]
    return rings.with_shell(polygon, np.concatenate([np.asarray(points), rest]))


def _carve(attempt: Attempt, index: int, points: list[rings.Point], width_m: float, *, at_start: bool) -> None:
    """Take an arm from the parcel and the third parcel at its mouth from the map; demand an arm and a void."""
    drawn = edge_replaced(attempt.polygon, index, points)
    arm = shapely.difference(attempt.polygon, drawn)
    if not isinstance(arm, shapely.Polygon) or shapely.difference(drawn, attempt.polygon).area > 1e-6:
        raise NoSiteError
    third = _third_parcel(attempt, index, at_start=at_start)
    attempt.redraw(attempt.unit, drawn)
    void = attempt.board.polygon(third)
    attempt.remove(third)
    attempt.involved |= set(attempt.board.neighbours(third)) | {third}
    attempt.measured = False
    narrow_m = attempt.catalogue["COV004"].limit("narrow_width_m")
    if not above(2 * rings.room(void)[1], narrow_m) or width_m >= narrow_m:
        raise NoSiteError
    whole = shapely.union(void, arm)
    expected = gap_expected(attempt.board, attempt.draft, attempt.catalogue, whole, 2 * rings.room(void)[1])
    if expected is None:
        raise NoSiteError
    attempt.extra.append(expected)
    attempt.expect("COV012" if "COV012" in attempt.catalogue.rules else "COV004", arm, attempt.unit)


def _third_parcel(attempt: Attempt, index: int, *, at_start: bool) -> int:
    """Give the parcel beyond the end of an edge, if it lies along the parcel's next edge and is whole."""
    shell = rings.shell_of(attempt.polygon)
    beyond = (index - 1) % len(shell) if at_start else (index + 1) % len(shell)
    for unit in attempt.board.neighbours(attempt.unit):
        theirs = attempt.board.geoms[unit]
        whole = isinstance(theirs, shapely.Polygon) and not theirs.interiors and attempt.board.is_parcel[unit]
        if whole and not attempt.board.at_border[unit] and beyond in rings.edges_shared(attempt.polygon, theirs):
            if any(attempt.board.at_border[other] for other in attempt.board.neighbours(unit)):
                raise NoSiteError
            return unit
    raise NoSiteError
