"""The ground that faults are planted on: who touches whom, what is taken, what has changed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.conformance.commune import FabricCommune
from landdb.conformance.walls import Flags, Integers

Geometries = NDArray[np.object_]


class NoSiteError(Exception):
    """The parcel does not suit the fault."""


@dataclass(slots=True)
class Draft:
    """Changes to the ground that are not made yet: units redrawn or removed (None), added, or left open."""

    changed: dict[int, BaseGeometry | None] = field(default_factory=dict)
    added: dict[int, BaseGeometry] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)


class Board:
    """All units of a fabric: parcels and objects by running number, those added later at the end."""

    def __init__(
        self,
        communes: Sequence[FabricCommune],
        *,
        other_zone: Collection[int] = (),
        zone_sheets: Collection[tuple[int, int]] = (),
    ) -> None:
        """Lay out communes that all are in one zone still.

        Those at the places `other_zone`, and the sheets `zone_sheets` (place, number), get another one later.
        """
        self.communes = list(communes)
        self._other_zone = frozenset(other_zone)
        self._zone_sheets = frozenset(f"{place}/{sheet}" for place, sheet in zone_sheets)
        self.geoms: list[BaseGeometry | None] = []
        self.commune: list[int] = []
        self.key: list[str] = []
        self.scale: list[int] = []
        self.is_parcel: list[bool] = []
        for place, commune in enumerate(self.communes):
            self._enter(place, commune)
        self.original: Geometries = np.array(self.geoms, dtype=object)
        self.tree = shapely.STRtree(self.original)
        self._last_no = self._last_numbers()
        self._like: dict[int, int] = {}
        self._opened: set[int] = set()
        self._taken: set[int] = set()
        self._near: set[int] = set()
        whole = shapely.coverage_union_all(np.array([commune.boundary for commune in self.communes]))
        self.rim: BaseGeometry = whole.boundary
        shapely.prepare(self.rim)
        self.at_border = self._touches_border()
        self._pools = self._sort_into_pools()

    def _enter(self, place: int, commune: FabricCommune) -> None:
        objects = commune.object_keys
        self.geoms += [*commune.parcels, *commune.objects]
        self.commune += [place] * (len(commune.parcels) + len(objects))
        self.key += [*commune.keys, *objects]
        self.scale += [*commune.scale_denominator.tolist(), *[0] * len(objects)]
        self.is_parcel += [*[True] * len(commune.parcels), *[False] * len(objects)]

    def _last_numbers(self) -> dict[tuple[int, str], int]:
        last: dict[tuple[int, str], int] = {}
        for place, commune in enumerate(self.communes):
            for sheet, number in zip(commune.sheet_no.tolist(), commune.parcel_no.tolist(), strict=True):
                last[place, str(sheet)] = max(number, last.get((place, str(sheet)), 0))
        return last

    def _touches_border(self) -> Flags:
        lines = np.array([commune.boundary.exterior for commune in self.communes], dtype=object)
        touches: Flags = shapely.intersects(self.original, lines[self.commune])
        return touches

    def _sort_into_pools(self) -> dict[str, Integers]:
        """Give the parcels by where they lie; `host` are those inside with a hole."""
        single = np.array(self.is_parcel) & (shapely.get_type_id(self.original) == 3)
        rim = self.at_border & shapely.intersects(self.original, self.rim)
        host = single & ~self.at_border & (shapely.get_num_interior_rings(self.original) > 0)
        flags = {"inland": single & ~self.at_border, "border": single & self.at_border, "rim": single & rim}
        return {name: np.flatnonzero(flag) for name, flag in (*flags.items(), ("host", host))}

    def pool(self, name: str) -> Integers:
        """Give the parcels that lie so: ``inland``, ``border``, ``rim`` or ``host``."""
        return self._pools[name]

    def in_parts(self) -> list[int]:
        """Give the parcels that the fabric has in several parts."""
        parts = np.array(self.is_parcel[: len(self.original)]) & (shapely.get_type_id(self.original) == 6)
        return np.flatnonzero(parts).tolist()

    def zone(self, unit: int) -> bool:
        """Tell whether a unit will be delivered in the other zone."""
        sheet = f"{self.commune[unit]}/{self.key[unit].split('/')[0]}"
        return self.commune[unit] in self._other_zone or (self.is_parcel[unit] and sheet in self._zone_sheets)

    @property
    def parcels(self) -> Integers:
        """Give the numbers of all parcels that the fabric came with."""
        return np.flatnonzero(np.array(self.is_parcel[: len(self.original)]))

    def name(self, unit: int) -> str:
        """Give the unit's name with its commune's code."""
        return f"{self.communes[self.commune[unit]].commune_code}/{self.key[unit]}"

    def neighbours(self, unit: int) -> list[int]:
        """Give the units that touch a unit in the sound fabric."""
        found: list[int] = sorted(self.tree.query(self.original[unit], predicate="intersects").tolist())
        return [other for other in found if other != unit]

    def polygon(self, unit: int) -> shapely.Polygon:
        """Give the unit's polygon as it stands; a parcel in two parts is no site."""
        geom = self.geoms[unit]
        if not isinstance(geom, shapely.Polygon):
            raise NoSiteError
        return geom

    def number_like(self, draft: Draft, unit: int, geom: BaseGeometry) -> int:
        """Add a parcel to the draft with the next number of another parcel's sheet."""
        place, sheet = self.commune[unit], self.key[unit].split("/")[0]
        self._last_no[place, sheet] += 1
        self.geoms.append(None)
        self.commune.append(place)
        self.key.append(f"{sheet}/{self._last_no[place, sheet]}")
        self.scale.append(self.scale[unit])
        self.is_parcel.append(True)
        number = len(self.geoms) - 1
        self._like[number] = unit
        draft.added[number] = geom
        return number

    def is_free(self, units: Iterable[int]) -> bool:
        """Tell whether a fault in these units would leave every earlier fault alone."""
        units = set(units)
        if units & self._near:
            return False
        around = {other for unit in units for other in self.neighbours(unit) if self.is_parcel[other]}
        return not around & self._taken

    def commit(self, draft: Draft, involved: Iterable[int]) -> None:
        """Make the draft's changes and keep later faults away from the units involved."""
        for unit, geom in (*draft.changed.items(), *draft.added.items()):
            self.geoms[unit] = geom
        self._opened |= draft.opened
        units = {unit for unit in {*involved, *draft.changed} if unit < len(self.original) and self.is_parcel[unit]}
        self._taken |= units
        self._near |= units | {o for unit in units for o in self.neighbours(unit) if self.is_parcel[o]}

    def reserve(self, units: Iterable[int]) -> None:
        """Keep later faults away from units without changing them."""
        self._taken |= set(units)
        self._near |= set(units)

    def result(self) -> list[FabricCommune]:
        """Give the communes with all committed changes."""
        members: list[list[int]] = [[] for _ in self.communes]
        for unit, place in enumerate(self.commune):
            if self.geoms[unit] is not None:
                members[place].append(unit)
        return [self._commune(place, units) for place, units in enumerate(members)]

    def _commune(self, place: int, units: list[int]) -> FabricCommune:
        commune = self.communes[place]
        offset = self.commune.index(place)
        parcels = [unit for unit in units if self.is_parcel[unit]]
        objects = [unit for unit in units if not self.is_parcel[unit]]
        numbers = np.array([[int(part) for part in self.key[unit].split("/")] for unit in parcels]).reshape(-1, 2)
        origin = np.array([self._like.get(unit, unit) - offset for unit in parcels], dtype=np.int64)
        added = [unit >= len(self.original) for unit in parcels]
        geoms = self._geoms(parcels)
        kinds = np.array([unit - offset - len(commune.parcels) for unit in objects], dtype=np.int64)
        return replace(
            commune,
            parcels=geoms,
            sheet_no=numbers[:, 0],
            parcel_no=numbers[:, 1],
            scale_denominator=np.array([self.scale[unit] for unit in parcels]),
            legal_area_m2=np.where(added, np.round(shapely.area(geoms), 1), commune.legal_area_m2[origin]),
            land_use=commune.land_use[origin],
            objects=self._geoms(objects),
            object_kind=commune.object_kind[kinds],
            object_no=commune.object_no[kinds],
            parcel_srid=commune.parcel_srid[origin],
            open_ring=np.array([unit in self._opened for unit in parcels], dtype=bool),
        )

    def _geoms(self, units: list[int]) -> Geometries:
        geoms = np.empty(len(units), dtype=object)
        geoms[:] = [self.geoms[unit] for unit in units]
        return geoms
