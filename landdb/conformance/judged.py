"""Invented communes as landdb's own rules look at them, and what these say as a tool's findings."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from landdb.conformance.commune import FabricCommune, Geometries
from landdb.conformance.scoring import ToolFinding
from landdb.domain.crs import from_wgs84, to_wgs84
from landdb.domain.finding import Finding
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.checks import units_near_of
from landdb.validators.fabric import CommuneFabric, UnusableParcel, build_fabric
from landdb.validators.ground import CheckedGround
from landdb.validators.meridians import CommunePlace, SheetPlace
from landdb.validators.rim import neighbours_seen
from landdb.validators.survey import judge_commune, survey_ground

#: Parcel ids of different communes never meet.
_IDS_PER_COMMUNE = 1_000_000


def to_commune_fabric(commune: FabricCommune) -> CommuneFabric:
    """Give the fabric of a commune; parcel ids count from a million times the commune's index."""
    first = commune.index * _IDS_PER_COMMUNE + 1
    in_one = _in_one_zone(commune)
    columns = (commune.keys, commune.scale_denominator.tolist(), in_one, commune.open_ring.tolist())
    parcels = list(enumerate(zip(*columns, strict=True), start=first))
    foreign = commune.parcel_srid[~commune.open_ring] != commune.srid
    return build_fabric(
        commune.index + 1,
        commune.srid,
        [(parcel_id, key, scale, geom) for parcel_id, (key, scale, geom, is_open) in parcels if not is_open],
        objects=list(zip(commune.object_keys, commune.objects, strict=True)),
        boundary=commune.boundary,
        unusable=[_open(parcel_id, key, geom) for parcel_id, (key, _, geom, is_open) in parcels if is_open],
        commune_code=commune.commune_code,
        from_other_zone=[*foreign.tolist(), *[False] * len(commune.objects)],
    )


def _in_one_zone(commune: FabricCommune) -> Geometries:
    """Give the parcels with those of sheets in another zone brought to the commune's own."""
    parcels = commune.parcels.copy()
    for srid in np.unique(commune.parcel_srid[commune.parcel_srid != commune.srid]).tolist():
        chosen = commune.parcel_srid == srid
        parcels[chosen] = [_in_zone(parcel, srid, commune.srid) for parcel in parcels[chosen]]
    return parcels


def _open(parcel_id: int, key: str, geom: shapely.Geometry) -> UnusableParcel:
    x, y = shapely.get_coordinates(geom)[0].tolist()
    return UnusableParcel(parcel_id, key, "Ring not closed", (x, y))


def to_sheet_places(commune: FabricCommune) -> tuple[tuple[SheetPlace, ...], CommunePlace]:
    """Give the sheets of a commune as drawn, and where the commune is known to lie."""
    bounds = shapely.bounds(commune.parcels)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    sheets = tuple(
        SheetPlace(
            str(sheet), int(commune.parcel_srid[commune.sheet_no == sheet][0]), middles[commune.sheet_no == sheet]
        )
        for sheet in np.unique(commune.sheet_no).tolist()
    )
    middle = commune.boundary.centroid
    lon, lat = to_wgs84(commune.srid)([middle.x], [middle.y])
    return sheets, CommunePlace(commune.index + 1, (float(lon[0]), float(lat[0])), commune.boundary.area / 1e6)


def to_checked_ground(commune: FabricCommune, fabric: CommuneFabric) -> CheckedGround:
    """Give a commune as a check reads it from the database."""
    sheets, place = to_sheet_places(commune)
    return CheckedGround(fabric, lambda: sheets, place)


def judge(communes: Sequence[FabricCommune], *, catalogue: Catalogue | None = None) -> list[ToolFinding]:
    """Give what landdb's array rules find on communes, seams included, each once, in the first commune's zone."""
    catalogue = catalogue or load_catalogue()
    fabrics = [to_commune_fabric(commune) for commune in communes]
    surveys = [
        survey_ground(to_checked_ground(commune, fabric), catalogue)
        for commune, fabric in zip(communes, fabrics, strict=True)
    ]
    codes = {commune.index + 1: commune.commune_code for commune in communes}
    found: list[ToolFinding] = []
    for own, survey in enumerate(surveys):
        near = [one for one, other in enumerate(surveys) if one != own and survey.rim.lies_near(other.rim)]
        around = units_near_of([fabrics[own], *(fabrics[index] for index in near)])
        seen = neighbours_seen(survey.rim, (each.rim for each in surveys))
        findings = judge_commune(survey, seen, around, catalogue)
        here = (finding for finding in findings if finding.commune_id == survey.commune_id)
        found += [as_said(finding, codes, communes[0].srid) for finding in here]
    return found


def as_said(finding: Finding, codes: Mapping[int, str], srid: int) -> ToolFinding:
    """Give a finding with the names that the answer sheet uses; at a seam a subject's part names its commune."""
    place = finding.geometry if finding.geometry is not None else shapely.Point(finding.point or ())
    own, known = codes[finding.commune_id], set(codes.values())
    names = frozenset(
        part.replace(":", "/", 1) if part.partition(":")[0] in known else f"{own}/{part}"
        for part in finding.subject.split("|")
    )
    return ToolFinding(finding.rule_id, _in_zone(place, finding.srid or srid, srid), names, finding.severity)


def _in_zone(place: shapely.Geometry, srid: int, wanted: int) -> shapely.Geometry:
    """Give a place in the wanted zone."""
    if srid == wanted:
        return place
    out, back = to_wgs84(srid), from_wgs84(wanted)
    return shapely.transform(place, lambda xy: np.stack(back(*out(xy[:, 0], xy[:, 1])), axis=1))
