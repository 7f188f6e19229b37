"""Vertices at which a ring is at fault by itself."""

import numpy as np
from numba import njit

from landdb.validators.kernels.growing import longer


@njit(cache=True)
def short_edges(xy, ring_start, ring_unit, wanted, limit_m):
    """Give the index of each coordinate at which an edge shorter than the limit begins, its unit and its length."""
    found = np.empty((16, 2), np.int64)
    length = np.empty((16, 1))
    made = 0
    for ring in range(len(ring_start) - 1):
        if not wanted[ring_unit[ring]]:
            continue
        for index in range(ring_start[ring], ring_start[ring + 1] - 1):
            dx, dy = xy[index + 1, 0] - xy[index, 0], xy[index + 1, 1] - xy[index, 1]
            if dx * dx + dy * dy < limit_m * limit_m:
                if made == len(found):
                    found, length = longer(found, 2 * made), longer(length, 2 * made)
                found[made, 0], found[made, 1] = index, ring_unit[ring]
                length[made, 0] = np.hypot(dx, dy)
                made += 1
    return found[:made, 0].copy(), found[:made, 1].copy(), length[:made, 0].copy()


@njit(cache=True)
def sharp_corners(xy, ring_start, ring_unit, wanted, limit_rad, repeated_m):
    """Give the index of each coordinate with an angle below the limit, its unit and the angle in radians.

    Vertices that repeat the one before, to `repeated_m`, are passed over.
    """
    found = np.empty((16, 2), np.int64)
    angle = np.empty((16, 1))
    made = 0
    kept = np.empty(64, np.int64)
    for ring in range(len(ring_start) - 1):
        if not wanted[ring_unit[ring]]:
            continue
        low, high = ring_start[ring], ring_start[ring + 1] - 1
        if high - low > len(kept):
            kept = np.empty(2 * (high - low), np.int64)
        count = 0
        for index in range(low, high):
            if np.hypot(xy[index + 1, 0] - xy[index, 0], xy[index + 1, 1] - xy[index, 1]) > repeated_m:
                kept[count] = index
                count += 1
        for place in range(count):
            at, before, after = kept[place], kept[place - 1 if place else count - 1], kept[(place + 1) % count]
            back_x, back_y = xy[before, 0] - xy[at, 0], xy[before, 1] - xy[at, 1]
            on_x, on_y = xy[after, 0] - xy[at, 0], xy[after, 1] - xy[at, 1]
            dot = back_x * on_x + back_y * on_y
            if dot <= 0:
                continue
            turn = np.arctan2(abs(back_x * on_y - back_y * on_x), dot)
            if turn < limit_rad:
                if made == len(found):
                    found, angle = longer(found, 2 * made), longer(angle, 2 * made)
                found[made, 0], found[made, 1] = at, ring_unit[ring]
                angle[made, 0] = turn
                made += 1
    return found[:made, 0].copy(), found[:made, 1].copy(), angle[:made, 0].copy()
