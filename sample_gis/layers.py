"""Map layers as files: shapefiles with TCVN3 text in a zip, and a GeoPackage. The bytes depend on the content alone."""

import io
import os
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import shapely
from pyogrio import raw
from shapely.geometry.base import BaseGeometry

from sample_gis.tcvn3 import to_tcvn3

STAMP = (2026, 1, 1, 0, 0, 0)
GPKG_DATE = "2026-01-01T00:00:00.000Z"
DBF_DATE = bytes([126, 1, 1])  # years since 1900, month, day
DBF_DATE_AT, DBF_LANGUAGE_AT = 1, 29

Shape: TypeAlias = BaseGeometry | bytes | None


@dataclass(frozen=True, slots=True)
class Layer:
    """One table of a delivery: column names, rows of values, and a geometry (or ready WKB) per row."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[str | float | int | None, ...]]
    shapes: list[Shape]


def _wkb(shapes: Iterable[Shape]) -> np.ndarray:
    ready = [shape if isinstance(shape, bytes | None) else shapely.to_wkb(shape) for shape in shapes]
    return np.array([*ready, b""], dtype=object)[:-1]


def _columns(layer: Layer) -> list[np.ndarray]:
    result = []
    for values in zip(*layer.rows, strict=True):
        kind = {int: np.int64, float: np.float64}.get(type(values[0]), object)
        result.append(np.array(values, dtype=kind))
    return result


def write_gpkg(path: Path, layers: list[Layer], srid: int) -> None:
    """Write all layers into one GeoPackage."""
    path.unlink(missing_ok=True)
    for layer in layers:
        append_gpkg(path, layer, srid)


def append_gpkg(path: Path, layer: Layer, srid: int) -> None:
    """Add a layer, or rows to a layer, to a GeoPackage that may not exist yet."""
    os.environ["OGR_CURRENT_DATE"] = GPKG_DATE
    known = path.exists()
    raw.write(
        path, _wkb(layer.shapes), _columns(layer), list(layer.columns), layer=layer.name, driver="GPKG",
        geometry_type="Unknown", crs=f"EPSG:{srid}", append=known, SPATIAL_INDEX="NO",
        dataset_options={} if known else {"VERSION": "1.3"},
    )  # fmt: skip
    del os.environ["OGR_CURRENT_DATE"]


def write_shapefile_zip(path: Path, layer: Layer, srid: int) -> None:
    """Write one shapefile the way older desktop programs do: TCVN3 text, no .cpg, and zip it."""
    legacy = [tuple(to_tcvn3(v) if isinstance(v, str) else v for v in row) for row in layer.rows]
    seen = Layer(layer.name, layer.columns, legacy, layer.shapes)
    with tempfile.TemporaryDirectory() as folder:
        shp = Path(folder) / f"{layer.name}.shp"
        raw.write(
            shp, _wkb(seen.shapes), _columns(seen), list(seen.columns), driver="ESRI Shapefile",
            geometry_type="Polygon", crs=f"EPSG:{srid}", encoding="ISO-8859-1", RESIZE="YES",
        )  # fmt: skip
        parts = {end: shp.with_suffix(end).read_bytes() for end in (".shp", ".shx", ".dbf", ".prj")}
    dbf = bytearray(parts[".dbf"])
    dbf[DBF_DATE_AT : DBF_DATE_AT + 3] = DBF_DATE
    dbf[DBF_LANGUAGE_AT] = 0  # no code page said, as in real deliveries
    parts[".dbf"] = bytes(dbf)
    path.write_bytes(zipped({layer.name + end: body for end, body in parts.items()}))


def zipped(files: dict[str, bytes]) -> bytes:
    """Give a zip whose bytes depend on the files alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, body)
    return target.getvalue()
