"""A commune's ground as a GeoParquet file, which workers read where no database is: ``<commune code>.parquet``.

One row per unit: `noun` (parcel, land_object, boundary), `sheet_no`, `parcel_no`, `object_kind`, `object_name`,
`scale_denominator`, `drawn_srid` (the sheet's zone), `geometry` (WKB). All geometries are in one zone, the one of most
parcels; the file's metadata name it. No holder is in such a file.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from landdb.errors import InvalidValue
from landdb.store.ground import UnitColumns
from landdb.validators.fabric import NO_PARCEL, CommuneFabric
from landdb.validators.ground import CheckedGround, to_units
from landdb.validators.rings import polygons_of

_SCHEMA: Final = pa.schema(
    [
        ("noun", pa.utf8()),
        ("sheet_no", pa.utf8()),
        ("parcel_no", pa.utf8()),
        ("object_kind", pa.utf8()),
        ("object_name", pa.utf8()),
        ("scale_denominator", pa.int32()),
        ("drawn_srid", pa.int32()),
        ("geometry", pa.binary()),
    ]
)


def write_ground(folder: Path, ground: CheckedGround, drawn_srids: list[int]) -> Path:
    """Write a commune's ground as a check looks at it and give the file's path; an existing file is replaced."""
    fabric = ground.fabric
    rows = []
    polygons = shapely.to_wkb(fabric.polygons.take(np.arange(len(fabric.units)))).tolist()
    for unit, (wkb, drawn_srid) in enumerate(zip(polygons, drawn_srids, strict=True)):
        one, _, other = fabric.units.key_of(unit).partition("/" if fabric.units.is_parcel(unit) else ":")
        is_parcel = fabric.units.is_parcel(unit)
        names = ("parcel", one, other, None, None) if is_parcel else ("land_object", None, None, one, other or None)
        rows.append((*names, int(fabric.units.scale_denominator[unit]), drawn_srid, wkb))
    if fabric.boundary is not None:
        rows.append(("boundary", *[None] * 4, None, fabric.srid, shapely.to_wkb(fabric.boundary)))
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in _SCHEMA]
    table = pa.table([pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)], _SCHEMA)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{fabric.commune_code}.parquet"
    pq.write_table(table.replace_schema_metadata({b"geo": _geo(fabric.srid)}), path, compression="zstd")
    return path


def read_ground_file(path: Path, commune_id: int) -> CheckedGround:
    """Give the ground that a file holds; raises InvalidValue when it is no such file."""
    try:
        table = pq.read_table(path)
        srid = int(json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]["crs"]["id"]["code"])
        columns = {name: table[name].to_pylist() for name in _SCHEMA.names}
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise InvalidValue(
            path.name, "NO_GROUND_FILE", remedy="make it with `landdb export ground`, or see docs/operations.md"
        ) from error
    shapes = shapely.from_wkb(np.array(columns["geometry"], dtype=object))
    noun = np.array(columns["noun"], dtype=object)
    units = np.flatnonzero(noun != "boundary")
    fabric = CommuneFabric(
        commune_id,
        to_units(_unit_columns(columns, units.tolist(), commune_id), srid, {commune_id: path.stem}),
        polygons_of(shapes[units]),
        next(iter(shapes[noun == "boundary"]), None),
    )
    return CheckedGround(fabric, tuple, None)


def _unit_columns(columns: dict[str, list[Any]], units: list[int], commune_id: int) -> UnitColumns:
    """Give who the units are, as the database would tell it; parcels are numbered by their rows."""
    keys, ids = [], []
    for unit in units:
        is_parcel = columns["noun"][unit] == "parcel"
        names = ("sheet_no", "parcel_no") if is_parcel else ("object_kind", "object_name")
        told = [columns[name][unit] for name in names]
        keys.append("/".join(map(str, told)) if is_parcel else ":".join(filter(None, told)))
        ids.append(commune_id * 10_000_000 + unit if is_parcel else NO_PARCEL)
    return UnitColumns(
        commune_id=[commune_id] * len(units),
        parcel_id=ids,
        unit_key=keys,
        scale_denominator=[columns["scale_denominator"][unit] or 0 for unit in units],
        srid=[columns["drawn_srid"][unit] for unit in units],
    )


def _geo(srid: int) -> bytes:
    """Give the metadata that makes the file GeoParquet 1.1."""
    geometry = {"encoding": "WKB", "geometry_types": [], "crs": CRS.from_epsg(srid).to_json_dict()}
    return json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}).encode()
