"""A patch of ground judged as one: the edges left over there, and the units whose findings are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators.arrangement import Arrangement, arrange
from landdb.validators.borders import check_bare
from landdb.validators.catalogue import Catalogue
from landdb.validators.coverage import UnitsNear, check_overlaps
from landdb.validators.edges import Bounds, Residual, Segments
from landdb.validators.fabric import Units, UnusableParcel
from landdb.validators.gaps import check_gaps
from landdb.validators.rings import Flags
from landdb.validators.vertices import check_vertices

#: Faults whose corners are not vertices that somebody forgot; a wide void is none of them.
_EXPLAINS_VERTICES = frozenset(
    {"COV001", "COV002", "COV003", "COV004", "COV008", "COV009", "COV010", "COV012", "COV013", "COV014"}
)
#: Ground lies along an edge when it comes this near after noding.
_ALONG_M = 2e-3


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What units leave over, and which of them (`own`, by unit) are asked about.

    `zone` is the ground looked at, and `at_corner` how many units lie over its north-eastern corner. With
    `is_clipped` the units beyond the zone are not here, so that what lies there is not known. `boundary` is what the
    own units should reach to, when that is asked.
    """

    units: Units
    residual: Residual
    own: Flags
    zone: Bounds
    at_corner: int = 0
    is_clipped: bool = False
    boundary: BaseGeometry | None = None


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
    arrangement = arrange(units, segments.meeting(patch.zone), patch.zone, among=segments, at_corner=patch.at_corner)
    apart = [*check_overlaps(arrangement, units_near, catalogue), *check_gaps(arrangement, catalogue, unusable)]
    explained = [finding for finding in apart if finding.rule_id in _EXPLAINS_VERTICES]
    found = [*apart, *check_vertices(units, patch.residual.touches, catalogue, explained)]
    if patch.boundary is not None:
        found += check_bare(arrangement, patch.own, patch.boundary, catalogue)
    return Judged(found, is_open=patch.is_clipped and _goes_on(arrangement, segments.take(own)))


def _goes_on(arrangement: Arrangement, own: Segments) -> bool:
    """Tell whether uncovered ground that reaches the frame lies along own edges."""
    beyond = arrangement.outside()
    return bool(len(beyond) and shapely.dwithin(beyond, shapely.multilinestrings(own.lines()), _ALONG_M).any())
