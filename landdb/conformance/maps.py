"""The map of a kit as files: a GeoPackage, and GeoJSON on a fixed grid."""

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyogrio import raw, set_gdal_config_options

from landdb.conformance.commune import FabricCommune

Geometries = NDArray[np.object_]

#: Coordinates are written to a tenth of a millimetre. Sound vertices lie on whole millimetres, so that rounding
#: moves only what a fault moved, and neighbours stay exactly together.
DECIMALS = 4
GEOPACKAGE = "fabric.gpkg"
#: The same map is the same bytes, whenever it was written.
_WRITTEN_AT = "2026-01-01T00:00:00.000Z"
_POLYGON_WKB = struct.Struct("<BIII")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer in one zone: columns by name, geometries, and which of these lack their ring's last vertex."""

    name: str
    srid: int
    columns: dict[str, NDArray[Any]]
    geoms: Geometries
    open_ring: NDArray[np.bool_]

    @property
    def wkb(self) -> Geometries:
        """Give the geometries as WKB, open rings open."""
        written: Geometries = shapely.to_wkb(self.geoms, byte_order=1)
        for index in np.flatnonzero(self.open_ring):
            written[index] = _open_wkb(self.geoms[index])
        return written


def layers_of(communes: Sequence[FabricCommune]) -> list[Layer]:
    """Give the layers: parcels, land objects and commune boundaries of each zone, named by its EPSG code."""
    parts = [part for commune in communes for part in _parts(commune)]
    names = sorted({(part.name, part.srid) for part in parts}, key=lambda key: (key[1], key[0]))
    return [_joined([part for part in parts if (part.name, part.srid) == key]) for key in names]


def write_geopackage(folder: Path, layers: Sequence[Layer]) -> Path:
    """Give the path of the GeoPackage, written anew."""
    path = folder / GEOPACKAGE
    path.unlink(missing_ok=True)
    set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN_AT})
    for layer in layers:
        known = path.exists()
        raw.write(
            path,
            layer.wkb,
            list(layer.columns.values()),
            list(layer.columns),
            layer=layer.name,
            driver="GPKG",
            geometry_type="Unknown",
            crs=f"EPSG:{layer.srid}",
            append=known,
            dataset_options={} if known else {"VERSION": "1.2"},
        )
    set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return path


def write_geojson(folder: Path, layer: Layer) -> Path:
    """Give the path of a layer as GeoJSON in metres, its CRS named as GeoJSON did in 2008.

    Degrees with seven decimals, as RFC 7946 advises, would move every vertex by up to five millimetres.
    """
    path = folder / f"{layer.name}.geojson"
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{layer.srid}"}}
    with path.open("w", encoding="utf-8") as target:
        target.write(
            f'{{"type": "FeatureCollection", "name": "{layer.name}", "crs": {json.dumps(crs)}, "features": [\n'
        )
        target.write(",\n".join(json.dumps(feature) for feature in _features(layer)))
        target.write("\n]}\n")
    return path


def _features(layer: Layer) -> Iterator[dict[str, Any]]:
    rows = zip(*(column.tolist() for column in layer.columns.values()), strict=True)
    for row, geom, is_open in zip(rows, layer.geoms, layer.open_ring.tolist(), strict=True):
        geometry = json.loads(shapely.to_geojson(geom))
        if is_open:
            geometry["coordinates"] = [ring[:-1] for ring in geometry["coordinates"]]
        yield {"type": "Feature", "properties": dict(zip(layer.columns, row, strict=True)), "geometry": geometry}


def _parts(commune: FabricCommune) -> Iterator[Layer]:
    """Give a commune's share of each layer."""
    code, never = commune.commune_code, np.zeros(len(commune.objects), dtype=bool)
    for srid in np.unique(commune.parcel_srid).tolist():
        here = commune.parcel_srid == srid
        columns: dict[str, NDArray[Any]] = {
            "commune_code": np.full(int(here.sum()), code, dtype=object),
            "sheet_no": commune.sheet_no[here].astype(str).astype(object),
            "parcel_no": commune.parcel_no[here],
            "scale_denominator": commune.scale_denominator[here],
            "legal_area_m2": commune.legal_area_m2[here],
            "land_use": commune.land_use[here].astype(object),
        }
        yield Layer(f"parcel_{srid}", srid, columns, _rounded(commune.parcels[here]), commune.open_ring[here])
    objects = {
        "commune_code": np.full(len(never), code, dtype=object),
        "object_kind": commune.object_kind.astype(object),
        "object_name": commune.object_no.astype(str).astype(object),
    }
    yield Layer(f"land_object_{commune.srid}", commune.srid, objects, _rounded(commune.objects), never)
    boundary = {"commune_code": np.array([code], dtype=object), "object_name": np.array([f"Mẫu {code}"], dtype=object)}
    geoms = _rounded(np.array([commune.boundary], dtype=object))
    yield Layer(f"commune_boundary_{commune.srid}", commune.srid, boundary, geoms, np.zeros(1, dtype=bool))


def _joined(parts: Sequence[Layer]) -> Layer:
    first = parts[0]
    return Layer(
        first.name,
        first.srid,
        {name: np.concatenate([part.columns[name] for part in parts]) for name in first.columns},
        np.concatenate([part.geoms for part in parts]),
        np.concatenate([part.open_ring for part in parts]),
    )


def _rounded(geoms: Geometries) -> Geometries:
    rounded: Geometries = shapely.transform(geoms, lambda xy: xy.round(DECIMALS))
    return rounded


def _open_wkb(polygon: shapely.Polygon) -> bytes:
    """Give a polygon of one ring as WKB without the ring's last vertex."""
    ring = shapely.get_coordinates(polygon.exterior)[:-1]
    return _POLYGON_WKB.pack(1, 3, 1, len(ring)) + bytes(ring.astype("<f8").tobytes())
