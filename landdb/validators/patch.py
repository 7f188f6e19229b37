"""A patch of ground judged as one: the edges left over there, and the units whose findings are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators.arrangement import Arrangement, arrange
from landdb.validators.catalogue import Catalogue
from landdb.validators.coverage import UnitsNear, check_overlaps
from landdb.validators.edges import Residual, Segments
from landdb.validators.fabric import Units, UnusableParcel
from landdb.validators.gaps import check_gaps
from landdb.validators.rings import Flags
from landdb.validators.vertices import check_vertices

#: Faults whose corners are not vertices that somebody forgot; a wide void is none of them.
_EXPLAINS_VERTICES = frozenset(
    {"COV001", "COV002", "COV003", "COV004", "COV008", "COV009", "COV010", "COV012", "COV013", "COV014"}
)
#: A fault at a seam is seen this far beyond the own edges; what is wider has the outside on its other side.
_FAR_M = 250.0
#: Ground lies along an edge when it comes this near after noding.
_ALONG_M = 2e-3


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What units leave over, and which of them (`own`, by unit) are asked about.

    `known` is the ground of which every unit is here; None when units beyond do not matter.
    """

    units: Units
    residual: Residual
    own: Flags
    known: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The coverage findings of a patch.

    `is_open` tells that uncovered ground along own edges goes on beyond the known ground, so that what it is
    cannot be told from here.
    """

    findings: list[Finding] = field(default_factory=list)
    is_open: bool = False


def check_patch(
    patch: Patch, units_near: UnitsNear, catalogue: Catalogue, *, unusable: Sequence[UnusableParcel] = ()
) -> Judged:
    """Give the coverage findings that own edges take part in, and perhaps some between others nearby."""
    units, segments = patch.units, patch.residual.segments
    own = patch.own[segments.unit]
    if not own.any():
        return Judged(check_vertices(units, patch.residual.touches, catalogue, []))
    zone = patch.known or _surroundings(segments.take(own))
    arrangement = arrange(units, segments.take(_within(segments, zone)), among=segments, within=zone)
    apart = [*check_overlaps(arrangement, units_near, catalogue), *check_gaps(arrangement, catalogue, unusable)]
    explained = [finding for finding in apart if finding.rule_id in _EXPLAINS_VERTICES]
    found = [*apart, *check_vertices(units, patch.residual.touches, catalogue, explained)]
    return Judged(found, is_open=patch.known is not None and _goes_on(arrangement, segments.take(own)))


def _goes_on(arrangement: Arrangement, own: Segments) -> bool:
    """Tell whether uncovered ground that reaches the frame lies along own edges."""
    beyond = arrangement.outside()
    return bool(len(beyond) and shapely.dwithin(beyond, shapely.multilinestrings(own.lines()), _ALONG_M).any())


def _surroundings(segments: Segments) -> BaseGeometry:
    low_x, low_y, high_x, high_y = segments.bounds()
    zone: BaseGeometry = shapely.box(low_x - _FAR_M, low_y - _FAR_M, high_x + _FAR_M, high_y + _FAR_M)
    return zone


def _within(segments: Segments, zone: BaseGeometry) -> Flags:
    """Tell which segments' envelopes meet the zone. All of them count, own or not: a void may hold an island."""
    low_x, low_y, high_x, high_y = zone.bounds
    ends = np.stack([segments.xy[segments.start], segments.xy[segments.end]])
    low, high = ends.min(axis=0), ends.max(axis=0)
    meets: Flags = (high[:, 0] >= low_x) & (low[:, 0] <= high_x) & (high[:, 1] >= low_y) & (low[:, 1] <= high_y)
    return meets
