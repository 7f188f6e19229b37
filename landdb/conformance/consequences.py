"""What a change to sound ground must lead to, measured by overlay: the ground drawn twice and by nobody.

The overlay is exact enough because it looks only at the polygons that changed. Limits come from the
catalogue. What lies within a seventh of a limit has no right answer, so such a site is refused.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.conformance.board import Board, Draft, NoSiteError
from landdb.conformance.expected import Expected
from landdb.domain.area_limits import edge_limit_m
from landdb.domain.finding import Severity
from landdb.validators.catalogue import Catalogue
from landdb.validators.widths import polygon_parts, widths_m

#: So near a limit nothing is asked.
_UNDECIDED = 0.15
#: What overlaying the same coordinates twice may leave.
_OVERLAY_M2 = 1e-7
_TOUCH_M = 1e-3
#: Two grounds lie side by side when they share more rim than this.
_RIM_M = 0.02


def above(value: float, limit: float) -> bool:
    """Tell whether a value exceeds a limit clearly; a value too near the limit is no site."""
    if abs(value / limit - 1) < _UNDECIDED:
        raise NoSiteError
    return value > limit


def consequences(board: Board, draft: Draft, catalogue: Catalogue) -> list[Expected]:
    """Give the overlaps and gaps that a draft makes, as findings that must come."""
    return [*_overlaps(board, draft, catalogue), *_gaps(board, draft, catalogue)]


def _after(board: Board, draft: Draft, unit: int) -> BaseGeometry | None:
    if unit in draft.changed:
        return draft.changed[unit]
    return draft.added.get(unit, board.geoms[unit])


def _overlaps(board: Board, draft: Draft, catalogue: Catalogue) -> Iterator[Expected]:
    new = {unit: geom for unit, geom in (*draft.changed.items(), *draft.added.items()) if geom is not None}
    seen: set[tuple[int, int]] = set()
    for unit, geom in new.items():
        near = {int(found) for found in board.tree.query(geom)} | set(draft.added)
        for other in sorted(near - {unit}):
            pair = (min(unit, other), max(unit, other))
            theirs = _after(board, draft, other)
            if pair in seen or theirs is None:
                continue
            seen.add(pair)
            expected = _overlap(board, catalogue, pair, (geom, theirs))
            if expected is not None:
                yield expected


def _overlap(
    board: Board, catalogue: Catalogue, pair: tuple[int, int], geoms: tuple[BaseGeometry, BaseGeometry]
) -> Expected | None:
    """Give the finding for two polygons: drawn twice, contained, overlap or sliver; none when below the noise."""
    shared = shapely.intersection(*geoms)
    if shared.area < _OVERLAY_M2:
        return None
    parts = polygon_parts(shared)
    width_m = float(widths_m(parts).max())
    scale = max(board.scale[unit] for unit in pair)
    rule = catalogue["COV001"]
    if not above(width_m, rule.limit("noise_width_m", scale)) or not above(shared.area, rule.limit("noise_area_m2")):
        return None
    rule_id = _overlap_rule(parts, width_m, scale)
    smaller, larger = sorted(geom.area for geom in geoms)
    agreement = shared.area / (smaller + larger - shared.area)
    if agreement > catalogue["COV003"].limit("min_iou"):
        rule_id = "COV003"
    elif shared.area > smaller - _OVERLAY_M2 and "COV008" in catalogue.rules:
        rule_id = "COV008"
    return Expected(
        rule_id,
        shapely.multipolygons(parts),
        names=frozenset(board.name(unit) for unit in pair),
        severity=catalogue[rule_id].severity,
        width_m=width_m,
    )


def _overlap_rule(parts: np.ndarray, width_m: float, scale: int) -> str:
    limit_m = edge_limit_m(float(shapely.length(parts).max()) / 2, scale or None)
    return "COV001" if above(width_m, limit_m) else "COV002"


def _gaps(board: Board, draft: Draft, catalogue: Catalogue) -> Iterator[Expected]:
    old = [board.geoms[unit] for unit in draft.changed]
    new = [geom for geom in (*draft.changed.values(), *draft.added.values()) if geom is not None]
    if not old:
        return
    parts = polygon_parts(shapely.difference(shapely.union_all(old), shapely.union_all(new)))
    for ground in parts[shapely.area(parts) > _OVERLAY_M2]:
        width_m = float(widths_m(np.array([ground]))[0])
        expected = gap_expected(board, draft, catalogue, ground, width_m)
        if expected is not None:
            yield expected


def gap_expected(
    board: Board, draft: Draft, catalogue: Catalogue, ground: BaseGeometry, width_m: float
) -> Expected | None:
    """Give the finding for ground inside a commune that nobody covers; none when it is below the noise."""
    near = {int(found) for found in board.tree.query(ground.buffer(_TOUCH_M))} | set(draft.added)
    after = {unit: geom for unit in near if (geom := _after(board, draft, unit)) is not None}
    around = [unit for unit, geom in after.items() if shapely.distance(geom, ground) < _TOUCH_M]
    rule = catalogue["COV004"]
    beside = [unit for unit in around if _shared_rim_m(after[unit], ground) > _RIM_M]
    scale = max((board.scale[unit] for unit in beside if board.is_parcel[unit]), default=0)
    if not above(width_m, rule.limit("noise_width_m", scale)) or not above(ground.area, rule.limit("noise_area_m2")):
        return None
    rule_id = "COV004" if not above(width_m, rule.limit("narrow_width_m")) else "COV005"
    severity: Severity = catalogue[rule_id].severity
    if beside and all(board.is_parcel[unit] for unit in beside):
        severity = "error" if above(ground.area, catalogue[rule_id].limit("error_area_m2")) else severity
    return Expected(
        rule_id, ground, any_of=frozenset(board.name(unit) for unit in around), severity=severity, width_m=width_m
    )


def _shared_rim_m(geom: BaseGeometry, ground: BaseGeometry) -> float:
    near = shapely.buffer(ground, _TOUCH_M)
    return float(shapely.length(shapely.intersection(geom.boundary, near)))
