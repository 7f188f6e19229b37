"""The loops over every vertex of a province, compiled: numbering, cancelling, touching, winding.

Plain arrays in and out; nothing here knows a parcel. Compiled code is kept beside the module (or in the
user's cache folder where that is not writable), so only the first check after an installation waits for it.
"""

import numpy as np
from numba import njit

_MIX_X = np.uint64(0x9E3779B97F4A7C15)
_MIX_Y = np.uint64(0xC2B2AE3D27D4EB4F)
_FINAL = np.uint64(0xFF51AFD7ED558CCD)


@njit(cache=True, inline="always")
def _slot(one, other, mask):
    """Give the first place of a pair of whole numbers in an open table of `mask` + 1 places."""
    mixed = np.uint64(one) * _MIX_X ^ np.uint64(other) * _MIX_Y
    mixed ^= mixed >> np.uint64(33)
    mixed *= _FINAL
    mixed ^= mixed >> np.uint64(33)
    return np.int64(mixed & np.uint64(mask))


@njit(cache=True)
def table_size(count):
    """Give a power of two that leaves an open table of `count` entries half empty."""
    size = 16
    while size < 2 * count:
        size *= 2
    return size


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
        slot = _slot(x, y, mask)
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
def _twice_area(xy, start, end):
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
        backward = (_twice_area(xy, low, high) > 0) == ring_is_hole[ring]
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
        slot = _slot(one, other, mask)
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


@njit(cache=True)
def _chains(column, row):
    """Give a hash grid: the newest member of each place, and for each member the one before it."""
    mask = table_size(len(column)) - 1
    head = np.full(mask + 1, -1, np.int64)
    before = np.empty(len(column), np.int64)
    for index in range(len(column)):
        slot = _slot(column[index], row[index], mask)
        before[index] = head[slot]
        head[slot] = index
    return head, before, mask


@njit(cache=True)
def _root(label, index):
    while label[index] != index:
        label[index] = label[label[index]]
        index = label[index]
    return index


@njit(cache=True)
def join_close(xy, reach_m):
    """Give each point the smallest index of those it hangs together with, each within the larger of two reaches."""
    count = len(xy)
    label = np.arange(count)
    if count == 0:
        return label
    size = reach_m.max() + 1e-9
    column = np.floor(xy[:, 0] / size).astype(np.int64)
    row = np.floor(xy[:, 1] / size).astype(np.int64)
    head, before, mask = _chains(column, row)
    for index in range(count):
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                other = head[_slot(column[index] + dx, row[index] + dy, mask)]
                while other >= 0:
                    if other < index:
                        limit = max(reach_m[index], reach_m[other])
                        apart = (xy[index, 0] - xy[other, 0]) ** 2 + (xy[index, 1] - xy[other, 1]) ** 2
                        if apart <= limit * limit:
                            one, two = _root(label, index), _root(label, other)
                            label[max(one, two)] = min(one, two)
                    other = before[other]
    for index in range(count):
        label[index] = _root(label, index)
    return label


@njit(cache=True)
def _place_on(ax, ay, bx, by, x, y):
    """Give how far along a segment (0 to 1) a point's nearest place lies, and its squared distance."""
    dx, dy = bx - ax, by - ay
    along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return along, (ax + along * dx - x) ** 2 + (ay + along * dy - y) ** 2


@njit(cache=True)
def touching(xy, vertex_reach_m, start, end, segment_reach_m, size_m):
    """Give the vertices (vertex, segment, place along it, distance) that lie on or near a segment not their own.

    A vertex counts within the larger of its own reach and the segment's. Vertices are kept in a grid of
    `size_m`, and a segment asks only the cells that it passes within reach, column by column.
    """
    count = len(xy)
    column = np.floor(xy[:, 0] / size_m).astype(np.int64)
    row = np.floor(xy[:, 1] / size_m).astype(np.int64)
    head, before, mask = _chains(column, row)
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
        slope = (by - ay) / (bx - ax) if bx > ax else 0.0
        for at_column in range(np.int64(np.floor((ax - reach) / size_m)), np.int64(np.floor((bx + reach) / size_m)) + 1):
            low, high = ay, by
            if bx > ax:
                low = ay + slope * (min(max(at_column * size_m - reach, ax), bx) - ax)
                high = ay + slope * (min(max((at_column + 1) * size_m + reach, ax), bx) - ax)
            if low > high:
                low, high = high, low
            for at_row in range(np.int64(np.floor((low - reach) / size_m)), np.int64(np.floor((high + reach) / size_m)) + 1):
                vertex = head[_slot(at_column, at_row, mask)]
                while vertex >= 0:
                    if column[vertex] == at_column and row[vertex] == at_row and vertex != a and vertex != b:
                        place, apart = _place_on(ax, ay, bx, by, xy[vertex, 0], xy[vertex, 1])
                        limit = max(vertex_reach_m[vertex], segment_reach_m[segment])
                        if apart <= limit * limit:
                            if made == room:
                                room *= 2
                                pair = _longer(pair, room)
                                measure = _longer(measure, room)
                            pair[made, 0], pair[made, 1] = vertex, segment
                            measure[made, 0] = place if a == start[segment] else 1 - place
                            measure[made, 1] = np.sqrt(apart)
                            made += 1
                    vertex = before[vertex]
    return pair[:made, 0].copy(), pair[:made, 1].copy(), measure[:made, 0].copy(), measure[:made, 1].copy()


@njit(cache=True)
def _longer(array, room):
    longer = np.empty((room, array.shape[1]), array.dtype)
    longer[: len(array)] = array
    return longer


