"""Features of a collection as FlatGeobuf, GeoPackage or GeoParquet, written batch by batch."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pyogrio.raw import write_arrow
from pyproj import CRS

FileKind = Literal["fgb", "gpkg", "parquet"]
Rows = Sequence[Mapping[str, Any]]

_TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"), "array": pa.list_(pa.string()),
}  # fmt: skip
_DRIVERS: Final[dict[FileKind, str]] = {"fgb": "FlatGeobuf", "gpkg": "GPKG"}
_OPTIONS: Final[dict[FileKind, dict[str, Any]]] = {
    # The QGIS of Debian 12 reads version 1.2 without a warning.
    "gpkg": {"dataset_options": {"VERSION": "1.2"}},
    # With an index FlatGeobuf refuses features without a shape.
    "fgb": {"layer_options": {"SPATIAL_INDEX": "NO"}},
}
_WGS84: Final = 4326


@dataclass(frozen=True, slots=True)
class FeatureLayer:
    """A layer: its name, its columns with their types, the EPSG code of its coordinates, whether shapes are mixed.

    Rows hold the columns, an integer `feature_id`, and `geometry` as WKB: multipolygons, unless shapes are mixed.
    """

    name: str
    columns: Mapping[str, str]
    srid: int
    is_mixed: bool


def write_features(target: Path, kind: FileKind, layer: FeatureLayer, batches: Iterable[Rows]) -> None:
    """Write all batches into a new file."""
    if kind == "parquet":
        _write_parquet(target, layer, batches)
        return
    schema = _schema(layer, with_lists=False)
    reader = pa.RecordBatchReader.from_batches(schema, _batches(batches, schema, layer))
    write_arrow(
        reader,
        target,
        layer=layer.name,
        driver=_DRIVERS[kind],
        geometry_name="geometry",
        geometry_type="Unknown" if layer.is_mixed else "MultiPolygon",
        crs=f"EPSG:{layer.srid}",
        **_OPTIONS[kind],
    )


def _write_parquet(target: Path, layer: FeatureLayer, batches: Iterable[Rows]) -> None:
    schema = _schema(layer, with_lists=True).with_metadata({"geo": _geo(layer)})
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for rows in batches:
            writer.write_batch(pa.RecordBatch.from_pylist(list(rows), schema))


def _schema(layer: FeatureLayer, *, with_lists: bool) -> pa.Schema:
    told = [pa.field("feature_id", pa.int64())]
    for name, kind in layer.columns.items():
        told.append(pa.field(name, pa.string() if kind == "array" and not with_lists else _TYPES[kind]))
    return pa.schema([*told, pa.field("geometry", pa.binary())])


def _batches(batches: Iterable[Rows], schema: pa.Schema, layer: FeatureLayer) -> Iterator[pa.RecordBatch]:
    lists = [name for name, kind in layer.columns.items() if kind == "array"]
    for rows in batches:
        yield pa.RecordBatch.from_pylist([_flat(row, lists) for row in rows], schema)


def _flat(row: Mapping[str, Any], lists: Sequence[str]) -> dict[str, Any]:
    """Give the row as formats without lists can hold it."""
    joined = {name: row[name] and " ".join(row[name]) for name in lists}
    return {**row, **joined}


def _geo(layer: FeatureLayer) -> str:
    """Give the metadata that makes the file GeoParquet 1.1; longitude and latitude are its default."""
    types = [] if layer.is_mixed else ["MultiPolygon"]
    geometry: dict[str, Any] = {"encoding": "WKB", "geometry_types": types}
    if layer.srid != _WGS84:
        geometry["crs"] = CRS.from_epsg(layer.srid).to_json_dict()
    return json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}})
