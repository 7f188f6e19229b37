"""Text in drawings: its codes and old fonts decoded, parcel labels taken apart, the frame's text understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from landdb.codelists import land_use_reading
from landdb.domain.text import decode_legacy, detect_encoding, fold

_UNICODE_ESCAPE: Final = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_MULTIBYTE_ESCAPE: Final = re.compile(r"\\M\+[0-9A-Fa-f]{5}")
_CONTROL: Final = re.compile(r"%%(\d{3}|.)", re.DOTALL)
_CONTROLS: Final = {"c": "⌀", "d": "°", "p": "±", "%": "%", "u": "", "o": "", "k": ""}
_STACKED: Final = re.compile(r"\\S([^;^/#]*)[\^/#]\s*([^;]*);")
_WITH_ARGUMENT: Final = re.compile(r"\\[ACHQTWcfFp][^;\\{}]*;")
_SWITCH: Final = re.compile(r"\\[LlOoKkX]")

_NUMBER: Final = re.compile(r"\d{1,6}(?:[a-z]|-\d{1,3})?", re.IGNORECASE | re.ASCII)
_AREA: Final = re.compile(r"\d{1,9}[.,]\d{1,3}(?: ?m2)?|\d{1,9} ?m2", re.IGNORECASE | re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,9}", re.ASCII)
_BETWEEN_PARTS: Final = re.compile(r"[\n/|;]|\s+")

_SHEET: Final = re.compile(r"\bto\s+(?:ban do|bd)(?:\s+dia chinh)?(?:\s+so)?\s*[:.]?\s*(\d{1,4})\b")
_COMMUNE: Final = re.compile(r"\bma\s+(?:xa|phuong|dvhc|don vi hanh chinh)\D{0,25}(\d{5})\b")
_SCALE: Final = re.compile(r"\bt[yi]\s+le\s*[:.]?\s*1\s*[:/]\s*(\d{3,5}|\d{1,2}[ .]\d{3})\b")


@dataclass(frozen=True, slots=True)
class ParcelLabel:
    """What a label says of its parcel; the area stays text, its decimal sign is judged with the others."""

    number: str | None = None
    area: str | None = None
    land_use: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What the text of a map frame says: each a set, because neighbours are named there too."""

    sheets: frozenset[str]
    communes: frozenset[str]
    scales: frozenset[int]


def decode_texts(delivered: Sequence[bytes | None]) -> tuple[list[str | None], str]:
    """Give the texts of a drawing and their encoding: UTF-8, else an old font, else Windows Vietnamese."""
    try:
        return [None if raw is None else unicodedata.normalize("NFC", raw.decode()) for raw in delivered], "UNICODE"
    except UnicodeDecodeError:
        pass
    encoding: str = detect_encoding(raw.decode("latin-1") for raw in delivered if raw)
    if encoding in ("TCVN3", "VNI"):
        return [None if raw is None else decode_legacy(raw.decode("latin-1"), encoding) for raw in delivered], encoding
    texts = [None if raw is None else raw.decode("cp1258", "replace") for raw in delivered]
    return [None if text is None else unicodedata.normalize("NFC", text) for text in texts], "CP1258"


def plain_text(text: str, *, is_mtext: bool) -> str:
    """Give the text without the codes of DXF: control codes, Unicode escapes, and the formatting of MTEXT."""
    text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = _CONTROL.sub(_control, text)
    if is_mtext:
        text = _without_formatting(text)
    return unicodedata.normalize("NFC", text).strip()


def _control(match: re.Match[str]) -> str:
    code = match[1].lower()
    return chr(int(code)) if code.isdigit() and len(code) == 3 else _CONTROLS.get(code, match[0])


def _without_formatting(text: str) -> str:
    # Literal backslashes and braces step aside while the codes are removed.
    text = text.replace("\\\\", "\ue000").replace("\\{", "\ue001").replace("\\}", "\ue002")
    text = _STACKED.sub(r" \1/\2 ", text)
    text = _MULTIBYTE_ESCAPE.sub("", text)
    text = text.replace("\\P", "\n").replace("\\~", " ").replace("^J", "\n").replace("^I", " ")
    text = _WITH_ARGUMENT.sub("", text)
    text = _SWITCH.sub("", text).replace("{", "").replace("}", "")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(lines).replace("\ue000", "\\").replace("\ue001", "{").replace("\ue002", "}")


def parse_label(text: str) -> ParcelLabel:
    """Give the parts of a label such as ``345``, ``ONT 345``, ``345/120.5`` or three lines; others say nothing."""
    parts = [part for part in _BETWEEN_PARTS.split(text) if part]
    number = area = land_use = None
    for part in parts:
        if land_use is None and land_use_reading(part).codes:
            land_use = part
        elif area is None and _AREA.fullmatch(part):
            area = part
        elif number is None and _NUMBER.fullmatch(part):
            number = part
        elif area is None and _WHOLE.fullmatch(part):
            area = part
        else:
            return ParcelLabel()
    return ParcelLabel(number, area, land_use)


def read_frame(texts: Iterable[str | None]) -> Frame:
    """Give the sheet numbers, commune codes and scales that the texts of a drawing name in so many words."""
    folded = [fold(text) for text in texts if text and len(text) < 500]
    return Frame(
        frozenset(match[1].lstrip("0") or "0" for text in folded for match in _SHEET.finditer(text)),
        frozenset(match[1] for text in folded for match in _COMMUNE.finditer(text)),
        frozenset(int(re.sub(r"\D", "", match[1])) for text in folded for match in _SCALE.finditer(text)),
    )
