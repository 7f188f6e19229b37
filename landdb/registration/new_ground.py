"""Ground that comes onto the map with its first registration: measured, numbered, joined to what lies around it."""

import numpy as np
import psycopg
import shapely
from shapely.geometry import Polygon

from landdb.domain.box import Box
from landdb.domain.subdivision import VERTEX_REACH_M, Point, insert_vertices, on_grid
from landdb.errors import InvalidValue
from landdb.registration.numbering import next_codes, next_numbers
from landdb.registration.shared_vertices import check_ring, near_box, share_vertices, vertices_along
from landdb.registration.terms import NewGround
from landdb.registration.work import AreaRow, NumberRow, Work, drawn
from landdb.store import register_along, register_ground, register_subjects
from landdb.store.register_subjects import Subject

#: Ground larger than this is no parcel of a commune but a slip of the keyboard.
LARGEST_M = 20_000.0


def ring_of(ground: NewGround) -> Polygon:
    """Give the polygon that was drawn, on the 1 mm grid; raises InvalidValue for points that bound no ground."""
    points = [on_grid(point) for point in ground.ring]
    if len(set(points)) < 3 or not np.isfinite(points).all():
        raise InvalidValue("terms.ground.ring", "NOT_A_RING", remedy="at least three different points")
    polygon = Polygon(points)
    if not shapely.is_valid(polygon) or polygon.area == 0:
        raise InvalidValue("terms.ground.ring", "NOT_A_RING", remedy="a ring that neither touches nor crosses itself")
    west, south, east, north = polygon.bounds
    if max(east - west, north - south) > LARGEST_M:
        raise InvalidValue("terms.ground.ring", "TOO_LARGE", remedy="coordinates in the sheet's own system, metres")
    return polygon


def box_of(conn: psycopg.Connection, ground: NewGround) -> Box:
    """Give the box in degrees around the ground; raises NotFound for a sheet that is not there."""
    sheet = register_along.find_sheet(conn, ground.commune_code, ground.sheet_no)
    return near_box(ring_of(ground), sheet.srid)


def enter_ground(work: Work, ground: NewGround) -> Subject:
    """Enter the parcel with number and code, and give the vertices that it shares with what lies around; gives it.

    A vertex within a centimetre of a neighbour's is that one; a neighbour's vertex on its boundary becomes its own.
    """
    sheet = register_along.find_sheet(work.conn, ground.commune_code, ground.sheet_no)
    wanted = ring_of(ground)
    units = register_along.list_units_at(work.conn, [near_box(wanted, sheet.srid)], except_parcels=())
    polygon = _joined(wanted, vertices_along(units, wanted, sheet.srid))
    check_ring(polygon)
    share_vertices(work, _vertices(polygon), sheet.srid, but=())
    (number,) = next_numbers(work.conn, sheet.sheet_id, 1)
    (code,) = next_codes(work.conn, [polygon], sheet.srid)
    area_m2 = round(polygon.area, 1)
    parcel_id = register_ground.insert_ground(
        work.conn, sheet.sheet_id, number, code, drawn(polygon, sheet.srid), area_m2,
        transaction_id=work.transaction_id, valid_from=work.valid_from,
    )  # fmt: skip
    work.numbers.append(NumberRow(parcel_id, f"{sheet.sheet_no}/{number}", code, ()))
    work.areas.append(AreaRow(f"{sheet.sheet_no}/{number}", None, polygon.area, None, area_m2))
    work.touched.add(parcel_id)
    return register_subjects.read_subjects(work.conn, [parcel_id])[0]


def _joined(polygon: Polygon, others: np.ndarray) -> Polygon:
    """Give the polygon with its vertices moved onto those of others that are near, and the others on its edges."""
    if not len(others):
        return polygon

    def snapped(xy: np.ndarray) -> np.ndarray:
        apart = np.hypot(*(xy[:, None, :] - others[None, :, :]).transpose(2, 0, 1))
        nearest = apart.argmin(axis=1)
        near = apart[np.arange(len(xy)), nearest] <= VERTEX_REACH_M
        return np.where(near[:, None], others[nearest], xy)

    return insert_vertices(shapely.transform(polygon, snapped), [(x, y) for x, y in others.tolist()])


def _vertices(polygon: Polygon) -> list[Point]:
    return [(x, y) for x, y in shapely.get_coordinates(polygon)[:-1].tolist()]
