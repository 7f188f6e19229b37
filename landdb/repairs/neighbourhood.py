"""The ground around one fault, as a repair sees it: polygons in one CRS, and what is known of each."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.area_limits import point_error_m
from landdb.validators.fabric import CommuneFabric, UnusableParcel, build_fabric
from landdb.validators.rings import Geometries

#: West, south, east, north in metres of a CRS.
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Unit:
    """A parcel or a land-occupying object with what decides who gives and who takes.

    `geom` is in the neighbourhood's CRS; None for a parcel whose delivered ring is no polygon (then
    `delivered` is what came). `drawn_since` is from when its delivery counts. `version`
    binds a proposal to what it was made for. Areas in m². Of a very large object `geom` is what lies here, and
    `whole` all of it.
    """

    unit_id: int
    is_parcel: bool
    version: int
    commune_id: int
    key: str
    geom: BaseGeometry | None
    scale_denominator: int = 0
    legal_area_m2: float | None = None
    registered_area_m2: float | None = None
    drawn_since: dt.date | None = None
    has_right: bool = False
    has_certificate: bool = False
    is_agricultural: bool = False
    is_from_other_zone: bool = False
    delivered: BaseGeometry | None = None
    whole: BaseGeometry | None = None

    @property
    def known_area_m2(self) -> float | None:
        """Give the area on paper: the certificate's, else the survey document's."""
        return self.legal_area_m2 if self.legal_area_m2 is not None else self.registered_area_m2

    @property
    def label(self) -> str:
        """Give the name that people know: sheet/parcel, or the object's kind and name."""
        return self.key.partition("#")[0]


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Units around a fault in one CRS (metres); both parcels and objects, in one order.

    `boundary` is the commune's; `commune_id` is the commune whose finding is looked at. Very large objects are cut
    to `cut`.
    """

    commune_id: int
    srid: int
    units: tuple[Unit, ...]
    boundary: BaseGeometry | None = None
    cut: Rectangle | None = None

    @cached_property
    def usable(self) -> tuple[int, ...]:
        """Give the indexes of units that have a polygon."""
        return tuple(index for index, unit in enumerate(self.units) if unit.geom is not None)

    @cached_property
    def geoms(self) -> Geometries:
        """Give the polygons of all units, None where there is none."""
        array = np.empty(len(self.units), dtype=object)
        array[:] = [unit.geom for unit in self.units]
        return array

    def geom(self, index: int) -> BaseGeometry:
        """Give the polygon of a unit that has one."""
        geom: BaseGeometry = self.geoms[index]
        return geom

    def parcel_index(self, parcel_id: int | None) -> int | None:
        """Give the index of a parcel, None when it is not here."""
        found = (i for i, unit in enumerate(self.units) if unit.is_parcel and unit.unit_id == parcel_id)
        return next(found, None)

    def named(self, subject: str) -> list[int]:
        """Give the indexes of the units that a finding's subject names."""
        numbers = {unit.key: index for index, unit in enumerate(self.units)}
        return [numbers[key] for key in subject.split("|") if key in numbers]

    def near(self, geom: BaseGeometry, distance_m: float) -> list[int]:
        """Give the usable units within a distance of a geometry, ascending."""
        members = np.array(self.usable, dtype=np.int64)
        found: list[int] = members[shapely.dwithin(self.geoms[members], geom, distance_m)].tolist()
        return found

    def accuracy_m(self, index: int) -> float:
        """Give how far a boundary point of this unit may lie from the truth: the class of its survey.

        An object was drawn on the sheets around it, so it has the class of the coarsest of these.
        """
        unit = self.units[index]
        if unit.is_parcel:
            return point_error_m(unit.scale_denominator, agricultural=unit.is_agricultural)
        classes = [self.accuracy_m(other) for other, found in enumerate(self.units) if found.is_parcel]
        return max(classes, default=point_error_m(None))

    def fabric(self, redrawn: Mapping[int, BaseGeometry] | None = None, closed: Iterable[int] = ()) -> CommuneFabric:
        """Give the neighbourhood as the array rules look at it, with some units redrawn and some gone."""
        redrawn, gone = redrawn or {}, set(closed)
        geoms = {i: redrawn.get(i, unit.geom) for i, unit in enumerate(self.units) if i not in gone}
        here = [i for i, geom in geoms.items() if geom is not None]
        parcels = [i for i in here if self.units[i].is_parcel]
        objects = [i for i in here if not self.units[i].is_parcel]
        return build_fabric(
            self.commune_id,
            self.srid,
            [(self.units[i].unit_id, self.units[i].key, self.units[i].scale_denominator, geoms[i]) for i in parcels],
            objects=[(self.units[i].key, geoms[i]) for i in objects],
            boundary=self.boundary,
            unusable=self._unusable(geoms),
            from_other_zone=[self.units[i].is_from_other_zone for i in (*parcels, *objects)],
        )

    def _unusable(self, geoms: Mapping[int, BaseGeometry | None]) -> Sequence[UnusableParcel]:
        return [
            UnusableParcel(self.units[i].unit_id, self.units[i].key, "unusable ring", None)
            for i, geom in geoms.items()
            if geom is None and self.units[i].is_parcel
        ]
