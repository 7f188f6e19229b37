"""Changed parcels judged with their surroundings, in the transaction that changes them.

A finding depends on the ground that it lies on and along. So after a change only the changed ground is looked
at again, as it is and as it was, with the parcels along it (the focus) and everything around those: what is found
there is exactly what a run over whole communes would find. Where ground of nobody runs out of sight (a void
larger than the surroundings, the outer edge of all that is loaded), whole communes are judged instead: slower,
never different. Rules about whole sheets and boundaries (ADM003, COV007) wait for the next run over the commune.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.box import box_4326
from landdb.domain.finding import Finding
from landdb.store import ground as ground_store
from landdb.store import surroundings
from landdb.store.ground import CommuneNotes
from landdb.store.surroundings import GroundRow
from landdb.validators import kernels
from landdb.validators.borders import check_few_outside
from landdb.validators.catalogue import Catalogue
from landdb.validators.edges import residual_of
from landdb.validators.fabric import NO_PARCEL, CommuneFabric, Units, UnusableParcel
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.ground import boundary_in, in_one_crs, to_units, unusable_in
from landdb.validators.patch import Patch, check_patch
from landdb.validators.rings import Flags, Geometries, Polygons, polygons_from_wkb, polygons_of, reprojected_polygons
from landdb.validators.shapes import check_shapes
from landdb.validators.vertices import touch_limits_m

#: Parcels this near to changed ground can have a fault with it.
ALONG_M = 2.5
#: Everything this near to those is looked at, and this near when ground of nobody runs out of sight.
AROUND_M, FARTHER_M = 25.0, 200.0
#: Degrees and metres are turned against each other: what is read in degrees reaches this much farther.
_SLACK_M = 5.0
#: A finding lies on ground when it comes this near after noding.
_TOUCH_M = 0.01
#: Two edges from a common corner leave its reach within less than this.
_CORNER_M = 4 * _TOUCH_M
#: Faults named by their longest neighbours only.
_GAPS = frozenset({"COV004", "COV005", "COV007", "COV010", "COV012", "COV014"})


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Ground around changed parcels, in one CRS: all units in `zone`, `focus` marking those along the change.

    `ground` holds the focus' polygons and the changed ground as it is and was. `changed` are the parcels named by
    the caller, whether they still exist or not.
    """

    changed: frozenset[int]
    units: Units
    polygons: Polygons
    focus: Flags
    ground: Geometries
    zone: BaseGeometry

    @property
    def focus_ids(self) -> frozenset[int]:
        """Give the parcels whose findings are known completely from here."""
        return self.changed | frozenset(self.units.parcel_id[self.focus].tolist())

    @property
    def seen_ids(self) -> frozenset[int]:
        """Give all parcels in sight."""
        return self.changed | frozenset(self.units.parcel_id[self.units.parcel_id != NO_PARCEL].tolist())

    @property
    def commune_ids(self) -> list[int]:
        """Give the communes of the focus."""
        return sorted(set(self.units.commune_id[self.focus].tolist()))

    def units_near(self, faces: Geometries) -> tuple[Units, Geometries]:
        """Give the units whose envelopes meet faces."""
        met = np.unique(shapely.STRtree(faces).query(self.polygons.boxes())[0])
        return self.units.take(met), self.polygons.take(met)

    def concerns(
        self, rule_id: str, parcels: Collection[int | None], geometry: BaseGeometry | None, srid: int | None
    ) -> bool:
        """Tell whether a finding can be told from here completely: about the focus, or a gap along its ground.

        A gap is named by its two longest neighbours and may lie along the change all the same; where it only
        touches the ground at a corner, it is somebody else's. Every other fault names whom it concerns.
        """
        if self.focus_ids & set(parcels):
            return True
        if geometry is None or rule_id not in _GAPS:
            return False
        here = geometry
        if srid != self.units.srid:
            here = reprojected_polygons(np.array([geometry], dtype=object), srid or 0, self.units.srid)[0]
        beside = self.ground[shapely.dwithin(self.ground, here, _TOUCH_M)]
        along = shapely.intersection(shapely.boundary(here), shapely.buffer(beside, _TOUCH_M))
        return bool((shapely.length(along) > _CORNER_M).any())


