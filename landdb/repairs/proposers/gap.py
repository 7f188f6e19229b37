"""Give a gap to a neighbour: to the one that lacks most area on paper, or has the longest edge along it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.repairs.areas import shortfall_m2
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.proposers.overlap import without_splinters
from landdb.repairs.rings import Point, replaced, vertices, with_vertices

#: A gap was noded on the engine's grid of 0.1 mm: its rim lies this close to the units around it.
_RIM_M = 0.0003
_BORDER_M = 0.002
#: Alternatives that are worth a person's time.
_CANDIDATES = 4


@dataclass(frozen=True, slots=True)
class _Neighbour:
    unit: int
    border_m: float
    shortfall_m2: float | None


def propose_filling(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give the drafts that let one neighbour take the gap, the likeliest neighbour first."""
    if finding.geometry is None:
        return
    ground = _on_vertices(near, finding.geometry)
    neighbours = _neighbours(near, ground)
    if not neighbours:
        return
    lacking = [n for n in neighbours if n.shortfall_m2 is not None and n.shortfall_m2 >= ground.area / 2]
    lacking.sort(key=lambda n: -(n.shortfall_m2 or 0.0))
    ordered = [(n, "LEGAL_SHORTFALL") for n in lacking] + [(n, "LONGEST_EDGE") for n in neighbours if n not in lacking]
    for neighbour, reason in ordered[:_CANDIDATES]:
        filled = without_splinters(_joined(near.geom(neighbour.unit), ground))
        yield Draft(
            "GIVE_GAP",
            {neighbour.unit: filled},
            reason,
            place=ground,
            values={
                "taker": near.units[neighbour.unit].label,
                "area_m2": f"{ground.area:.2f}",
                "border_m": f"{neighbour.border_m:.2f}",
                "shortfall_m2": f"{neighbour.shortfall_m2 or 0:.2f}",
            },
        )


def _neighbours(near: Neighbourhood, ground: BaseGeometry) -> list[_Neighbour]:
    """Give the units along the gap, longest border first, parcels before objects of the same length."""
    found = []
    rim = shapely.boundary(ground)
    for unit in near.near(ground, _BORDER_M):
        if near.units[unit].is_from_other_zone:
            continue
        border = shapely.intersection(rim, shapely.buffer(near.geom(unit), _BORDER_M, quad_segs=2))
        length = float(border.length)
        if length > 2 * _BORDER_M:
            found.append(_Neighbour(unit, length, shortfall_m2(near.units[unit])))
    return sorted(found, key=lambda n: (-round(n.border_m, 2), not near.units[n.unit].is_parcel, n.unit))


def _on_vertices(near: Neighbourhood, ground: BaseGeometry) -> BaseGeometry:
    """Give the gap with its corners exactly on the vertices around it."""
    known = sorted({point for unit in near.near(ground, _BORDER_M) for point in vertices(near.geom(unit))})
    if not known:
        return ground
    xy = np.array(known)
    moves: dict[Point, Point | None] = {}
    for point in vertices(ground):
        distance = np.hypot(*(xy - point).T)
        nearest = int(np.argmin(distance))
        if 0 < distance[nearest] <= _RIM_M:
            moves[point] = known[nearest]
    return replaced(ground, moves) or ground


def _joined(geom: BaseGeometry, ground: BaseGeometry) -> BaseGeometry:
    """Give unit and gap as one polygon; each first takes the other's vertices, so that no slit stays between them."""
    unit = with_vertices(geom, vertices(ground), tolerance_m=_RIM_M)
    gap = with_vertices(ground, vertices(unit), tolerance_m=_RIM_M)
    joined: BaseGeometry = shapely.union(unit, gap)
    return joined
