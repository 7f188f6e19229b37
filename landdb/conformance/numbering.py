"""Sheets, scales and numbers of a commune's parcels, and what the register says of their area and use."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.conformance.walls import Floats, Integers
from landdb.domain.area_limits import area_limit_m2

Geometries = NDArray[np.object_]

#: A cell's scale follows from its middle parcel: up to this area, at this scale.
_UP_TO_M2 = np.array([250.0, 900.0, 3_500.0, 9_000.0])
_SCALES = np.array([500, 1_000, 2_000, 5_000, 10_000])
#: Sheets of a scale are so many cells wide.
_CELL_M = 400.0
_CELLS = np.array([1, 2, 4, 8, 8])
_LAND_USES = (("ODT", "ONT"), ("ONT", "CLN"), ("LUC", "HNK"), ("LUK", "CLN"), ("RSX", "RPH"))
#: Rows of numbers run from west to east, from north to south, so high.
_ROW_M = 25.0
#: Areas where the legal limit bends.
_BENDS_M2 = (0.0, 30.0, 40.0, 50.0, 100.0, 300.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 1e8)
#: Registered areas differ from drawn ones by a third of what the law allows, and never by more than most of it.
_TYPICAL, _MOST = 0.33, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """What a register adds to polygons; all but `order` in the order of sheet and number."""

    order: Integers
    sheet_no: Integers
    parcel_no: Integers
    scale_denominator: Integers
    legal_area_m2: Floats
    land_use: NDArray[np.str_]


def number_parcels(parcels: Geometries, rng: np.random.Generator) -> Numbered:
    """Give sheets, numbers, scales, registered areas and uses; dense ground is drawn at large scales."""
    area_m2 = shapely.area(parcels)
    bounds = shapely.bounds(parcels)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    level = _levels(middle, area_m2)
    sheet = np.column_stack([level, np.floor(middle / (_CELLS[level] * _CELL_M)[:, None]).astype(np.int64)])
    sheet_no = np.unique(sheet, axis=0, return_inverse=True)[1].ravel() + 1
    row = -np.floor(middle[:, 1] / _ROW_M)
    order = np.lexsort((middle[:, 0], row, sheet_no))
    sheet_no, level, area_m2 = sheet_no[order], level[order], area_m2[order]
    first = np.searchsorted(sheet_no, sheet_no)
    use = np.array(_LAND_USES)[level, (rng.uniform(0, 1, len(order)) < 0.3).astype(np.int64)]
    return Numbered(
        order, sheet_no, np.arange(len(order)) - first + 1, _SCALES[level], _registered_m2(area_m2, level, rng), use
    )


def _levels(middle: Floats, area_m2: Floats) -> Integers:
    """Give for each parcel the index of its cell's scale."""
    cell = np.unique(np.floor(middle / _CELL_M), axis=0, return_inverse=True)[1].ravel()
    order = np.lexsort((area_m2, cell))
    start = np.searchsorted(cell[order], np.arange(cell.max() + 1))
    count = np.bincount(cell)
    typical: Floats = area_m2[order][start + count // 2]
    levels: Integers = np.searchsorted(_UP_TO_M2, typical)[cell]
    return levels


def _registered_m2(area_m2: Floats, level: Integers, rng: np.random.Generator) -> Floats:
    """Give registered areas, to a tenth of a square metre, within the legal limit of the drawn ones."""
    limit = np.empty(len(area_m2))
    for index in np.unique(level):
        here = level == index
        limit[here] = np.interp(area_m2[here], _BENDS_M2, _limits_m2(int(_SCALES[index])))
    off = np.clip(rng.normal(0.0, _TYPICAL, len(area_m2)), -_MOST, _MOST) * limit
    registered: Floats = np.round(area_m2 + off, 1)
    return registered


@cache
def _limits_m2(scale: int) -> tuple[float, ...]:
    return tuple(area_limit_m2(area, scale) for area in _BENDS_M2)
