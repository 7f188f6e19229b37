"""What a repair looks at: findings that are open, and the parcels and objects around them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from landdb.errors import NotFound
from landdb.store.statements import load

#: An object of more vertices, such as all roads of a district in one polygon, is read once and cut to each place.
LARGE_VERTICES: Final = 2_000
#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]


class FindingRow(NamedTuple):
    """An open finding with the fault's own geometry as WKB."""

    finding_id: int
    rule_id: str
    subject: str
    parcel_id: int | None
    other_parcel_id: int | None
    commune_id: int
    srid: int | None
    geom: bytes | None
    details: dict[str, Any]


class ParcelFacts(NamedTuple):
    """A parcel with its polygon as WKB in the sheet's zone, and what is known of it on paper."""

    parcel_id: int
    version: int
    commune_id: int
    commune_code: str
    sheet_no: str
    parcel_no: str
    scale_denominator: int
    srid: int
    geom: bytes | None
    geom_delivered: bytes | None
    fault_lon: float | None
    fault_lat: float | None
    legal_area_m2: float | None
    registered_area_m2: float | None
    drawn_since: dt.date
    land_use_codes: list[str] | None
    has_right: bool
    has_certificate: bool


class ObjectFacts(NamedTuple):
    """A land-occupying object with its polygon as WKB; None for a very large one."""

    land_object_id: int
    version: int
    commune_id: int
    object_key: str
    srid: int
    geom: bytes | None


def list_open_findings(
    conn: psycopg.Connection, commune_id: int, rules: Sequence[str], finding_ids: Sequence[int] | None = None
) -> list[FindingRow]:
    """Give the open findings of these rules in a commune, or of the ids among them, by rule and id."""
    values = {"commune_id": commune_id, "rules": list(rules), "finding_ids": finding_ids and list(finding_ids)}
    rows = conn.execute(load("repair_ground")["findings"], values, binary=True)
    return [FindingRow(*row) for row in rows]


def read_parcels(conn: psycopg.Connection, box: Box | None, parcel_ids: Sequence[int] = ()) -> list[ParcelFacts]:
    """Give the parcels in a box of every commune, and those named; without a box only those."""
    rows = conn.execute(load("repair_ground")["parcels"], _values(box) | {"parcel_ids": list(parcel_ids)}, binary=True)
    return [ParcelFacts(*row) for row in rows]


def find_box(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> Box | None:
    """Give the box of parcels that have a polygon; None when none has."""
    row = conn.execute(load("repair_ground")["parcels_box"], {"parcel_ids": list(parcel_ids)}).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])


def read_objects(conn: psycopg.Connection, box: Box) -> list[ObjectFacts]:
    """Give the land-occupying objects in a box; those of very many vertices without their polygon."""
    rows = conn.execute(load("repair_ground")["objects"], _values(box) | {"large": LARGE_VERTICES}, binary=True)
    return [ObjectFacts(*row) for row in rows]


def read_object_geom(conn: psycopg.Connection, land_object_id: int) -> bytes:
    """Give the polygon of one object as WKB."""
    row = conn.execute(load("repair_ground")["object_geom"], {"land_object_id": land_object_id}, binary=True).fetchone()
    if row is None:
        raise NotFound("the land object is no longer there")
    return bytes(row[0])


def list_finding_parcels(conn: psycopg.Connection, finding_ids: Sequence[int]) -> set[int]:
    """Give the parcels that findings name, whatever their state."""
    rows = conn.execute(load("repair_ground")["finding_parcels"], {"finding_ids": list(finding_ids)})
    return {int(parcel_id) for row in rows for parcel_id in row if parcel_id is not None}


def list_sheet_parcels(conn: psycopg.Connection, commune_id: int, sheet_no: str) -> list[int]:
    """Give the ids of a sheet's parcels that have a polygon."""
    values = {"commune_id": commune_id, "sheet_no": sheet_no}
    return [parcel_id for (parcel_id,) in conn.execute(load("repair_ground")["sheet_parcels"], values)]


def _values(box: Box | None) -> dict[str, Any]:
    return dict(zip(("west", "south", "east", "north"), box or (None,) * 4, strict=True))
