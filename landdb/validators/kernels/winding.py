"""How often rings lie over a point."""

import numpy as np
from numba import njit


@njit(cache=True)
def winding_at(x, y, xy, start, end):
    """Give the winding number of whole rings at one point: their segments' crossings on the way from far east."""
    count = 0
    for segment in range(len(start)):
        ax, ay = xy[start[segment], 0], xy[start[segment], 1]
        bx, by = xy[end[segment], 0], xy[end[segment], 1]
        if (ay <= y) != (by <= y) and ax + (y - ay) * (bx - ax) / (by - ay) > x:
            count += 1 if by > ay else -1
    return count


@njit(cache=True)
def bounds_of(xy, start, end):
    """Give the envelope of segments (min x, min y, max x, max y)."""
    low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
    for segment in range(len(start)):
        for node in (start[segment], end[segment]):
            low_x, low_y = min(low_x, xy[node, 0]), min(low_y, xy[node, 1])
            high_x, high_y = max(high_x, xy[node, 0]), max(high_y, xy[node, 1])
    return low_x, low_y, high_x, high_y


@njit(cache=True)
def meeting(xy, start, end, bounds):
    """Tell which segments' envelopes meet a rectangle (min x, min y, max x, max y)."""
    meets = np.empty(len(start), np.bool_)
    for segment in range(len(start)):
        ax, ay = xy[start[segment], 0], xy[start[segment], 1]
        bx, by = xy[end[segment], 0], xy[end[segment], 1]
        meets[segment] = (
            max(ax, bx) >= bounds[0]
            and min(ax, bx) <= bounds[2]
            and max(ay, by) >= bounds[1]
            and min(ay, by) <= bounds[3]
        )
    return meets


@njit(cache=True)
def _going_south(xy, start, end, x, y):
    """Give the crossings of segments with the line south of a point: where, and by how much the cover changes."""
    where = np.empty(len(start))
    change = np.empty(len(start), np.int64)
    made = 0
    for segment in range(len(start)):
        ax, ay = xy[start[segment], 0], xy[start[segment], 1]
        bx, by = xy[end[segment], 0], xy[end[segment], 1]
        if (ax <= x) != (bx <= x):
            at = ay + (x - ax) * (by - ay) / (bx - ax)
            if at <= y:
                where[made], change[made] = at, 1 if bx < ax else -1
                made += 1
    return where[:made], change[:made]


@njit(cache=True)
def _by_band(xy, start, end, lowest, bands, height_m):
    """Give where each band's segments begin among all, and the segments; counted first, then filled in."""
    filled = np.zeros(bands + 1, np.int64)
    members = np.empty(0, np.int64)
    place = filled
    for fill in range(2):
        if fill == 1:
            filled = np.concatenate((np.zeros(1, np.int64), np.cumsum(filled[:bands])))
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
    return filled, members


@njit(cache=True)
def winding(points, xy, start, end, height_m, corner, at_corner):
    """Give how often the segments' units lie over each point: the winding number of all rings they came from.

    Cancelled pairs contribute nothing, so the residual alone gives the cover. The way to a point leads from the
    `corner` (east and north of all points), where the winding number is known, south along its meridian and then
    west; so only segments on that way are needed, and rings may be cut beyond it. Segments are kept by bands of
    `height_m`, and a point asks only its own band.
    """
    count = np.full(len(points), at_corner, np.int64)
    if len(start) == 0 or len(points) == 0:
        return count
    south, change = _going_south(xy, start, end, corner[0], corner[1])
    for index in range(len(points)):
        for crossing in range(len(south)):
            if south[crossing] > points[index, 1]:
                count[index] += change[crossing]
    lowest = points[:, 1].min()
    bands = np.int64((points[:, 1].max() - lowest) / height_m) + 1
    filled, members = _by_band(xy, start, end, lowest, bands, height_m)
    for index in range(len(points)):
        x, y = points[index, 0], points[index, 1]
        band = np.int64((y - lowest) / height_m)
        for member in range(filled[band], filled[band + 1]):
            segment = members[member]
            ax, ay = xy[start[segment], 0], xy[start[segment], 1]
            bx, by = xy[end[segment], 0], xy[end[segment], 1]
            if (ay <= y) == (by <= y):
                continue
            at = ax + (y - ay) * (bx - ax) / (by - ay)
            if x < at <= corner[0]:
                count[index] += 1 if by > ay else -1
    return count