@njit(cache=True)
def winding(points, xy, start, end, height_m):
    """Give how often the segments' units lie over each point: the winding number of all rings they came from.

    Cancelled pairs contribute nothing, so the residual alone gives the cover. Segments are kept by bands of
    `height_m`, and a point asks only its own band.
    """
    count = np.zeros(len(points), np.int64)
    if len(start) == 0 or len(points) == 0:
        return count
    lowest = points[:, 1].min()
    bands = np.int64((points[:, 1].max() - lowest) / height_m) + 1
    filled = np.zeros(bands + 1, np.int64)
    for fill in range(2):
        if fill == 1:
            for band in range(bands, 0, -1):
                filled[band] = filled[band - 1]
            filled[0] = 0
            for band in range(1, bands + 1):
                filled[band] += filled[band - 1]
            members = np.empty(filled[bands], np.int64)
            place = filled.copy()
        for segment in range(len(start)):
            low = min(xy[start[segment], 1], xy[end[segment], 1])
            high = max(xy[start[segment], 1], xy[end[segment], 1])
            first = max(np.int64(0), np.int64(np.floor((low - lowest) / height_m)))
            last = min(bands - 1, np.int64(np.floor((high - lowest) / height_m)))
            for band in range(first, last + 1):
                if fill == 0:
                    filled[band] += 1
                else:
                    members[place[band]] = segment
                    place[band] += 1
    for index in range(len(points)):
        x, y = points[index, 0], points[index, 1]
        band = np.int64((y - lowest) / height_m)
        for member in range(filled[band], filled[band + 1]):
            segment = members[member]
            ax, ay = xy[start[segment], 0], xy[start[segment], 1]
            bx, by = xy[end[segment], 0], xy[end[segment], 1]
            if (ay <= y) == (by <= y):
                continue
            if ax + (y - ay) * (bx - ax) / (by - ay) > x:
                count[index] += 1 if by > ay else -1
    return count


@njit(cache=True)
def unit_measures(xy, ring_start, ring_unit, ring_is_hole, units):
    """Give area, perimeter and bounds (min x, min y, max x, max y) of each unit."""
    area = np.zeros(units)
    perimeter = np.zeros(units)
    bounds = np.empty((units, 4))
    bounds[:, :2] = np.inf
    bounds[:, 2:] = -np.inf
    for ring in range(len(ring_start) - 1):
        unit = ring_unit[ring]
        low, high = ring_start[ring], ring_start[ring + 1]
        signed = abs(_twice_area(xy, low, high)) / 2
        area[unit] += -signed if ring_is_hole[ring] else signed
        for index in range(low, high - 1):
            x, y = xy[index, 0], xy[index, 1]
            perimeter[unit] += np.hypot(xy[index + 1, 0] - x, xy[index + 1, 1] - y)
            bounds[unit, 0] = min(bounds[unit, 0], x)
            bounds[unit, 1] = min(bounds[unit, 1], y)
            bounds[unit, 2] = max(bounds[unit, 2], x)
            bounds[unit, 3] = max(bounds[unit, 3], y)
    return area, perimeter, bounds


@njit(cache=True)
def _whole_number(data, at):
    return np.int64(data[at]) | np.int64(data[at + 1]) << 8 | np.int64(data[at + 2]) << 16 | np.int64(data[at + 3]) << 24


@njit(cache=True)
def rings_from_wkb(data, offset):
    """Give coordinates, ring starts, ring units and hole flags of little-endian (E)WKB (multi)polygons in 2D.

    Format: OGC 06-103r4, section 8; EWKB's SRID flag as in the PostGIS manual. Read twice: to count, to fill.
    """
    rings = 0
    points = 0
    xy = np.empty((0, 2))
    flat = xy.reshape(-1).view(np.uint8)
    start = np.zeros(1, np.int64)
    unit = np.empty(0, np.int64)
    is_hole = np.empty(0, np.bool_)
    for fill in range(2):
        if fill == 1:
            xy = np.empty((points, 2))
            flat = xy.reshape(-1).view(np.uint8)
            start = np.zeros(rings + 1, np.int64)
            unit = np.empty(rings, np.int64)
            is_hole = np.empty(rings, np.bool_)
            rings = 0
            points = 0
        for index in range(len(offset) - 1):
            at = offset[index]
            kind = _whole_number(data, at + 1)
            at += 9 if kind & 0x20000000 else 5
            parts = 1
            if kind & 0xFF == 6:
                parts = _whole_number(data, at)
                at += 4
            for _part in range(parts):
                if kind & 0xFF == 6:
                    at += 9 if _whole_number(data, at + 1) & 0x20000000 else 5
                part_rings = _whole_number(data, at)
                at += 4
                for ring in range(part_rings):
                    count = _whole_number(data, at)
                    at += 4
                    if fill == 1:
                        flat[16 * points : 16 * (points + count)] = data[at : at + 16 * count]
                        unit[rings] = index
                        is_hole[rings] = ring > 0
                        start[rings + 1] = points + count
                    at += 16 * count
                    points += count
                    rings += 1
    return xy, start, unit, is_hole


@njit(cache=True)
def components(one, other, count):
    """Give each of `count` members the smallest member that pairs (one, other) connect it with."""
    label = np.arange(count)
    for index in range(len(one)):
        first, second = _root(label, one[index]), _root(label, other[index])
        label[max(first, second)] = min(first, second)
    for index in range(count):
        label[index] = _root(label, index)
    return label
