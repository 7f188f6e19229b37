"""Polygons that are wrong in themselves."""

import numpy as np
import shapely

from landdb.conformance import rings
from landdb.conformance.attempt import Attempt
from landdb.conformance.board import NoSiteError
from landdb.conformance.faults.overlaps import strip_length_m

#: Swapping vertices on a straight line would only fold the line.
_BEND_M = 0.1
_TOLERATED_AROUND_UNUSABLE = {"COV004", "COV005", "COV006", "COV007", "COV010", "COV012"}


def _spoil(attempt: Attempt, drawn: shapely.Polygon) -> None:
    """Put in a polygon that is no valid one; the hole that it leaves blames nobody."""
    if any(attempt.board.at_border[unit] for unit in attempt.board.neighbours(attempt.unit)):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn, valid=False)
    attempt.involved |= set(attempt.board.neighbours(attempt.unit))
    attempt.measured = False
    place = shapely.MultiPoint(shapely.get_coordinates(drawn)).convex_hull
    attempt.expect("GEO001", place, attempt.unit)
    attempt.tolerated |= _TOLERATED_AROUND_UNUSABLE


def bowtie(attempt: Attempt, _: float) -> None:
    """Swap two vertices, so that the ring crosses itself."""
    shell = rings.shell_of(attempt.polygon).copy()
    index = int(attempt.rng.integers(len(shell)))
    following = (index + 1) % len(shell)
    if min(abs(rings.offset_m(attempt.polygon, vertex)) for vertex in (index, following)) < _BEND_M:
        raise NoSiteError
    shell[[index, following]] = shell[[following, index]]
    _spoil(attempt, rings.with_shell(attempt.polygon, shell))


def unclosed_ring(attempt: Attempt, _: float) -> None:
    """Deliver a ring without its last vertex."""
    if any(attempt.board.at_border[unit] for unit in attempt.board.neighbours(attempt.unit)):
        raise NoSiteError
    attempt.draft.opened.add(attempt.unit)
    attempt.involved |= {attempt.unit, *attempt.board.neighbours(attempt.unit)}
    attempt.expect("GEO007", attempt.polygon, attempt.unit)
    attempt.tolerated |= _TOLERATED_AROUND_UNUSABLE


def hole_outside(attempt: Attempt, _: float) -> None:
    """Put a hole where the parcel is not."""
    _, index = attempt.edge(at_least_m=3.0)
    one, end = rings.edge_of(attempt.polygon, index)
    away = np.array(rings.beside(one, end, 1.5, 1.2))
    ring = rings.disc(away, 0.5)
    _spoil(attempt, shapely.Polygon(attempt.polygon.exterior, [*attempt.polygon.interiors, ring]))


def hole_crossing(attempt: Attempt, _: float) -> None:
    """Put a hole across the parcel's own boundary."""
    shell = rings.shell_of(attempt.polygon)
    ring = rings.disc(shell[int(attempt.rng.integers(len(shell)))], 0.7)
    _spoil(attempt, shapely.Polygon(attempt.polygon.exterior, [*attempt.polygon.interiors, ring]))


def spike_line(attempt: Attempt, length_m: float) -> None:
    """Run the ring out along a line and back on the same line."""
    _, index = attempt.edge(at_least_m=3.0)
    one, end = rings.edge_of(attempt.polygon, index)
    middle = (one + end) / 2
    tip = rings.beside(one, end, float(np.hypot(*(end - one))) / 2, length_m)
    _spoil(attempt, rings.inserted(attempt.polygon, index, [tuple(middle), tip, tuple(middle)]))


def spike(attempt: Attempt, length_m: float) -> None:
    """Drive a spike, 2 mm at its foot, into the neighbour, who has the very same vertices."""
    other, index = attempt.edge(at_least_m=4.0)
    one, end = rings.edge_of(attempt.polygon, index)
    half_m = float(np.hypot(*(end - one))) / 2
    points = [
        rings.beside(one, end, half_m - 0.001, 0.0),
        rings.beside(one, end, half_m, length_m),
        rings.beside(one, end, half_m + 0.001, 0.0),
    ]
    theirs = attempt.board.polygon(other)
    mirrored = _edge_index(theirs, end, one)
    attempt.redraw(attempt.unit, rings.inserted(attempt.polygon, index, points))
    attempt.redraw(other, rings.inserted(theirs, mirrored, points[::-1]))
    tip = shapely.MultiPoint([points[1]])
    attempt.expect("GEO004", tip, attempt.unit)
    attempt.expect("GEO004", tip, other)
    attempt.tolerated |= {"GEO003", "GEO008"}  # the foot is a short edge, but nobody asks for that


def _edge_index(polygon: shapely.Polygon, one: np.ndarray, end: np.ndarray) -> int:
    """Give the index of the shell's edge between two points; a neighbour that has it in a hole is no site."""
    shell = rings.shell_of(polygon)
    for index in range(len(shell)):
        if (shell[index] == one).all() and (shell[(index + 1) % len(shell)] == end).all():
            return index
    raise NoSiteError


