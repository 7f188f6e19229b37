"""A commune's stored ground as a fabric in one CRS."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.domain.crs import from_wgs84, to_wgs84
from landdb.store.findings import CommuneGround, ParcelRow
from landdb.validators.fabric import CommuneFabric, Geometries, UnusableParcel, build_fabric
from landdb.validators.meridians import CommunePlace, SheetPlace


@dataclass(frozen=True, slots=True, eq=False)
class CheckedGround:
    """What the array rules of one commune look at."""

    fabric: CommuneFabric
    sheets: tuple[SheetPlace, ...]
    place: CommunePlace | None


def to_checked_ground(ground: CommuneGround, commune_id: int) -> CheckedGround:
    """Give the ground with every polygon in the CRS that most of the commune's parcels have."""
    srid = _commonest_srid(ground)
    polygons = shapely.from_wkb(np.array([row.geom for row in ground.parcels], dtype=object))
    objects = shapely.from_wkb(np.array([row.geom for row in ground.objects], dtype=object))
    parcel_srids = [row.srid for row in ground.parcels]
    object_srids = [row.srid for row in ground.objects]
    in_one = _in_one_crs(polygons, parcel_srids, srid)
    objects_in_one = _in_one_crs(objects, object_srids, srid)
    fabric = build_fabric(
        commune_id,
        srid,
        [
            (row.parcel_id, _key(row), row.scale_denominator, geom)
            for row, geom in zip(ground.parcels, in_one, strict=True)
        ],
        objects=[
            (":".join(filter(None, (row.object_kind, row.object_name))), geom)
            for row, geom in zip(ground.objects, objects_in_one, strict=True)
        ],
        boundary=_boundary(ground, srid),
        unusable=_unusable(ground, srid),
        from_other_zone=[own != srid for own in (*parcel_srids, *object_srids)],
    )
    return CheckedGround(fabric, _sheets(ground.parcels, polygons), _place(ground, commune_id))


def _key(row: ParcelRow) -> str:
    return f"{row.sheet_no}/{row.parcel_no}"


def _commonest_srid(ground: CommuneGround) -> int:
    """Give the CRS of most parcels, the lower code of equals; WGS 84 when the commune has no parcels."""
    srids = Counter(row.srid for row in ground.parcels) or Counter(row.srid for row in ground.unusable)
    return min(srids, key=lambda srid: (-srids[srid], srid), default=4326)


def _in_one_crs(geoms: Geometries, srids: Sequence[int], srid: int) -> Geometries:
    """Give the geometries in `srid`; those that are in it already keep their coordinates to the last bit.

    The conversion is the same for every vertex, so neighbours from one zone still share their vertices.
    """
    moved = geoms.copy()
    own = np.asarray(srids, dtype=np.int64)
    for other in np.unique(own[own != srid]):
        moved[own == other] = _reproject(geoms[own == other], int(other), srid)
    return moved


def _reproject(geoms: Geometries, source: int, target: int) -> Geometries:
    def convert(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = to_wgs84(source)(coordinates[:, 0], coordinates[:, 1])
        return np.stack(from_wgs84(target)(lon, lat), axis=1)

    reprojected: Geometries = shapely.transform(geoms, convert)
    return reprojected


def _boundary(ground: CommuneGround, srid: int) -> BaseGeometry | None:
    """Give the commune's boundary in the fabric's CRS; an invalid one counts as none."""
    if ground.boundary is None:
        return None
    boundary = np.array([shapely.from_wkb(ground.boundary.geom)], dtype=object)
    if ground.boundary.srid != srid:
        boundary = _reproject(boundary, ground.boundary.srid, srid)
    usable = shapely.is_valid(boundary[0]) and boundary[0].area > 0
    return boundary[0] if usable else None


def _unusable(ground: CommuneGround, srid: int) -> list[UnusableParcel]:
    to_native = from_wgs84(srid)
    parcels = []
    for row in ground.unusable:
        point = None
        if row.lon is not None and row.lat is not None:
            x, y = to_native([row.lon], [row.lat])
            point = float(x[0]), float(y[0])
        parcels.append(UnusableParcel(row.parcel_id, f"{row.sheet_no}/{row.parcel_no}", row.geom_fault, point))
    return parcels


def _sheets(rows: Sequence[ParcelRow], polygons: Geometries) -> tuple[SheetPlace, ...]:
    """Give each sheet with the middle of each of its parcels, in the sheet's own CRS."""
    if not rows:
        return ()
    bounds = shapely.bounds(polygons)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    members: dict[tuple[str, int], list[int]] = {}
    for index, row in enumerate(rows):
        members.setdefault((row.sheet_no, row.srid), []).append(index)
    return tuple(SheetPlace(sheet_no, srid, middles[found]) for (sheet_no, srid), found in sorted(members.items()))


def _place(ground: CommuneGround, commune_id: int) -> CommunePlace | None:
    commune = ground.commune
    if commune.lon is None or commune.lat is None:
        return None
    return CommunePlace(commune_id, (commune.lon, commune.lat), commune.area_km2)
