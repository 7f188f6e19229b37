"""Invented fabrics in a database: communes, sheets, parcels and land objects, as an import would have stored them."""

from collections.abc import Iterable
from hashlib import sha256
from itertools import count

import numpy as np
import psycopg
import shapely

from benchmarks.bulk import copy_columns
from landdb.conformance.commune import FabricCommune
from landdb.domain.crs import to_wgs84

_rows = count(1)


def store(conn: psycopg.Connection, communes: Iterable[FabricCommune]) -> list[int]:
    """Store communes in the caller's transaction; gives their ids. Boundaries are stored as well."""
    conn.execute("SELECT set_config('landdb.geometry_checked_by', 'importer', true)")
    batch_id = _number(
        conn,
        """INSERT INTO staging.import_batch (file_name, file_sha256, file_bytes, file_format, actor, state)
        VALUES ('fabric', '', 1, 'PARQUET', 'benchmark', 'DONE') RETURNING batch_id""",
    )
    return [_store_one(conn, commune, batch_id) for commune in communes]


def _store_one(conn: psycopg.Connection, commune: FabricCommune, batch_id: int) -> int:
    commune_id = _number(
        conn,
        """INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to,
            is_local)
        VALUES (%s, 'Xã Mẫu', 'xa mau', 'xã', '25', '2025-07-01', 'infinity', true) RETURNING commune_id""",
        commune.commune_code,
    )
    sheets: dict[int, int] = {}
    for sheet_no in np.unique(commune.sheet_no).tolist():
        first = int(np.flatnonzero(commune.sheet_no == sheet_no)[0])
        sheets[sheet_no] = _number(
            conn,
            """INSERT INTO cadastre.sheet (commune_id, sheet_no, scale_denominator, srid, batch_id)
            VALUES (%s, %s, %s, %s, %s) RETURNING sheet_id""",
            *(commune_id, str(sheet_no), int(commune.scale_denominator[first])),
            *(int(commune.parcel_srid[first]), batch_id),
        )
    numbers = [next(_rows) for _ in commune.parcels]
    copy_columns(
        conn,
        ("cadastre", "parcel"),
        {
            "commune_id": commune_id,
            "sheet_id": [sheets[sheet] for sheet in commune.sheet_no.tolist()],
            "parcel_no": [str(number) for number in commune.parcel_no.tolist()],
            "registered_area_m2": np.round(shapely.area(commune.parcels), 1).tolist(),
            "computed_area_m2": shapely.area(commune.parcels).tolist(),
            "geom": _ewkb(commune.parcels, commune.parcel_srid),
            "geom_4326": _ewkb_4326(commune.parcels, commune.parcel_srid),
            "batch_id": batch_id,
            "source_row": numbers,
            "delivered_hash": [sha256(str(number).encode()).digest() for number in numbers],
            "valid_from": "2025-07-01",
        },
    )
    _store_objects(conn, commune, commune_id, batch_id)
    native = np.array([commune.boundary], dtype=object)
    conn.execute(
        """INSERT INTO admin.commune_boundary (commune_id, geom, geom_4326, batch_id)
        VALUES (%s, %s::geometry, %s::geometry, %s)""",
        [commune_id, *_ewkb(native, [commune.srid]), *_ewkb_4326(native, [commune.srid]), batch_id],
    )
    return commune_id


def _store_objects(conn: psycopg.Connection, commune: FabricCommune, commune_id: int, batch_id: int) -> None:
    if not len(commune.objects):
        return
    srids = np.full(len(commune.objects), commune.srid)
    numbers = [next(_rows) for _ in commune.objects]
    copy_columns(
        conn,
        ("cadastre", "land_object"),
        {
            "commune_id": commune_id,
            "object_kind": commune.object_kind.tolist(),
            "object_name": [str(number) for number in commune.object_no.tolist()],
            "computed_area_m2": shapely.area(commune.objects).tolist(),
            "geom": _ewkb(commune.objects, srids),
            "geom_4326": _ewkb_4326(commune.objects, srids),
            "batch_id": batch_id,
            "source_row": numbers,
            "delivered_hash": [sha256(b"o" + str(number).encode()).digest() for number in numbers],
            "valid_from": "2025-07-01",
        },
    )


def _ewkb(shapes: np.ndarray, srids: object) -> list[str]:
    marked = shapely.set_srid(np.asarray(shapes, dtype=object), np.asarray(srids, dtype=np.int32))
    written: list[str] = shapely.to_wkb(marked, hex=True, include_srid=True).tolist()
    return written


def _ewkb_4326(shapes: np.ndarray, srids: object) -> list[str]:
    moved, zones = np.array(shapes, dtype=object), np.asarray(srids)
    for srid in np.unique(zones).tolist():
        convert = to_wgs84(srid)
        there = shapely.transform(moved[zones == srid], lambda xy, c=convert: np.stack(c(xy[:, 0], xy[:, 1]), axis=1))
        moved[zones == srid] = there
    return _ewkb(moved, np.full(len(moved), 4326))


def _number(conn: psycopg.Connection, statement: str, *values: object) -> int:
    row = conn.execute(statement.encode(), values).fetchone()
    if row is None:
        raise LookupError("nothing came back")
    return int(row[0])
