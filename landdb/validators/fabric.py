"""A commune's ground as arrays: what every geometry and coverage rule looks at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Geometries = NDArray[np.object_]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UnusableParcel:
    """A parcel whose delivered ring is no polygon: where it would be, it leaves a hole.

    `point` is where the ring is at fault, in the fabric's CRS.
    """

    parcel_id: int
    key: str
    reason: str
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class CommuneFabric:
    """Parcels and land-occupying objects of one commune in one CRS (metres).

    Both together are *units*: indexes below `parcel_count` are parcels, the others objects. `keys` are
    ``sheet/parcel``; a scale of 0 is unknown. `from_other_zone` marks units that were reprojected, whose
    vertices therefore meet their neighbours' within a centimetre only.
    """

    commune_id: int
    srid: int
    parcel_id: Integers
    keys: tuple[str, ...]
    scale_denominator: Integers
    geoms: Geometries
    objects: Geometries
    object_keys: tuple[str, ...]
    from_other_zone: Flags
    boundary: BaseGeometry | None = None
    unusable: tuple[UnusableParcel, ...] = field(default=())

    @property
    def parcel_count(self) -> int:
        """Give the number of parcels with a usable polygon."""
        return len(self.geoms)

    @property
    def units(self) -> Geometries:
        """Give the polygons of all parcels, then of all objects."""
        return np.concatenate([self.geoms, self.objects])

    def is_parcel(self, unit: int) -> bool:
        """Tell whether a unit is a parcel rather than a land-occupying object."""
        return unit < self.parcel_count

    def key_of(self, unit: int) -> str:
        """Give the unit's stable name."""
        return self.keys[unit] if self.is_parcel(unit) else self.object_keys[unit - self.parcel_count]

    def id_of(self, unit: int) -> int | None:
        """Give the parcel's id; None for an object."""
        return int(self.parcel_id[unit]) if self.is_parcel(unit) else None

    def coarser_scale(self, units: Sequence[int]) -> int:
        """Give the scale denominator of the coarsest sheet among units; 0 when no scale is known."""
        return max((int(self.scale_denominator[unit]) for unit in units if self.is_parcel(unit)), default=0)

    def crosses_zones(self, units: Sequence[int]) -> bool:
        """Tell whether units that were drawn in different zones meet."""
        return len({bool(self.from_other_zone[unit]) for unit in units}) > 1


def build_fabric(
    commune_id: int,
    srid: int,
    parcels: Sequence[tuple[int, str, int, BaseGeometry]],
    *,
    objects: Sequence[tuple[str, BaseGeometry]] = (),
    boundary: BaseGeometry | None = None,
    unusable: Sequence[UnusableParcel] = (),
    from_other_zone: Sequence[bool] | None = None,
) -> CommuneFabric:
    """Give the fabric of parcels (id, key, scale, polygon) and objects (key, polygon).

    An invalid polygon is taken out and counted as unusable: GEOS promises nothing about it, and one such
    neighbour would spoil the findings about sound parcels. Units are sorted by key: an overlay's last bits
    depend on the order of its operands, and a finding shall not depend on the order of a file.
    """
    zones = list(from_other_zone) if from_other_zone is not None else [False] * (len(parcels) + len(objects))
    parcel_order = sorted(range(len(parcels)), key=lambda index: (parcels[index][1], parcels[index][0]))
    object_order = sorted(range(len(objects)), key=lambda index: (objects[index][0], objects[index][1].bounds))
    zones = [zones[index] for index in (*parcel_order, *(len(parcels) + index for index in object_order))]
    parcels = [parcels[index] for index in parcel_order]
    objects = [objects[index] for index in object_order]
    geoms, object_geoms = _array([parcel[3] for parcel in parcels]), _array([item[1] for item in objects])
    usable, object_usable = _is_usable(geoms), _is_usable(object_geoms)
    broken = [_unusable(parcels[index]) for index in np.flatnonzero(~usable).tolist()]
    kept = np.flatnonzero(usable).tolist()
    return CommuneFabric(
        commune_id=commune_id,
        srid=srid,
        parcel_id=np.array([parcels[index][0] for index in kept], dtype=np.int64),
        keys=tuple(parcels[index][1] for index in kept),
        scale_denominator=np.array([parcels[index][2] for index in kept], dtype=np.int64),
        geoms=geoms[usable],
        objects=object_geoms[object_usable],
        object_keys=tuple(objects[index][0] for index in np.flatnonzero(object_usable).tolist()),
        from_other_zone=np.array(zones, dtype=bool)[np.concatenate([usable, object_usable])],
        boundary=boundary,
        unusable=(*unusable, *broken),
    )


def _array(geoms: Sequence[BaseGeometry]) -> Geometries:
    """Give an object array even where numpy would look into the geometries."""
    array = np.empty(len(geoms), dtype=object)
    array[:] = geoms
    return array


def _is_usable(geoms: Geometries) -> Flags:
    areal = np.isin(shapely.get_type_id(geoms), (3, 6))
    return np.asarray(areal & ~shapely.is_empty(geoms) & shapely.is_valid(geoms), dtype=bool)


def _unusable(parcel: tuple[int, str, int, BaseGeometry]) -> UnusableParcel:
    """Give the parcel with GEOS's reason and the place it names, such as ``Self-intersection[3 4]``."""
    reason, _, place = str(shapely.is_valid_reason(parcel[3])).partition("[")
    numbers: list[Any] = place.rstrip("]").split()
    point = (float(numbers[0]), float(numbers[1])) if len(numbers) >= 2 else None
    return UnusableParcel(parcel[0], parcel[1], reason.strip(), point)
