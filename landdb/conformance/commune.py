"""One commune of an invented fabric: parcels, roads and water that cover its ground exactly, on a 1 mm grid."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.conformance.chains import draw, line_up, settle, thickness_of_edges, to_polygons
from landdb.conformance.inlays import Ground, inlay, inlay_count, merge_apart
from landdb.conformance.numbering import number_parcels
from landdb.conformance.province import COMMUNE, FabricPlan, plan_fabric
from landdb.conformance.splitting import CONNECTED_STRIPS, KINDS, PARCEL, USUAL_STRIPS, extents_m, subdivide
from landdb.conformance.walls import Flags, Floats, Integers, Walls

Geometries = NDArray[np.object_]

#: The zone that fabrics are drawn in: VN-2000, central meridian 105°.
SRID = 5897
_FIRST_CODE = 99_001


@dataclass(frozen=True, slots=True, eq=False)
class FabricCommune:
    """A commune's ground as a surveyor delivers it.

    Parcels come with sheet, number, scale denominator, registered area and land use (`land_use` of the code
    list); objects with their kind. `boundary` has the very vertices of the parcels and objects along it.
    `open_ring` marks parcels that are delivered without their ring's last vertex, which no geometry library
    can hold: here they are closed. Coordinates are VN-2000 metres in `srid`, those of parcels in `parcel_srid`,
    because a commune can hold sheets of two zones. Everything is invented, the province code 099 included.
    """

    index: int
    commune_code: str
    srid: int
    parcels: Geometries
    sheet_no: Integers
    parcel_no: Integers
    scale_denominator: Integers
    legal_area_m2: Floats
    land_use: NDArray[np.str_]
    objects: Geometries
    object_kind: NDArray[np.str_]
    object_no: Integers
    boundary: BaseGeometry
    parcel_srid: Integers
    open_ring: Flags

    @property
    def keys(self) -> tuple[str, ...]:
        """Give each parcel's working key within the commune, such as ``3/118``."""
        return tuple(f"{sheet}/{number}" for sheet, number in zip(self.sheet_no, self.parcel_no, strict=True))

    @property
    def object_keys(self) -> tuple[str, ...]:
        """Give each object's name within the commune, such as ``road:12``."""
        return tuple(f"{kind}:{number}" for kind, number in zip(self.object_kind, self.object_no, strict=True))


def make_fabric(seed: int, parcel_count: int, *, communes: int | None = None) -> Iterator[FabricCommune]:
    """Give the communes of a fabric one by one, so that no more than one need be held."""
    plan = plan_fabric(seed, parcel_count, communes)
    for index in range(plan.commune_count):
        yield make_commune(plan, index)


def make_commune(plan: FabricPlan, index: int) -> FabricCommune:
    """Give one commune of a plan; the same whether the others are made or not.

    Once in a few hundred communes a bend strays over another edge: then the dice are thrown again.
    """
    attempts = (_attempt(plan, index, attempt) for attempt in count())
    return next(commune for commune in attempts if _is_exact(commune))


def _is_exact(commune: FabricCommune) -> bool:
    ground = np.concatenate([commune.parcels, commune.objects])
    return bool(shapely.is_valid(ground).all() and shapely.coverage_is_valid(ground))


def _attempt(plan: FabricPlan, index: int, attempt: int) -> FabricCommune:
    rng = np.random.default_rng([plan.seed, COMMUNE, index, attempt])
    inlays = inlay_count(plan.parcel_counts[index])
    ground = _ground(plan, index, plan.parcel_counts[index] - inlays.added, rng)
    ground = merge_apart(inlay(ground, inlays, rng), inlays)
    numbered = number_parcels(ground.parcels, rng)
    return FabricCommune(
        index=index,
        commune_code=str(_FIRST_CODE + index),
        srid=SRID,
        parcels=ground.parcels[numbered.order],
        sheet_no=numbered.sheet_no,
        parcel_no=numbered.parcel_no,
        scale_denominator=numbered.scale_denominator,
        legal_area_m2=numbered.legal_area_m2,
        land_use=numbered.land_use,
        objects=ground.objects,
        object_kind=np.array(KINDS)[ground.object_kind],
        object_no=np.arange(1, len(ground.objects) + 1),
        boundary=shapely.Polygon(plan.outline(index)),
        parcel_srid=np.full(len(numbered.order), SRID),
        open_ring=np.zeros(len(numbered.order), dtype=bool),
    )


def _ground(plan: FabricPlan, index: int, parcel_count: int, rng: np.random.Generator) -> Ground:
    """Give the polygons of a commune before enclaves are cut in."""
    sides = [side.nominal for side in plan.sides(index)]
    walls = Walls(sides, capacity=4 * parcel_count + 4_000, fixed=True)
    strips = CONNECTED_STRIPS if plan.roads_connected else USUAL_STRIPS
    quads = subdivide(walls, parcel_count, rng, strips)
    nodes, stands_for = line_up(walls)
    position = settle(walls, plan.relief, stands_for, plan.outline(index))
    thickness_m = thickness_of_edges(nodes, quads, extents_m(walls, quads).min(axis=1))
    chains = draw(walls, nodes, position, thickness_m, plan.relief, rng)
    polygons = to_polygons(*chains.polygons(nodes, quads))
    is_parcel = quads.kind == PARCEL
    return Ground(polygons[is_parcel], polygons[~is_parcel], quads.kind[~is_parcel])
