"""A commune's ground as arrays: what every geometry and coverage rule looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.validators.rings import Flags, Geometries, Integers, Polygons, polygons_of

#: What stands for a parcel's id where a unit is a land-occupying object.
NO_PARCEL = -1


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
class Units:
    """Who the pieces of ground are: parcels (`parcel_id`) and land-occupying objects, by column.

    Keys of parcels are ``sheet/parcel``; a scale of 0 is unknown. `from_other_zone` marks units that were
    reprojected into `srid`, whose vertices therefore meet their neighbours' within a centimetre only.
    """

    srid: int
    commune_id: Integers
    parcel_id: Integers
    key: Geometries
    scale_denominator: Integers
    from_other_zone: Flags
    commune_codes: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.parcel_id)

    def take(self, which: Integers | Flags) -> "Units":
        """Give the units chosen by index or mask."""
        return replace(
            self,
            commune_id=self.commune_id[which],
            parcel_id=self.parcel_id[which],
            key=self.key[which],
            scale_denominator=self.scale_denominator[which],
            from_other_zone=self.from_other_zone[which],
        )

    def in_srid(self, srid: int) -> "Units":
        """Give the units as seen from another zone: those drawn here were drawn elsewhere, and the reverse."""
        return self if srid == self.srid else replace(self, srid=srid, from_other_zone=~self.from_other_zone)

    def ranks(self) -> Integers:
        """Give each unit's place in the order findings name them: by commune, parcels before objects, then by key."""
        keys, is_object = self.key.tolist(), self.parcel_id == NO_PARCEL
        order: list[int] = []
        for commune in sorted(set(self.commune_id.tolist()), key=self.commune_codes.__getitem__):
            here = self.commune_id == commune
            for members in (here & ~is_object, here & is_object):
                order += sorted(np.flatnonzero(members).tolist(), key=keys.__getitem__)
        rank = np.empty(len(self), dtype=np.int64)
        rank[order] = np.arange(len(self))
        return rank

    def is_parcel(self, unit: int) -> bool:
        """Tell whether a unit is a parcel rather than a land-occupying object."""
        return bool(self.parcel_id[unit] != NO_PARCEL)

    def key_of(self, unit: int) -> str:
        """Give the unit's stable name within its commune."""
        return str(self.key[unit])

    def id_of(self, unit: int) -> int | None:
        """Give the parcel's id; None for an object."""
        return int(self.parcel_id[unit]) if self.is_parcel(unit) else None

    def code_of(self, unit: int) -> str:
        """Give the code of the unit's commune."""
        return self.commune_codes[int(self.commune_id[unit])]

    def coarser_scale(self, units: Sequence[int]) -> int:
        """Give the scale denominator of the coarsest sheet among units; 0 when no scale is known."""
        return max((int(self.scale_denominator[unit]) for unit in units if self.is_parcel(unit)), default=0)

    def crosses_zones(self, units: Sequence[int]) -> bool:
        """Tell whether units that were drawn in different zones meet."""
        return len({bool(self.from_other_zone[unit]) for unit in units}) > 1

    def crosses_communes(self, units: Sequence[int]) -> bool:
        """Tell whether units of different communes meet."""
        return len({int(self.commune_id[unit]) for unit in units}) > 1


