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
#: The ground as it is; all roads one polygon; half of the nearly collinear vertices dropped.
VARIANTS = ("plain", "t_dropped", "giant_road")


def kept(parcels: int, variant: str = "plain") -> list[Path]:
    """Give the files of a fabric, written if they are not there yet."""
    folder = measure.DATA / f"fabric_{variant}_{parcels}"
    plan = plan_fabric(SEED, parcels, roads_connected=variant == "giant_road")
    files = [commune_file(folder, index) for index in range(plan.commune_count)]
    if not all(path.exists() for path in files):
        for commune in _made(parcels, variant):
            write_commune(folder, commune)
    return files


def load(parcels: int, variant: str = "plain") -> list[FabricCommune]:
    """Give the communes of a fabric."""
    return [read_commune(path) for path in kept(parcels, variant)]


def _made(parcels: int, variant: str) -> Iterator[FabricCommune]:
    plan = plan_fabric(SEED, parcels, roads_connected=variant == "giant_road")
    communes = (make_commune(plan, index) for index in range(plan.commune_count))
    if variant == "giant_road":
        yield from _with_giant_road(list(communes))
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
