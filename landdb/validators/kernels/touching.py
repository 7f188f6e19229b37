"""Vertices that lie close to each other, or close to an edge that is not theirs."""

import numpy as np
from numba import njit

from landdb.validators.kernels.growing import longer
from landdb.validators.kernels.tables import chains, root_of, slot_of


@njit(cache=True)
def join_close(xy, zones, within_m, across_m):
    """Give each point the smallest index of those it hangs together with.

    Points of one zone hang together within one distance, points of two zones within another; `zones` has a bit for
    each zone whose units own the point.
    """
    count = len(xy)
    label = np.arange(count)
    if count == 0:
        return label
    size = (within_m if (zones == zones[0]).all() else across_m) + 1e-9
    column = np.floor(xy[:, 0] / size).astype(np.int64)
    row = np.floor(xy[:, 1] / size).astype(np.int64)
    head, before, mask = chains(column, row)
    for index in range(count):
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                other = head[slot_of(column[index] + dx, row[index] + dy, mask)]
                while other >= 0:
                    if other < index:
                        limit = within_m if zones[index] & zones[other] else across_m
                        apart = (xy[index, 0] - xy[other, 0]) ** 2 + (xy[index, 1] - xy[other, 1]) ** 2
                        if apart <= limit * limit:
                            one, two = root_of(label, index), root_of(label, other)
                            label[max(one, two)] = min(one, two)
                    other = before[other]
    for index in range(count):
        label[index] = root_of(label, index)
    return label


@njit(cache=True)
def _place_on(ax, ay, bx, by, x, y):
    """Give how far along a segment (0 to 1) a point's nearest place lies, and its squared distance."""
    dx, dy = bx - ax, by - ay
    along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return along, (ax + along * dx - x) ** 2 + (ay + along * dy - y) ** 2


@njit(cache=True)
def rise(ax, ay, bx, by, west, east):
    """Give the lowest and highest y of a segment (ax <= bx) between two meridians."""
    low, high = ay, by
    if bx > ax:
        slope = (by - ay) / (bx - ax)
        low = ay + slope * (min(max(west, ax), bx) - ax)
        high = ay + slope * (min(max(east, ax), bx) - ax)
    return min(low, high), max(low, high)


@njit(cache=True)
def touching(xy, vertex_reach_m, start, end, segment_reach_m, size_m):
    """Give the vertices (vertex, segment, place along it, distance) that lie on or near a segment not their own.

    A vertex counts within the larger of its own reach and the segment's. Vertices are kept in a grid of
    `size_m`, and a segment asks only the cells that it passes within reach, column by column.
    """
    count = len(xy)
    column = np.floor(xy[:, 0] / size_m).astype(np.int64)
    row = np.floor(xy[:, 1] / size_m).astype(np.int64)
    head, before, mask = chains(column, row)
    widest = vertex_reach_m.max() if count else 0.0
    room = max(16, len(start))
    pair = np.empty((room, 2), np.int64)
    measure = np.empty((room, 2))
    made = 0
    for segment in range(len(start)):
        a, b = start[segment], end[segment]
        if xy[a, 0] > xy[b, 0]:
            a, b = b, a
        ax, ay, bx, by = xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1]
        reach = max(widest, segment_reach_m[segment])
        for at_column in range(
            np.int64(np.floor((ax - reach) / size_m)), np.int64(np.floor((bx + reach) / size_m)) + 1
        ):
            low, high = rise(ax, ay, bx, by, at_column * size_m - reach, (at_column + 1) * size_m + reach)
            for at_row in range(
                np.int64(np.floor((low - reach) / size_m)), np.int64(np.floor((high + reach) / size_m)) + 1
            ):
                vertex = head[slot_of(at_column, at_row, mask)]
                while vertex >= 0:
                    if column[vertex] == at_column and row[vertex] == at_row and vertex != a and vertex != b:
                        place, apart = _place_on(ax, ay, bx, by, xy[vertex, 0], xy[vertex, 1])
                        limit = max(vertex_reach_m[vertex], segment_reach_m[segment])
                        if apart <= limit * limit:
                            if made == room:
                                room *= 2
                                pair = longer(pair, room)
                                measure = longer(measure, room)
                            pair[made, 0], pair[made, 1] = vertex, segment
                            measure[made, 0] = place if a == start[segment] else 1 - place
                            measure[made, 1] = np.sqrt(apart)
                            made += 1
                    vertex = before[vertex]
    return pair[:made, 0].copy(), pair[:made, 1].copy(), measure[:made, 0].copy(), measure[:made, 1].copy()


@njit(cache=True)
def owned(start, end, unit, vertex, by):
    """Tell for pairs of a vertex and a unit (`by`) whether a segment of that unit begins or ends at the vertex."""
    vertices = max(start.max(), end.max()) + 1 if len(start) else 0
    newest = np.full(vertices, -1, np.int64)
    before = np.empty(2 * len(start), np.int64)
    for segment in range(len(start)):
        for side, node in ((0, start[segment]), (1, end[segment])):
            before[2 * segment + side] = newest[node]
            newest[node] = 2 * segment + side
    is_owned = np.zeros(len(vertex), np.bool_)
    for pair in range(len(vertex)):
        place = newest[vertex[pair]]
        while place >= 0 and not is_owned[pair]:
            is_owned[pair] = unit[place // 2] == by[pair]
            place = before[place]
    return is_owned
