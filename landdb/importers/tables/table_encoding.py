"""Which bytes a text table is written in: Unicode in its forms, cp1258, or bytes of the TCVN3 and VNI fonts."""

from __future__ import annotations

import codecs
from itertools import pairwise
from pathlib import Path
from typing import Final

from landdb.domain.text import detect_encoding
from landdb.errors import ImportRefused

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD: Final = 4096
_BLOCK: Final = 1 << 20
_EVIDENCE_BYTES: Final = 200_000

#: cp1258 writes tones as marks after the vowel, at these bytes.
_CP1258_MARKS: Final = frozenset(b"\xcc\xd2\xde\xec\xf2")
_CP1258_VOWELS: Final = frozenset(b"aeiouyAEIOUY\xc2\xc3\xca\xd4\xd5\xdd\xe2\xe3\xea\xf4\xf5\xfd")


def text_codec(path: Path) -> str:
    """Give the codec to read a text file with; 'latin-1' stands for bytes that a font gave their meaning."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    if is_mostly_nul(head) and codec_of_head(head) is None:
        raise ImportRefused(
            "NOT_A_TEXT_TABLE", "The file is not text.", remedy="Save the table as CSV UTF-8 or as .xlsx."
        )
    return codec_of_head(head) or ("utf-8" if _is_utf8(path) else _eight_bit_codec(path))


def codec_of_head(head: bytes) -> str | None:
    """Give the codec that a byte order mark or the NULs of two-byte letters tell; None for text without either."""
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return codec
    return _utf16_without_bom(head[:_HEAD]) if is_mostly_nul(head[:_HEAD]) else None


def is_mostly_nul(head: bytes) -> bool:
    """Tell whether there are more NULs than strays: two-byte letters, or no text at all."""
    return head.count(0) > len(head) // 4


def _utf16_without_bom(head: bytes) -> str | None:
    """Give the byte order that puts the NULs of plain letters where they belong; None where neither does."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) * 0.3 or min(even, odd) > len(head) * 0.05:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bit_codec(path: Path) -> str:
    evidence = _lines_with_accents(path)
    if _is_cp1258(evidence):
        return "cp1258"
    words = evidence.decode("latin-1").split("\n")
    return "latin-1" if detect_encoding(words) in {"TCVN3", "VNI"} else "cp1258"


def _lines_with_accents(path: Path) -> bytes:
    found: list[bytes] = []
    size = 0
    with path.open("rb") as handle:
        for line in iter(lambda: handle.readline(_BLOCK), b""):
            if not line.isascii():
                found.append(line)
                size += len(line)
                if size > _EVIDENCE_BYTES:
                    break
    return b"\n".join(found)


def _is_cp1258(evidence: bytes) -> bool:
    """Tell whether the tone marks of cp1258 stand where tone marks stand: right after a vowel."""
    marks = misplaced = 0
    for before, byte in pairwise(evidence):
        if byte in _CP1258_MARKS:
            marks += 1
            misplaced += before not in _CP1258_VOWELS
    return marks > 0 and misplaced * 10 <= marks
