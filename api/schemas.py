"""What requests may say, typed and closed: an unknown parameter is an error, not a shrug."""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from landdb.domain.crs import Axes
from landdb.domain.fields import FIELDS, wanted_fields

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?")


def _iso(value: Any) -> Any:
    """Refuse bare numbers, which would pass for seconds since 1970."""
    if isinstance(value, str) and not _ISO_DATE.fullmatch(value):
        raise PydanticCustomError("not_iso_8601", "not ISO 8601")
    return value


def text(longest: int) -> Any:
    """Give the constraints of printable text."""
    return Field(min_length=1, max_length=longest, pattern=r"^[^\x00-\x1f\x7f]+$")


CommuneCode = Annotated[
    str, Field(pattern=r"^[0-9]{1,5}(\.0+)?$", max_length=10, description="five digits", examples=["07954"])
]
Number = Annotated[str, text(60)]
Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the page before")]
Degrees = Annotated[float, Field(allow_inf_nan=False)]
EARLIEST, LATEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


_Day = Annotated[dt.date, Field(ge=EARLIEST.date(), le=LATEST.date())]
_Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
ValidAt = Annotated[
    _Day | None, BeforeValidator(_iso), Field(description="true in law on this day", examples=["2026-01-31"])
]
KnownAt = Annotated[
    _Moment | None,
    BeforeValidator(_iso),
    Field(description="as recorded by this moment (RFC 3339, with its offset)", examples=["2026-01-31T08:00:00Z"]),
]


BoundingBox = Annotated[
    str,
    Field(
        pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,15})?(,-?[0-9]{1,3}(\.[0-9]{1,15})?){3}$",
        description="west,south,east,north in degrees",
        examples=["105.25,21.41,105.26,21.42"],
    ),
]


def corners(box: str) -> tuple[float, float, float, float]:
    """Give west, south, east, north of a box as it is written."""
    west, south, east, north = map(float, box.split(","))
    return west, south, east, north


class Strict(BaseModel):
    """A request with these parameters and no others."""

    model_config = ConfigDict(extra="forbid")


class AsOf(Strict):
    """The two dates of a question; without them it is about now."""

    valid_at: ValidAt = None
    known_at: KnownAt = None


_FIELD = "|".join(name.replace(".", r"\.") for name in FIELDS)
Fields = Annotated[
    str | None,
    Field(
        pattern=f"^(?:{_FIELD})(?:,(?:{_FIELD}))*$",
        max_length=300,
        description="only these fields of a parcel, separated by commas; its numbers and codes are always given",
        examples=["areas,land_uses"],
    ),
]


class ParcelView(AsOf):
    """How whole parcels are wanted."""

    coordinates: Annotated[
        Literal["wgs84", "native"], Field(description="native: also in the sheet's own VN-2000 zone, E,N")
    ] = "wgs84"
    fields: Fields = None

    @property
    def wanted(self) -> frozenset[str] | None:
        """Give the fields that are wanted, None for all."""
        return None if self.fields is None else wanted_fields(self.fields)

    @property
    def native(self) -> bool:
        """Tell whether native coordinates are wanted."""
        return self.coordinates == "native"


class Listing(Strict):
    """A part of a long list."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    after: Cursor | None = None


class NumberQuery(ParcelView):
    """The present working key."""

    commune: CommuneCode
    sheet: Annotated[Number, Field(description="map sheet number", examples=["12"])]
    parcel: Annotated[Number, Field(description="parcel number", examples=["345"])]


class OldNumberQuery(ParcelView):
    """A number as an old certificate gives it."""

    commune: Annotated[CommuneCode, Field(examples=["07945"])]
    sheet: Annotated[Number, Field(examples=["7"])]
    parcel: Annotated[Number | None, Field(description="without it the whole sheet is meant", examples=["12"])] = None
    scale: Annotated[int | None, Field(ge=1, le=1_000_000, description="denominator", examples=[500])] = None
    note: Annotated[
        str | None, text(200), Field(description="often the commune before an earlier merger", examples=["Hà Thạch"])
    ] = None


class PointQuery(ParcelView):
    """A point: longitude and latitude, or x and y in a VN-2000 zone with their order said."""

    lon: Annotated[Degrees | None, Field(ge=-180, le=180, examples=[105.257])] = None
    lat: Annotated[Degrees | None, Field(ge=-90, le=90, examples=[21.4208])] = None
    x: Annotated[Degrees | None, Field(description="metres")] = None
    y: Annotated[Degrees | None, Field(description="metres")] = None
    srid: Annotated[int | None, Field(ge=1, le=99999, description="EPSG code of a VN-2000 system, e.g. 9208")] = None
    axes: Annotated[Axes, Field(description="EN: x is the easting; NE: x is the northing, as on paper maps")] = "EN"

    @model_validator(mode="after")
    def _one_system(self) -> "PointQuery":
        given = [value is not None for value in (self.lon, self.lat, self.x, self.y, self.srid)]
        if given not in ([True, True, False, False, False], [False, False, True, True, True]):
            raise PydanticCustomError("lon_lat_or_x_y_srid", "give lon and lat, or x, y and srid")
        return self

    def point(self) -> tuple[float, float, int]:
        """Give x, y and the EPSG code."""
        if self.lon is not None and self.lat is not None:
            return self.lon, self.lat, 4326
        if self.x is None or self.y is None or self.srid is None:
            raise RuntimeError("the validator lets no other case through")
        return self.x, self.y, self.srid


class BoxQuery(AsOf, Listing):
    """A box in degrees."""

    bbox: BoundingBox

    def box(self) -> tuple[float, float, float, float]:
        """Give west, south, east, north."""
        return corners(self.bbox)


class HolderQuery(ParcelView, Listing):
    """Parcels of one holder or certificate, in pages."""


class CommuneListQuery(Listing):
    """Communes in force, of a province or of a name."""

    province: Annotated[str | None, Field(pattern=r"^[0-9]{2}$", examples=["25"])] = None
    name: Annotated[str | None, text(60), Field(description="with or without accents", examples=["phong chau"])] = None
    valid_at: ValidAt = None


class QualityQuery(Strict):
    """How much of a trend is wanted."""

    days: Annotated[int, Field(ge=1, le=1000, description="at most so many scored days")] = 30


class PageQuery(Strict):
    """In which language a page is wanted."""

    lang: Literal["vi", "en"] = "vi"


class CommuneQuery(Strict):
    """The day on which a commune code is read."""

    valid_at: ValidAt = None


class PersonSearch(Strict):
    """A question about a person, with its reason; both reasons are kept in the access record."""

    citizen_id: Annotated[
        SecretStr,
        Field(
            min_length=1,
            max_length=30,
            description="12 digits",
            examples=["099177200007"],
            json_schema_extra={"pattern": "^[0-9]{12}$"},
        ),
    ]
    purpose: Annotated[str, text(200), Field(examples=["land tax notice"])]
    case_ref: Annotated[str, text(100), Field(examples=["HS-2026-0017"])]
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Cursor | None = None
    valid_at: ValidAt = None
    known_at: KnownAt = None

    def as_of(self) -> AsOf:
        """Give the dates of the question."""
        return AsOf(valid_at=self.valid_at, known_at=self.known_at)


class HolderCheck(PersonSearch):
    """The declare-once question; `communes` narrows it down to some of those that the caller may ask about."""

    communes: Annotated[list[CommuneCode] | None, Field(min_length=1, max_length=200)] = None
