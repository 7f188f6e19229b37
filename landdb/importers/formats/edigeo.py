"""An EDIGEO exchange looked at before GDAL opens it: every part is there, and whole to its end mark.

Each part begins with a BOMT line and ends with an EOMT line (AFNOR Z52000, "fichiers"); the exchange file names its
parts. GDAL gives what it found before a part breaks off, and does without a part that is missing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from landdb.errors import ImportRefused

#: The parts of a lot, each with the field of the exchange file that gives the end of its name.
_PARTS: Final = (
    (rb"GN", ".gen"),
    (rb"GO", ".geo"),
    (rb"QA", ".qal"),
    (rb"DI", ".dic"),
    (rb"SC", ".scd"),
    (rb"GD", ".vec"),
)
_TAIL: Final = 4096
_LONGEST_EXCHANGE: Final = 1 << 20


def check(path: Path) -> None:
    """Return when the exchange file and all parts that it names are whole, else raise ImportRefused."""
    with path.open("rb") as stream:
        exchange = stream.read(_LONGEST_EXCHANGE)
    here = {part.name.lower(): part for part in path.parent.iterdir()}
    _check_end(path)
    lot = re.search(rb"^LONSA\d\d:(\w+)", exchange, re.MULTILINE)
    for field, suffix in _PARTS if lot else ():
        for end in re.findall(rb"^" + field + rb"NSA\d\d:(\w+)", exchange, re.MULTILINE):
            name = (lot[1] + end).decode("ascii", "replace") + suffix  # type: ignore[index]
            part = here.get(name.lower())
            if part is None:
                raise _cut(f"The exchange names a part {name.upper()}, which did not come with it.")
            _check_end(part)


def _check_end(part: Path) -> None:
    with part.open("rb") as stream:
        stream.seek(max(0, part.stat().st_size - _TAIL))
        last = stream.read().rstrip(b"\r\n\t \x00\x1a").rpartition(b"\n")[2]
    if not last.startswith(b"EOMT"):
        raise _cut("A part of the exchange breaks off before its end mark.")


def _cut(reason: str) -> ImportRefused:
    return ImportRefused("FILE_CUT", reason, remedy="Copy the whole exchange again, best as one archive.")
