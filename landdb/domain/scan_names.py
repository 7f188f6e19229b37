"""Scanned papers, and what their names say: ``AB123456-GCN.pdf`` is the certificate, ``-GT`` the papers behind it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from landdb.domain.identifiers import normalise_certificate_serial

ScanKind = Literal["CERTIFICATE", "PAPERS", "OTHER"]

_NAME: Final = re.compile(
    r"(?P<serial>[A-ZĐ]{1,2}[ ._-]*[0-9]{6}(?:[0-9]{2})?)(?![0-9])(?P<rest>.*)\.(?P<ending>[A-Z0-9]{1,5})"
)
_KIND: Final = re.compile(r"[ ._-]*(GCN|GT)?[ ._-]*([0-9]{0,3})")
_KINDS: Final[dict[str | None, ScanKind]] = {None: "CERTIFICATE", "GCN": "CERTIFICATE", "GT": "PAPERS"}


@dataclass(frozen=True, slots=True)
class ScanName:
    """What a file's name was read as; `kept` is the name in its usual spelling, None when it says more than it should.

    A name of one's own may name a person, so only names of the usual form are kept.
    """

    serial: str | None
    kind: ScanKind
    kept: str | None


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One scanned paper; `file_name` is the usual spelling of its name, else made of its digest."""

    file_name: str
    serial: str | None
    kind: ScanKind
    sha256: bytes
    size_bytes: int
    is_signed: bool


def read_scan_name(file_name: str) -> ScanName:
    """Give what the name says; a name that begins with no serial says nothing."""
    spelled = unicodedata.normalize("NFC", file_name).upper()
    match = _NAME.fullmatch(spelled)
    if match is None:
        return ScanName(None, "OTHER", None)
    serial = normalise_certificate_serial(match["serial"].replace("_", " ")).serial
    kind = _KIND.fullmatch(match["rest"])
    if kind is None:
        return ScanName(serial, "PAPERS" if re.search(r"[ ._-]GT\b", match["rest"]) else "CERTIFICATE", None)
    page = f"-{kind[2]}" if kind[2] else ""
    kept = f"{(serial or '').replace(' ', '')}-{kind[1] or 'GCN'}{page}.{match['ending'].lower()}"
    return ScanName(serial, _KINDS[kind[1]], kept)
