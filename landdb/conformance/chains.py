"""From walls to polygons: where every vertex lies, where edges bend, which chain bounds which quad."""

from dataclasses import dataclass

import numpy as np
import shapely

from landdb.conformance.relief import Relief, on_grid
from landdb.conformance.walls import Floats, Integers, Quads, Walls

#: Vertices from the two sides of a wall that would stand closer than this become one.
_JOIN_M = 0.9
#: Mean number of bends in an edge, and how far apart they must be.
_BENDS = 1.3
_BEND_SPACING_M = 1.3
_MOST_BENDS = 5
#: A curved wall has a vertex at least this often.
_CHORD_M = 40.0
#: Bends leave the chord by at most this share of its length and of the thickness of the ground beside it.
_BULGE = 0.1
#: Many walls are straight on paper, many more so within what a survey can tell; on curved ground neither shows.
_EXACT_SHARE, _SURVEYED_SHARE = 0.45, 0.7
_SURVEY_NOISE_M = 0.015


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """The vertices along all walls in order, those from both sides together; `of_entry` finds an entry's node."""

    wall: Integers
    vertex: Integers
    t: Floats
    of_entry: Integers

    @property
    def edges(self) -> Integers:
        """Give the index of the first node of each edge."""
        return np.flatnonzero(self.wall[1:] == self.wall[:-1])


def line_up(walls: Walls, *, join_m: float = _JOIN_M) -> tuple[Nodes, Integers]:
    """Give the nodes along the walls, and for each vertex the one that stands for it after joining close ones."""
    wall, t, vertex = (column[: walls.entries] for column in (walls.entry_wall, walls.entry_t, walls.entry_vertex))
    order = np.lexsort((t, wall))
    wall, t, vertex = wall[order], t[order], vertex[order]
    ends = walls.nominal[walls.wall_ends[: walls.walls]]
    length_m = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    inner = (t > 0) & (t < 1)
    close = (wall[1:] == wall[:-1]) & inner[1:] & inner[:-1] & (np.diff(t) * length_m[wall[1:]] < join_m)
    close[1:] &= ~close[:-1]
    free = order[1:] >= walls.fixed_entries
    close &= free
    stands_for = np.arange(walls.vertices)
    one, other = vertex[:-1][close], vertex[1:][close]
    stands_for[np.maximum(one, other)] = np.minimum(one, other)
    kept = np.insert(~close, 0, True)
    of_entry = np.empty(walls.entries, dtype=np.int64)
    of_entry[order] = np.cumsum(kept) - 1
    return Nodes(wall[kept], stands_for[vertex[kept]], t[kept], of_entry), stands_for


def settle(walls: Walls, relief: Relief, stands_for: Integers, fixed: Floats) -> Floats:
    """Give the position of every vertex: bent on curved walls, on the line between the ends on straight ones.

    The first vertices lie where `fixed` says. Walls are settled in the order they were built, because the
    ends of a straight one must lie before what stands on it.
    """
    position = np.zeros((walls.vertices, 2))
    position[: len(fixed)] = fixed
    for round_ in range(1, walls.round + 1):
        new = np.flatnonzero(walls.born[: walls.vertices] == round_)
        new = new[(new >= len(fixed)) & (stands_for[new] == new)]
        home = walls.home_wall[new]
        ends = position[stands_for[walls.wall_ends[home]]]
        line = ends[:, 0] + walls.home_t[new][:, None] * (ends[:, 1] - ends[:, 0])
        curved = walls.wall_curved[home]
        line[curved] = relief.bend(walls.nominal[new[curved]])
        position[new] = on_grid(line)
    return position


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """All walls as coordinates one after another, and where in them each node stands."""

    coordinates: Floats
    of_node: Integers

    def polygons(self, nodes: Nodes, quads: Quads) -> tuple[Floats, Integers]:
        """Give the closed ring of every quad: coordinates, and the quad's index for each."""
        start, end = self.of_node[nodes.of_entry[quads.start]], self.of_node[nodes.of_entry[quads.end]]
        index, side = runs(start.ravel(), end.ravel())
        quad = side // 4
        first = np.flatnonzero(np.insert(np.diff(quad) > 0, 0, True))
        at = np.append(first[1:], len(quad))
        return np.insert(self.coordinates[index], at, self.coordinates[index[first]], axis=0), np.insert(
            quad, at, quad[first]
        )


