"""The generated fabrics that coverage checks are measured on, made once and kept in benchmarks/data."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import measure
from landdb.conformance.commune import FabricCommune, make_commune
from landdb.conformance.province import plan_fabric
from landdb.conformance.storage import commune_file, read_commune, write_commune
from landdb.conformance.variants import giant_road, without_half_the_t_vertices

SEED = 1
#: The ground as it is; half of the nearly collinear vertices dropped; all roads one polygon; those of as many communes
#: beside each other as make a road of 281,000 vertices.
VARIANTS = ("plain", "t_dropped", "giant_road", "long_road")
_LONG_ROAD_COMMUNES = 68


def kept(parcels: int, variant: str = "plain") -> list[Path]:
    """Give the files of a fabric, written if they are not there yet."""
    folder = measure.DATA / f"fabric_{variant}_{parcels}"
    plan = plan_fabric(SEED, parcels, roads_connected=variant.endswith("road"))
    files = [commune_file(folder, index) for index in range(plan.commune_count)]
    if not all(path.exists() for path in files):
        for commune in _made(parcels, variant):
            write_commune(folder, commune)
    return files


def load(parcels: int, variant: str = "plain") -> list[FabricCommune]:
    """Give the communes of a fabric."""
    return [read_commune(path) for path in kept(parcels, variant)]


def _made(parcels: int, variant: str) -> Iterator[FabricCommune]:
    plan = plan_fabric(SEED, parcels, roads_connected=variant.endswith("road"))
    communes = (make_commune(plan, index) for index in range(plan.commune_count))
    if variant.endswith("road"):
        made = list(communes)
        start = made[0].boundary
        made.sort(key=lambda commune: start.distance(commune.boundary.centroid))
        count = len(made) if variant == "giant_road" else _LONG_ROAD_COMMUNES
        yield from (*_with_giant_road(made[:count]), *made[count:])
    elif variant == "t_dropped":
        yield from (without_half_the_t_vertices(commune, SEED) for commune in communes)
    else:
        yield from communes


def _with_giant_road(communes: list[FabricCommune]) -> list[FabricCommune]:
    """Give the communes with the one road among the objects of the first."""
    rest, road = giant_road(communes)
    first = rest[0]
    rest[0] = replace(
        first,
        objects=np.append(first.objects, np.array([road], dtype=object)),
        object_kind=np.append(first.object_kind, "road"),
        object_no=np.append(first.object_no, first.object_no.max(initial=0) + 1),
    )
    return rest
