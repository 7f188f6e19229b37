"""Vietnamese text: folded for search, keyed for equality, read from what clerks typed."""

import re
import unicodedata
from typing import Final

from .cells import DateReading, parse_date, parse_decimal
from .legacy_text import Encoding, decode_legacy, detect_encoding, encode_legacy

__all__ = [
    "DateReading",
    "Encoding",
    "decode_legacy",
    "detect_encoding",
    "encode_legacy",
    "fold",
    "fold_name",
    "parse_date",
    "parse_decimal",
]

#: The old placement puts the tone on the first vowel (hòa), the new one on the second (hoà).
_OLD_TONE_PLACE: Final = re.compile(
    "([oO])([\u0300\u0301\u0303\u0309\u0323])([aeAE])|([uU])([\u0300\u0301\u0303\u0309\u0323])([yY])"
)
_TITLE: Final = re.compile(
    r"(?:HỘ GIA ĐÌNH|HỘ)?\s*(?:ÔNG\s*\(\s*BÀ\s*\)|BÀ\s*\(\s*ÔNG\s*\)|ÔNG\s*/\s*BÀ|ÔNG|BÀ)?(?:\s*:\s*|\s+)(?=\S)"
)


def fold(text: str) -> str:
    """Give lower-case letters without tones and marks, ``đ`` as ``d``: for finding candidates, never for equality."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def fold_name(text: str) -> str:
    """Give the key under which two spellings of a name are equal.

    Capitals, one tone placement, no title before the name. Accents stay, and so does ``Đ``: Hoàn is not Hoan.
    """
    return place_tones(_without_title(" ".join(unicodedata.normalize("NFC", text).upper().split())))


def place_tones(text: str) -> str:
    """Give the text in composed Unicode with the tone of oa, oe and uy on the second vowel."""
    decomposed = unicodedata.normalize("NFD", text)
    moved = _OLD_TONE_PLACE.sub(lambda m: f"{m[1]}{m[3]}{m[2]}" if m[1] else f"{m[4]}{m[6]}{m[5]}", decomposed)
    return unicodedata.normalize("NFC", moved)


def _without_title(name: str) -> str:
    """Give the name without Ông, Bà, Hộ before it; a title alone stays."""
    match = _TITLE.match(name)
    return name[match.end() :] if match and match.end() else name
