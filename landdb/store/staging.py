"""Delivered rows into the staging tables, by COPY."""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from landdb.store.binary_copy import ServerType, copy_binary, ewkb
from landdb.store.vault import Vault

_FEATURE_COLUMNS = (
    "row_no",
    "layer",
    "noun",
    "commune_code",
    "sheet_no",
    "scale_denominator",
    "parcel_no",
    "parcel_code",
    "old_sheet_no",
    "old_parcel_no",
    "registered_area_m2",
    "legal_area_m2",
    "address",
    "land_use",
    "object_kind",
    "object_name",
    "srid",
    "geom",
    "geom_4326",
    "computed_area_m2",
    "geom_fault",
    "geom_delivered",
    "fault_lon",
    "fault_lat",
    "delivered_hash",
    "raw",
)
_ARRIVING_COLUMNS = ("land_use_codes", "land_use_fault", "commune_id", "sheet_id")
_CROSSWALK_COLUMNS = (
    "row_no",
    "old_commune_code",
    "old_sheet_no",
    "old_parcel_no",
    "scale_denominator",
    "note",
    "commune_code",
    "sheet_no",
    "parcel_no",
    "delivered_hash",
)
_REJECT_COLUMNS = (
    "batch_id",
    "row_no",
    "layer",
    "noun",
    "commune_code",
    "sheet_no",
    "parcel_no",
    "reason_code",
    "field",
    "reason",
    "remedy",
    "geom",
    "geom_4326",
    "raw_enc",
    "delivered_hash",
)
SERVER_TYPES: dict[str, ServerType] = {"geom": "geometry", "geom_4326": "geometry", "raw": "jsonb"}
_WGS84 = pa.scalar(4326, pa.int32())


def split_rejects(rows: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Give the rows to store and the rows that their reader rejected."""
    rejected = pc.is_valid(rows["reject_code"])
    return rows_where(rows, pc.invert(rejected)), rows_where(rows, rejected)


def rows_where(rows: pa.RecordBatch, wanted: pa.BooleanArray) -> pa.RecordBatch:
    """Give the wanted rows; a batch of which all are wanted, as most are, is not copied."""
    if wanted.true_count == rows.num_rows:
        return rows
    return rows.filter(wanted) if wanted.true_count else rows.slice(0, 0)


def copy_features(conn: psycopg.Connection, batch_id: int, rows: pa.RecordBatch) -> None:
    """Copy `wire.FEATURE` rows into staging.staged_feature."""
    _copy(conn, sql.Identifier("staging", "staged_feature"), _FEATURE_COLUMNS, batch_id, rows)


def copy_arriving(conn: psycopg.Connection, batch_id: int, rows: pa.RecordBatch) -> None:
    """Copy placed parcels (`wire.FEATURE` with what `intake` adds) into this transaction's table of arrivals."""
    _copy(conn, sql.Identifier("arriving"), (*_FEATURE_COLUMNS, *_ARRIVING_COLUMNS), batch_id, rows)


def copy_crosswalk(conn: psycopg.Connection, batch_id: int, rows: pa.RecordBatch) -> None:
    """Copy `wire.CROSSWALK` rows into staging.staged_crosswalk."""
    _copy(conn, sql.Identifier("staging", "staged_crosswalk"), _CROSSWALK_COLUMNS, batch_id, rows)


def copy_holdings(conn: psycopg.Connection, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy sealed holding rows into staging.staged_holding."""
    _copy_rows(conn, "staged_holding", columns, rows)


def copy_rejects(conn: psycopg.Connection, batch_id: int, rows: pa.RecordBatch, vault: Vault, *, noun: str) -> None:
    """Put rejected rows into quarantine; the delivered row itself is sealed, for it may name a person."""
    if rows.num_rows == 0:
        return
    names = set(rows.schema.names)
    _copy_rows(
        conn,
        "rejected_row",
        _REJECT_COLUMNS,
        (_reject(row, names, batch_id, vault, noun) for row in rows.to_pylist()),
    )


def raw_cell(batch_id: int, row_no: int) -> tuple[str, int, str]:
    """Give the cell that a quarantined source row is sealed for."""
    return ("staging.rejected_row", (batch_id << 40) | row_no, "raw")


def _reject(row: dict[str, Any], names: set[str], batch_id: int, vault: Vault, noun: str) -> tuple[Any, ...]:
    srid = row.get("srid")
    return (
        batch_id,
        row["row_no"],
        row.get("layer"),
        (row.get("noun") or noun) if "noun" in names else noun,
        row.get("commune_code"),
        row.get("sheet_no"),
        row.get("parcel_no"),
        row["reject_code"],
        row["reject_field"],
        row["reject_reason"],
        row["reject_remedy"],
        _ewkb_hex(row.get("geom"), srid),
        _ewkb_hex(row.get("geom_4326"), 4326),
        vault.seal(row["raw_row"], cell=raw_cell(batch_id, row["row_no"])),
        row.get("delivered_hash"),
    )


def _copy_rows(conn: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("staging", table), names)
    with conn.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _copy(
    conn: psycopg.Connection, target: sql.Identifier, columns: Sequence[str], batch_id: int, rows: pa.RecordBatch
) -> None:
    if rows.num_rows == 0:
        return
    fields = {"batch_id": pa.scalar(batch_id, pa.int32())} | {name: rows[name] for name in columns}
    if "geom" in fields:
        fields |= geometries(rows)
    copy_binary(conn, target, fields, SERVER_TYPES)


def geometries(rows: pa.RecordBatch) -> dict[str, pa.Array]:
    """Give the two geometry columns of `wire.FEATURE` rows as the server receives them."""
    return {"geom": ewkb(rows["geom"], rows["srid"]), "geom_4326": ewkb(rows["geom_4326"], _WGS84)}


def _ewkb_hex(wkb: bytes | None, srid: int | None) -> str | None:
    """Give little-endian WKB as hex EWKB with its SRID, the form that PostGIS reads as text."""
    if wkb is None or srid is None:
        return None
    return f"01{wkb[1:4].hex()}20{struct.pack('<i', srid).hex()}{wkb[5:].hex()}"
