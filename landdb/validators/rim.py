"""What a commune shows to its neighbours: the edges that its own ground leaves over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landdb.domain.box import Box, box_4326
from landdb.domain.crs import reprojected
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import Residual, Segments, Touches, put_together, residual_of, resolve
from landdb.validators.fabric import CommuneFabric, Units, joined_units
from landdb.validators.vertices import touch_limits_m

#: How far apart communes may lie and still have a seam: half of it on each side.
MARGIN_M = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class Rim:
    """A commune's residual with the units that it belongs to; small, so it travels between workers."""

    commune_id: int
    units: Units
    segments: Segments
    touches: Touches
    box_4326: Box | None

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


def rim_of_fabric(fabric: CommuneFabric, catalogue: Catalogue) -> Rim:
    """Give the rim of a commune's ground."""
    residual = residual_of(fabric.polygons, fabric.units, touch_limits_m(fabric.units, catalogue))
    segments, touches = residual.segments, residual.touches
    kept = np.unique(np.concatenate([segments.unit, touches.lacking, touches.owner]))
    number = np.zeros(len(fabric.units) + 1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    return Rim(
        fabric.commune_id,
        fabric.units.take(kept),
        replace(segments, unit=number[segments.unit]),
        replace(touches, lacking=number[touches.lacking], owner=number[touches.owner]),
        box_4326(segments.bounds(), fabric.srid, margin_m=MARGIN_M) if len(segments) else None,
    )


def joint_residual(rim: Rim, neighbours: Sequence[Rim], catalogue: Catalogue) -> tuple[Units, Residual]:
    """Give what a commune and its neighbours leave over together, with the units of all.

    The first units are the commune's own. Touches are its own and those between two communes.
    """
    rims = [rim, *(neighbour.in_srid(rim.units.srid) for neighbour in neighbours)]
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
