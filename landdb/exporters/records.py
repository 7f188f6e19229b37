"""What exporters are given: findings, rules and parcels as plain data, already worded."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from landdb.domain.dates import VIETNAM

#: What the two languages call the columns of a finding, in the order in which tables show them.
COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "finding_id": ("Số lỗi", "Finding"),
    "commune": ("Mã xã", "Commune"),
    "rule": ("Quy tắc", "Rule"),
    "severity": ("Mức độ", "Severity"),
    "state": ("Trạng thái", "State"),
    "title": ("Loại lỗi", "Kind"),
    "sheet_no": ("Số tờ", "Sheet"),
    "parcel_no": ("Số thửa", "Parcel"),
    "other_commune": ("Mã xã kia", "Other commune"),
    "other_sheet_no": ("Số tờ kia", "Other sheet"),
    "other_parcel_no": ("Số thửa kia", "Other parcel"),
    "message": ("Nội dung", "Message"),
    "remedy": ("Cách xử lý", "Remedy"),
    "reason": ("Mã lý do", "Reason"),
    "measure": ("Giá trị đo", "Measure"),
    "unit": ("Đơn vị", "Unit"),
    "area_m2": ("Diện tích lỗi (m²)", "Area (m²)"),
    "width_m": ("Bề rộng lỗi (m)", "Width (m)"),
    "easting_m": ("Y (đông, m)", "Easting (m)"),
    "northing_m": ("X (bắc, m)", "Northing (m)"),
    "srid": ("Mã EPSG", "EPSG"),
    "lon": ("Kinh độ", "Longitude"),
    "lat": ("Vĩ độ", "Latitude"),
    "limits": ("Hạn sai đã dùng", "Limits used"),
    "first_seen": ("Thấy lần đầu", "First seen"),
    "last_seen": ("Thấy lần cuối", "Last seen"),
    "fingerprint": ("Dấu nhận dạng", "Fingerprint"),
}


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One finding in words. Eastings and northings are in `srid`, `geom` is WKB in it; `lon`, `lat` are WGS 84.

    Holds no personal value: a finding about a holder is told by the parcel.
    """

    finding_id: int
    commune: str
    rule: str
    severity: str
    state: str
    title: str
    sheet_no: str | None
    parcel_no: str | None
    other_commune: str | None
    other_sheet_no: str | None
    other_parcel_no: str | None
    message: str
    remedy: str
    reason: str | None
    measure: float | None
    unit: str | None
    area_m2: float | None
    width_m: float | None
    easting_m: float | None
    northing_m: float | None
    srid: int | None
    lon: float | None
    lat: float | None
    limits: str | None
    first_seen: dt.datetime
    last_seen: dt.datetime
    fingerprint: str
    is_new: bool
    geom: bytes | None

    @property
    def place(self) -> str:
        """Give the parcel as clerks write it, sheet before parcel."""
        return f"{self.sheet_no}/{self.parcel_no}" if self.parcel_no else ""

    @property
    def other_place(self) -> str:
        """Give the other parcel, with its commune when that is another one."""
        if not self.other_parcel_no:
            return ""
        place = f"{self.other_sheet_no}/{self.other_parcel_no}"
        return place if self.other_commune in {None, self.commune} else f"{self.other_commune} {place}"

    def cells(self) -> Iterator[Any]:
        """Give the values of `COLUMNS`; moments to the second, in Vietnam's time."""
        for column in COLUMNS:
            value = getattr(self, column)
            yield value.astimezone(VIETNAM).isoformat(timespec="seconds") if isinstance(value, dt.datetime) else value


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One rule of the catalogue; texts by language code."""

    rule: str
    severity: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    remedy: Mapping[str, str]
    legal_basis: str


@dataclass(frozen=True, slots=True)
class ParcelRecord:
    """A parcel that findings name; `geom` is WKB in `srid`, metres."""

    commune: str
    sheet_no: str
    parcel_no: str
    parcel_code: str | None
    computed_area_m2: float | None
    registered_area_m2: float | None
    legal_area_m2: float | None
    findings: int
    gravest: str
    rules: str
    srid: int
    geom: bytes

    def cells(self) -> dict[str, Any]:
        """Give every value but the geometry."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "geom"}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Findings of one rule and severity in one commune."""

    commune: str
    commune_name: str
    rule: str
    severity: str
    findings: int
