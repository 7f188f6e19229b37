"""All array rules over one commune's ground, without a database."""

from collections.abc import Collection, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators.borders import check_outside
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.coverage import UnitsNear
from landdb.validators.fabric import CommuneFabric, Units, UnusableParcel, joined_units
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.patch import Patch, check_patch
from landdb.validators.rim import Rim, joint_residual, neighbours_seen, rim_of_fabric
from landdb.validators.rings import Geometries, reprojected_polygons
from landdb.validators.shapes import check_shapes


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
        findings += check_outside(fabric, rim.segments, catalogue)
        findings += _check_coverage_of(fabric, rim, [], units_near_of([fabric]), catalogue)
    return sorted_findings(finding for finding in findings if finding.rule_id in chosen)


def check_fabrics(fabrics: Sequence[CommuneFabric], *, catalogue: Catalogue | None = None) -> list[Finding]:
    """Give the findings of the coverage rules over communes that lie beside each other, seams included, each once.

    Communes come in their order, the findings of each sorted.
    """
    catalogue = catalogue or load_catalogue()
    rims = [rim_of_fabric(fabric, catalogue) for fabric in fabrics]
    by_commune = {fabric.commune_id: fabric for fabric in fabrics}
    found: list[Finding] = []
    for fabric, rim in zip(fabrics, rims, strict=True):
        seen = neighbours_seen(rim, rims)
        around = units_near_of([fabric, *(by_commune[neighbour.commune_id] for neighbour in seen)])
        concerned = _check_coverage_of(fabric, rim, seen, around, catalogue)
        own = [finding for finding in concerned if finding.commune_id == fabric.commune_id]
        found += sorted_findings([*own, *check_outside(fabric, rim.segments, catalogue)])
    return found


def _check_coverage_of(
    fabric: CommuneFabric, rim: Rim, neighbours: Sequence[Rim], units_near: UnitsNear, catalogue: Catalogue
) -> list[Finding]:
    """Give the coverage findings that concern a fabric, bare ground along its boundary included."""
    boundary = fabric.boundary if fabric.parcel_count else None
    return check_coverage(rim, neighbours, units_near, catalogue, boundary=boundary, unusable=fabric.unusable)


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
    boundary: BaseGeometry | None = None,
    unusable: Sequence[UnusableParcel] = (),
) -> list[Finding]:
    """Give the coverage findings that concern a commune, its seams with neighbours (`neighbours_seen`) included.

    With its `boundary` the bare ground along it is among them.
    """
    if not len(rim.segments):
        return []
    units, residual = joint_residual(rim, neighbours, catalogue)
    at_corner = sum(neighbour.at_corner for neighbour in neighbours)
    own = units.commune_id == rim.commune_id
    patch = Patch(units, residual, own, rim.zone, at_corner=at_corner, boundary=boundary)
    found = check_patch(patch, units_near, catalogue, unusable=unusable).findings
    return [finding for finding in found if rim.commune_id in (finding.commune_id, finding.other_commune_id)]
