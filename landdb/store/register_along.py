"""What lies along the ground of a legal change: which communes, which parcels and land objects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from psycopg.rows import class_row

from landdb.domain.box import Box
from landdb.errors import NotFound
from landdb.store.statements import load


class Unit(NamedTuple):
    """A parcel or land object; `geom` is WKB in `srid`, metres."""

    noun: str
    id: int
    srid: int
    geom: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map sheet of a commune in force; its ground is drawn in `srid`."""

    sheet_id: int
    commune_id: int
    sheet_no: str
    srid: int


def find_sheet(conn: psycopg.Connection, commune_code: str, sheet_no: str) -> Sheet:
    """Give the sheet; raises NotFound."""
    values = {"commune_code": commune_code, "sheet_no": sheet_no}
    with conn.cursor(row_factory=class_row(Sheet)) as cursor:
        found = cursor.execute(load("register_along")["find_sheet"], values).fetchone()
    if found is None:
        raise NotFound(f"{commune_code} has no sheet {sheet_no}", remedy="import the sheet's map before drawing on it")
    return found


def list_communes(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> list[int]:
    """Give the communes that these parcels lie in, of those that are in force."""
    rows = conn.execute(load("register_along")["communes_of_parcels"], {"parcel_ids": list(parcel_ids)})
    return [commune_id for (commune_id,) in rows]


def list_communes_along(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> dict[int, bool]:
    """Give the communes of these parcels and of all along them, the parcels' own first and marked."""
    rows = conn.execute(load("register_along")["communes_along"], {"parcel_ids": list(parcel_ids)})
    return {commune_id: bool(is_own) for commune_id, is_own in rows}


def list_communes_in(conn: psycopg.Connection, box: Box) -> set[int]:
    """Give the communes of all that lies in the box."""
    return {number for (number,) in conn.execute(load("register_along")["communes_in_box"], box._asdict())}


def list_parcels_near(conn: psycopg.Connection, parcel_ids: Collection[int], box: Box | None) -> set[int]:
    """Give the parcels whose boxes meet those of these parcels, or the box."""
    bounds = dict.fromkeys(Box._fields) if box is None else box._asdict()
    rows = conn.execute(load("register_along")["parcels_near"], {"parcel_ids": list(parcel_ids), **bounds})
    return {parcel_id for (parcel_id,) in rows}


def list_units_at(conn: psycopg.Connection, boxes: Sequence[Box], *, except_parcels: Sequence[int]) -> list[Unit]:
    """Give the parcels and land objects of every zone whose boxes meet one of these."""
    columns = {name: list(values) for name, values in zip(Box._fields, zip(*boxes, strict=True), strict=True)}
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(load("register_along")["units_at"], {**columns, "parcel_ids": list(except_parcels)})
        return [Unit(*row) for row in rows]
