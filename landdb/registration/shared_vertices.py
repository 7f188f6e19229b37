"""New vertices on old boundaries, given to every unit along them, so that the coverage stays exact.

A neighbour of another VN-2000 zone is given them too. The law knows one boundary corner, whichever zone its maps are
drawn in; a corner that only one side has would be a missing vertex (COV006) from then on. The conversion between
zones is good to 1-2 mm and the neighbour's map is on the 1 mm grid: that is how far its boundary may bend there, far
within the accuracy of any sheet.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from landdb.domain.box import Box, box_4326
from landdb.domain.crs import reprojected
from landdb.domain.subdivision import EDGE_REACH_M, VERTEX_REACH_M, Point, insert_vertices, on_grid
from landdb.registration.notices import Refused, notice
from landdb.registration.work import Work, drawn
from landdb.store import register_along, register_ground
from landdb.store.register_along import Unit

#: How far a vertex may lie from the edge of another zone's unit: 2 mm of conversion and the rounding to the grid.
ZONE_REACH_M: Final = 0.004
#: What is asked for around a vertex, so that the zones' millimetres do not hide a neighbour.
_NEAR_M: Final = 0.02


def share_vertices(work: Work, vertices: Sequence[Point], srid: int, *, but: Sequence[int]) -> None:
    """Give the vertices, in `srid`, to the units whose edges they lie on; `but` are the parcels that have them."""
    if not vertices:
        return
    boxes = [box_4326((x, y, x, y), srid, margin_m=_NEAR_M) for x, y in vertices]
    for unit in register_along.list_units_at(work.conn, boxes, except_parcels=but):
        before = shapely.from_wkb(unit.geom)
        after = _with_vertices(before, *_placed(before, unit.srid, vertices, srid))
        if after is before:
            continue
        check_ring(after)
        register_ground.add_vertices(work.conn, unit.noun, unit.id, drawn(after, unit.srid), valid_from=work.valid_from)
        if unit.noun == "parcel":
            work.bordering.add(unit.id)


def check_ring(polygon: Any) -> None:
    """Refuse a shape that is no valid polygon."""
    if not shapely.is_valid(polygon):
        raise Refused(notice("MALFORMED_RESULT"))


def vertices_along(units: Sequence[Unit], polygon: Polygon, srid: int) -> NDArray[np.float64]:
    """Give the vertices of the units, brought to `srid`, that lie on the polygon's boundary or next to its vertices."""
    own = [shapely.get_coordinates(shapely.from_wkb(unit.geom)) for unit in units]
    moved = [
        xy if unit.srid == srid else np.round(reprojected(xy, unit.srid, srid), 3)
        for unit, xy in zip(units, own, strict=True)
    ]
    every = np.unique(np.concatenate([np.empty((0, 2)), *moved]), axis=0)
    near: NDArray[np.float64] = every[shapely.dwithin(polygon.boundary, shapely.points(every), VERTEX_REACH_M)]
    return near


def near_box(polygon: Polygon, srid: int) -> Box:
    """Give the box around the polygon that its neighbours meet."""
    return box_4326(polygon.bounds, srid, margin_m=_NEAR_M)


def _placed(unit: Any, unit_srid: int, vertices: Sequence[Point], srid: int) -> tuple[list[Point], float]:
    """Give the vertices in the unit's system, and how near to its edges they must lie."""
    if unit_srid == srid:
        return list(vertices), EDGE_REACH_M
    moved = reprojected(np.array(vertices, dtype=np.float64), srid, unit_srid)
    # Where the unit has this vertex already, the conversion's millimetre must not give it a second one.
    own = shapely.multipoints(shapely.get_coordinates(unit))
    new = moved[~shapely.dwithin(own, shapely.points(moved), VERTEX_REACH_M)]
    return [on_grid((x, y)) for x, y in new.tolist()], ZONE_REACH_M


def _with_vertices(unit: Any, vertices: Sequence[Point], reach_m: float) -> Any:
    """Give the unit with the vertices that lie on its edges; the very same when none does."""
    parts = shapely.get_parts(unit)
    inserted = [insert_vertices(part, vertices, reach_m=reach_m) for part in parts]
    if shapely.get_num_coordinates(inserted).sum() == shapely.get_num_coordinates(unit):
        return unit
    return inserted[0] if isinstance(unit, Polygon) else shapely.multipolygons(inserted)
