"""Random edits of stored parcels, good and bad, as the tests and measures of rechecking need them."""

from dataclasses import dataclass

import numpy as np
import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.crs import to_wgs84

#: What can be done to a parcel; `size` is how far in metres.
EDITS = ("move", "move_with_neighbours", "drop_vertex", "add_vertex", "shrink", "grow", "close", "rewrite")


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its kind, which parcel (by rank) and vertex, how far."""

    kind: str
    parcel: int
    vertex: int
    size: float


def apply(conn: psycopg.Connection, communes: list[int], edit: Edit) -> list[int]:
    """Make the edit in the caller's transaction; gives the parcels that it changed or closed."""
    rows = conn.execute(
        "SELECT parcel_id FROM cadastre.parcel WHERE commune_id = ANY(%s) AND geom IS NOT NULL ORDER BY parcel_id",
        [communes],
    ).fetchall()
    (parcel_id,) = rows[edit.parcel % len(rows)]
    if edit.kind == "close":
        conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [parcel_id])
        return [parcel_id]
    geom, srid = _geometry(conn, parcel_id)
    if edit.kind == "move_with_neighbours":
        return _move_shared(conn, geom, srid, edit)
    _redraw(conn, parcel_id, _edited(geom, edit), srid)
    return [parcel_id]


def _edited(geom: BaseGeometry, edit: Edit) -> BaseGeometry:
    if edit.kind in {"shrink", "grow"}:
        return shapely.buffer(geom, edit.size if edit.kind == "grow" else -edit.size, join_style="mitre")
    polygon = shapely.get_parts(geom)[0]
    ring = shapely.get_coordinates(polygon.exterior)[:-1]
    at = edit.vertex % len(ring)
    if edit.kind == "move":
        ring[at] += [edit.size, -edit.size / 2]
    elif edit.kind == "drop_vertex" and len(ring) > 4:
        ring = np.delete(ring, at, axis=0)
    elif edit.kind == "add_vertex":
        middle = np.round((ring[at] + ring[(at + 1) % len(ring)]) / 2, 3)
        ring = np.insert(ring, at + 1, middle, axis=0)
    return shapely.Polygon(ring, [hole.coords for hole in polygon.interiors])


def _move_shared(conn: psycopg.Connection, geom: BaseGeometry, srid: int, edit: Edit) -> list[int]:
    """Move a vertex in every parcel that has it, as a clerk's tool would."""
    ring = shapely.get_coordinates(geom)
    place = ring[edit.vertex % len(ring)]
    rows = conn.execute(
        """SELECT parcel_id FROM cadastre.parcel
        WHERE ST_SRID(geom) = %s AND ST_DWithin(geom, ST_SetSRID(ST_MakePoint(%s, %s), %s), 0.0001)""",
        [srid, *place.tolist(), srid],
    ).fetchall()
    changed = []
    for (parcel_id,) in rows:
        shape, _ = _geometry(conn, parcel_id)
        step = np.array([edit.size, edit.size / 3])
        moved = shapely.transform(
            shape, lambda xy, step=step: np.where(np.hypot(*(xy - place).T)[:, None] < 1e-4, xy + step, xy)
        )
        if _redraw(conn, parcel_id, moved, srid):
            changed.append(parcel_id)
    return changed


def _geometry(conn: psycopg.Connection, parcel_id: int) -> tuple[BaseGeometry, int]:
    row = conn.execute(
        "SELECT ST_AsBinary(geom), ST_SRID(geom) FROM cadastre.parcel WHERE parcel_id = %s", [parcel_id]
    ).fetchone()
    if row is None:
        raise LookupError(parcel_id)
    return shapely.from_wkb(row[0]), int(row[1])


def _redraw(conn: psycopg.Connection, parcel_id: int, geom: BaseGeometry, srid: int) -> bool:
    """Store another polygon for a parcel; one that is no polygon is not stored."""
    if not (geom.is_valid and geom.area > 0.5):
        return False
    wgs84 = shapely.transform(geom, lambda xy: np.column_stack(to_wgs84(srid)(xy[:, 0], xy[:, 1])))
    conn.execute(
        """UPDATE cadastre.parcel SET geom = ST_GeomFromWKB(%s, %s), geom_4326 = ST_GeomFromWKB(%s, 4326),
            computed_area_m2 = %s
        WHERE parcel_id = %s""",
        [geom.wkb, srid, wgs84.wkb, geom.area, parcel_id],
    )
    return True
