"""Open tables and groups of members: the small machines of the other loops."""

import numpy as np
from numba import njit

_MIX_X = np.uint64(0x9E3779B97F4A7C15)
_MIX_Y = np.uint64(0xC2B2AE3D27D4EB4F)
_FINAL = np.uint64(0xFF51AFD7ED558CCD)


@njit(cache=True, inline="always")
def slot_of(one, other, mask):
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
def chains(column, row):
    """Give a hash grid: the newest member of each place, and for each member the one before it."""
    mask = table_size(len(column)) - 1
    head = np.full(mask + 1, -1, np.int64)
    before = np.empty(len(column), np.int64)
    for index in range(len(column)):
        slot = slot_of(column[index], row[index], mask)
        before[index] = head[slot]
        head[slot] = index
    return head, before, mask


@njit(cache=True)
def root_of(label, index):
    """Give the member that stands for the group of `index`, shortening the way to it."""
    while label[index] != index:
        label[index] = label[label[index]]
        index = label[index]
    return index
