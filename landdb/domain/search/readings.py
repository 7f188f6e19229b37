"""What a search text can mean: one frozen class per kind of key, and why a text is not searched."""

from dataclasses import dataclass
from typing import Literal

from landdb.domain.text import fold

#: Why a text, or a part of it, is not searched here. Each has its sentence in words.toml.
Refused = Literal[
    "EMPTY",
    "TOO_LONG",
    "NOT_UNDERSTOOD",
    "LEGACY_FONT",
    "PERSONAL_NUMBER",
    "PERSON_NAME",
    "ORGANISATION_NUMBER",
    "LOOKS_LIKE_DATE",
    "UTM",
    "OUTSIDE_VIETNAM",
    "SHORT_LINK",
    "LINK_WITHOUT_PLACE",
    "UUID",
]
#: What was passed over beside what was understood.
Note = Literal["PERSON_NAME", "PERSONAL_NUMBER", "AREA_IGNORED", "NUMBER_IGNORED", "PART_OF_PARCEL"]


@dataclass(frozen=True, slots=True)
class Place:
    """A commune as the text names it; district and province only narrow it down.

    `is_former`: the text itself says that the commune is one of before. `code`: five digits instead of a name.
    """

    name: str | None = None
    kind: str | None = None
    district: str | None = None
    province: str | None = None
    code: str | None = None
    is_former: bool = False

    @property
    def folded(self) -> str | None:
        """Give the name as it is searched."""
        return None if self.name is None else fold(self.name)


@dataclass(frozen=True, slots=True)
class ParcelReading:
    """Sheet and parcel numbers; without `sheet_no` on any sheet, without `parcel_nos` the whole sheet.

    `is_old`: the numbers of an older map. `parts`: those parcels of which only a part is meant (pcl).
    """

    sheet_no: str | None = None
    parcel_nos: tuple[str, ...] = ()
    is_old: bool = False
    place: Place | None = None
    address: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A commune, or an address in one: what remains of a text without numbers."""

    place: Place | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CertificateReading:
    """The serial printed on a certificate, in its usual spelling."""

    serial: str


@dataclass(frozen=True, slots=True)
class RegistryReading:
    """The number under which a certificate stands in the registry book (số vào sổ)."""

    registry_no: str


@dataclass(frozen=True, slots=True)
class BarcodeReading:
    """The barcode of a certificate: commune code, year and running number of its dossier."""

    digits: str

    @property
    def commune_code(self) -> str:
        """Give the code of the commune, as it was when the certificate was issued."""
        return self.digits[:5]


@dataclass(frozen=True, slots=True)
class PointReading:
    """A place in WGS 84 degrees; the mean of `points` places when several were given."""

    lat: float
    lon: float
    points: int = 1


@dataclass(frozen=True, slots=True)
class GridReading:
    """A place in VN-2000 metres, northing and easting told apart by their size; `srid` when the text tells the zone."""

    northing_m: float
    easting_m: float
    srid: int | None = None
    place: Place | None = None
    points: int = 1


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A national parcel code."""

    parcel_code: str


@dataclass(frozen=True, slots=True)
class IdReading:
    """The key of a parcel in this register, from one of our own links."""

    parcel_id: int


Reading = (
    ParcelReading
    | PlaceReading
    | CertificateReading
    | RegistryReading
    | BarcodeReading
    | PointReading
    | GridReading
    | CodeReading
    | IdReading
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a text may be read; more than one reading means that the asker must choose.

    Without readings `refused` says why.
    """

    readings: tuple[Reading, ...] = ()
    refused: Refused | None = None
    notes: tuple[Note, ...] = ()
