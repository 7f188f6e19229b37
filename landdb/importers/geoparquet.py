"""GeoParquet read through Arrow itself, row group by row group."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from landdb.errors import ImportRefused
from landdb.importers.declared_crs import epsg_of_projjson

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
        except (pa.ArrowException, ValueError, OSError) as error:
            raise _refuse("UNREADABLE_FILE", "The Parquet file is damaged.", "Export it again.") from error
        self._geometry, described = _primary(geo)
        if described.get("encoding", "WKB") != "WKB" or self._geometry not in schema.names:
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
        for batch in self._file.iter_batches(batch_size=self._batch_rows, columns=wanted, use_threads=False):
            yield batch.select(list(self.columns)), batch.column(self._geometry)


def _primary(geo: Any) -> tuple[str, dict[str, Any]]:
    """Give the main geometry column and what the file says about it."""
    columns = geo.get("columns") if isinstance(geo, dict) else None
    name = geo.get("primary_column", "geometry") if isinstance(geo, dict) else "geometry"
    described = columns.get(name) if isinstance(columns, dict) else None
    return str(name), described if isinstance(described, dict) else {"encoding": "none"}


def _refuse(code: str, reason: str, remedy: str) -> ImportRefused:
    return ImportRefused(code, reason, remedy=remedy)
