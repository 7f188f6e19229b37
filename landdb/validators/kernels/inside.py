"""Which segments certainly lie inside rings: a raster of the ground says so for nearly all, without geometry."""

import numpy as np
from numba import njit

from landdb.validators.kernels.touching import rise


@njit(cache=True)
def cells_inside(xy, start, end, size_m):
    """Give a raster from the lower left corner of closed rings' segments, true where a whole cell lies inside.

    A cell that no segment passes lies inside when the rings wind around its middle.
    """
    low_x, low_y = xy[:, 0].min(), xy[:, 1].min()
    columns = np.int64((xy[:, 0].max() - low_x) / size_m) + 1
    rows = np.int64((xy[:, 1].max() - low_y) / size_m) + 1
    passed = np.zeros((rows, columns), np.bool_)
    turns = np.zeros((rows, columns + 1), np.int64)
    for segment in range(len(start)):
        a, b = start[segment], end[segment]
        upward = 1 if xy[b, 1] > xy[a, 1] else -1
        if xy[a, 0] > xy[b, 0]:
            a, b = b, a
        ax, ay, bx, by = xy[a, 0] - low_x, xy[a, 1] - low_y, xy[b, 0] - low_x, xy[b, 1] - low_y
        for column in range(np.int64(ax / size_m), np.int64(bx / size_m) + 1):
            low, high = rise(ax, ay, bx, by, column * size_m, (column + 1) * size_m)
            passed[np.int64(low / size_m) : np.int64(high / size_m) + 1, column] = True
        for row in range(np.int64(min(ay, by) / size_m), np.int64(max(ay, by) / size_m) + 1):
            middle = (row + 0.5) * size_m
            if (ay <= middle) != (by <= middle):
                at = ax + (middle - ay) * (bx - ax) / (by - ay)
                turns[row, min(columns, np.int64(np.floor(at / size_m + 0.5)))] += upward
    inside = np.empty((rows, columns), np.bool_)
    for row in range(rows):
        wound = 0
        for column in range(columns):
            wound += turns[row, column]
            inside[row, column] = wound != 0 and not passed[row, column]
    return inside


@njit(cache=True)
def lie_inside(xy, start, end, inside, low_x, low_y, size_m):
    """Tell which segments lie in cells of a raster that are wholly inside; of the others nothing is known."""
    rows, columns = inside.shape
    known = np.empty(len(start), np.bool_)
    for segment in range(len(start)):
        ax, ay = xy[start[segment], 0] - low_x, xy[start[segment], 1] - low_y
        bx, by = xy[end[segment], 0] - low_x, xy[end[segment], 1] - low_y
        first_column = np.int64(np.floor(min(ax, bx) / size_m))
        first_row = np.int64(np.floor(min(ay, by) / size_m))
        last_column = np.int64(np.floor(max(ax, bx) / size_m))
        last_row = np.int64(np.floor(max(ay, by) / size_m))
        known[segment] = first_column >= 0 and first_row >= 0 and last_column < columns and last_row < rows
        if known[segment]:
            for row in range(first_row, last_row + 1):
                for column in range(first_column, last_column + 1):
                    known[segment] &= inside[row, column]
    return known
