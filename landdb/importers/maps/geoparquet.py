"""GeoParquet read through Arrow itself, row group by row group."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from landdb.errors import ImportRefused
from landdb.importers.maps.declared_crs import epsg_of_projjson

_WGS84 = 4326


class ParquetLayer:
    """The one layer of a GeoParquet file."""

    def __init__(self, path: Path, name: str, batch_rows: int) -> None:
        self.name = name
        self._batch_rows = batch_rows
        try:
            self._file = pq.ParquetFile(path, memory_map=False, pre_buffer=False)
            schema = self._file.schema_arrow
            geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
            if any("\0" in name for name in schema.names):
                raise ValueError("NUL in a column's name")
        except (pa.ArrowException, ValueError, OSError, RecursionError) as error:
            raise _damaged() from error
        self._geometry, described = _primary(geo)
        if described.get("encoding", "WKB") != "WKB" or not _is_binary(schema, self._geometry):
            raise _refuse(
                "NO_GEOMETRY_COLUMN",
                "The Parquet file holds no geometry column in the WKB encoding.",
                "Export it as GeoParquet 1.0 or later with WKB, or as GeoPackage.",
            )
        self.columns = tuple(
            field.name for field in schema if field.name != self._geometry and not pa.types.is_nested(field.type)
        )
        self.declared_srid = epsg_of_projjson(described["crs"]) if "crs" in described else _WGS84
        self.has_geometry = True
        self.source_count: int | None = self._file.metadata.num_rows

    def batches(self) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
        """Give attribute batches, each with its geometry as WKB."""
        wanted = [*self.columns, self._geometry]
        batches = self._file.iter_batches(batch_size=self._batch_rows, columns=wanted, use_threads=False)
        try:
            for batch in batches:
                yield _without_nul(batch.select(list(self.columns))), batch.column(self._geometry)
        except (pa.ArrowException, OSError) as error:
            raise _damaged() from error


def _is_binary(schema: pa.Schema, name: str) -> bool:
    if name not in schema.names:
        return False
    kind = schema.field(name).type
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _without_nul(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Give the batch with text that PostgreSQL can store; only this format brings NUL as far as here."""
    for at, column in enumerate(batch.columns):
        if pa.types.is_string(column.type) and pc.any(pc.match_substring(column, "\0"), min_count=0).as_py():
            batch = batch.set_column(at, batch.schema.field(at), pc.replace_substring(column, "\0", ""))
    return batch


def _primary(geo: Any) -> tuple[str, dict[str, Any]]:
    """Give the main geometry column and what the file says about it."""
    columns = geo.get("columns") if isinstance(geo, dict) else None
    name = geo.get("primary_column", "geometry") if isinstance(geo, dict) else "geometry"
    described = columns.get(name) if isinstance(columns, dict) else None
    return str(name), described if isinstance(described, dict) else {"encoding": "none"}


def _damaged() -> ImportRefused:
    return _refuse("UNREADABLE_FILE", "The Parquet file is damaged.", "Export it again.")


def _refuse(code: str, reason: str, remedy: str) -> ImportRefused:
    return ImportRefused(code, reason, remedy=remedy)
