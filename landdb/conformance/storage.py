"""Fabrics as GeoParquet files, one for each commune."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from landdb.conformance.commune import FabricCommune

_LAYERS = ("parcel", "object", "boundary")


def commune_file(folder: Path, index: int) -> Path:
    """Give the path of a commune's file."""
    return folder / f"commune_{index:04d}.parquet"


def write_commune(folder: Path, commune: FabricCommune) -> Path:
    """Give the path of the commune's file, written: parcels, then objects, then the boundary in column `layer`.

    An object's number stands in `parcel_no`. Rings are closed, and all is in one zone.
    """
    parcels, objects = len(commune.parcels), len(commune.objects)
    rest = objects + 1
    numbers = [*commune.parcel_no.tolist(), *commune.object_no.tolist(), None]
    layer = np.repeat(np.array(_LAYERS), [parcels, objects, 1])
    geoms = np.concatenate([commune.parcels, commune.objects, [commune.boundary]])
    table = pa.table(
        {
            "layer": pa.array(layer),
            "kind": pa.array(np.concatenate([commune.land_use, commune.object_kind, ["commune"]])),
            "sheet_no": _padded(commune.sheet_no, rest),
            "parcel_no": pa.array(numbers, pa.int64()),
            "scale_denominator": _padded(commune.scale_denominator, rest),
            "legal_area_m2": pa.array([*commune.legal_area_m2.tolist(), *[None] * rest], pa.float64()),
            "geometry": pa.array(shapely.to_wkb(geoms), pa.binary()),
        }
    )
    described = {b"geo": _geo(commune.srid), b"landdb": _identity(commune)}
    path = commune_file(folder, commune.index)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(described), path, compression="zstd")
    return path


def read_commune(path: Path) -> FabricCommune:
    """Give the commune that such a file holds, equal to the one written."""
    table = pq.read_table(path)
    identity = json.loads(table.schema.metadata[b"landdb"])
    layer = table["layer"].to_numpy(zero_copy_only=False)
    geoms = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    kind = table["kind"].to_numpy(zero_copy_only=False).astype(np.str_)
    is_parcel = layer == "parcel"
    of_parcels = table.filter(pa.array(is_parcel))
    return FabricCommune(
        **identity,
        parcels=geoms[is_parcel],
        sheet_no=of_parcels["sheet_no"].to_numpy(),
        parcel_no=of_parcels["parcel_no"].to_numpy(),
        scale_denominator=of_parcels["scale_denominator"].to_numpy(),
        legal_area_m2=of_parcels["legal_area_m2"].to_numpy(),
        land_use=kind[is_parcel],
        objects=geoms[layer == "object"],
        object_no=table.filter(pa.array(layer == "object"))["parcel_no"].to_numpy(),
        object_kind=kind[layer == "object"],
        boundary=geoms[layer == "boundary"][0],
        parcel_srid=np.full(int(is_parcel.sum()), identity["srid"]),
        open_ring=np.zeros(int(is_parcel.sum()), dtype=bool),
    )


def _padded(numbers: np.ndarray, rest: int) -> pa.Array:
    return pa.array([*numbers.tolist(), *[None] * rest], pa.int64())


def _identity(commune: FabricCommune) -> bytes:
    return json.dumps(
        {"index": commune.index, "commune_code": commune.commune_code, "srid": commune.srid}, sort_keys=True
    ).encode()


def _geo(srid: int) -> bytes:
    """Give the GeoParquet 1.1 description of the geometry column."""
    crs = {"id": {"authority": "EPSG", "code": srid}}
    column = {"encoding": "WKB", "geometry_types": ["Polygon", "MultiPolygon"], "crs": crs, "edges": "planar"}
    return json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}).encode()
