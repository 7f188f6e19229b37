"""Vertices: insert what a neighbour has, merge what stands twice, drop a spike's tip. Every unit follows alike."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely

from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood
from landdb.repairs.rings import Point, neighbours_of, replaced, vertices, with_vertices
from landdb.validators.catalogue import Catalogue

#: A finding's own points are the units' vertices, but for the last bits.
_SAME_M = 1e-4
#: More tips than this in one place is a scribble for a person to look at.
_MAX_TIPS = 20


def propose_insertion(near: Neighbourhood, finding: Finding, catalogue: Catalogue) -> Iterator[Draft]:
    """Give the draft in which the unit that lacks the neighbour's vertices takes them."""
    if finding.geometry is None:
        return
    points = _points(near, finding)
    lacking = near.named(str(finding.details.get("lacking", "")))
    for unit in lacking or near.named(finding.subject):
        scale = max((near.units[i].scale_denominator for i in near.named(finding.subject)), default=0)
        reach_m = catalogue["COV006"].limit("vertex_tolerance_m", scale) * 1.01
        taken = with_vertices(near.geom(unit), points, tolerance_m=reach_m)
        yield Draft(
            "INSERT_VERTEX",
            {unit: taken},
            "LACKS_VERTEX",
            place=finding.geometry,
            values={"giver": near.units[unit].label, "count": str(len(points))},
        )


def propose_straightening(near: Neighbourhood, finding: Finding, catalogue: Catalogue) -> Iterator[Draft]:  # noqa: ARG001
    """Give the draft in which the one unit that has the vertices drops them: the neighbour's straight edge is right."""
    if finding.geometry is None:
        return
    points = _points(near, finding)
    owners = {u for u in near.near(finding.geometry, 0.05) if not vertices(near.geom(u)).isdisjoint(points)}
    if len(owners) == 1:
        (unit,) = owners
        dropped: dict[Point, Point | None] = dict.fromkeys(points)
        yield Draft(
            "STRAIGHTEN_EDGE",
            {unit: replaced(near.geom(unit), dropped)},
            "STANDS_BESIDE",
            place=finding.geometry,
            values={"giver": near.units[unit].label, "count": str(len(points))},
        )


def propose_merging(near: Neighbourhood, finding: Finding, catalogue: Catalogue) -> Iterator[Draft]:
    """Give the draft in which vertices that stand closer than the shortest edge become one, in every unit."""
    (unit,) = near.named(finding.subject)[:1] or (None,)
    if unit is None or finding.geometry is None:
        return
    owners = _owners(near, finding)
    moves: dict[Point, Point | None] = {}
    limit_m = catalogue["GEO003"].limit("min_edge_m")
    for start in _points(near, finding):
        for _, end in neighbours_of(near.geom(unit), start):
            if end != start and _apart(start, end) < limit_m:
                keep, drop = (start, end) if owners[start] >= owners[end] else (end, start)
                moves[drop] = moves.get(keep, keep)
    yield _everywhere(near, finding, moves, "MERGE_VERTICES", "STANDS_TWICE", near.units[unit].label)


def propose_blunting(near: Neighbourhood, finding: Finding, catalogue: Catalogue) -> Iterator[Draft]:
    """Give the draft in which a spike's tip is gone from every unit that has it, and its foot is one vertex."""
    (unit,) = near.named(finding.subject)[:1] or (None,)
    if unit is None or finding.geometry is None:
        return
    limit_m = catalogue["GEO003"].limit("min_edge_m")
    moves: dict[Point, Point | None] = {}
    owners = _owners(near, finding)
    for tip in _points(near, finding)[:_MAX_TIPS]:
        moves[tip] = None
        for before, after in neighbours_of(near.geom(unit), tip):
            if before != after and _apart(before, after) < limit_m:
                keep, drop = (before, after) if owners[before] >= owners[after] else (after, before)
                moves[drop] = keep
    yield _everywhere(near, finding, moves, "REMOVE_SPIKE", "TURNS_BACK", near.units[unit].label)
    tips_only: dict[Point, Point | None] = {point: None for point, target in moves.items() if target is None}
    own = replaced(near.geom(unit), tips_only)
    yield Draft("REMOVE_SPIKE", {unit: own}, "TURNS_BACK", values={"giver": near.units[unit].label, "count": "1"})


def _everywhere(
    near: Neighbourhood, finding: Finding, moves: dict[Point, Point | None], kind: str, reason: str, name: str
) -> Draft:
    """Give the draft in which each unit that has one of the vertices follows: what is shared stays shared."""
    touched = [
        unit for unit in near.near(finding.geometry, 0.05) if not moves.keys().isdisjoint(vertices(near.geom(unit)))
    ]
    redrawn = {unit: replaced(near.geom(unit), moves) for unit in touched}
    # a ring that repeats a vertex to the bit is mended by writing it anew
    for unit in near.named(finding.subject)[:1]:
        redrawn.setdefault(unit, replaced(near.geom(unit), {point: point for point in _points(near, finding)}))
    values = {"giver": name, "count": str(shapely.get_num_coordinates(finding.geometry))}
    return Draft(kind, redrawn, reason, values=values)  # type: ignore[arg-type]


def _points(near: Neighbourhood, finding: Finding) -> list[Point]:
    """Give the vertices of units that a finding points at."""
    known = sorted({point for unit in near.near(finding.geometry, 0.05) for point in vertices(near.geom(unit))})
    found = []
    for x, y in shapely.get_coordinates(finding.geometry).tolist():
        distance = np.hypot(*(np.array(known) - (x, y)).T) if known else np.array([np.inf])
        nearest = int(np.argmin(distance))
        found.append(known[nearest] if distance[nearest] <= _SAME_M else (x, y))
    return list(dict.fromkeys(found))


def _owners(near: Neighbourhood, finding: Finding) -> Counter[Point]:
    return Counter(point for unit in near.near(finding.geometry, 5.0) for point in vertices(near.geom(unit)))


def _apart(one: Point, other: Point) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))
