"""An invented commune as ground to repair, in memory: what a neighbourhood is read from, what a repair changes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np
import shapely

from landdb.codelists import is_agricultural
from landdb.conformance.commune import FabricCommune
from landdb.conformance.judged import to_sheet_places
from landdb.domain.area_limits import point_error_m
from landdb.domain.finding import Finding
from landdb.repairs.assessment import Proposal
from landdb.repairs.ground import MARGIN_M
from landdb.repairs.neighbourhood import Neighbourhood, Unit
from landdb.repairs.target import Target
from landdb.validators.catalogue import Catalogue
from landdb.validators.checks import check_fabric
from landdb.validators.meridians import check_sheets

#: Named parcels up to this size are looked at with all their neighbours, as the database reader does.
_LARGE_M = 200.0


class CommuneGround:
    """All units of one commune. `sound` is the commune before faults were planted: what was surveyed.

    Its parcels have rights, their areas as surveyed to the printed decimal, and on paper the legal area, which
    differs from the drawing as papers do. Parcels that were planted have no right.
    """

    def __init__(self, commune: FabricCommune, sound: FabricCommune) -> None:
        self.commune = commune
        surveyed = dict(zip(sound.keys, np.round(shapely.area(sound.parcels), 1).tolist(), strict=True))
        self._sound = dict(zip(sound.keys, sound.parcels, strict=True))
        self._faulty = dict(zip(commune.keys, commune.parcels, strict=True))
        self.units = [*_parcels(commune, surveyed), *_objects(commune, len(commune.parcels))]
        shapes = np.array([unit.geom or unit.delivered for unit in self.units], dtype=object)
        self._tree = shapely.STRtree(shapes)
        self._number = {(unit.is_parcel, unit.unit_id): index for index, unit in enumerate(self.units)}
        self._closed: set[int] = set()

    def around(self, fault: shapely.Geometry, named: Collection[int] = ()) -> Neighbourhood:
        """Give the neighbourhood of a fault as the database would: everything within the margin, and who is named."""
        box = shapely.box(*fault.bounds).buffer(MARGIN_M, join_style="mitre")
        outline = [geom for parcel_id in named if (geom := self.units[self._number[True, parcel_id]].geom) is not None]
        if outline:
            whole = shapely.box(*shapely.total_bounds(outline)).buffer(1.0)
            west, south, east, north = whole.bounds
            box = shapely.union(box, whole) if max(east - west, north - south) < _LARGE_M else box
        found = set(self._tree.query(box).tolist()) | {self._number[True, parcel_id] for parcel_id in named}
        units = tuple(self.units[index] for index in sorted(found - self._closed))
        return Neighbourhood(self.commune.index + 1, self.commune.srid, units)

    def target(self, number: int, finding: Finding) -> Target:
        """Give a finding as a repair's target."""
        return Target(
            number, finding.rule_id, finding.subject, finding.parcel_id, finding.other_parcel_id, finding.geometry
        )

    def place(self, finding: Finding) -> shapely.Geometry | None:
        """Give where a finding lies; of an unusable ring, the ring."""
        if finding.rule_id == "GEO001" and finding.parcel_id is not None:
            return self.units[self._number[True, finding.parcel_id]].delivered
        return finding.geometry

    def drawn_amiss(self, key: str) -> Iterator[tuple[float, float]]:
        """Give how far a planted fault moved the boundary of a parcel, and the parcel's accuracy class."""
        if key in self._sound and key in self._faulty:
            one, other = shapely.boundary(self._sound[key]), shapely.boundary(self._faulty[key])
            unit = next(unit for unit in self.units if unit.key == key)
            accuracy_m = point_error_m(unit.scale_denominator, agricultural=unit.is_agricultural)
            yield float(shapely.hausdorff_distance(one, other)), accuracy_m

    def sheet(self, sheet_no: str) -> list[int]:
        """Give the ids of a sheet's parcels."""
        return [u.unit_id for u in self.units if u.is_parcel and u.geom is not None and u.key.split("/")[0] == sheet_no]

    def carry_out(self, proposal: Proposal) -> None:
        """Make the proposal's changes."""
        for change in proposal.changes:
            index = self._number[change.unit.is_parcel, change.unit.unit_id]
            if change.after is None:
                self._closed.add(index)
            else:
                unit = self.units[index]
                self.units[index] = replace(unit, geom=change.after, version=unit.version + 1, delivered=None)

    def check(self, catalogue: Catalogue) -> list[Finding]:
        """Give what the array rules find on the whole commune as it is now."""
        units = tuple(unit for index, unit in enumerate(self.units) if index not in self._closed)
        whole = Neighbourhood(self.commune.index + 1, self.commune.srid, units, self.commune.boundary)
        sheets, place = to_sheet_places(self._as_commune())
        return [*check_fabric(whole.fabric(), catalogue=catalogue), *check_sheets(sheets, place, catalogue)]

    def parcel_area_m2(self) -> float:
        """Give the sum of all drawn parcels and objects."""
        drawn = [unit.geom for index, unit in enumerate(self.units) if index not in self._closed]
        return float(sum(geom.area for geom in drawn if geom is not None))

    def _as_commune(self) -> FabricCommune:
        """Give the commune with its parcels where they are now, for the rule about sheets."""
        parcels = np.empty(len(self.commune.parcels), dtype=object)
        parcels[:] = [unit.geom or unit.delivered for unit in self.units[: len(parcels)]]
        return replace(self.commune, parcels=parcels)


def _parcels(commune: FabricCommune, surveyed_m2: Mapping[str, float]) -> list[Unit]:
    valid = shapely.is_valid(commune.parcels)
    return [
        Unit(
            unit_id=row + 1,
            is_parcel=True,
            version=1,
            commune_id=commune.index + 1,
            key=key,
            geom=geom if ok else None,
            delivered=None if ok else geom,
            scale_denominator=int(scale),
            legal_area_m2=float(area),
            registered_area_m2=surveyed_m2.get(key, round(float(geom.area), 1)),
            has_right=key in surveyed_m2,
            is_agricultural=is_agricultural([str(use)]),
        )
        for row, (key, geom, ok, scale, area, use) in enumerate(
            zip(
                commune.keys,
                commune.parcels,
                valid,
                commune.scale_denominator,
                commune.legal_area_m2,
                commune.land_use,
                strict=True,
            )
        )
    ]


def _objects(commune: FabricCommune, first: int) -> list[Unit]:
    return [
        Unit(
            unit_id=first + number,
            is_parcel=False,
            version=1,
            commune_id=commune.index + 1,
            key=f"{key}#{number}",
            geom=geom,
        )
        for number, (key, geom) in enumerate(zip(commune.object_keys, commune.objects, strict=True), start=1)
    ]
