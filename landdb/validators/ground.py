"""Stored ground as a fabric in one CRS."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.crs import from_wgs84
from landdb.store.ground import BoundaryRow, CommuneGround, UnitColumns, UnusableRow
from landdb.validators.fabric import NO_PARCEL, CommuneFabric, Units, UnusableParcel
from landdb.validators.meridians import CommunePlace, SheetPlace
from landdb.validators.rings import Polygons, polygons_from_wkb, polygons_of, reprojected_polygons


@dataclass(frozen=True, slots=True, eq=False)
class CheckedGround:
    """What the array rules of one commune look at."""

    fabric: CommuneFabric
    sheets: Callable[[], tuple[SheetPlace, ...]]
    place: CommunePlace | None


def to_checked_ground(ground: CommuneGround) -> CheckedGround:
    """Give the ground with every polygon in the CRS that most of the commune's parcels have.

    The register holds valid polygons only (a check constraint of ``cadastre.parcel``), so none is tried again.
    """
    srid = _commonest_srid(ground)
    as_drawn = polygons_from_wkb(ground.units.wkb, np.array(ground.units.wkb_bytes, dtype=np.int64))
    fabric = CommuneFabric(
        commune_id=ground.commune_id,
        units=to_units(ground.units, srid, {ground.commune_id: ground.commune.commune_code}),
        polygons=in_one_crs(as_drawn, ground.units.srid, srid),
        boundary=boundary_in(ground.boundary, srid),
        unusable=unusable_in(ground.unusable, srid),
    )
    return CheckedGround(fabric, partial(_sheets, ground.units, as_drawn), _place(ground))


def to_units(columns: UnitColumns, srid: int, commune_codes: Mapping[int, str]) -> Units:
    """Give who the units are, as seen from one CRS."""
    keys = np.empty(len(columns.unit_key), dtype=object)
    keys[:] = columns.unit_key
    return Units(
        srid=srid,
        commune_id=np.array(columns.commune_id, dtype=np.int64),
        parcel_id=np.array(columns.parcel_id, dtype=np.int64),
        key=keys,
        scale_denominator=np.array(columns.scale_denominator, dtype=np.int64),
        from_other_zone=np.array(columns.srid, dtype=np.int64) != srid,
        commune_codes=commune_codes,
    )


def in_one_crs(polygons: Polygons, srids: Sequence[int], srid: int) -> Polygons:
    """Give the polygons in `srid`; those that are in it already keep their coordinates to the last bit."""
    own = np.asarray(srids, dtype=np.int64)
    others = np.unique(own[own != srid])
    if not len(others):
        return polygons
    moved = polygons.take(np.arange(len(polygons)))
    for other in others.tolist():
        moved[own == other] = reprojected_polygons(moved[own == other], other, srid)
    return polygons_of(moved)


def _commonest_srid(ground: CommuneGround) -> int:
    """Give the CRS of most parcels, the lower code of equals; WGS 84 when the commune has no parcels."""
    is_parcel = [parcel_id != NO_PARCEL for parcel_id in ground.units.parcel_id]
    drawn = (srid for srid, counts in zip(ground.units.srid, is_parcel, strict=True) if counts)
    srids = Counter(drawn) or Counter(row.srid for row in ground.unusable)
    return min(srids, key=lambda srid: (-srids[srid], srid), default=4326)


def boundary_in(row: BoundaryRow | None, srid: int) -> BaseGeometry | None:
    """Give a commune's boundary in a CRS; an invalid one counts as none."""
    if row is None:
        return None
    boundary = np.array([shapely.from_wkb(row.geom)], dtype=object)
    if row.srid != srid:
        boundary = reprojected_polygons(boundary, row.srid, srid)
    usable = shapely.is_valid(boundary[0]) and boundary[0].area > 0
    return boundary[0] if usable else None


def unusable_in(rows: Sequence[UnusableRow], srid: int) -> tuple[UnusableParcel, ...]:
    """Give the parcels without a usable ring, their faulty places in a CRS."""
    to_native = from_wgs84(srid)
    parcels = []
    for row in rows:
        point = None
        if row.lon is not None and row.lat is not None:
            x, y = to_native([row.lon], [row.lat])
            point = float(x[0]), float(y[0])
        parcels.append(UnusableParcel(row.parcel_id, row.unit_key, row.geom_fault, point))
    return tuple(parcels)


def _sheets(columns: UnitColumns, polygons: Polygons) -> tuple[SheetPlace, ...]:
    """Give each sheet with the middle of each of its parcels, in the sheet's own CRS."""
    middles = (polygons.bounds[:, :2] + polygons.bounds[:, 2:]) / 2
    members: dict[tuple[str, int], list[int]] = {}
    for index, (parcel_id, key, srid) in enumerate(zip(columns.parcel_id, columns.unit_key, columns.srid, strict=True)):
        if parcel_id != NO_PARCEL:
            members.setdefault((key.rpartition("/")[0], srid), []).append(index)
    return tuple(SheetPlace(sheet_no, srid, middles[found]) for (sheet_no, srid), found in sorted(members.items()))


def _place(ground: CommuneGround) -> CommunePlace | None:
    commune = ground.commune
    if commune.lon is None or commune.lat is None:
        return None
    return CommunePlace(ground.commune_id, (commune.lon, commune.lat), commune.area_km2)