def repeated_point(attempt: Attempt, apart_m: float) -> None:
    """Write a vertex twice, at the same place or a few millimetres on."""
    _, index = attempt.edge(at_least_m=2.0)
    one, end = rings.edge_of(attempt.polygon, index)
    point = rings.beside(one, end, apart_m, 0.0) if apart_m else (float(one[0]), float(one[1]))
    attempt.redraw(attempt.unit, rings.inserted(attempt.polygon, index, [point]))
    attempt.expect("GEO003", shapely.MultiPoint([one]), attempt.unit)


def short_edge(attempt: Attempt, length_m: float) -> None:
    """Give two neighbours the same second vertex right beside one they have."""
    other, index = attempt.edge(at_least_m=2.0)
    one, end = rings.edge_of(attempt.polygon, index)
    point = rings.beside(one, end, length_m, 0.0)
    theirs = attempt.board.polygon(other)
    mirrored = _edge_index(theirs, end, one)
    attempt.redraw(attempt.unit, rings.inserted(attempt.polygon, index, [point]))
    attempt.redraw(other, rings.inserted(theirs, mirrored, [point]))
    if "GEO008" in attempt.catalogue.rules:
        place = shapely.MultiPoint([one])
        attempt.expect("GEO008", place, attempt.unit)
        attempt.expect("GEO008", place, other)


def sliver_parcel(attempt: Attempt, width_m: float) -> None:
    """Give a strip along a boundary a number of its own."""
    other, index = attempt.edge(at_least_m=max(strip_length_m(width_m), 500 * width_m))
    drawn, strip = rings.pushed(attempt.polygon, index, -width_m)
    rule = attempt.catalogue["GEO006"]
    thinness = 4 * np.pi * strip.area / strip.length**2
    if strip.area > 0.8 * rule.limit("max_area_m2") or thinness > 0.85 * rule.limit("min_thinness"):
        raise NoSiteError
    if strip.area < 1.2 * attempt.catalogue["GEO002"].limit("min_area_m2"):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    number = attempt.add(strip)
    attempt.involved.add(other)
    attempt.expect("GEO006", strip, number)
    attempt.tolerated.add("GEO004")  # a strip this thin has sharp ends


def degenerate(attempt: Attempt, side_m: float) -> None:
    """Give a splinter inside a parcel a number of its own."""
    middle, radius_m = rings.room(attempt.polygon)
    if radius_m < 2.0:
        raise NoSiteError
    ring = rings.disc(middle, side_m, corners=4)
    attempt.redraw(attempt.unit, shapely.Polygon(attempt.polygon.exterior, [*attempt.polygon.interiors, ring]))
    attempt.expect("GEO002", shapely.Polygon(ring), attempt.add(shapely.Polygon(ring)))


def multipart(attempt: Attempt, _: float) -> None:
    """Give two parcels that do not touch one number."""
    near = attempt.board.tree.query(attempt.polygon, predicate="dwithin", distance=40.0)
    apart = [
        int(unit)
        for unit in near
        if attempt.board.is_parcel[unit]
        and not attempt.board.at_border[unit]
        and attempt.board.commune[unit] == attempt.board.commune[attempt.unit]
        and shapely.distance(attempt.board.original[unit], attempt.polygon) > 1.0
        and isinstance(attempt.board.geoms[unit], shapely.Polygon)
    ]
    if not apart:
        raise NoSiteError
    other = apart[int(attempt.rng.integers(len(apart)))]
    both = shapely.MultiPolygon([attempt.polygon, attempt.board.polygon(other)])
    attempt.redraw(attempt.unit, both)
    attempt.remove(other)
    attempt.measured = False
    attempt.expect("GEO005", both, attempt.unit)


def hole_touching(attempt: Attempt, _: float) -> None:
    """Cut a hole that touches the parcel's shell at one vertex, and fill it with a parcel."""
    shell = rings.shell_of(attempt.polygon)
    middle, radius_m = rings.room(attempt.polygon)
    index = int(attempt.rng.integers(len(shell)))
    towards = middle - shell[index]
    distance_m = float(np.hypot(*towards))
    half_m = max(0.6, 0.05 * distance_m)  # no needle, which would be a fault of its own
    if radius_m < 3 * half_m or distance_m < 3.0:
        raise NoSiteError
    across = np.array([-towards[1], towards[0]]) / distance_m
    ring = np.array([shell[index], middle - half_m * across, middle + half_m * across])
    drawn = shapely.Polygon(attempt.polygon.exterior, [*attempt.polygon.interiors, ring])
    attempt.redraw(attempt.unit, drawn)
    attempt.add(shapely.Polygon(ring))
    if "GEO009" in attempt.catalogue.rules:
        attempt.expect("GEO009", shapely.MultiPoint([shell[index]]), attempt.unit)
