"""Uncross a ring: two vertices in the wrong order are put right, with the vertices that were delivered.

Never make_valid: a hostile ring keeps it busy for hours. Here a ring has few vertices and few crossings, or no
proposal is made; undoing a crossing reverses the way between its two edges, which only ever shortens the ring.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.rings import Ring, rings_of, to_geometry

MAX_VERTICES: Final = 2_000
MAX_CROSSINGS: Final = 20


def propose_uncrossing(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give the draft in which the delivered ring is a polygon, without crossings and ways back."""
    index = near.parcel_index(finding.parcel_id)
    if index is None:
        return
    delivered = near.units[index].delivered
    if delivered is None or shapely.get_num_coordinates(delivered) > MAX_VERTICES:
        return
    values = {"giver": near.units[index].label}
    ring = uncrossed(delivered)
    if ring is not None:
        yield Draft("UNCROSS_RING", {index: ring}, "RING_CROSSES", values=values)
    if shapely.get_num_interior_rings(delivered) and delivered.geom_type == "Polygon":
        shell = uncrossed(shapely.Polygon(delivered.exterior))
        if shell is not None:
            yield Draft("UNCROSS_RING", {index: shell}, "HOLE_STRAYS", values=values)


def uncrossed(geom: BaseGeometry) -> BaseGeometry | None:
    """Give a valid polygon through the same vertices; None when the crossings are too many or of another kind.

    What a hole takes of a shell that it crosses is taken from the shell; a hole outside takes nothing.
    """
    if geom.geom_type != "Polygon":
        return None
    rings = [_mended(ring) for ring in rings_of(geom)[0]]
    if any(ring is None for ring in rings):
        return None
    shell, *holes = (to_geometry([[ring]]) for ring in rings if ring is not None)
    if shell is None or not all(hole is None or hole.is_valid for hole in (shell, *holes)):
        return None
    mended = shapely.difference(shell, shapely.union_all([hole for hole in holes if hole is not None]))
    return mended if mended.geom_type == "Polygon" and mended.is_valid and mended.area > 0 else None


def _mended(ring: Ring) -> Ring | None:
    """Give a ring without ways out and straight back, and without crossings; None when there are too many."""
    ring = _without_ways_back(ring)
    for _ in range(MAX_CROSSINGS):
        crossing = _first_crossing(ring)
        if crossing is None:
            return ring
        one, other = crossing
        ring = [*ring[: one + 1], *reversed(ring[one + 1 : other + 1]), *ring[other + 1 :]]
    return None


def _without_ways_back(ring: Ring) -> Ring:
    """Give a ring without vertices that repeat and tips whose two neighbours are one place."""
    kept: Ring = []
    for vertex in ring:
        if kept and kept[-1] == vertex:
            continue
        if len(kept) > 1 and kept[-2] == vertex:
            kept.pop()
            continue
        kept.append(vertex)
    while len(kept) > 3 and (kept[0] == kept[-1] or kept[1] == kept[-1] or kept[0] == kept[-2]):
        kept = kept[1:] if kept[1] == kept[-1] else kept[:-1]
    return kept


def _first_crossing(ring: Ring) -> tuple[int, int] | None:
    """Give the first two edges, not next to each other, that cross."""
    xy = np.array(ring)
    lines = shapely.linestrings(np.stack([xy, np.roll(xy, -1, axis=0)], axis=1))
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    pairs = sorted((int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b)
    return next(((a, b) for a, b in pairs if b - a > 1 and (a, b) != (0, len(ring) - 1)), None)
