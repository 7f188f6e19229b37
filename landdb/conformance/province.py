"""The communes of a fabric: how many parcels each has, and the borders that two of them draw alike."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from landdb.conformance.chains import Nodes, line_up
from landdb.conformance.relief import Relief, make_relief, on_grid
from landdb.conformance.splitting import NO_STRIPS, subdivide
from landdb.conformance.walls import Floats, Quads, Walls

#: As many parcels as a commune of Phú Thọ had to register in 2025 on average.
PARCELS_PER_COMMUNE = 5_277
#: Ground per parcel, roads and water included.
_GROUND_M2 = 1_900.0
#: Where the province's corner lies: between the meridians of 105° and 105°30', in the north.
_CORNER = np.array([541_000.0, 2_331_000.0])
#: Corners of communes that would nearly meet across a border do meet.
_JOIN_SHARE = 0.12
_BORDER_SPACING_M = (6.0, 18.0)
_BORDER_WOBBLE = 0.05
#: Streams of random numbers, so that every commune and border can be drawn alone.
_PROVINCE, _BORDER, COMMUNE = 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class CommuneSide:
    """One side of a commune from corner to corner: nominal and final positions of its border vertices."""

    nominal: Floats
    position: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FabricPlan:
    """A province before its communes are drawn."""

    seed: int
    parcel_counts: tuple[int, ...]
    relief: Relief
    walls: Walls
    nodes: Nodes
    quads: Quads
    nominal: Floats
    roads_connected: bool

    @property
    def commune_count(self) -> int:
        """Give the number of communes."""
        return len(self.parcel_counts)

    def sides(self, index: int) -> list[CommuneSide]:
        """Give the four sides of a commune, counter-clockwise, each with all border vertices on it."""
        start = self.nodes.of_entry[self.quads.start[index]]
        end = self.nodes.of_entry[self.quads.end[index]]
        return [self._side(int(first), int(last)) for first, last in zip(start, end, strict=True)]

    def outline(self, index: int) -> Floats:
        """Give the final positions of a commune's border vertices, once around."""
        return np.concatenate([side.position[:-1] for side in self.sides(index)])

    def _side(self, first: int, last: int) -> CommuneSide:
        low, high = min(first, last), max(first, last)
        pieces = [self._border(node) for node in range(low, high)]
        end = self.nominal[self.nodes.vertex[high]][None]
        nominal = np.concatenate([*(piece.nominal for piece in pieces), end])
        position = np.concatenate([*(piece.position for piece in pieces), on_grid(self.relief.bend(end))])
        step = 1 if first < last else -1
        return CommuneSide(nominal[::step], position[::step])

    def _border(self, node: int) -> CommuneSide:
        """Give the vertices of one piece of border without its end, the same for the communes on both sides."""
        rng = np.random.default_rng([self.seed, _BORDER, node])
        one, other = self.nominal[self.nodes.vertex[[node, node + 1]]]
        length_m = float(np.hypot(*(other - one)))
        steps = rng.uniform(*_BORDER_SPACING_M, int(length_m / np.mean(_BORDER_SPACING_M)) + 1)
        along = np.cumsum(steps) / steps.sum()
        share = np.insert(along[:-1], 0, 0.0)
        nominal = one + share[:, None] * (other - one)
        sideways = rng.uniform(-1, 1, len(share)) * _BORDER_WOBBLE * np.minimum(steps, np.roll(steps, 1))
        sideways[0] = 0.0
        normal = np.array([one[1] - other[1], other[0] - one[0]]) / length_m
        return CommuneSide(nominal, on_grid(self.relief.bend(nominal) + sideways[:, None] * normal))


@lru_cache(maxsize=8)
def plan_fabric(
    seed: int, parcel_count: int, commune_count: int | None = None, *, roads_connected: bool = False
) -> FabricPlan:
    """Give the plan of a fabric of exactly so many parcels; as many communes as Vietnam would make of them.

    With `roads_connected` every commune lies within a ring road and all roads of the fabric are one network.
    """
    communes = commune_count or max(1, round(parcel_count / PARCELS_PER_COMMUNE))
    rng = np.random.default_rng([seed, _PROVINCE])
    width_m = np.sqrt(parcel_count * _GROUND_M2 * 1.2)
    corners = _CORNER + np.array([[0, 0], [1, 0], [1, 1 / 1.2], [0, 1 / 1.2], [0, 0]]) * width_m
    walls = Walls([corners[side : side + 2] for side in range(4)], capacity=8 * communes + 64, fixed=False)
    quads = subdivide(walls, communes, rng, NO_STRIPS)
    nodes, stands_for = line_up(walls, join_m=_JOIN_SHARE * width_m / np.sqrt(communes))
    nominal = _settle_on_plain(walls, stands_for)
    counts = _spread(parcel_count, communes, rng)
    return FabricPlan(seed, counts, make_relief(rng), walls, nodes, quads, nominal, roads_connected)


def _settle_on_plain(walls: Walls, stands_for: np.ndarray) -> Floats:
    """Give the nominal positions after corners were joined: every wall stays a straight line on the plain."""
    nominal = walls.nominal[: walls.vertices].copy()
    for vertex in range(4, walls.vertices):
        home = walls.home_wall[vertex]
        start, end = nominal[stands_for[walls.wall_ends[home]]]
        nominal[vertex] = start + walls.home_t[vertex] * (end - start)
    return nominal


def _spread(parcel_count: int, communes: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Give each commune's number of parcels, a fifth more or less than the mean, exact in sum."""
    weight = rng.uniform(0.8, 1.2, communes)
    bounds = np.rint(np.cumsum(weight) / weight.sum() * parcel_count).astype(int)
    return tuple(int(count) for count in np.diff(bounds, prepend=0))
