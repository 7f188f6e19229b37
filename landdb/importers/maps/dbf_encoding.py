"""In which bytes a Shapefile's text is written: its .cpg is often missing and sometimes wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_SAMPLE: Final = 8 << 20
_HEADER: Final = 32
_SINGLE_BYTES: Final = "ISO-8859-1"
_WESTERN: Final = re.compile(r"(iso[-_ ]?)?8859[-_ ]?1|ansi ?1252|(cp|windows[-_ ]?)?1252|ldid/87", re.IGNORECASE)
_UTF8: Final = re.compile(r"utf[-_ ]?8|65001", re.IGNORECASE)
_UTF8_LETTER: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def encoding_of(shapefile: Path) -> str | None:
    """Give the encoding to read the attributes with; None leaves it to the code page that the file names.

    The old Vietnamese fonts are single bytes under a western label: read as ISO-8859-1 every byte survives.
    """
    stated = _stated(shapefile.with_suffix(".cpg"))
    if stated and not _UTF8.fullmatch(stated) and not _WESTERN.fullmatch(stated):
        return None
    table = shapefile.with_suffix(".dbf")
    return "UTF-8" if not table.exists() or _is_utf8(table) else _SINGLE_BYTES


def _stated(cpg: Path) -> str:
    return cpg.read_bytes()[:64].decode("ascii", "replace").strip() if cpg.exists() else ""


def _is_utf8(table: Path) -> bool:
    """Tell whether the bytes beyond ASCII form UTF-8 letters; a field may end in the middle of one."""
    with table.open("rb") as stream:
        header = stream.read(_HEADER)
        stream.seek(int.from_bytes(header[8:10], "little"))
        records = stream.read(_SAMPLE)
    high = sum(1 for byte in records if byte > 0x7F) if not records.isascii() else 0
    in_letters = sum(len(letter) for letter in _UTF8_LETTER.findall(records)) if high else 0
    return in_letters >= 0.9 * high
