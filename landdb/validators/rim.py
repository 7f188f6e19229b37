"""What a commune shows to its neighbours: the edges that its own ground leaves over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from landdb.domain.box import Box, box_4326
from landdb.domain.crs import reprojected
from landdb.validators import kernels
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import Bounds, Residual, Segments, Touches, put_together, residual_of, resolve
from landdb.validators.fabric import CommuneFabric, Units, joined_units
from landdb.validators.vertices import touch_limits_m

#: How far apart communes may lie and still have a seam: half of it on each side.
MARGIN_M = 25.0
#: A fault at a seam is seen this far beyond the own edges; what is wider has the outside on its other side. No
#: round number, so that no vertex on a grid lies on the zone's rim.
FAR_M = 250.000317


@dataclass(frozen=True, slots=True, eq=False)
class Rim:
    """A commune's residual with the units that it belongs to; small, so it travels between workers.

    `zone` is the ground in which its seams and its boundary lie, with what is beyond narrow gaps.
    """

    commune_id: int
    units: Units
    segments: Segments
    touches: Touches
    zone: Bounds
    box_4326: Box | None
    at_corner: int = 0

    def lies_near(self, other: "Rim") -> bool:
        """Tell whether two communes can have a seam: their edges' surroundings meet."""
        one, two = self.box_4326, other.box_4326
        if one is None or two is None:
            return False
        return one.west <= two.east and two.west <= one.east and one.south <= two.north and two.south <= one.north

    def in_srid(self, srid: int) -> "Rim":
        """Give the rim in another zone; its units are then marked as drawn elsewhere."""
        if srid == self.units.srid:
            return self
        xy = reprojected(self.segments.xy, self.units.srid, srid)
        return replace(self, units=self.units.in_srid(srid), segments=replace(self.segments, xy=xy))

    def seen_from(self, zone: Bounds, srid: int) -> "Rim":
        """Give what of the rim lies in another's zone, in its CRS.

        What is left out tells only how many of the units lie over the zone's corner (`at_corner`): a road network
        of a province is then no longer than its part in view. Touches within the other are its own affair.
        """
        rim = self.in_srid(srid)
        over = kernels.winding_at(zone[2], zone[3], rim.segments.xy, rim.segments.start, rim.segments.end)
        segments = rim.segments.meeting(zone).compact()
        seen, unit = np.unique(segments.unit, return_inverse=True)
        return replace(
            rim,
            units=rim.units.take(seen),
            segments=replace(segments, unit=unit),
            touches=rim.touches.take(slice(0)),
            zone=zone,
            at_corner=int(over),
        )


def rim_of_fabric(fabric: CommuneFabric, catalogue: Catalogue) -> Rim:
    """Give the rim of a commune's ground."""
    residual = residual_of(fabric.polygons, fabric.units, touch_limits_m(fabric.units, catalogue))
    segments, touches = residual.segments, residual.touches
    is_kept = np.zeros(len(fabric.units), dtype=bool)
    is_kept[segments.unit] = is_kept[touches.lacking] = is_kept[touches.owner] = True
    kept = np.flatnonzero(is_kept)
    number = np.zeros(len(fabric.units), dtype=np.int64)
    number[kept] = np.arange(len(kept))
    bounds = segments.bounds()
    return Rim(
        fabric.commune_id,
        fabric.units.take(kept),
        replace(segments, unit=number[segments.unit]),
        replace(touches, lacking=number[touches.lacking], owner=number[touches.owner]),
        _zone(bounds, fabric.boundary),
        box_4326(bounds, fabric.srid, margin_m=MARGIN_M) if len(segments) else None,
    )


def _zone(bounds: Bounds, boundary: BaseGeometry | None) -> Bounds:
    """Give the ground around edges and boundary that a commune looks at."""
    every = np.array([bounds] if boundary is None else [bounds, boundary.bounds])
    (low_x, low_y), (high_x, high_y) = every[:, :2].min(axis=0).tolist(), every[:, 2:].max(axis=0).tolist()
    return low_x - FAR_M, low_y - FAR_M, high_x + FAR_M, high_y + FAR_M


def neighbours_seen(own: Rim, rims: Iterable[Rim]) -> list[Rim]:
    """Give what a commune sees of those that can have a seam with it."""
    near = [rim for rim in rims if rim.commune_id != own.commune_id and own.lies_near(rim)]
    return [rim.seen_from(own.zone, own.units.srid) for rim in near]


def joint_residual(rim: Rim, neighbours: Sequence[Rim], catalogue: Catalogue) -> tuple[Units, Residual]:
    """Give what a commune and its neighbours leave over together, with the units of all.

    The neighbours' rims are given as seen from the commune. The first units are its own. Touches are its own and
    those between two communes.
    """
    rims = [rim, *neighbours]
    if not neighbours:
        return rim.units, Residual(rim.segments, rim.touches)
    units = joined_units([each.units for each in rims])
    shifts = np.cumsum([0] + [len(each.units) for each in rims])[:-1]
    parts = [replace(each.segments, unit=each.segments.unit + shift) for each, shift in zip(rims, shifts, strict=True)]
    joint = resolve(put_together(parts), units, touch_limits_m(units, catalogue))
    across = joint.touches.take(units.commune_id[joint.touches.lacking] != units.commune_id[joint.touches.owner])
    touches = Touches(
        np.concatenate([rim.touches.xy, across.xy]),
        np.concatenate([rim.touches.lacking, across.lacking]),
        np.concatenate([rim.touches.owner, across.owner]),
    )
    return units, Residual(joint.segments, touches)
