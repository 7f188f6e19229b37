"""Layers read by GDAL as Arrow batches: GeoPackage, Shapefile, GeoJSON, GML, FlatGeobuf, EDIGEO."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError

from landdb.errors import ImportRefused
from landdb.importers import ImportJob
from landdb.importers.formats.archive import Unpacked
from landdb.importers.maps import dbf_encoding
from landdb.importers.maps.declared_crs import epsg_of
from landdb.importers.maps.mapping import is_known_layer
from landdb.importers.maps.profile import Profile

#: Formats with one layer, which goes by the name of its file.
_SINGLE: Final = {"SHP", "GEOJSON", "GEOJSONSEQ", "FGB"}
#: Formats that are read through whenever they are opened.
_SLOW_TO_OPEN: Final = {"GEOJSON", "GEOJSONSEQ", "EDIGEO"}
_SEPARATOR: Final = b"\x1e"
_CURVES: Final = (8, 9, 10, 11, 12)
_MAX_LAYERS: Final = 200
#: Formats whose files say how many features they hold, and whose readers fall silent where a file breaks off.
_COUNTED: Final = {"SHP", "FGB", "GEOJSONSEQ"}


class VectorLayer:
    """One layer of a file that GDAL reads."""

    def __init__(self, path: Path, name: str, gdal_name: str | None, *, batch_rows: int, encoding: str | None) -> None:
        self.name = name
        self._path = path
        self._options: dict[str, Any] = {"layer": gdal_name, "encoding": encoding}
        self._batch_rows = batch_rows
        self._stream: Any = None
        self.columns: tuple[str, ...] = ()
        self.declared_srid: int | None = None
        self.has_geometry = False
        self.source_count: int | None = None
        self.must_be_whole = False

    def describe(self, stack: ExitStack, *, keep_open: bool) -> None:
        """Learn the columns; where opening is dear, from the one stream that will also be read."""
        if keep_open:
            meta, self._stream = stack.enter_context(self._open())
        else:
            meta = pyogrio.read_info(self._path, **self._options)
            if meta["capabilities"]["fast_feature_count"] and meta["features"] >= 0:
                self.source_count = int(meta["features"])
        self.columns = tuple(str(name) for name in meta["fields"])
        self.declared_srid = epsg_of(meta["crs"])
        self.has_geometry = meta["geometry_type"] is not None

    def _open(self) -> Any:
        return pyogrio.raw.open_arrow(
            self._path, **self._options, batch_size=self._batch_rows, use_pyarrow=True, datetime_as_string=True
        )

    def batches(self) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
        """Give attribute batches, each with its geometry as WKB."""
        with ExitStack() as stack:
            stream = self._stream
            if stream is None:
                _, stream = stack.enter_context(self._open())
            done = 0
            try:
                for batch in stream:
                    yield self._split(batch, done)
                    done += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                raise _cut() from error
            if self.must_be_whole and self.source_count is not None and done < self.source_count:
                raise _cut()

    def _split(self, batch: pa.RecordBatch, done: int) -> tuple[pa.RecordBatch, pa.Array]:
        position = _geometry_position(batch.schema)
        attributes = batch.select([name for i, name in enumerate(batch.schema.names) if i != position])
        if position is None:
            return attributes, pa.nulls(batch.num_rows, pa.binary())
        wkb = batch.column(position)
        return attributes, self._straightened(done, len(wkb)) if _holds_curves(wkb) else wkb

    def _straightened(self, skip: int, count: int) -> pa.Array:
        """Give the batch's geometry with arcs as short lines: Arrow carries curves as they are, this reader not."""
        geometry = pyogrio.raw.read(self._path, **self._options, columns=[], skip_features=skip, max_features=count)[2]
        return pa.array(geometry, pa.binary())


def _geometry_position(schema: pa.Schema) -> int | None:
    for position, column in enumerate(schema):
        if (column.metadata or {}).get(b"ARROW:extension:name") in (b"geoarrow.wkb", b"ogc.wkb"):
            return position
        if isinstance(column.type, pa.BaseExtensionType) and column.type.extension_name.endswith(".wkb"):
            return position
    return None


def _holds_curves(wkb: pa.Array) -> bool:
    """Tell whether any geometry is of a curved kind, from the type number in each WKB's bytes 1 to 4."""
    lengths = pc.fill_null(pc.binary_length(wkb), 0).to_numpy(zero_copy_only=False)
    _, offsets, data = wkb.buffers()
    if data is None or not lengths.any():
        return False
    width = np.int64 if pa.types.is_large_binary(wkb.type) else np.int32
    starts = np.frombuffer(offsets, dtype=width)[wkb.offset : wkb.offset + len(wkb)][lengths >= 5]
    octets = np.frombuffer(data, dtype=np.uint8)
    kinds = octets[starts + 1].astype(np.int64) + (octets[starts + 2].astype(np.int64) << 8)
    return bool(np.isin(kinds % 1000, _CURVES).any())


def open_layers(
    part: Unpacked, file_format: str, job: ImportJob, profiles: Sequence[Profile], stack: ExitStack
) -> list[VectorLayer]:
    """Give the layers of a file; the stack closes what is opened."""
    encoding = dbf_encoding.encoding_of(part.path) if file_format == "SHP" else None
    try:
        names = [None] if file_format in _SINGLE else _layer_names(part.path, file_format, profiles)
        layers = [
            VectorLayer(part.path, name or part.label, name, batch_rows=job.batch_rows, encoding=encoding)
            for name in names
        ]
        for layer in layers:
            layer.describe(stack, keep_open=file_format in _SLOW_TO_OPEN)
            layer.must_be_whole = file_format in _COUNTED
            if file_format == "GEOJSONSEQ":
                layer.source_count = _count_records(part.path)
            if file_format == "SHP":
                layer.source_count = max(layer.source_count or 0, _count_table_rows(part.path.with_suffix(".dbf")))
    except (DataSourceError, DataLayerError, IndexError) as error:  # IndexError: no layer in the file
        raise ImportRefused(
            "UNREADABLE_FILE", f"The file looks like {file_format} but cannot be opened as such.",
            remedy="Open it in QGIS and export the layer as GeoPackage.",
        ) from error  # fmt: skip
    return layers


def _count_records(path: Path) -> int:
    """Give how many records a sequence holds: one a line, or after each record separator."""
    with path.open("rb") as stream:
        if stream.read(1) == _SEPARATOR:
            return 1 + sum(block.count(_SEPARATOR) for block in iter(lambda: stream.read(1 << 20), b""))
        stream.seek(0)
        return sum(1 for line in stream if not line.isspace())


def _count_table_rows(table: Path) -> int:
    """Give how many rows a shapefile's table says it has: each belongs to a shape."""
    if not table.exists():
        return 0
    with table.open("rb") as stream:
        return int.from_bytes(stream.read(8)[4:8], "little")


def _cut() -> ImportRefused:
    return ImportRefused(
        "FILE_CUT", "The file breaks off, or a part of it cannot be read: it holds more records than could be read.",
        remedy="Copy or export the file again.",
    )  # fmt: skip


def _layer_names(path: Path, file_format: str, profiles: Sequence[Profile]) -> list[str | None]:
    """Give the layers worth opening: an EDIGEO sheet has thirty, and each opening reads all of it."""
    names: list[str | None] = [str(name) for name, _ in pyogrio.list_layers(path)]
    if file_format == "EDIGEO":
        names = [name for name in names if name and is_known_layer(profiles, name)]
    return names[:_MAX_LAYERS]
