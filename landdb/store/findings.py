"""Ground for the rules to look at."""

from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from landdb.errors import NotFound
from landdb.store.statements import load


class ParcelRow(NamedTuple):
    """A parcel with its polygon as WKB in its sheet's own zone."""

    parcel_id: int
    sheet_no: str
    parcel_no: str
    scale_denominator: int
    srid: int
    geom: bytes


class UnusableRow(NamedTuple):
    """A parcel whose delivered ring is no polygon, and where it is at fault."""

    parcel_id: int
    sheet_no: str
    parcel_no: str
    geom_fault: str
    lon: float | None
    lat: float | None
    srid: int


class ObjectRow(NamedTuple):
    """A land-occupying object with its polygon as WKB."""

    object_kind: str
    object_name: str | None
    srid: int
    geom: bytes


class BoundaryRow(NamedTuple):
    """A commune's boundary as WKB."""

    srid: int
    geom: bytes


class CommuneRow(NamedTuple):
    """What the rules need to know of a commune."""

    commune_code: str
    lon: float | None
    lat: float | None
    area_km2: float | None


@dataclass(frozen=True, slots=True)
class CommuneGround:
    """The current ground of one commune as stored."""

    commune: CommuneRow
    parcels: list[ParcelRow]
    unusable: list[UnusableRow]
    objects: list[ObjectRow]
    boundary: BoundaryRow | None


def get_commune(conn: psycopg.Connection, commune_id: int) -> CommuneRow:
    """Give one commune; raises NotFound."""
    row = conn.execute(load("findings_ground")["commune"], {"commune_id": commune_id}).fetchone()
    if row is None:
        raise NotFound("there is no such commune")
    return CommuneRow(*row)


def read_ground(conn: psycopg.Connection, commune_id: int) -> CommuneGround:
    """Give everything on a commune's ground; geometries come over the wire in binary."""
    statements = load("findings_ground")
    values = {"commune_id": commune_id}
    with conn.cursor(binary=True) as cursor:
        boundary = cursor.execute(statements["boundary"], values).fetchone()
        return CommuneGround(
            commune=get_commune(conn, commune_id),
            parcels=[ParcelRow(*row) for row in cursor.execute(statements["parcels"], values)],
            unusable=[UnusableRow(*row) for row in cursor.execute(statements["unusable_parcels"], values)],
            objects=[ObjectRow(*row) for row in cursor.execute(statements["land_objects"], values)],
            boundary=None if boundary is None else BoundaryRow(*boundary),
        )


def count_parcels(conn: psycopg.Connection, commune_id: int) -> int:
    """Give the number of parcels of a commune, usable or not."""
    row = conn.execute(load("findings_ground")["count_parcels"], {"commune_id": commune_id}).fetchone()
    return 0 if row is None else int(row[0])
