"""Keys of land: commune code, sheet and parcel number, national parcel code, certificate serial."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from landdb.errors import InvalidValue

# One address for every identifier; those of people live in their own module.
from .personal_numbers import CitizenId, IdReading, TaxReading, diagnose_citizen_id, diagnose_tax_code

__all__ = [
    "CitizenId",
    "IdReading",
    "ParcelCode",
    "SerialReading",
    "TaxReading",
    "diagnose_citizen_id",
    "diagnose_tax_code",
    "normalise_certificate_serial",
    "normalise_commune_code",
    "normalise_number",
]

_COMMUNE: Final = re.compile(r"(\d{1,5})(?:[.,]0*)?", re.ASCII)
_WHOLE_NUMBER: Final = re.compile(r"(\d+)(?:\.0*)?", re.ASCII)
_PARCEL_CODE: Final = re.compile(r"[0-9b-hjkmnp-z]{12}")
_SERIAL_PARTS: Final = re.compile(r"([A-ZĐ]{1,2})[ .\-]*([0-9][0-9 .]*)")
_SERIAL: Final = re.compile(r"[A-ZĐ]{1,2} [0-9]{6}|[A-Z]{2} [0-9]{8}")


def normalise_commune_code(text: str | float) -> str:
    """Give the five digits of a commune code that a spreadsheet may have turned into a number."""
    match = _COMMUNE.fullmatch(str(text).strip().lstrip("'"))
    if match is None or int(match[1]) == 0:
        raise InvalidValue("commune_code", "NOT_A_COMMUNE_CODE", remedy="five digits, such as 07954")
    return match[1].zfill(5)


def normalise_number(text: str | float | None) -> str | None:
    """Give a sheet or parcel number without leading zeros; text such as ``Lô 49/Khoảnh 9`` stays text."""
    spelled = " ".join(unicodedata.normalize("NFC", "" if text is None else str(text)).lstrip("'").split())
    if whole := _WHOLE_NUMBER.fullmatch(spelled):
        return whole[1].lstrip("0") or "0"
    return spelled or None


@dataclass(frozen=True, slots=True)
class ParcelCode:
    """The national 12-character parcel code: assigned once, a place only at the moment of issue."""

    value: str

    def __post_init__(self) -> None:
        if not _PARCEL_CODE.fullmatch(self.value):
            raise InvalidValue("parcel_code", "NOT_A_PARCEL_CODE", remedy="12 characters of 0-9 and b-z, no a i l o")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Give the code that the text writes; capitals and surrounding spaces are forgiven."""
        return cls(text.strip().lower())

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class SerialReading:
    """A certificate serial in its usual spelling, and whether it has the form of one."""

    serial: str | None
    well_formed: bool


def normalise_certificate_serial(text: str | None) -> SerialReading:
    """Give the serial in capitals with one space before its digits; ``Đ`` is never taken for ``D``."""
    # The Icelandic capital eth looks the same on screen and comes from careless keyboards.
    spelled = " ".join(unicodedata.normalize("NFC", text or "").upper().replace("\u00d0", "Đ").split())
    if parts := _SERIAL_PARTS.fullmatch(spelled):
        spelled = f"{parts[1]} {re.sub(r'[ .]', '', parts[2])}"
    return SerialReading(spelled or None, _SERIAL.fullmatch(spelled) is not None)
