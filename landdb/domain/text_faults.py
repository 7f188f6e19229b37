"""Text that is not what somebody wrote: letters of an old font, lost letters, fillers. Told by a reason code.

A whole column tells its encoding with certainty (`detect_encoding`), one value alone only where it holds what no
Vietnamese text has. So a reason here means "someone must look"; decoding stays with the import.
"""

import re
import unicodedata
from typing import Final

from .legacy_text import undecoded

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_LOST: Final = re.compile(r"\ufffd|[^\W\d_]\?[^\W\d_]")
_FILLER: Final = re.compile(
    r"[\W_]*|[xz]{2,}|n/?a|null|none|test|abc|([^\WiIvV])\1{2,}"
    r"|không|không rõ|không có|chưa rõ|chưa có|chưa xác định|khuyết",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(r"\s(?:và|vợ|chồng)\s|[&;,+/]", re.IGNORECASE)
_DIGIT: Final = re.compile(r"\d")


def text_fault(text: str) -> str | None:
    """Give why this is no readable text; None for blank and for good text.

    Codes: CONTROL_CHARACTER, LOST_LETTERS, NOT_COMPOSED, UNDECODED_TCVN3, UNDECODED_VNI, PLACEHOLDER.
    """
    if not text.strip():
        return None
    if _FILLER.fullmatch(text.strip()):
        return "PLACEHOLDER"
    if text.isascii() and text.isprintable():
        return "LOST_LETTERS" if _LOST.search(text) else None
    return _fault_beyond_ascii(text)


def _fault_beyond_ascii(text: str) -> str | None:
    if _CONTROL.search(text):
        return "CONTROL_CHARACTER"
    if _LOST.search(text):
        return "LOST_LETTERS"
    if not unicodedata.is_normalized("NFC", text):
        return "NOT_COMPOSED"
    encoding = undecoded(text)
    return None if encoding is None else f"UNDECODED_{encoding}"


def name_fault(name: str, *, is_person: bool) -> str | None:
    """Give why this is not the name of one person, or of an organisation; None for a good name.

    Codes: those of `text_fault`, and for a person DIGITS, SEVERAL_PEOPLE, ONE_WORD.
    """
    fault = text_fault(name)
    if fault is not None or not is_person:
        return fault
    if _DIGIT.search(name):
        return "DIGITS"
    if _SEVERAL.search(name):
        return "SEVERAL_PEOPLE"
    return None if " " in name.strip() else "ONE_WORD"
