"""The extract as PDF/A-3: a function of the signed facts alone, so that anybody can make it again and compare.

The signed facts are attached to the PDF. Who checks a file reads them from there, checks the signature, prints
them anew and compares the bytes: a number altered on the paper shows, whatever tool altered it.
"""

import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import segno
import typst

from landdb.errors import InvalidValue

#: The name of the attachment that holds the signed facts.
ATTACHMENT: Final = "landdb-extract.json"
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
#: An attachment is a few hundred kilobytes at most; a stream that swells beyond this is none of ours.
_LARGEST_FACTS: Final = 8 * 1024 * 1024


def print_paper(signed: dict[str, Any]) -> bytes:
    """Give the PDF of these signed facts; the same facts give the same bytes with the same program."""
    facts = signed["facts"]
    inputs = {
        "facts": json.dumps(facts, ensure_ascii=False),
        "signed": json.dumps(signed, ensure_ascii=False, sort_keys=True),
        "words": json.dumps(_words()[facts["language"]], ensure_ascii=False),
        "qr": segno.make(facts["check_url"], error="m").svg_inline(border=0),
    }
    printed = typst.compile(
        _template(),
        format="pdf",
        sys_inputs=inputs,
        ignore_system_fonts=True,
        pdf_standards=["a-3b"],
        timestamp=datetime.fromisoformat(facts["issued_at"]),
    )
    if not isinstance(printed, bytes):
        raise TypeError("one document was asked for")
    return printed


def read_signed(pdf: bytes) -> dict[str, Any]:
    """Give the signed facts that a PDF carries; raises InvalidValue when it is no extract of landdb."""
    for content in _contents(pdf):
        if content.startswith(b'{"facts"'):
            try:
                signed = json.loads(content)
            except ValueError:
                break
            if isinstance(signed, dict) and isinstance(signed.get("facts"), dict):
                return signed
    raise InvalidValue(
        "file", "NO_EXTRACT", remedy="give the PDF as it was issued; a scan or a photo is checked by its code"
    )


def _contents(pdf: bytes) -> Iterator[bytes]:
    """Give what the streams of a PDF hold, unpacked where they are packed."""
    for packed in _STREAM.findall(pdf):
        if packed.startswith(b'{"facts"'):
            yield packed
            continue
        try:
            yield zlib.decompressobj().decompress(packed, _LARGEST_FACTS)
        except zlib.error:
            continue


@cache
def _template() -> bytes:
    return files(__package__).joinpath("extract.typ").read_bytes()


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = json.loads(files(__package__).joinpath("words.json").read_text("utf-8"))
    return words
