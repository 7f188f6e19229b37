"""Neighbourhoods from the database: the ground around a finding in the CRS of its sheet."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.codelists import is_agricultural
from landdb.domain import local_projection
from landdb.domain.crs import WGS84, from_wgs84, to_wgs84
from landdb.repairs.neighbourhood import Neighbourhood, Rectangle, Unit
from landdb.repairs.target import Target
from landdb.store import repair_ground
from landdb.store.repair_ground import Box, FindingRow, ObjectFacts, ParcelFacts
from landdb.validators.widths import polygon_parts

#: Ground around the fault that a check needs to judge it, metres.
MARGIN_M: Final = 25.0
#: Named parcels up to some 200 m are looked at with all their neighbours, so that a parcel that was drawn amiss as a
#: whole can be brought back as a whole; a rim of a metre touches these.
_LARGE_DEGREES: Final = 0.002
_RIM_DEGREES: Final = 1e-5
#: A very large object is cut this far beyond what else is read, so that its cut edges meet nobody.
_CUT_M: Final = 50.0
#: A delivered ring's crossing lies in its own box, give or take this, when its coordinates are the sheet's.
_SAME_SYSTEM_M: Final = 1.0


def to_target(row: FindingRow) -> Target:
    """Give the finding as a repair's target."""
    geom = None if row.geom is None else shapely.from_wkb(row.geom)
    explained = "unusable_parcel_inside" in row.details
    return Target(row.finding_id, row.rule_id, row.subject, row.parcel_id, row.other_parcel_id, geom, explained)


