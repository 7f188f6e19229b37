"""Ground drawn twice: overlaps, duplicates, polygons inside others."""

import numpy as np
import shapely
from shapely import affinity

from landdb.conformance import rings
from landdb.conformance.attempt import Attempt
from landdb.conformance.board import NoSiteError

#: An overlap's strip covers at least this, so that its area is no question.
STRIP_M2 = 0.03


def strip_length_m(width_m: float) -> float:
    """Give how long an edge must be for a strip of that width to be long, and no noise by its area."""
    return max(6 * width_m, 4.0, min(STRIP_M2 / width_m, 12.0))


def overlap(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel over its neighbour along one edge."""
    other, index = attempt.edge(at_least_m=strip_length_m(width_m))
    _push_over(attempt, other, index, width_m)


def overlap_object(attempt: Attempt, width_m: float) -> None:
    """Draw a parcel over a road or water."""
    other, index = attempt.edge(at_least_m=strip_length_m(width_m), with_object=True)
    _push_over(attempt, other, index, width_m)


def _push_over(attempt: Attempt, other: int, index: int, width_m: float) -> None:
    drawn, strip = rings.pushed(attempt.polygon, index, width_m)
    theirs = attempt.board.polygon(other)
    if not shapely.covers(shapely.buffer(theirs, 1e-6), strip):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    demand_vertices_below_noise(attempt, other, strip)


def demand_vertices_below_noise(attempt: Attempt, other: int, strip: shapely.Polygon) -> None:
    """Where the strip is mere noise, its corners are vertices that the neighbour lacks."""
    scale = max(attempt.scale, attempt.board.scale[other])
    width_m = 2 * strip.area / strip.length
    noise_m = attempt.catalogue["COV001"].limit("noise_width_m", scale)
    if width_m < noise_m:
        corners = shapely.multipoints(np.asarray(strip.exterior.coords)[1:3])
        attempt.expect("COV006", corners, attempt.unit, other)


def overlap_chain(attempt: Attempt, width_m: float) -> None:
    """Draw the whole common boundary of two parcels a little over the neighbour, vertex by vertex."""
    moved_chain(attempt, width_m)


def moved_chain(attempt: Attempt, outward_m: float) -> None:
    """Move the inner vertices of a boundary that two parcels share, at least two of them, outwards."""
    other, _ = attempt.edge(at_least_m=2.0)
    shell = rings.shell_of(attempt.polygon)
    shared = rings.edges_shared(attempt.polygon, attempt.board.polygon(other))
    inner = [index for index in shared if (index - 1) % len(shell) in shared]
    inner = [index for index in inner if rings.edge_length_m(attempt.polygon, index) > 4 * abs(outward_m)]
    if len(inner) < 2:
        raise NoSiteError
    moved = shell.copy()
    for index in inner:
        along = shell[(index + 1) % len(shell)] - shell[index - 1]
        moved[index] += outward_m * np.array([along[1], -along[0]]) / np.hypot(*along)
    drawn = rings.with_shell(attempt.polygon, moved)
    ours, theirs = attempt.polygon, attempt.board.polygon(other)
    if not shapely.covers(shapely.buffer(shapely.union(ours, theirs), 1e-6), drawn):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)


def overlap_several(attempt: Attempt, width_m: float) -> None:
    """Pull a corner where several parcels meet over two of them at once."""
    shell = rings.shell_of(attempt.polygon)
    index = int(attempt.rng.integers(len(shell)))
    before, here, after = shell[index - 1], shell[index], shell[(index + 1) % len(shell)]
    outwards = 2 * here - before - after
    length_m = float(np.hypot(*outwards))
    if length_m < 1.0:
        raise NoSiteError
    attempt.redraw(attempt.unit, rings.moved_vertex(attempt.polygon, index, outwards / length_m * width_m))
    drawn = attempt.draft.changed[attempt.unit]
    over = [unit for unit in attempt.board.neighbours(attempt.unit) if _shares_ground(attempt, unit, drawn)]
    if len(over) < 2 or not all(attempt.board.is_parcel[unit] for unit in over):
        raise NoSiteError
    attempt.involved |= set(over)
    attempt.tolerated.add("COV006")  # the new edges may pass by the old corner


def _shares_ground(attempt: Attempt, unit: int, drawn: shapely.Geometry | None) -> bool:
    theirs = attempt.board.geoms[unit]
    return theirs is not None and drawn is not None and shapely.area(shapely.intersection(theirs, drawn)) > 1e-6


def duplicate(attempt: Attempt, _: float) -> None:
    """Give the same polygon a second number, vertex by vertex."""
    _add_copy(attempt, attempt.polygon)


def duplicate_rotated_start(attempt: Attempt, _: float) -> None:
    """Give the same ring, begun elsewhere, a second number."""
    shell = rings.shell_of(attempt.polygon)
    _add_copy(attempt, rings.with_shell(attempt.polygon, np.roll(shell, len(shell) // 2, axis=0)))


def duplicate_reversed(attempt: Attempt, _: float) -> None:
    """Give the same ring, run backwards, a second number."""
    _add_copy(attempt, shapely.reverse(attempt.polygon))


def duplicate_shifted(attempt: Attempt, shift_m: float) -> None:
    """Give the polygon, moved by two centimetres, a second number; its rim lies over the neighbours."""
    if attempt.polygon.area < 200 * shift_m * attempt.polygon.length:
        raise NoSiteError
    _add_copy(attempt, affinity.translate(attempt.polygon, shift_m * 0.8, shift_m * 0.6))
    attempt.involved |= set(attempt.board.neighbours(attempt.unit))
    attempt.tolerated |= {"COV001", "COV002", "COV006"}


def _add_copy(attempt: Attempt, copy: shapely.Polygon) -> None:
    attempt.involved.add(attempt.unit)
    attempt.add(copy)


def contained(attempt: Attempt, _: float) -> None:
    """Draw a parcel in the middle of another that has no hole there."""
    middle, radius_m = rings.room(attempt.polygon)
    if radius_m < 4.0:
        raise NoSiteError
    _add_copy(attempt, shapely.Polygon(rings.disc(middle, radius_m * 0.6)))


def contained_at_the_edge(attempt: Attempt, _: float) -> None:
    """Give a part of a parcel, cut off along a line between two of its vertices, a number of its own as well."""
    shell = rings.shell_of(attempt.polygon)
    half = len(shell) // 2
    part = shapely.Polygon(np.roll(shell, int(attempt.rng.integers(len(shell))), axis=0)[: half + 1])
    share = part.area / attempt.polygon.area
    inside = shapely.is_valid(part) and shapely.covers(shapely.buffer(attempt.polygon, 1e-6), part)
    if not inside or not 0.15 < share < 0.8 or rings.room(part)[1] < 1.0:
        raise NoSiteError
    _add_copy(attempt, part)


def hole_filled(attempt: Attempt, _: float) -> None:
    """Forget the hole that an enclave fills."""
    holes = [shapely.Polygon(ring) for ring in attempt.polygon.interiors]
    inner = [unit for unit in attempt.board.neighbours(attempt.unit) if _fills(attempt, unit, holes)]
    if not inner:
        raise NoSiteError
    attempt.redraw(attempt.unit, shapely.Polygon(attempt.polygon.exterior))
    attempt.involved |= set(inner)


def _fills(attempt: Attempt, unit: int, holes: list[shapely.Polygon]) -> bool:
    theirs = attempt.board.geoms[unit]
    return attempt.board.is_parcel[unit] and any(shapely.covers(hole, theirs) for hole in holes)


def parcel_shifted(attempt: Attempt, shift_m: float) -> None:
    """Move a whole parcel: over its neighbours on one side, away from them on the other."""
    _redraw_among_parcels(attempt, affinity.translate(attempt.polygon, shift_m * 0.6, -shift_m * 0.8))


def parcel_turned(attempt: Attempt, degrees: float) -> None:
    """Turn a whole parcel about its middle."""
    _redraw_among_parcels(attempt, affinity.rotate(attempt.polygon, degrees, "centroid"))


def _redraw_among_parcels(attempt: Attempt, drawn: shapely.Polygon) -> None:
    around = attempt.board.neighbours(attempt.unit)
    if attempt.polygon.interiors or any(attempt.board.at_border[unit] for unit in around):
        raise NoSiteError
    attempt.redraw(attempt.unit, drawn)
    attempt.involved |= set(around)
    attempt.tolerated |= {"COV001", "COV002", "COV004", "COV006"}
