"""A DGN V7 file walked through from element to element before GDAL opens it: it must reach its end mark.

Each element says in its second word how many words follow; the word FFFF stands after the last one (Intergraph
Standard File Formats, "Element Structure"). GDAL falls silent where an element breaks off, or the mark is missing.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Final

from landdb.errors import ImportRefused

_HEAD: Final = struct.Struct("<HH")  # level and type; how many words of two octets follow
_END: Final = b"\xff\xff"


def check(path: Path) -> None:
    """Return when the elements lead to the end mark, else raise ImportRefused."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = 0
        while content[start : start + len(_END)] != _END:
            if start + _HEAD.size > len(content):
                raise ImportRefused(
                    "FILE_CUT", "The design file breaks off before its end mark.",
                    remedy="Copy the file again, or open it in MicroStation and save it again.",
                )  # fmt: skip
            _, words = _HEAD.unpack_from(content, start)
            start += _HEAD.size + 2 * words