def joined_units(parts: Sequence[Units]) -> Units:
    """Give the units of several communes as one table, all in the first one's CRS."""
    codes: dict[int, str] = {}
    for part in parts:
        codes.update(part.commune_codes)
    return Units(
        srid=parts[0].srid,
        commune_id=np.concatenate([part.commune_id for part in parts]),
        parcel_id=np.concatenate([part.parcel_id for part in parts]),
        key=np.concatenate([part.key for part in parts]),
        scale_denominator=np.concatenate([part.scale_denominator for part in parts]),
        from_other_zone=np.concatenate([part.from_other_zone for part in parts]),
        commune_codes=codes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class CommuneFabric:
    """Parcels and land-occupying objects of one commune in one CRS (metres).

    Both together are *units*: indexes below `parcel_count` are parcels, the others objects.
    """

    commune_id: int
    units: Units
    polygons: Polygons
    boundary: BaseGeometry | None = None
    unusable: tuple[UnusableParcel, ...] = field(default=())

    @property
    def srid(self) -> int:
        """Give the CRS of all coordinates."""
        return self.units.srid

    @property
    def parcel_count(self) -> int:
        """Give the number of parcels with a usable polygon."""
        return int(np.count_nonzero(self.units.parcel_id != NO_PARCEL))

    @property
    def commune_code(self) -> str:
        """Give the code that findings name the commune by."""
        return self.units.commune_codes[self.commune_id]


def build_fabric(
    commune_id: int,
    srid: int,
    parcels: Sequence[tuple[int, str, int, BaseGeometry]],
    *,
    objects: Sequence[tuple[str, BaseGeometry]] = (),
    boundary: BaseGeometry | None = None,
    unusable: Sequence[UnusableParcel] = (),
    from_other_zone: Sequence[bool] | None = None,
    commune_code: str | None = None,
) -> CommuneFabric:
    """Give the fabric of parcels (id, key, scale, polygon) and objects (key, polygon).

    An invalid polygon is taken out and counted as unusable: GEOS promises nothing about it, and one such
    neighbour would spoil the findings about sound parcels. Units are sorted by key: an overlay's last bits
    depend on the order of its operands, and a finding shall not depend on the order of a file.
    """
    zones = list(from_other_zone) if from_other_zone is not None else [False] * (len(parcels) + len(objects))
    rows = [(*parcel, zone) for parcel, zone in zip(parcels, zones[: len(parcels)], strict=True)]
    rows.sort(key=lambda row: (row[1], row[0]))
    object_rows = [
        (NO_PARCEL, key, 0, geom, zone) for (key, geom), zone in zip(objects, zones[len(parcels) :], strict=True)
    ]
    object_rows.sort(key=lambda row: (row[1], row[3].bounds))
    geoms = _array([row[3] for row in (*rows, *object_rows)])
    usable = _is_usable(geoms)
    broken = [_unusable(rows[index]) for index in np.flatnonzero(~usable[: len(rows)]).tolist()]
    kept = [row for row, is_usable in zip((*rows, *object_rows), usable.tolist(), strict=True) if is_usable]
    units = Units(
        srid=srid,
        commune_id=np.full(len(kept), commune_id, dtype=np.int64),
        parcel_id=np.array([row[0] for row in kept], dtype=np.int64),
        key=_array([row[1] for row in kept]),
        scale_denominator=np.array([row[2] for row in kept], dtype=np.int64),
        from_other_zone=np.array([row[4] for row in kept], dtype=bool),
        commune_codes={commune_id: commune_code or str(commune_id)},
    )
    return CommuneFabric(commune_id, units, polygons_of(geoms[usable]), boundary, (*unusable, *broken))


def _array(members: Sequence[Any]) -> Geometries:
    """Give an object array even where numpy would look into the members."""
    array = np.empty(len(members), dtype=object)
    array[:] = members
    return array


def _is_usable(geoms: Geometries) -> Flags:
    areal = np.isin(shapely.get_type_id(geoms), (3, 6))
    return np.asarray(areal & ~shapely.is_empty(geoms) & shapely.is_valid(geoms), dtype=bool)


def _unusable(parcel: tuple[int, str, int, BaseGeometry, bool]) -> UnusableParcel:
    """Give the parcel with GEOS's reason and the place it names, such as ``Self-intersection[3 4]``."""
    reason, _, place = str(shapely.is_valid_reason(parcel[3])).partition("[")
    numbers: list[Any] = place.rstrip("]").split()
    point = (float(numbers[0]), float(numbers[1])) if len(numbers) >= 2 else None
    return UnusableParcel(parcel[0], parcel[1], reason.strip(), point)
