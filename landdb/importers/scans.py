"""Scanned papers in a folder: their names, sizes, digests, and whether they carry a digital signature.

Files are read as bytes, never as documents: a hostile PDF is not opened by anything here. A signature that is found
is not verified; whether it holds is for the signer's own software.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from landdb.domain.scan_names import ScanFile, read_scan_name
from landdb.errors import ImportRefused

ENDINGS: Final = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff"})
_BLOCK: Final = 1 << 20
#: Longer than a signature's dictionary up to the words that tell it.
_OVERLAP: Final = 256
_SIGNED_RANGE: Final = b"/ByteRange"
_SIGNATURE: Final = re.compile(rb"/Type\s*/Sig\b|/SubFilter\s*/(?:adbe\.pkcs7|ETSI\.CAdES|ETSI\.RFC3161)")


def read_scans(folder: Path) -> Iterator[ScanFile]:
    """Give the scans in a folder and below it, by name; links are not followed. Raises ImportRefused for no folder."""
    if not folder.is_dir():
        raise ImportRefused("NO_SUCH_FOLDER", "there is no such folder", remedy="name the folder that holds the scans")
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink():
            yield _read(path)


def _read(path: Path) -> ScanFile:
    digest, size, has_range, has_signature = hashlib.sha256(), 0, False, False
    tail = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            seen = tail + block
            has_range = has_range or _SIGNED_RANGE in seen
            has_signature = has_signature or _SIGNATURE.search(seen) is not None
            tail = seen[-_OVERLAP:]
    name = read_scan_name(path.name)
    kept = name.kept or f"{digest.hexdigest()[:16]}{path.suffix.lower()}"
    is_signed = path.suffix.lower() == ".pdf" and has_range and has_signature
    return ScanFile(kept, name.serial, name.kind, digest.digest(), size, is_signed)
