"""A draft: what a proposer would redraw, and how it is fitted to the grid and to its neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import hypot
from typing import Final, Literal

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.rings import Point, edges, on_grid, replaced, vertices, with_vertices

ProposalKind = Literal[
    "SNAP_VERTEX",
    "FIT_TO_NEIGHBOURS",
    "INSERT_VERTEX",
    "STRAIGHTEN_EDGE",
    "MERGE_VERTICES",
    "REMOVE_SPIKE",
    "CUT_OVERLAP",
    "GIVE_GAP",
    "CLOSE_DUPLICATE",
    "UNCROSS_RING",
    "REPROJECT_SHEET",
    "CLEAN_COVERAGE",
]
#: What a repair changes lies this close to its fault, beside what the accuracy class allows.
AT_FAULT_M: Final = 0.5
PROPOSAL_KINDS: Final[tuple[ProposalKind, ...]] = ProposalKind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a draft is fitted: a new vertex this close to an old one becomes it; edges this close take vertices."""

    vertex_m: float
    edge_m: float


#: Tried in this order. An intersection lies anywhere on the grid's cells; a wider fit avoids edges too short to keep.
FITS: Final = (Fit(0.002, 0.0015), Fit(0.012, 0.0015), Fit(0.012, 0.02))


@dataclass(frozen=True, slots=True)
class Draft:
    """New polygons by unit, units to close, and the reason why this one gives and that one takes.

    `reason` is a code of `words.toml`; `values` fill its sentence. `place` is the fault: what changes must lie
    at it; None where a whole ring or sheet changes.
    """

    kind: ProposalKind
    redrawn: Mapping[int, BaseGeometry | None]
    reason: str
    closed: tuple[int, ...] = ()
    place: BaseGeometry | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def at_place(self, points: list[Point]) -> list[Point]:
        """Give the points at the fault: a vertex that was missing elsewhere on a moved edge is another finding."""
        if self.place is None or not points:
            return points
        near = shapely.dwithin(shapely.points(points), self.place, AT_FAULT_M)
        return [point for point, is_near in zip(points, near.tolist(), strict=True) if is_near]


@dataclass(frozen=True, slots=True)
class Redrawing:
    """A draft fitted: every unit that changes with its new polygon (None: nothing is left of it)."""

    draft: Draft
    redrawn: Mapping[int, BaseGeometry | None]

    def equals(self, other: "Redrawing") -> bool:
        """Tell whether the same units come to the same polygons."""
        return self.redrawn.keys() == other.redrawn.keys() and all(
            _same(geom, other.redrawn[unit]) for unit, geom in self.redrawn.items()
        )


def fit(near: Neighbourhood, draft: Draft, how: Fit) -> Redrawing:
    """Give the draft with new vertices on the grid or on old ones, and shared by all who border them."""
    known = {point for index in near.usable for point in vertices(near.geom(index))}
    new = {point for geom in draft.redrawn.values() if geom is not None for point in vertices(geom)} - known
    moves = _settled(sorted(new), sorted(known), how.vertex_m)
    fitted = {unit: None if geom is None else replaced(geom, moves) for unit, geom in draft.redrawn.items()}
    shared = _share(near, draft, fitted, how.edge_m)
    before = near.geoms
    changed = {unit: geom for unit, geom in shared.items() if not _same(before[unit], geom)}
    return Redrawing(draft, changed)


def _settled(new: list[Point], known: list[Point], radius_m: float) -> dict[Point, Point | None]:
    """Give where each new vertex goes: to an old vertex nearby, to one just made nearby, else to the grid."""
    if not new:
        return {}
    moves: dict[Point, Point | None] = {}
    if known:
        tree = shapely.STRtree(shapely.points(known))
        for one, nearest in tree.query_nearest(
            shapely.points(new), max_distance=radius_m, all_matches=False
        ).T.tolist():
            moves[new[one]] = known[nearest]
    made: dict[tuple[int, int], list[Point]] = {}
    for point in new:
        if point not in moves:
            moves[point] = _made_nearby(point, made, radius_m)
    return moves


def _made_nearby(point: Point, made: dict[tuple[int, int], list[Point]], radius_m: float) -> Point:
    """Give the grid point that a vertex becomes: one already made within the radius, else its own."""
    column, row = int(point[0] // radius_m), int(point[1] // radius_m)
    for i in (column - 1, column, column + 1):
        for j in (row - 1, row, row + 1):
            for other in made.get((i, j), ()):
                if hypot(point[0] - other[0], point[1] - other[1]) <= radius_m:
                    return other
    own = on_grid(point)
    made.setdefault((column, row), []).append(own)
    return own


def _share(
    near: Neighbourhood, draft: Draft, fitted: Mapping[int, BaseGeometry | None], edge_m: float
) -> dict[int, BaseGeometry | None]:
    """Give every touched unit with the vertices that its neighbours have on the edges they now share."""
    now = {i: fitted.get(i, near.geoms[i]) for i in range(len(near.units)) if i not in draft.closed}
    here = {unit: geom for unit, geom in now.items() if geom is not None}
    fresh = _Points({p for unit in fitted if unit in here for p in _fresh(near.geoms[unit], here[unit])})
    every = _Points({point for geom in here.values() for point in vertices(geom)})
    result: dict[int, BaseGeometry | None] = dict(fitted)
    for unit, geom in here.items():
        if near.units[unit].is_from_other_zone:
            continue
        shared = with_vertices(geom, fresh.near(geom, edge_m), tolerance_m=edge_m)
        if unit in fitted:
            new = edges(shared) - (set() if near.geoms[unit] is None else edges(near.geoms[unit]))
            lines = shapely.MultiLineString(sorted(new))
            at_fault = draft.at_place(every.near(lines, edge_m))
            shared = with_vertices(shared, at_fault, tolerance_m=edge_m, only=new)
        result[unit] = shared
    return result


class _Points:
    """Vertices with an index: which of them lie near a geometry."""

    def __init__(self, points: set[Point]) -> None:
        self._points = sorted(points)
        self._tree = shapely.STRtree(shapely.points(self._points) if self._points else [])

    def near(self, geom: BaseGeometry, distance_m: float) -> list[Point]:
        """Give the points within a distance, in their order."""
        if not self._points or geom.is_empty:
            return []
        found = self._tree.query(geom, predicate="dwithin", distance=distance_m)
        return [self._points[index] for index in sorted(found.tolist())]


def _fresh(before: BaseGeometry | None, after: BaseGeometry) -> set[Point]:
    return vertices(after) - (set() if before is None else vertices(before))


def _same(before: BaseGeometry | None, after: BaseGeometry | None) -> bool:
    if before is None or after is None:
        return before is after
    return bool(shapely.equals_identical(shapely.normalize(before), shapely.normalize(after)))
