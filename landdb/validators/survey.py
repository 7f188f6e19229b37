"""Two steps over one commune: survey its own ground, then judge it together with its neighbours' rims.

Between the steps stands only what a commune shows to its neighbours (`Rim`), so that communes are surveyed
and judged anywhere, in any order, and no step holds more than one commune.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.box import box_4326
from landdb.domain.finding import Finding
from landdb.store import ground as ground_store
from landdb.validators.borders import check_outside
from landdb.validators.catalogue import Catalogue
from landdb.validators.checks import check_coverage
from landdb.validators.coverage import UnitsNear
from landdb.validators.fabric import CommuneFabric, Units, UnusableParcel
from landdb.validators.ground import CheckedGround, in_one_crs, to_checked_ground, to_units
from landdb.validators.meridians import check_sheets
from landdb.validators.rim import Rim, rim_of_fabric
from landdb.validators.rings import Geometries, Polygons, polygons_from_wkb
from landdb.validators.shapes import check_shapes

_SHEET_RULE = "ADM003"
_OUTSIDE_RULE = "ADM001"
#: Degrees and metres are turned against each other: what is read in degrees reaches this much farther.
_SLACK_M = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What one commune's ground says by itself: its findings so far, and its rim.

    `boundary` is what parcels should reach to; None when it is not known, or when there are no parcels.
    """

    commune_id: int
    commune_code: str
    parcel_count: int
    findings: tuple[Finding, ...]
    rim: Rim
    unusable: tuple[UnusableParcel, ...]
    boundary: BaseGeometry | None


def survey_commune(
    conn: psycopg.Connection, commune_id: int, catalogue: Catalogue, *, rules: Collection[str] | None = None
) -> Survey:
    """Give the survey of a stored commune by some rules, all when left out; by none it is only for its rim."""
    ground = to_checked_ground(ground_store.read_ground(conn, commune_id))
    return survey_ground(ground, catalogue, rules=rules)


def survey_ground(ground: CheckedGround, catalogue: Catalogue, *, rules: Collection[str] | None = None) -> Survey:
    """Give the survey of a commune's ground: shapes, sheets, boundary; all rules that need no neighbour, or some."""
    fabric = ground.fabric
    rim = rim_of_fabric(fabric, catalogue)
    kinds = {catalogue[rule_id].kind for rule_id in (catalogue.select() if rules is None else rules)}
    found: list[Finding] = []
    if "geometry" in kinds:
        found += check_shapes(fabric, catalogue)
    if "coverage" in kinds:
        found += check_outside(fabric, rim.segments, catalogue)
        misplaced = [] if ground.place is None else check_sheets(ground.sheets(), ground.place, catalogue)
        found = [*_not_due_to(misplaced, found), *misplaced]
    return Survey(
        commune_id=fabric.commune_id,
        commune_code=fabric.commune_code,
        parcel_count=fabric.parcel_count + len(fabric.unusable),
        findings=tuple(found),
        rim=rim,
        unusable=fabric.unusable,
        boundary=fabric.boundary if fabric.parcel_count else None,
    )


def judge_commune(
    survey: Survey, neighbours: Sequence[Rim], units_near: UnitsNear, catalogue: Catalogue
) -> list[Finding]:
    """Give all array findings that concern a commune, those at its seams included."""
    coverage = check_coverage(
        survey.rim, neighbours, units_near, catalogue, boundary=survey.boundary, unusable=survey.unusable
    )
    return [*survey.findings, *coverage]


def read_neighbours(conn: psycopg.Connection, rim: Rim, catalogue: Catalogue) -> list[Rim]:
    """Give what a commune sees of the stored communes that can have a seam with it.

    Only units that meet its zone are read. The others belong to no edge in it and lie over no corner of it.
    """
    srid = rim.units.srid
    near = [] if rim.box_4326 is None else ground_store.list_communes_near(conn, rim.box_4326, beside=[rim.commune_id])
    if not near:
        return []
    zone = box_4326(rim.zone, srid, margin_m=_SLACK_M)
    columns = ground_store.read_units_near(conn, [zone], commune_ids=near)
    units = to_units(columns, srid, columns.codes)
    drawn = in_one_crs(polygons_from_wkb(columns.wkb, np.array(columns.wkb_bytes, dtype=np.int64)), columns.srid, srid)
    fabrics = [_of_commune(units, drawn, commune_id) for commune_id in near]
    return [rim_of_fabric(fabric, catalogue).seen_from(rim.zone, srid) for fabric in fabrics]


def _of_commune(units: Units, polygons: Polygons, commune_id: int) -> CommuneFabric:
    """Give one commune's part of units."""
    members = np.flatnonzero(units.commune_id == commune_id)
    return CommuneFabric(commune_id, units.take(members), polygons.of_units(members))


def units_near_in(conn: psycopg.Connection, srid: int) -> UnitsNear:
    """Give what fetches the stored units, of any commune, whose envelopes meet faces in `srid`."""

    def units_near(faces: Geometries) -> tuple[Units, Geometries]:
        columns = ground_store.read_units_near(conn, [box_4326(bounds, srid) for bounds in shapely.bounds(faces)])
        polygons = polygons_from_wkb(columns.wkb, np.array(columns.wkb_bytes, dtype=np.int64))
        here = in_one_crs(polygons, columns.srid, srid)
        return to_units(columns, srid, columns.codes), here.take(np.arange(len(here)))

    return units_near


def _not_due_to(misplaced: Collection[Finding], found: Sequence[Finding]) -> list[Finding]:
    """Give the findings without the parcels outside the commune that a misplaced sheet explains: one cause, once."""
    sheets = {finding.subject for finding in misplaced}
    return [f for f in found if f.rule_id != _OUTSIDE_RULE or f.subject.rpartition("/")[0] not in sheets]
