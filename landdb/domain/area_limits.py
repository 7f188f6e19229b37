"""How far two measurements of the same thing may differ: limits of Circular 26/2024.

The tables are piecewise linear and were read from a public calculator, not from the printed annex:
confidence is medium, so a finding always stores the limit it used.
"""

from typing import Final

#: Scale → base limit, and the bands (up to this length in m, cm per extra metre). The last band has no end.
_EDGE_CM: Final[dict[int, tuple[float, float, tuple[tuple[float, float], ...]]]] = {
    200: (2.0, 1.5, ((8, 0.6), (15, 0.25), (30, 0.2), (50, 0.15), (float("inf"), 0.1))),
    500: (3.0, 1.8, ((8, 0.65), (15, 0.3), (30, 0.25), (50, 0.2), (float("inf"), 0.1))),
    1000: (3.5, 2.0, ((10, 0.7), (30, 0.3), (50, 0.25), (float("inf"), 0.1))),
    2000: (4.0, 3.0, ((10, 0.75), (30, 0.35), (50, 0.25), (float("inf"), 0.1))),
    5000: (5.0, 4.0, ((10, 0.8), (30, 0.4), (50, 0.35), (float("inf"), 0.15))),
    10000: (5.0, 4.0, ((10, 0.85), (30, 0.45), (50, 0.4), (float("inf"), 0.2))),
}

#: Scale → base area in m², base limit in m², and the bands (up to this area, m² per extra 10 m²).
_AREA_M2: Final[dict[int, tuple[float, float, tuple[tuple[float, float], ...]]]] = {
    200: (30, 0.23, ((100, 0.07), (300, 0.05), (500, 0.04), (1000, 0.03), (2000, 0.02), (float("inf"), 0.01))),
    500: (30, 0.25, ((100, 0.08), (300, 0.05), (500, 0.04), (1000, 0.03), (2000, 0.02), (float("inf"), 0.01))),
    1000: (40, 0.35, ((300, 0.08), (1000, 0.05), (2000, 0.04), (5000, 0.03), (10000, 0.02), (float("inf"), 0.01))),
    2000: (40, 0.40, ((300, 0.09), (1000, 0.05), (2000, 0.04), (5000, 0.03), (10000, 0.02), (float("inf"), 0.01))),
    5000: (50, 0.50, ((300, 0.09), (1000, 0.05), (2000, 0.04), (5000, 0.03), (10000, 0.02), (float("inf"), 0.01))),
    10000: (50, 0.50, ((300, 0.09), (1000, 0.06), (2000, 0.05), (5000, 0.04), (10000, 0.03), (float("inf"), 0.02))),
}

_POINT_ERROR_M: Final[dict[int, float]] = {200: 0.05, 500: 0.07, 1000: 0.15, 2000: 0.30, 5000: 1.50, 10000: 3.00}

#: A sheet whose scale is not recorded, or not one of the six, is judged as the commonest rural scale.
DEFAULT_SCALE: Final = 1000

_FARMLAND_SCALES: Final = (1000, 2000)
_FARMLAND_EDGE_FACTOR: Final = 1.2
_FARMLAND_POINT_FACTOR: Final = 1.5


def edge_limit_m(length_m: float, scale_denominator: int | None, *, agricultural: bool = False) -> float:
    """Give the largest allowed difference, in metres, between two measurements of one boundary edge."""
    scale = _known(scale_denominator)
    limit_m = _piecewise(length_m, _EDGE_CM[scale], step=1.0) / 100
    return limit_m * _FARMLAND_EDGE_FACTOR if agricultural and scale in _FARMLAND_SCALES else limit_m


def area_limit_m2(area_m2: float, scale_denominator: int | None) -> float:
    """Give the largest allowed difference, in square metres, between two areas of one parcel."""
    return _piecewise(area_m2, _AREA_M2[_known(scale_denominator)], step=10.0)


def point_error_m(scale_denominator: int | None, *, agricultural: bool = False) -> float:
    """Give the largest allowed position error of a boundary point, in metres."""
    scale = _known(scale_denominator)
    error_m = _POINT_ERROR_M[scale]
    return error_m * _FARMLAND_POINT_FACTOR if agricultural and scale in _FARMLAND_SCALES else error_m


def _known(scale_denominator: int | None) -> int:
    """Give the scale whose rows apply."""
    return scale_denominator if scale_denominator in _POINT_ERROR_M else DEFAULT_SCALE


def _piecewise(size: float, row: tuple[float, float, tuple[tuple[float, float], ...]], *, step: float) -> float:
    """Give the base limit plus each band's rate times what of the size lies in it."""
    start, limit, bands = row
    for end, rate in bands:
        if size <= start:
            break
        limit += (min(size, end) - start) / step * rate
        start = end
    return limit
