"""What answers look like. Only described here: their bytes come from PostgreSQL as they are."""

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """An object with exactly these members."""

    model_config = ConfigDict(extra="forbid")


class ProblemAnswer(Shape):
    """RFC 9457: what went wrong. `faults` name fields and reasons, never values."""

    type: str = Field(examples=["urn:landdb:problem:invalid-request"])
    title: str
    status: int
    request_id: str
    reason: str | None = None
    remedy: str | None = None
    error: str | None = Field(default=None, description="what OAuth clients look for", examples=["invalid_client"])
    faults: list[dict[str, str]] = Field(default=[], examples=[[{"field": "query.sheet", "reason": "MISSING"}]])


class Times(Shape):
    """The two dates that an answer is about."""

    valid_at: dt.date
    known_at: dt.datetime | None


class CommuneName(Shape):
    """A commune by its name."""

    code: str = Field(examples=["07954"])
    name: str
    kind: str


class SheetInfo(Shape):
    """A map sheet; its coordinate system belongs to it, not to the province."""

    sheet_no: str
    scale_denominator: int | None
    srid: int


class OldNumbers(Shape):
    """Numbers on the map before."""

    old_sheet_no: str | None
    old_parcel_no: str | None


class Geometry(Shape):
    """A GeoJSON geometry."""

    type: str
    coordinates: list[Any]


class NativeGeometry(Shape):
    """Coordinates in the sheet's own system, easting first."""

    srid: int
    axes: Literal["EN"]
    geometry: Geometry


class Areas(Shape):
    """On the certificate, in the survey document, and from the geometry."""

    legal_area_m2: float | None
    registered_area_m2: float | None
    computed_area_m2: float | None


class Provenance(Shape):
    """Where one part of an answer came from."""

    batch_id: int
    file_name: str | None
    source_row: int | None
    imported_at: dt.datetime | None
    document_reference: str | None
    valid_from: dt.date
    recorded_at: dt.datetime
    version: int


class LandUseOnMap(Shape):
    """The use written on the map: a survey's label, not a registered use."""

    label: str
    land_use_codes: list[str] | None
    fault: str | None


class LandUse(Shape):
    """One use of a parcel."""

    ordinal: int
    land_use_code: str | None
    land_use_raw: str
    land_use_fault: str | None
    area_m2: float | None
    origin: str | None
    use_form: str | None
    term: str | None
    expires_on: dt.date | None
    provenance: Provenance | None = None


class CertificateOfRight(Shape):
    """The certificate that a right rests on."""

    certificate_id: int
    serial: str | None
    registry_no: str | None
    issued_on: dt.date | None


class Certificate(CertificateOfRight):
    """A certificate of the parcel."""

    serial_fault: str | None
    certificate_area_m2: float | None
    provenance: Provenance | None = None


class Party(Shape):
    """A holder, masked; organisations are not persons and stay legible."""

    party_id: int
    party_kind: str
    name_masked: str
    citizen_id_masked: str | None
    org_no: str | None


class Right(Shape):
    """One holder's part in one right; `share` null: joint holders, undivided."""

    rrr_id: int
    rrr_kind: str
    holder_group: str
    share: str | None = Field(examples=["1/3"])
    role: str | None
    party: Party | None
    certificate: CertificateOfRight | None
    provenance: Provenance | None = None


class FindingAnswer(Shape):
    """A broken rule at one place."""

    finding_id: int
    rule_id: str
    severity: str
    state: str
    subject: str
    parcel_id: int | None
    other_parcel_id: int | None
    measure: float | None
    unit: str | None
    area_m2: float | None
    width_m: float | None
    point: Geometry | None
    details: dict[str, Any]
    changed_at: dt.datetime
    message: dict[str, str] | None


class Withheld(Shape):
    """A field that the caller does not get, and the rule behind it."""

    field: str
    reason: str


class Parcel(Shape):
    """One parcel with all that hangs on it, or the fields that were asked for and may be given.

    `findings` is null in answers about another time.
    """

    parcel_id: int
    parcel_code: str | None
    parcel_no: str
    commune: CommuneName
    sheet: SheetInfo
    old_numbers: OldNumbers
    address: str | None = None
    geometry: Geometry | None = None
    geometry_native: NativeGeometry | None = None
    geometry_fault: str | None = None
    areas: Areas | None = None
    land_use_on_map: LandUseOnMap | None = None
    land_uses: list[LandUse] | None = None
    certificates: list[Certificate] | None = None
    rights: list[Right] | None = None
    findings: list[FindingAnswer] | None = None
    withheld: list[Withheld]
    provenance: Provenance | None = None


class ParcelAnswer(Shape):
    """Which parcels were meant, and how certain that is."""

    status: Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND"]
    reason: str | None = Field(examples=["CODE_CARRIED_TWICE"])
    as_of: Times | None
    next: str | None
    parcels: list[Parcel]


class OldNumber(Shape):
    """The question, as it was understood; null where no number was typed."""

    commune_code: str
    sheet_no: str | None
    parcel_no: str | None
    scale_denominator: int | None


class OldCommune(Shape):
    """What the code denoted before."""

    name: str
    kind: str
    district_name: str | None


class SuccessorAnswer(CommuneName):
    """A present commune that the old one, or a part of it, went to."""

    is_divided: bool
    has_crosswalk: bool


class CandidateAnswer(Shape):
    """One place where the old number may have gone."""

    commune_code: str
    evidence: str
    sheet_no: str | None
    parcel_no: str | None
    scale_denominator: int | None
    note: str | None
    commune_name: str | None
    commune_kind: str | None
    sheet_is_stored: bool
    parcel_id: int | None


class OldNumberAnswer(Shape):
    """Where an old number is today; never a guess."""

    status: Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND"]
    reason: str | None
    as_of: Times | None
    asked: OldNumber
    old_communes: list[OldCommune]
    successors: list[SuccessorAnswer]
    candidates: list[CandidateAnswer]
    parcels: list[Parcel]


class BoxProperties(Shape):
    """What a map needs of a parcel."""

    parcel_id: int
    parcel_code: str | None
    commune_code: str
    sheet_no: str
    parcel_no: str
    legal_area_m2: float | None


class BoxFeature(Shape):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: int
    geometry: Geometry
    properties: BoxProperties


class BoxAnswer(Shape):
    """A GeoJSON feature collection, one page of it."""

    type: Literal["FeatureCollection"]
    numberReturned: int  # noqa: N815 - the OGC name
    next: str | None
    features: list[BoxFeature]
