"""What a delivered file *is*, by its bytes. Names and extensions are not asked: they can lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from landdb.errors import ImportRefused
from landdb.importers.formats import detect_text

_HEAD: Final = 64 * 1024

_UNKNOWN_REMEDY: Final = (
    "Deliver one of: GeoPackage, Shapefile (zipped), GeoJSON, GML, FlatGeobuf, GeoParquet, DXF, DGN V7, "
    "EDIGEO, CSV, XLSX."
)

#: first bytes → (what it is, what to do)
_REFUSED: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"%PDF", "a PDF document", "Ask for the data behind the printed map."),
    (b"AC10", "an AutoCAD DWG drawing", "Save it as DXF (2000 or later)."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it, or send it as .zip."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Send it as .zip."),
    (b"Rar!", "a RAR archive", "Send it as .zip."),
    (b"\xfd7zXZ", "an xz archive", "Send it as .zip."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Send it as .zip."),
    (b"\x89PNG", "a picture", _UNKNOWN_REMEDY),
    (b"\xff\xd8\xff", "a picture", _UNKNOWN_REMEDY),
    (b"II*\x00", "a picture", _UNKNOWN_REMEDY),
    (b"AutoCAD Binary DXF", "a binary DXF drawing", "Save it as text DXF."),
)


def detect(path: Path, *, otherwise: str | None = None) -> str:
    """Give the format: 'GPKG', 'SHP', ..., or the containers 'ZIP' and 'TAR_BZ2'; else raise ImportRefused.

    `otherwise` is the format of a file whose bytes tell none: a table of one column looks like any text.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip(b"\x00 \r\n\t"):
        raise ImportRefused("EMPTY_FILE", "The file is empty.", remedy="Export it again.")
    for magic, what, remedy in _REFUSED:
        if head.startswith(magic):
            raise ImportRefused(
                "UNKNOWN_FORMAT", f"This is {what}, which holds no parcels landdb can read.", remedy=remedy
            )
    return _binary_format(path, head) or detect_text.text_format(head) or otherwise or _unknown()


def _unknown() -> str:
    raise ImportRefused("UNKNOWN_FORMAT", "The content is of no format landdb reads.", remedy=_UNKNOWN_REMEDY)


def _binary_format(path: Path, head: bytes) -> str | None:
    simple = (
        (b"fgb\x03fgb", "FGB"),
        (b"PK\x03\x04", "ZIP"),
        (b"BZh", "TAR_BZ2"),
    )
    for magic, name in simple:
        if head.startswith(magic):
            return name
    if head.startswith(b"SQLite format 3\x00"):
        return _sqlite_format(head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound_format(path)
    if head.startswith(b"PAR1"):
        return "PARQUET"
    if re.match(rb"[\x08\xc8]\x09\xfe\x02", head):
        return "DGN"
    if head.startswith(b"\x00\x00\x27\x0a") and head[28:32] == b"\xe8\x03\x00\x00":
        return "SHP"
    return None


def _sqlite_format(head: bytes) -> str:
    if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return "GPKG"
    raise ImportRefused(
        "UNKNOWN_FORMAT",
        "This is an SQLite database, but not a GeoPackage.",
        remedy="Export the layer as GeoPackage (.gpkg).",
    )


def _compound_format(path: Path) -> str:
    """Tell an old Excel workbook from a V8 design file: both are OLE compound documents."""
    with path.open("rb") as stream:
        content = stream.read(8 << 20)
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "XLS"
    if "Dgn".encode("utf-16-le") in content:
        raise ImportRefused(
            "DGN_V8", "This is a MicroStation V8 design file, which only its maker's software opens.",
            remedy="In MicroStation: File → Save As → V7 DGN, or DXF.",
        )  # fmt: skip
    return _unknown()
