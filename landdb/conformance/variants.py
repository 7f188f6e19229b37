"""The same ground drawn otherwise: what real deliveries do to an exact coverage."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.conformance.commune import FabricCommune
from landdb.conformance.walls import Flags, Floats
from landdb.domain.crs import from_wgs84, to_wgs84

Geometries = NDArray[np.object_]

#: A vertex this near the line between its neighbours says nothing about the shape.
_COLLINEAR_M = 1.0e-3
_DROPPED_SHARE = 0.5
_NOISE_M = 1e-6
#: Turned about this place, so that all communes of a fabric turn together.
PIVOT = np.array([560_000.0, 2_350_000.0])
_COARSE_M = 0.2


def giant_road(communes: Sequence[FabricCommune]) -> tuple[list[FabricCommune], BaseGeometry]:
    """Give the communes without their roads, and all roads as one geometry whose holes are the blocks.

    It is one polygon when the plan connects the roads, else many.
    """
    roads = [commune.objects[commune.object_kind == "road"] for commune in communes]
    rest = [
        replace(
            commune,
            objects=commune.objects[other],
            object_kind=commune.object_kind[other],
            object_no=commune.object_no[other],
        )
        for commune in communes
        for other in [commune.object_kind != "road"]
    ]
    return rest, shapely.coverage_union_all(np.concatenate(roads))


def without_half_the_t_vertices(commune: FabricCommune, seed: int) -> FabricCommune:
    """Give the commune with half of the nearly collinear vertices of each parcel left out, whoever else has them."""
    rng = np.random.default_rng([seed, commune.index])
    return replace(commune, parcels=_without(commune.parcels, rng))


def with_noise(commune: FabricCommune, seed: int) -> FabricCommune:
    """Give the commune with every vertex of every polygon moved by about a micrometre on its own."""
    rng = np.random.default_rng([seed, commune.index])

    def disturb(xy: Floats) -> Floats:
        noisy: Floats = xy + rng.normal(0.0, _NOISE_M, xy.shape)
        return noisy

    return replace(
        commune, parcels=_ring_by_ring(commune.parcels, disturb), objects=_ring_by_ring(commune.objects, disturb)
    )


def rotated(commune: FabricCommune, degrees: float = 17.0) -> FabricCommune:
    """Give the commune turned about a point common to all, its coordinates no longer on a grid."""
    turn = np.radians(degrees)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])

    def about_pivot(xy: Floats) -> Floats:
        moved: Floats = PIVOT + (xy - PIVOT) @ matrix
        return moved

    return _transformed(commune, about_pivot)


def in_zone(commune: FabricCommune, srid: int) -> FabricCommune:
    """Give the commune in another VN-2000 zone."""
    convert = _conversion(commune.srid, srid)
    return replace(_transformed(commune, convert), srid=srid, parcel_srid=np.full(len(commune.parcels), srid))


def sheets_in_zone(commune: FabricCommune, sheets: Collection[int], srid: int) -> FabricCommune:
    """Give the commune with some of its sheets in another VN-2000 zone."""
    chosen = np.isin(commune.sheet_no, list(sheets))
    parcels, parcel_srid = commune.parcels.copy(), commune.parcel_srid.copy()
    parcels[chosen] = shapely.transform(parcels[chosen], _conversion(commune.srid, srid))
    parcel_srid[chosen] = srid
    return replace(commune, parcels=parcels, parcel_srid=parcel_srid)


def _conversion(srid: int, wanted: int) -> Callable[[Floats], Floats]:
    """Give the conversion between two zones, to a tenth of a millimetre: neighbours' vertices still agree after it."""
    out, back = to_wgs84(srid), from_wgs84(wanted)

    def convert(xy: Floats) -> Floats:
        return np.stack([np.round(column, 4) for column in back(*out(xy[:, 0], xy[:, 1]))], axis=1)

    return convert


def with_coarse_boundary(commune: FabricCommune) -> FabricCommune:
    """Give the commune with its boundary simplified by 20 cm, as real boundaries are."""
    return replace(commune, boundary=shapely.simplify(commune.boundary, _COARSE_M))


def _transformed(commune: FabricCommune, convert: Callable[[Floats], Floats]) -> FabricCommune:
    return replace(
        commune,
        parcels=shapely.transform(commune.parcels, convert),
        objects=shapely.transform(commune.objects, convert),
        boundary=shapely.transform(commune.boundary, convert),
    )


def _ring_by_ring(geoms: Geometries, convert: Callable[[Floats], Floats]) -> Geometries:
    """Give polygons with their coordinates converted and every ring closed again."""
    kind, coordinates, offsets = shapely.to_ragged_array(geoms)
    first, last = offsets[0][:-1], offsets[0][1:] - 1
    coordinates = convert(coordinates)
    coordinates[last] = coordinates[first]
    return _as_before(shapely.from_ragged_array(kind, coordinates, offsets), geoms)


def _as_before(made: Geometries, geoms: Geometries) -> Geometries:
    """Give geometries with those polygons again that were no multipolygons: a ragged array knows one kind only."""
    single = shapely.get_type_id(geoms) == shapely.GeometryType.POLYGON
    multi = single & (shapely.get_type_id(made) == shapely.GeometryType.MULTIPOLYGON)
    made[multi] = shapely.get_geometry(made[multi], 0)
    return made


def _without(geoms: Geometries, rng: np.random.Generator) -> Geometries:
    """Give polygons without half of their collinear vertices; no two in a row go, and no ring's first."""
    kind, coordinates, offsets = shapely.to_ragged_array(geoms)
    dropped = np.zeros(len(coordinates), dtype=bool)
    before, here, after = coordinates[:-2], coordinates[1:-1], coordinates[2:]
    base = after - before
    area = np.abs(base[:, 0] * (here - before)[:, 1] - base[:, 1] * (here - before)[:, 0])
    length = np.hypot(*base.T)
    off = np.divide(area, length, out=np.full(len(length), np.inf), where=length > 0)
    dropped[1:-1] = (off < _COLLINEAR_M) & (rng.uniform(0, 1, len(off)) < _DROPPED_SHARE)
    dropped[offsets[0][:-1]] = dropped[offsets[0][1:] - 1] = False
    dropped = _no_two_in_a_row(dropped)
    gone = np.insert(np.cumsum(dropped), 0, 0)
    rings = offsets[0] - gone[offsets[0]]
    return _as_before(shapely.from_ragged_array(kind, coordinates[~dropped], (rings, *offsets[1:])), geoms)


def _no_two_in_a_row(flags: Flags) -> Flags:
    """Give the flags with every second one of a run lowered."""
    index = np.arange(len(flags))
    last_low = np.maximum.accumulate(np.where(flags, 0, index))
    kept: Flags = flags & ((index - last_low) % 2 == 1)
    return kept