class GroundReader:
    """Neighbourhoods read from one database; a very large object is read once, and cut to each place."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.conn = conn
        self._large: dict[tuple[int, int], BaseGeometry] = {}

    def around(self, row: FindingRow) -> Neighbourhood | None:
        """Give the neighbourhood of a finding in the CRS of the fault; None when the finding has no place."""
        named = [i for i in (row.parcel_id, row.other_parcel_id) if i is not None]
        if row.geom is None or not row.srid or row.rule_id == "GEO001":
            return self._around_parcels(row.commune_id, named)
        return self.box(row.commune_id, row.srid, shapely.from_wkb(row.geom), named)

    def box(self, commune_id: int, srid: int, fault: BaseGeometry, parcel_ids: Sequence[int]) -> Neighbourhood:
        """Give everything within the margin of a geometry in `srid`, and the parcels named."""
        box = _joined(box_around(fault, srid), repair_ground.find_box(self.conn, parcel_ids))
        parcels = repair_ground.read_parcels(self.conn, box, parcel_ids)
        objects = repair_ground.read_objects(self.conn, box)
        cut = _native_box(box, srid)
        units = [_parcel(one, commune_id, srid) for one in parcels]
        units += [self._object(one, srid, cut) for one in objects]
        return Neighbourhood(commune_id, srid, tuple(units), cut=cut)

    def _around_parcels(self, commune_id: int, parcel_ids: Sequence[int]) -> Neighbourhood | None:
        """Give the neighbourhood of whole parcels, such as of one whose ring is no polygon."""
        facts = repair_ground.read_parcels(self.conn, None, parcel_ids)
        drawn = [geom for one in facts if (geom := _polygon(one) or _delivered(one)) is not None]
        if not drawn:
            return None
        return self.box(commune_id, facts[0].srid, shapely.geometrycollections(drawn), parcel_ids)

    def _object(self, facts: ObjectFacts, srid: int, cut: Rectangle) -> Unit:
        foreign = facts.srid != srid
        whole = self._large_object(facts) if facts.geom is None else None
        geom = shapely.from_wkb(facts.geom) if whole is None else whole
        if foreign:
            geom = reprojected(geom, facts.srid, srid)
        if whole is not None:
            geom = cut_to(geom, cut)
        return Unit(
            unit_id=facts.land_object_id,
            is_parcel=False,
            version=facts.version,
            commune_id=facts.commune_id,
            key=f"{facts.object_key}#{facts.land_object_id}",
            geom=geom,
            is_from_other_zone=foreign,
            whole=None if foreign else whole,
        )

    def _large_object(self, facts: ObjectFacts) -> BaseGeometry:
        key = facts.land_object_id, facts.version
        if key not in self._large:
            self._large[key] = shapely.from_wkb(repair_ground.read_object_geom(self.conn, facts.land_object_id))
        return self._large[key]


def cut_to(geom: BaseGeometry, cut: Rectangle) -> BaseGeometry | None:
    """Give the polygons of a geometry within a rectangle; None when there are none."""
    parts = polygon_parts(shapely.clip_by_rect(geom, *cut))
    if not len(parts):
        return None
    piece: BaseGeometry = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return piece if piece.is_valid else shapely.intersection(geom, shapely.box(*cut))


def _native_box(box: Box, srid: int) -> Rectangle:
    """Give the rectangle in `srid` that holds a box in degrees."""
    west, south, east, north = box
    x, y = from_wgs84(srid)([west, west, east, east], [south, north, south, north])
    return float(x.min()) - _CUT_M, float(y.min()) - _CUT_M, float(x.max()) + _CUT_M, float(y.max()) + _CUT_M


def _joined(box: Box, parcels: Box | None) -> Box:
    """Give the box of a fault with that of the parcels it names, as long as these are no large ones."""
    if parcels is None or parcels[2] - parcels[0] > _LARGE_DEGREES or parcels[3] - parcels[1] > _LARGE_DEGREES:
        return box
    west, south, east, north = parcels
    rim = _RIM_DEGREES
    return min(box[0], west - rim), min(box[1], south - rim), max(box[2], east + rim), max(box[3], north + rim)


def box_around(fault: BaseGeometry, srid: int) -> Box:
    """Give the box in degrees around a geometry with the margin."""
    west, south, east, north = fault.bounds
    x = np.array([west - MARGIN_M, east + MARGIN_M, west - MARGIN_M, east + MARGIN_M])
    y = np.array([south - MARGIN_M, south - MARGIN_M, north + MARGIN_M, north + MARGIN_M])
    lon, lat = to_wgs84(srid)(x, y)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def reprojected(geom: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """Give a geometry of one system in another."""

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = to_wgs84(source)(xy[:, 0], xy[:, 1])
        return np.stack(from_wgs84(target)(lon, lat), axis=1)

    moved: BaseGeometry = shapely.transform(geom, convert)
    return moved


def in_degrees(geom: BaseGeometry, srid: int) -> BaseGeometry:
    """Give a geometry in WGS 84, vertex for vertex as an import derives it."""

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(local_projection.to_wgs84(srid, xy[:, 0], xy[:, 1]))

    derived: BaseGeometry = shapely.transform(geom, convert)
    return derived


def _parcel(facts: ParcelFacts, commune_id: int, srid: int) -> Unit:
    number = f"{facts.sheet_no}/{facts.parcel_no}"
    geom, delivered = _polygon(facts), _delivered(facts)
    foreign = facts.srid != srid
    if foreign and geom is not None:
        geom = reprojected(geom, facts.srid, srid)
    return Unit(
        unit_id=facts.parcel_id,
        is_parcel=True,
        version=facts.version,
        commune_id=facts.commune_id,
        key=number if facts.commune_id == commune_id else f"{facts.commune_code}:{number}",
        geom=geom,
        scale_denominator=facts.scale_denominator,
        legal_area_m2=facts.legal_area_m2,
        registered_area_m2=facts.registered_area_m2,
        drawn_since=facts.drawn_since,
        has_right=facts.has_right,
        has_certificate=facts.has_certificate,
        is_agricultural=is_agricultural(facts.land_use_codes or ()),
        is_from_other_zone=foreign,
        delivered=None if foreign else delivered,
    )


def _polygon(facts: ParcelFacts) -> BaseGeometry | None:
    return None if facts.geom is None else shapely.from_wkb(facts.geom)


def _delivered(facts: ParcelFacts) -> BaseGeometry | None:
    """Give an unusable ring in the sheet's CRS; None when it is not clear which system it came in.

    It is kept as delivered, which may have been degrees or northing first; the place of the fault, known in
    WGS 84, tells.
    """
    if facts.geom_delivered is None or facts.fault_lon is None or facts.fault_lat is None:
        return None
    x, y = from_wgs84(facts.srid)([facts.fault_lon], [facts.fault_lat])
    fault = shapely.Point(float(x[0]), float(y[0]))
    ring = shapely.force_2d(shapely.from_wkb(facts.geom_delivered))
    for geom in (ring, shapely.transform(ring, lambda xy: xy[:, ::-1])):
        if shapely.box(*geom.bounds).buffer(_SAME_SYSTEM_M).contains(fault):
            found: BaseGeometry = geom
            return found
    west, south, east, north = ring.bounds
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return reprojected(ring, WGS84, facts.srid)
    return None
