"""Keys printed on a certificate, parcel codes, and numbers of people that are not searched here."""

import re
from typing import Final

from landdb.domain.identifiers import normalise_certificate_serial
from landdb.domain.search.readings import (
    BarcodeReading,
    CertificateReading,
    CodeReading,
    Note,
    Reading,
    Refused,
    RegistryReading,
)
from landdb.domain.text import fold

_SERIAL_LABEL: Final = re.compile(
    r"^(?:giay chung nhan|gcn(?: ?qsdd?)?|so phat hanh|sph|so seri|so serial|seri|serial|certificate|so gcn|so hieu)"
    r"(?: ?(?:so|quyen su dung dat|qsdd?|phat hanh|seri|serial|no|number|gcn|giay chung nhan))*[ :.#]*"
)
_REGISTRY_LABEL: Final = re.compile(r"^(?:so vao so(?: cap)?(?: gcn| giay chung nhan)?|svs|vao so|registry no)[ :.#]*")
_SERIAL: Final = re.compile(r"([a-zđ]{1,2})[ .\-]?((?:[0-9][ .]?){6,8})", re.IGNORECASE)
_REGISTRY: Final = re.compile(r"((?:ch|cs|ct|cn|vp|cv|h|gp|cm)[ .\-]?[0-9]{1,6}(?:/?[a-z]{2,4})?)", re.IGNORECASE)
_BARCODE_LABEL: Final = re.compile(r"^(?:ma vach|barcode|mv)[ :.#]*")
_PARCEL_CODE_LABEL: Final = re.compile(r"^(?:ma dinh danh(?: thua dat)?|ma thua(?: dat)?|parcel code)[ :.#]*")
#: Every place of Vietnam has a code that begins so.
_PARCEL_CODE: Final = re.compile(r"w[0-9b-hjkmnp-z]{11}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
#: In one piece, or in groups of three that begin with 0: other groups of three are lists of parcels.
_PERSONAL: Final = re.compile(r"(?<![\w.,/-])\+?(?:\d{9,12}|0\d{2,3}(?:[ .-]\d{3}){2,3})(?![\w/])")
_WHOLE_DIGITS: Final = re.compile(r"\+?[\d .\-]+")
_BRANCH: Final = re.compile(r"\d{10}[ -]\d{3}")
_GROUP: Final = re.compile(r"[ .\-]+")
_SERIALS_OF_SHEETS: Final = frozenset({"t", "th", "so"})


def paper_in(text: str) -> tuple[Reading, ...]:
    """Give what the whole text is when it is a key from a certificate or a parcel code; two where both forms fit."""
    folded = fold(text)
    if label := _REGISTRY_LABEL.match(folded):
        number = text[label.end() :].strip()
        return (RegistryReading(" ".join(number.upper().split())),) if number and any(map(str.isdigit, number)) else ()
    if code := _parcel_code(folded):
        return (code,)
    if barcode := _barcode(folded):
        return (barcode,)
    label = _SERIAL_LABEL.match(folded)
    bare = text[label.end() :].strip() if label else text
    serial = _serial(bare, is_labelled=label is not None)
    registry = None if label else _registry(bare)
    return tuple(reading for reading in (serial, registry) if reading is not None)


def refused_number(text: str) -> Refused | None:
    """Give why the whole text is no number of land: one of a person or an organisation, or a UUID."""
    folded = fold(text)
    if _UUID.fullmatch(folded):
        return "UUID"
    if not _WHOLE_DIGITS.fullmatch(folded):
        return None
    digits = re.sub(r"\D", "", folded)
    is_one = folded.isdigit() or (folded.startswith(("+", "0")) and len(_GROUP.split(folded)[0]) < len(digits))
    if _BRANCH.fullmatch(folded) or (is_one and len(digits) == 10):
        return "ORGANISATION_NUMBER"
    return "PERSONAL_NUMBER" if is_one and len(digits) in (9, 11, 12) else None


def without_personal_numbers(text: str) -> tuple[str, tuple[Note, ...]]:
    """Give the text without runs of digits that can be a person's number, and the note that says so."""
    kept = _PERSONAL.sub(" ", text)
    return kept, () if kept == text else ("PERSONAL_NUMBER",)


def _parcel_code(folded: str) -> CodeReading | None:
    label = _PARCEL_CODE_LABEL.match(folded)
    code = folded[label.end() :] if label else folded
    return CodeReading(code) if _PARCEL_CODE.fullmatch(code) else None


def _barcode(folded: str) -> BarcodeReading | None:
    """Give the barcode: commune code (5), year (2), number (6 or 8); other lengths only when labelled."""
    label = _BARCODE_LABEL.match(folded)
    digits = folded[label.end() :].replace(".", "").replace(" ", "") if label else folded
    if not (digits.isascii() and digits.isdigit()):
        return None
    return BarcodeReading(digits) if len(digits) in (13, 15) or (label and 10 <= len(digits) <= 20) else None


def _serial(text: str, *, is_labelled: bool) -> CertificateReading | None:
    match = _SERIAL.fullmatch(text)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[2])
    groups = match[2].split()
    if len(groups) > 1 and not is_labelled and (fold(match[1]) in _SERIALS_OF_SHEETS or len(groups[-1]) < 2):
        return None
    reading = normalise_certificate_serial(f"{match[1]} {digits}")
    return CertificateReading(reading.serial) if reading.serial and reading.well_formed else None


def _registry(text: str) -> RegistryReading | None:
    match = _REGISTRY.fullmatch(text)
    if match is None:
        return None
    spelled = re.sub(r"^([A-Z]+)[ .\-]?", r"\1 ", match[1].upper())
    return RegistryReading(spelled) if len(re.sub(r"\D", "", spelled)) >= 2 else None