def runs(start: Integers, end: Integers) -> tuple[Integers, Integers]:
    """Give every number from each start up or down to its end, the end left out, and whose run it is in."""
    length = np.abs(end - start)
    run = np.repeat(np.arange(len(start)), length)
    along = np.arange(len(run)) - np.repeat(np.cumsum(length) - length, length)
    return start[run] + np.sign(end - start)[run] * along, run


def draw(
    walls: Walls, nodes: Nodes, position: Floats, thickness_m: Floats, relief: Relief, rng: np.random.Generator
) -> Chains:
    """Give the chains of all walls, their edges bent here and there; fixed walls are drawn as they are."""
    edge = nodes.edges
    one, other = nodes.vertex[edge], nodes.vertex[edge + 1]
    chord = position[other] - position[one]
    length_m = np.hypot(*chord.T)
    curved = walls.wall_curved[nodes.wall[edge]]
    wanted = rng.poisson(_BENDS, len(edge)).clip(0, _MOST_BENDS)
    count = np.minimum(wanted, (length_m / _BEND_SPACING_M).astype(np.int64) - 1).clip(0)
    count = np.where(curved, np.maximum(count, np.ceil(length_m / _CHORD_M).astype(np.int64) - 1), count)
    count[edge < walls.fixed_entries] = 0
    of_node = _after_walls(nodes, edge, count)
    coordinates = np.empty((len(nodes.vertex) + int(count.sum()), 2))
    coordinates[of_node] = position[nodes.vertex]
    bend, which = runs(np.zeros_like(count), count)
    share = (bend + 1 + rng.uniform(-0.25, 0.25, len(bend))) / (count[which] + 1)
    straight_at = position[one[which]] + share[:, None] * chord[which]
    line = np.where(curved[which][:, None], _bent(walls, nodes, edge, which, share, position, relief), straight_at)
    bulge_m = _BULGE * np.minimum(length_m / np.maximum(count, 1), thickness_m)
    manner = rng.uniform(0, 1, walls.walls)[nodes.wall[edge]]
    bulge_m[manner < _SURVEYED_SHARE] = _SURVEY_NOISE_M
    bulge_m[manner < _EXACT_SHARE] = 0.0
    normal = np.stack([-chord[:, 1], chord[:, 0]], axis=1) / length_m[:, None]
    sideways = rng.uniform(-1, 1, len(bend)) * bulge_m[which]
    coordinates[of_node[edge][which] + 1 + bend] = on_grid(line + sideways[:, None] * normal[which])
    return Chains(coordinates, of_node)


def _after_walls(nodes: Nodes, edge: Integers, count: Integers) -> Integers:
    """Give where each node stands when each edge's bends are put between its nodes."""
    bends = np.zeros(len(nodes.vertex), dtype=np.int64)
    bends[edge + 1] = count
    return np.arange(len(nodes.vertex)) + np.cumsum(bends)


def _bent(
    walls: Walls, nodes: Nodes, edge: Integers, which: Integers, share: Floats, position: Floats, relief: Relief
) -> Floats:
    """Give points of curved edges: the relief's curve, drawn to where the two vertices really stand."""
    one, other = nodes.vertex[edge][which], nodes.vertex[edge + 1][which]
    nominal = walls.nominal[one] + share[:, None] * (walls.nominal[other] - walls.nominal[one])
    off = position[: walls.vertices] - relief.bend(walls.nominal[: walls.vertices])
    drawn: Floats = relief.bend(nominal) + off[one] + share[:, None] * (off[other] - off[one])
    return drawn


def thickness_of_edges(nodes: Nodes, quads: Quads, quad_thickness_m: Floats) -> Floats:
    """Give for each edge the thickness of the thinner quad beside it."""
    start, end = nodes.of_entry[quads.start].ravel(), nodes.of_entry[quads.end].ravel()
    node, side = runs(np.minimum(start, end), np.maximum(start, end))
    thinnest = np.full(len(nodes.vertex), np.inf)
    np.minimum.at(thinnest, node, quad_thickness_m[side // 4])
    return thinnest[nodes.edges]


def to_polygons(coordinates: Floats, ring: Integers) -> np.ndarray:
    """Give one polygon per ring."""
    polygons: np.ndarray = shapely.polygons(shapely.linearrings(coordinates, indices=ring))
    return polygons
