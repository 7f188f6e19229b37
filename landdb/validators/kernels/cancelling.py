"""Numbering vertices on a grid, directing rings, cancelling twins."""

import numpy as np
from numba import njit

from landdb.validators.kernels.tables import slot_of, table_size


@njit(cache=True)
def number_vertices(xy, cell_m):
    """Give a number per grid cell for each coordinate, and the first coordinate's index of each number."""
    count = len(xy)
    number = np.empty(count, np.int64)
    first = np.empty(count, np.int64)
    column = np.empty(count, np.int64)
    row = np.empty(count, np.int64)
    mask = table_size(count) - 1
    table = np.full(mask + 1, -1, np.int32)
    known = 0
    for index in range(count):
        x = np.int64(np.rint(xy[index, 0] / cell_m))
        y = np.int64(np.rint(xy[index, 1] / cell_m))
        slot = slot_of(x, y, mask)
        while True:
            found = table[slot]
            if found < 0:
                table[slot] = known
                first[known] = index
                column[known] = x
                row[known] = y
                number[index] = known
                known += 1
                break
            if column[found] == x and row[found] == y:
                number[index] = found
                break
            slot = (slot + 1) & mask
    return number, first[:known].copy()


@njit(cache=True)
def renumbered(start, end, vertices):
    """Give segments between vertices numbered without gaps, in their order, and which of all vertices these are."""
    is_used = np.zeros(vertices, np.bool_)
    for segment in range(len(start)):
        is_used[start[segment]] = True
        is_used[end[segment]] = True
    used = np.empty(min(vertices, 2 * len(start)), np.int64)
    number = np.empty(vertices, np.int64)
    made = 0
    for vertex in range(vertices):
        if is_used[vertex]:
            used[made] = vertex
            number[vertex] = made
            made += 1
    return number[start], number[end], used[:made].copy()


@njit(cache=True)
def twice_area(xy, start, end):
    """Give twice the signed area of one ring, summed from its first vertex to keep digits."""
    x0, y0 = xy[start, 0], xy[start, 1]
    total = 0.0
    for index in range(start, end - 1):
        total += (xy[index, 0] - x0) * (xy[index + 1, 1] - y0) - (xy[index + 1, 0] - x0) * (xy[index, 1] - y0)
    return total


@njit(cache=True)
def directed_segments(xy, number, ring_start, ring_unit, ring_is_hole):
    """Give start, end and unit of every ring's segments, the unit's ground on their left."""
    count = len(xy) - (len(ring_start) - 1)
    start = np.empty(count, np.int64)
    end = np.empty(count, np.int64)
    unit = np.empty(count, np.int64)
    made = 0
    for ring in range(len(ring_start) - 1):
        low, high = ring_start[ring], ring_start[ring + 1]
        backward = (twice_area(xy, low, high) > 0) == ring_is_hole[ring]
        for index in range(low, high - 1):
            one, other = number[index], number[index + 1]
            if one == other:
                continue
            start[made], end[made] = (other, one) if backward else (one, other)
            unit[made] = ring_unit[ring]
            made += 1
    return start[:made].copy(), end[:made].copy(), unit[:made].copy()


@njit(cache=True)
def uncancelled(start, end):
    """Tell which segments are not drawn exactly once each way."""
    count = len(start)
    mask = table_size(count) - 1
    table = np.full(mask + 1, -1, np.int32)
    low = np.empty(count, np.int64)
    high = np.empty(count, np.int64)
    onward = np.zeros(count, np.int32)
    back = np.zeros(count, np.int32)
    edge = np.empty(count, np.int32)
    known = 0
    for index in range(count):
        one, other = min(start[index], end[index]), max(start[index], end[index])
        slot = slot_of(one, other, mask)
        while True:
            found = table[slot]
            if found < 0:
                found = known
                table[slot] = known
                low[known], high[known] = one, other
                known += 1
                break
            if low[found] == one and high[found] == other:
                break
            slot = (slot + 1) & mask
        edge[index] = found
        if start[index] == one:
            onward[found] += 1
        else:
            back[found] += 1
    left = np.empty(count, np.bool_)
    for index in range(count):
        left[index] = onward[edge[index]] != 1 or back[edge[index]] != 1
    return left
