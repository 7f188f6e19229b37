"""All array rules over one commune's ground, without a database."""

from collections.abc import Collection, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators import kernels
from landdb.validators.arrangement import arrange
from landdb.validators.borders import check_borders
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.coverage import UnitsNear, check_overlaps
from landdb.validators.edges import Segments
from landdb.validators.fabric import CommuneFabric, Units, UnusableParcel, joined_units
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.gaps import check_gaps
from landdb.validators.rim import Rim, joint_residual, rim_of_fabric
from landdb.validators.rings import Flags, Geometries, reprojected_polygons
from landdb.validators.shapes import check_shapes
from landdb.validators.vertices import check_vertices

#: Faults whose corners are not vertices that somebody forgot; a wide void is none of them.
_EXPLAINS_VERTICES = frozenset(
    {"COV001", "COV002", "COV003", "COV004", "COV008", "COV009", "COV010", "COV012", "COV013", "COV014"}
)
#: Neighbours' edges farther than this from the commune's own cannot bound a fault of both.
_FAR_M = 500.0


def check_fabric(
    fabric: CommuneFabric, *, catalogue: Catalogue | None = None, rules: Collection[str] | None = None
) -> list[Finding]:
    """Give the findings of the geometry and coverage rules, sorted; only of `rules` when named.

    The coverage rules look at one arrangement and explain each other, so they run together and the
    selection is made on what they found.
    """
    catalogue = catalogue or load_catalogue()
    chosen = set(catalogue.select(rules))
    findings: list[Finding] = []
    if any(catalogue[rule_id].kind == "geometry" for rule_id in chosen):
        findings += check_shapes(fabric, catalogue)
    if any(catalogue[rule_id].kind == "coverage" for rule_id in chosen):
        rim = rim_of_fabric(fabric, catalogue)
        findings += check_borders(fabric, rim, catalogue)
        findings += check_coverage(rim, [], units_near_of([fabric]), catalogue, unusable=fabric.unusable)
    return sorted_findings(finding for finding in findings if finding.rule_id in chosen)


def check_fabrics(fabrics: Sequence[CommuneFabric], *, catalogue: Catalogue | None = None) -> list[Finding]:
    """Give the findings of the coverage rules over communes that lie beside each other, seams included, each once."""
    catalogue = catalogue or load_catalogue()
    rims = [rim_of_fabric(fabric, catalogue) for fabric in fabrics]
    found: list[Finding] = []
    for fabric, rim in zip(fabrics, rims, strict=True):
        near = [index for index, other in enumerate(rims) if other is not rim and rim.lies_near(other)]
        around = units_near_of([fabric, *(fabrics[index] for index in near)])
        concerned = check_coverage(rim, [rims[index] for index in near], around, catalogue, unusable=fabric.unusable)
        found += check_borders(fabric, rim, catalogue)
        found += [finding for finding in concerned if finding.commune_id == fabric.commune_id]
    return sorted_findings(found)


def units_near_of(fabrics: Sequence[CommuneFabric]) -> UnitsNear:
    """Give what finds the units of fabrics whose envelopes meet faces, in the CRS of the first."""
    srid = fabrics[0].srid

    def units_near(faces: Geometries) -> tuple[Units, Geometries]:
        units, polygons = [], []
        for fabric in fabrics:
            asked = faces if fabric.srid == srid else reprojected_polygons(faces, srid, fabric.srid)
            met = np.unique(shapely.STRtree(asked).query(fabric.polygons.boxes())[0])
            units.append(fabric.units.take(met).in_srid(srid))
            own = fabric.polygons.take(met)
            polygons.append(own if fabric.srid == srid else reprojected_polygons(own, fabric.srid, srid))
        return joined_units(units), np.concatenate(polygons)

    return units_near


def check_coverage(
    rim: Rim,
    neighbours: Sequence[Rim],
    units_near: UnitsNear,
    catalogue: Catalogue,
    *,
    unusable: Sequence[UnusableParcel] = (),
) -> list[Finding]:
    """Give the coverage findings that concern a commune, its seams with the neighbours given included."""
    units, residual = joint_residual(rim, neighbours, catalogue)
    own = units.commune_id[residual.segments.unit] == rim.commune_id
    if not own.any():
        return check_vertices(units, residual.touches, catalogue, [])
    zone = _surroundings(residual.segments.take(own), _FAR_M)
    segments = residual.segments.take(own | _bears_on(residual.segments, own, zone, catalogue))
    arrangement = arrange(units, segments, among=residual.segments, within=zone)
    apart = [
        *check_overlaps(arrangement, units_near, catalogue),
        *check_gaps(arrangement, catalogue, unusable),
    ]
    explained = [finding for finding in apart if finding.rule_id in _EXPLAINS_VERTICES]
    found = [*apart, *check_vertices(units, residual.touches, catalogue, explained)]
    return [finding for finding in found if rim.commune_id in (finding.commune_id, finding.other_commune_id)]


def _surroundings(segments: Segments, margin_m: float) -> BaseGeometry:
    low_x, low_y, high_x, high_y = segments.bounds()
    zone: BaseGeometry = shapely.box(low_x - margin_m, low_y - margin_m, high_x + margin_m, high_y + margin_m)
    return zone


def _bears_on(segments: Segments, own: Flags, zone: BaseGeometry, catalogue: Catalogue) -> Flags:
    """Tell which foreign segments can bound a fault together with own ones.

    Those do that meet the zone and hang together with own ones, or come as near as a narrow gap is wide.
    """
    bears = np.zeros(len(segments), dtype=bool)
    if own.all():
        return bears
    low_x, low_y, high_x, high_y = zone.bounds
    ends = np.stack([segments.xy[segments.start], segments.xy[segments.end]])
    low, high = ends.min(axis=0), ends.max(axis=0)
    meets = (high[:, 0] >= low_x) & (low[:, 0] <= high_x) & (high[:, 1] >= low_y) & (low[:, 1] <= high_y)
    foreign = np.flatnonzero(meets & ~own)
    label = kernels.components(segments.start, segments.end, len(segments.xy))[segments.start]
    close = shapely.STRtree(segments.take(own).lines()).query(
        segments.take(foreign).lines(), predicate="dwithin", distance=catalogue["COV004"].limit("narrow_width_m")
    )[0]
    together = np.union1d(label[own], label[foreign[close]])
    bears[foreign[np.isin(label[foreign], together)]] = True
    return bears
