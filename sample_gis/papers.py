"""The plain records that are delivered: parcels with their attributes, people, certificates, one survey."""

from dataclasses import dataclass, field
from datetime import date

from sample_gis.fabric import Fabric, Ground

WRONG_SRID = 9208  # the zone in which the ward's stray sheet was computed


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a parcel and the area it takes."""

    code: str
    area_m2: float


@dataclass(frozen=True, slots=True)
class ParcelRecord:
    """One row of the delivered parcel layer."""

    sheet_no: str
    parcel_no: str
    scale: int
    land: str
    geom: Ground
    code: str
    registered_m2: float
    legal_m2: float
    uses: tuple[Use, ...]
    address: str
    holder: str = ""
    wkb: bytes | None = None  # delivered instead of `geom` where no geometry library would write it

    @property
    def key(self) -> str:
        """Give the working key within the commune, such as ``3/118``."""
        return f"{self.sheet_no}/{self.parcel_no}"

    @property
    def use_label(self) -> str:
        """Give the uses as the map prints them, such as ``ONT+CLN``."""
        return "+".join(use.code for use in self.uses)

    @property
    def shape(self) -> Ground | bytes | None:
        """Give what is written into the geometry column."""
        return self.wkb or (None if self.geom.is_empty else self.geom)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person; `born` is written as on the papers: a day or only a year."""

    name: str
    born: str
    sex: str
    citizen_id: str
    residence: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """One invented organisation or community; a community has no number."""

    name: str
    number: str
    tax_code: str


@dataclass(frozen=True, slots=True)
class Holder:
    """One row under a certificate: who, in which role, with which share of the right."""

    person: Person
    role: str
    share: str
    organisation: Organisation | None = None
    tax_code: str = ""  # of the person


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate with its holders and the keys of its parcels."""

    serial: str
    registry_no: str
    issued_on: date
    group: str
    holders: tuple[Holder, ...]
    keys: tuple[str, ...]
    origin: str
    form: str
    term: str
    scan: str | None = None  # None: named after the serial, as it should be

    @property
    def scan_file(self) -> str:
        """Give the name of the scan that came with the paper; none when empty."""
        return f"{self.serial}-GCN.pdf" if self.scan is None else self.scan


@dataclass(slots=True)
class Survey:
    """Everything delivered for one commune; the faults are planted in a copy of it.

    `parcels` is what the papers know. The map may say otherwise: `drawn` holds rows that differ from the papers,
    `undrawn` the keys without a row, `apart` the keys whose rows come in a file of their own, `extra` more rows.
    """

    fabric: Fabric
    parcels: dict[str, ParcelRecord]
    certificates: list[Certificate]
    drawn: dict[str, ParcelRecord] = field(default_factory=dict)
    undrawn: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    extra: list[ParcelRecord] = field(default_factory=list)

    def map_rows(self) -> list[ParcelRecord]:
        """List the rows of the parcel layer in sheet order, the extra ones last."""
        gone = self.undrawn | self.apart
        return [self.drawn.get(key, record) for key, record in self.parcels.items() if key not in gone] + self.extra

    def apart_rows(self) -> list[ParcelRecord]:
        """List the rows of the parcel layer that is delivered on its own."""
        return [record for key, record in self.parcels.items() if key in self.apart]
