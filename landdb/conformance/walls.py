"""A quad cut into quads again and again, remembering for every wall which vertices stand on it.

A cut puts one vertex on each of two opposite sides and a new wall between them. A wall is one thing that
the quads on both of its sides refer to, so a vertex that one side puts on it belongs to the other side as
well: what comes out is an exact coverage, T-junctions included, without any noding.

All arrays grow in place up to a capacity known beforehand. `entry` is one standing of a vertex on a wall,
`t` its place between the wall's start (0) and end (1). Positions here are *nominal*: on a plain that
`relief` bends afterwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Quads:
    """Quads by their four sides, counter-clockwise, each from one entry to another on the same wall.

    `budget` is the number of parcels still to be cut from each quad, `kind` an index of `KINDS`;
    `straight` tells that new walls inside shall be straight lines whatever the relief does.
    """

    start: Integers
    end: Integers
    budget: Integers
    kind: Integers
    straight: Flags

    def __len__(self) -> int:
        return len(self.budget)

    def take(self, which: NDArray[np.bool_] | Integers) -> "Quads":
        """Give the quads chosen by a mask or by their indexes."""
        return Quads(self.start[which], self.end[which], self.budget[which], self.kind[which], self.straight[which])

    def turned(self, turn: Flags) -> "Quads":
        """Give the quads with the sides of the chosen ones moved on by one, so that their sides 1 and 3 get cut."""
        start = np.where(turn[:, None], np.roll(self.start, -1, axis=1), self.start)
        end = np.where(turn[:, None], np.roll(self.end, -1, axis=1), self.end)
        return Quads(start, end, self.budget, self.kind, self.straight)


def joined(parts: list[Quads]) -> Quads:
    """Give several lists of quads as one."""
    return Quads(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("start", "end", "budget", "kind", "straight")
        )
    )


class Walls:
    """The walls of one subdivision, the vertices on them, and the cuts that make both."""

    def __init__(self, sides: list[Floats], *, capacity: int, fixed: bool) -> None:
        """Begin with one quad, its sides as lists of positions from corner to corner.

        On `fixed` sides no vertex is ever added: cuts end at those that are there.
        """
        self.entries = self.vertices = self.walls = 0
        self.entry_wall = np.zeros(4 * capacity, dtype=np.int64)
        self.entry_t = np.zeros(4 * capacity)
        self.entry_vertex = np.zeros(4 * capacity, dtype=np.int64)
        self.nominal = np.zeros((2 * capacity, 2))
        self.home_wall = np.zeros(2 * capacity, dtype=np.int64)
        self.home_t = np.zeros(2 * capacity)
        self.born = np.zeros(2 * capacity, dtype=np.int64)
        self.wall_ends = np.zeros((capacity, 2), dtype=np.int64)
        self.wall_curved = np.zeros(capacity, dtype=bool)
        self.round = 0
        self.first = self._first_quad(sides)
        self.fixed_entries = self.entries if fixed else 0
        self._fixed_keys = (2 * self.entry_wall + self.entry_t)[: self.fixed_entries]

    def _first_quad(self, sides: list[Floats]) -> tuple[Integers, Integers]:
        """Lay out the four outer walls; their vertices run on from one wall to the next."""
        outline = np.concatenate([side[:-1] for side in sides])
        self.vertices, self.walls = len(outline), 4
        self.nominal[: self.vertices] = outline
        start, number = [], 0
        for wall, side in enumerate(sides):
            count = len(side)
            along = np.hypot(*(side - side[0]).T)
            rows = slice(self.entries, self.entries + count)
            self.entry_wall[rows] = wall
            self.entry_t[rows] = along / along[-1]
            vertex = (number + np.arange(count)) % self.vertices
            self.entry_vertex[rows] = vertex
            self.home_wall[vertex[:-1]], self.home_t[vertex[:-1]] = wall, self.entry_t[rows][:-1]
            self.wall_ends[wall] = vertex[0], vertex[-1]
            start.append(self.entries)
            self.entries += count
            number += count - 1
        self.wall_curved[:4] = True
        ends = [*start[1:], self.entries]
        return np.array([start]), np.array([ends]) - 1

    def room(self, start: Integers, end: Integers) -> Integers:
        """Give how many cuts may end on each side: the vertices between its ends where they are fixed, else many."""
        return np.where(start < self.fixed_entries, np.abs(end - start) - 1, 1_000)

    def place(self, entry: Integers) -> Floats:
        """Give the nominal positions of entries."""
        position: Floats = self.nominal[self.entry_vertex[entry]]
        return position

    def cut(self, quads: Quads, at: Floats, opposite: Floats, *, curved: Flags) -> tuple[Quads, Quads]:
        """Give the two parts of each quad, cut from `at` on side 0 to `opposite` on side 2.

        Both are shares of the quad's extent as seen along side 0. The left part holds corner 0; parts keep
        the budget, kind and straightness of their quad.
        """
        on_first = self._stand(quads.start[:, 0], quads.end[:, 0], at)
        on_third = self._stand(quads.end[:, 2], quads.start[:, 2], opposite)
        begin, finish = self._raise_walls(self.entry_vertex[on_first], self.entry_vertex[on_third], curved)
        left_start, left_end = quads.start.copy(), quads.end.copy()
        left_end[:, 0], left_start[:, 1], left_end[:, 1], left_start[:, 2] = on_first, begin, finish, on_third
        right_start, right_end = quads.start.copy(), quads.end.copy()
        right_start[:, 0], right_end[:, 2], right_start[:, 3], right_end[:, 3] = on_first, on_third, finish, begin
        left = Quads(left_start, left_end, quads.budget, quads.kind, quads.straight)
        return left, Quads(right_start, right_end, quads.budget, quads.kind, quads.straight)

    def _stand(self, start: Integers, end: Integers, share: Floats) -> Integers:
        """Give an entry on each side at a share of its length: a new one, or the nearest of a fixed wall."""
        wall = self.entry_wall[start]
        t = self.entry_t[start] + share * (self.entry_t[end] - self.entry_t[start])
        entry = np.empty(len(start), dtype=np.int64)
        fixed = start < self.fixed_entries
        low, high = np.minimum(start[fixed], end[fixed]), np.maximum(start[fixed], end[fixed])
        key = 2 * wall[fixed] + t[fixed]
        above = np.searchsorted(self._fixed_keys, key).clip(1, max(self.fixed_entries - 1, 1))
        nearer = key - self._fixed_keys[above - 1] < self._fixed_keys[above] - key if fixed.any() else above > above
        entry[fixed] = np.clip(above - nearer, low + 1, high - 1)
        entry[~fixed] = self._new_vertices(wall[~fixed], t[~fixed])
        return entry

    def _new_vertices(self, wall: Integers, t: Floats) -> Integers:
        """Give the entries of new vertices on walls."""
        vertex = np.arange(self.vertices, self.vertices + len(wall))
        self.vertices += len(wall)
        ends = self.nominal[self.wall_ends[wall]]
        self.nominal[vertex] = ends[:, 0] + t[:, None] * (ends[:, 1] - ends[:, 0])
        self.home_wall[vertex], self.home_t[vertex], self.born[vertex] = wall, t, self.round
        return self._enter(wall, t, vertex)

    def _enter(self, wall: Integers, t: Floats, vertex: Integers) -> Integers:
        entry = np.arange(self.entries, self.entries + len(wall))
        self.entries += len(wall)
        self.entry_wall[entry], self.entry_t[entry], self.entry_vertex[entry] = wall, t, vertex
        return entry

    def _raise_walls(self, start: Integers, end: Integers, curved: Flags) -> tuple[Integers, Integers]:
        """Give the first and last entry of a new wall between each pair of vertices."""
        wall = np.arange(self.walls, self.walls + len(start))
        self.walls += len(start)
        self.wall_ends[wall, 0], self.wall_ends[wall, 1], self.wall_curved[wall] = start, end, curved
        return self._enter(wall, np.zeros(len(wall)), start), self._enter(wall, np.ones(len(wall)), end)
