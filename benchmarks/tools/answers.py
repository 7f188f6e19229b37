"""What every tool gets and gives: the kit's ground as arrays, and findings."""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from landdb.conformance.scoring import ToolFinding

SRID = 5897
#: Smaller faces are what noding leaves; every tool's answers are freed of them alike.
NOISE_M2 = 0.003


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said about a kit."""

    version: str
    command: str
    findings: list[ToolFinding]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The polygons of a kit in one zone, parcels first, with their names."""

    folder: Path
    geoms: NDArray[np.object_]
    names: list[str]
    boundaries: NDArray[np.object_]

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Tell which polygons are valid."""
        flags: NDArray[np.bool_] = shapely.is_valid(self.geoms)
        return flags

    def named(self, units: Iterable[int]) -> frozenset[str]:
        """Give the names of polygons by number."""
        return frozenset(self.names[unit] for unit in units)

    def invalid(self) -> list[ToolFinding]:
        """Give what `is_valid` says, for tools that come with it."""
        return [
            ToolFinding("invalid", _fault_point(self.geoms[unit]), self.named([int(unit)]))
            for unit in np.flatnonzero(~self.valid)
        ]


def read_ground(folder: Path) -> Ground:
    """Give the ground of a kit that was written in one zone; open rings are closed, as most readers do."""
    parcels, objects = _read(folder, f"parcel_{SRID}"), _read(folder, f"land_object_{SRID}")
    names = ["/".join(map(str, row)) for row in zip(*parcels[1][:3], strict=True)]
    names += [f"{code}/{kind}:{name}" for code, kind, name in zip(*objects[1][:3], strict=True)]
    return Ground(folder, np.concatenate([parcels[0], objects[0]]), names, _read(folder, f"commune_boundary_{SRID}")[0])


def write_units(ground: Ground, path: Path, *, only_valid: bool = False) -> None:
    """Write all polygons as one GeoJSON layer with their number in `unit`."""
    kept = np.flatnonzero(ground.valid) if only_valid else np.arange(len(ground.geoms))
    features = [
        {"type": "Feature", "properties": {"unit": int(unit)}, "geometry": json.loads(shapely.to_geojson(geom))}
        for unit, geom in zip(kept, ground.geoms[kept], strict=True)
    ]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{SRID}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), "utf-8")


def areal(kind: str, geoms: Iterable[shapely.Geometry], names: Iterable[frozenset[str]]) -> list[ToolFinding]:
    """Give one finding for each polygon of some geometries, without what noding left."""
    found = []
    for geom, named in zip(geoms, names, strict=True):
        parts = shapely.get_parts(shapely.get_parts(geom))
        areas = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > NOISE_M2)]
        found += [ToolFinding(kind, part, named) for part in areas]
    return found


def program(variable: str, name: str) -> str | None:
    """Give the path of a program: what the environment variable says, else what is on the path."""
    return os.environ.get(variable) or shutil.which(name)


def _read(folder: Path, layer: str) -> tuple[NDArray[np.object_], list[NDArray[np.object_]]]:
    read = pyogrio.raw.read(folder / "fabric.gpkg", layer=layer)
    return shapely.from_wkb(read[2], on_invalid="fix"), read[3]


def _fault_point(geom: shapely.Geometry) -> shapely.Geometry:
    """Give the place that GEOS names, such as ``Self-intersection[3 4]``."""
    place = shapely.is_valid_reason(geom).partition("[")[2].rstrip("]").split()
    return shapely.Point(float(place[0]), float(place[1]))