def look_around(
    conn: psycopg.Connection, parcel_ids: Collection[int], *, around_m: float = AROUND_M
) -> Surroundings | None:
    """Give the surroundings of parcels that this transaction changes; None when they have no ground."""
    rows = surroundings.read_changed_ground(conn, sorted(parcel_ids))
    if not rows:
        return None
    srid = min({row.srid for row in rows}, key=lambda each: (-sum(row.srid == each for row in rows), each))
    touched = _polygons(rows, srid)
    boxes = [box_4326(bounds, srid, margin_m=ALONG_M) for bounds in shapely.bounds(touched)]
    columns = ground_store.read_units_around(conn, boxes, margin_m=around_m + _SLACK_M)
    units = to_units(columns, srid, columns.codes)
    polygons = in_one_crs(
        polygons_from_wkb(columns.wkb, np.array(columns.wkb_bytes, dtype=np.int64)), columns.srid, srid
    )
    focus = _lie_along(units, polygons, touched) | np.isin(units.parcel_id, sorted(parcel_ids))
    ground = np.concatenate([touched, polygons.take(np.flatnonzero(focus))])
    low_x, low_y, high_x, high_y = shapely.total_bounds(ground)
    zone = shapely.box(low_x - around_m, low_y - around_m, high_x + around_m, high_y + around_m)
    return Surroundings(frozenset(parcel_ids), units, polygons, focus, ground, zone)


def _lie_along(units: Units, polygons: Polygons, touched: Geometries) -> Flags:
    """Tell which units are parcels that lie along changed ground."""
    low, high = shapely.bounds(touched)[:, :2] - ALONG_M, shapely.bounds(touched)[:, 2:] + ALONG_M
    near = np.zeros(len(units), dtype=bool)
    for one_low, one_high in zip(low, high, strict=True):
        near |= (polygons.bounds[:, :2] <= one_high).all(axis=1) & (polygons.bounds[:, 2:] >= one_low).all(axis=1)
    members = np.flatnonzero(near & (units.parcel_id != NO_PARCEL))
    along = np.zeros(len(units), dtype=bool)
    along[members[shapely.STRtree(touched).query(polygons.take(members), "dwithin", ALONG_M)[0]]] = True
    return along


def judge_around(
    conn: psycopg.Connection, around: Surroundings, catalogues: Mapping[int, Catalogue]
) -> list[Finding] | None:
    """Give what the array rules find on the focus, sorted; None when the surroundings do not tell.

    `catalogues` holds the rules of each commune; faults across communes are judged by the first one's.
    """
    communes = around.commune_ids
    catalogue = catalogues[communes[0]] if communes else next(iter(catalogues.values()))
    srid = around.units.srid
    notes = ground_store.list_notes(conn, communes)
    unusable = {
        note.commune_id: unusable_in(ground_store.list_unusable(conn, note.commune_id), srid)
        for note in notes
        if note.has_unusable
    }
    residual = residual_of(around.polygons, around.units, touch_limits_m(around.units, catalogue))
    zone, edges = around.zone.bounds, residual.segments
    over = kernels.winding_at(zone[2], zone[3], edges.xy, edges.start, edges.end)
    judged = check_patch(
        Patch(around.units, residual, around.focus, zone, at_corner=int(over), is_clipped=True),
        around.units_near,
        catalogue,
        unusable=[parcel for parcels in unusable.values() for parcel in parcels],
    )
    if judged.is_open:
        return None
    found = judged.findings
    for note in notes:
        found += _alone(around, note, unusable.get(note.commune_id, ()), catalogues[note.commune_id])
    kept = (f for f in found if around.concerns(f.rule_id, (f.parcel_id, f.other_parcel_id), f.geometry, f.srid))
    return sorted_findings(kept)


def _alone(
    around: Surroundings, note: CommuneNotes, unusable: Sequence[UnusableParcel], catalogue: Catalogue
) -> list[Finding]:
    """Give what the rules find about the focus' parcels of one commune each by itself."""
    members = np.flatnonzero(around.focus & (around.units.commune_id == note.commune_id))
    fabric = CommuneFabric(
        note.commune_id,
        around.units.take(members),
        around.polygons.of_units(members),
        unusable=tuple(parcel for parcel in unusable if parcel.parcel_id in around.changed),
    )
    boundary = boundary_in(note.boundary, around.units.srid)
    beyond = [] if boundary is None else check_few_outside(fabric, boundary, catalogue)
    # a sheet in the wrong place is one fault, not one of each of its parcels
    told = [finding for finding in beyond if finding.subject.rpartition("/")[0] not in note.misplaced_sheets]
    return [*check_shapes(fabric, catalogue), *told]


def _polygons(rows: Sequence[GroundRow], srid: int) -> Geometries:
    """Give the geometries of rows in one CRS."""
    geometries: Geometries = shapely.from_wkb(np.array([row.geom for row in rows], dtype=object))
    return in_one_crs(polygons_of(geometries), [row.srid for row in rows], srid).take(np.arange(len(rows)))
