"""What no cutting makes: enclaves, ponds and islands that leave holes, and parcels in two parts."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.conformance.relief import on_grid
from landdb.conformance.splitting import RIVER
from landdb.conformance.walls import Floats, Integers

Geometries = NDArray[np.object_]

#: What an inlay becomes.
POND = -1
#: Candidates looked at for each host that is needed.
_CANDIDATES = 6
#: The other part of a parcel lies at least and at most this far away.
_APART_M = (2.0, 40.0)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The polygons of a commune, parcels and objects apart; `object_kind` is an index of `KINDS`."""

    parcels: Geometries
    objects: Geometries
    object_kind: Integers


@dataclass(frozen=True, slots=True)
class InlayCount:
    """How many inlays of each sort a commune gets, and how many parcels consist of two parts."""

    enclaves: int
    shared_enclaves: int
    islands: int
    ponds: int
    apart: int

    @property
    def added(self) -> int:
        """Give by how many parcels a commune grows through them."""
        return self.enclaves + 2 * self.shared_enclaves + self.islands - self.apart


def inlay_count(parcel_count: int) -> InlayCount:
    """Give the counts for a commune: one parcel in a hundred or so is touched."""
    if parcel_count < 50:
        return InlayCount(0, 0, 0, 0, 0)
    rare, common = parcel_count // 1_000, parcel_count // 300
    return InlayCount(1 + common, 1 + rare, 1 + rare, 1 + common, 1 + rare)


def inlay(ground: Ground, count: InlayCount, rng: np.random.Generator) -> Ground:
    """Give the ground with the inlays cut into it; islands lie in rivers, in parcels where no river runs."""
    parcels, objects = ground.parcels.copy(), ground.objects.copy()
    rivers = np.flatnonzero(ground.object_kind == RIVER)
    wet = min(count.islands, len(rivers))
    parts = np.repeat([1, 2, 0], [count.enclaves + count.islands - wet, count.shared_enclaves, count.ponds])
    new_parcels: list[shapely.Geometry] = []
    ponds: list[shapely.Geometry] = []
    for index, pieces in zip(_hosts(parcels, len(parts), rng).tolist(), parts.tolist(), strict=True):
        parcels[index], inner = _with_hole(parcels[index], rng)
        ponds += [inner] if pieces == 0 else []
        new_parcels += _in_parts(inner, pieces, rng) if pieces else []
    for index in rng.choice(rivers, wet, replace=False).tolist():
        objects[index], inner = _with_hole(objects[index], rng)
        new_parcels.append(inner)
    return Ground(
        np.concatenate([parcels, _array(new_parcels)]),
        np.concatenate([objects, _array(ponds)]),
        np.concatenate([ground.object_kind, np.full(len(ponds), RIVER)]),
    )


def _array(geoms: list[shapely.Geometry]) -> Geometries:
    array = np.empty(len(geoms), dtype=object)
    array[:] = geoms
    return array


def _hosts(parcels: Geometries, wanted: int, rng: np.random.Generator) -> Integers:
    """Give the roomiest of some random parcels, in random order."""
    some = rng.choice(len(parcels), min(len(parcels), _CANDIDATES * wanted), replace=False)
    room = shapely.length(shapely.maximum_inscribed_circle(parcels[some], tolerance=0.1))
    roomiest = some[np.argsort(-room, kind="stable")[:wanted]]
    return rng.permutation(roomiest)


def _with_hole(host: shapely.Polygon, rng: np.random.Generator) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Give the host with a hole around its widest place, and the polygon that fills the hole."""
    radius = shapely.maximum_inscribed_circle(host, tolerance=0.05)
    corners = int(rng.integers(6, 13))
    angle = (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) * 2 * np.pi / corners
    reach = radius.length * rng.uniform(0.4, 0.75, corners)
    ring = on_grid(np.array(radius.coords[0]) + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    return shapely.Polygon(host.exterior, [*host.interiors, ring]), shapely.Polygon(ring)


def _in_parts(inner: shapely.Polygon, pieces: int, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Give the polygon whole, or cut in two from corner to corner."""
    if pieces == 1:
        return [inner]
    ring = np.array(inner.exterior.coords)[:-1]
    ring = np.roll(ring, int(rng.integers(len(ring))), axis=0)
    middle = len(ring) // 2
    return [shapely.Polygon(ring[: middle + 1]), shapely.Polygon(np.concatenate([ring[middle:], ring[:1]]))]


def merge_apart(ground: Ground, count: InlayCount) -> Ground:
    """Give the ground with some pairs of nearby parcels made one parcel in two parts."""
    parcels = ground.parcels
    tree = shapely.STRtree(parcels)
    taken: list[int] = []
    merged: list[shapely.Geometry] = []
    for index in range(0, len(parcels), max(1, len(parcels) // (20 * count.apart + 1))):
        if len(merged) == count.apart:
            break
        other = _partner(parcels, tree, index, taken)
        if other is not None:
            taken += [index, other]
            merged.append(shapely.MultiPolygon([parcels[index], parcels[other]]))
    kept = np.ones(len(parcels), dtype=bool)
    kept[taken] = False
    return Ground(np.concatenate([parcels[kept], _array(merged)]), ground.objects, ground.object_kind)


def _partner(parcels: Geometries, tree: shapely.STRtree, index: int, taken: list[int]) -> int | None:
    """Give the nearest parcel across a lane or another parcel; none when either has a part already."""
    near = np.sort(tree.query(parcels[index], predicate="dwithin", distance=_APART_M[1]))
    distance: Floats = shapely.distance(parcels[near], parcels[index])
    fit = (distance >= _APART_M[0]) & ~np.isin(near, taken)
    if index in taken or not fit.any():
        return None
    return int(near[fit][np.argmin(distance[fit])])
