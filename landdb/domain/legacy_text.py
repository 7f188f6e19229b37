"""Text typed with the fonts of before Unicode: recognised from a whole column, decoded to NFC.

TCVN3 (fonts .VnTime, .VnArial) gives each accented letter one byte, VNI mostly two (a vowel and its mark).
Both arrive here as Latin-1 characters, as GDAL shows a DBF without a code page. The capital fonts of TCVN3
(.VnTimeH) draw the lower-case codes as capitals, so the case of accented letters is lost; it is taken
back from the unaccented letters around them.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

from landdb import codelists

Encoding = Literal["UNICODE", "NFD", "TCVN3", "VNI"]

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_VIETNAMESE_MARKS: Final = _TONES + "\u0302\u0306\u031b"
_SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
    r"(?:(?:oa|oe|[ae])o|(?:oa|uâ|[aâ])y|(?:iê|yê|ươ|uy|[aâêiư])u|(?:oa|uô|ươ|[aoôơuư])i"
    r"|(?:oa|oă|oe|uâ|uê|uy[aê]?|uơ|iê|yê|ia|ươ|ưa|uô|ua|oo|[aăâeêioôơuưy])(ch|ng|nh|[ckmnpt])?)"
)
_STOPPED_FINALS: Final = ("ch", "c", "k", "p", "t")
_STOPPED_TONES: Final = ("\u0301", "\u0323")

#: A word of the delivered text: letters, and the Latin-1 signs that the old fonts used as letters.
_WORD: Final = re.compile(r"[A-Za-z\u00a1-\u00ff]+")
_SIGN: Final = re.compile(r"[\u00a1-\u00bf\u00d7\u00f7]")
_CAPITAL_INSIDE: Final = re.compile(r"[a-z][\u00c0-\u00de]")
#: Not after a vowel: ï, ë, ü, which French writes there (Loïc, Raphaël, Saül).
_DOUBLE_ACCENT: Final = re.compile(r"[ôöÔÖ][ùøûõïÙØÛÕÏ]|[aeouyAEOUY][øûõåäãâêØÛÕÅÄÃÂÊ]")

_ENOUGH_SHARE: Final = 0.8
_ENOUGH_WORDS: Final = 3


def detect_encoding(values: Iterable[str]) -> Encoding:
    """Give how a column's text is written; real Unicode and Western text must never be taken for old fonts.

    Decide over a whole column: a single word such as ``Hoàng`` is good Unicode and good VNI (Hồng) at once.
    """
    text = " ".join(values)
    if any(mark in text for mark in _VIETNAMESE_MARKS):
        return "NFD"
    if any(_is_vietnamese_beyond_latin1(character) for character in set(text)):
        return "UNICODE"
    words = {word for word in _WORD.findall(text) if not word.isascii()}
    tcvn3, vni = _support(words, "TCVN3"), _support(words, "VNI")
    if max(tcvn3, vni) == 0:
        return "UNICODE"
    return "TCVN3" if tcvn3 >= vni else "VNI"


def undecoded(text: str) -> Encoding | None:
    """Give the old font that one value was left in: its strange words all become Vietnamese when decoded.

    For single values among good text, where no column can be asked. None where some word stays strange, and
    for a single short word, which proves nothing.
    """
    words = [word for word in _WORD.findall(text) if not word.isascii() and not is_syllable(word)]
    encodings: tuple[Encoding, ...] = ("TCVN3", "VNI")
    for encoding in encodings:
        fitting = [word for word in words if is_syllable(decode_legacy(word, encoding))]
        if words and len(fitting) == len(words) and any(_proves(word, encoding) for word in words):
            return encoding
    return None


def _proves(word: str, encoding: str) -> bool:
    """Tell whether a word that fits is strange enough by itself: no other language writes it so."""
    return len(word) > 2 and (encoding == "TCVN3" or _DOUBLE_ACCENT.search(word) is not None or "ñ" in word.lower())


def decode_legacy(text: str, encoding: str) -> str:
    """Give the text in composed Unicode; characters the encoding does not know stay as they are."""
    if encoding not in ("TCVN3", "VNI"):
        return unicodedata.normalize("NFC", text)
    pattern, letters = _decoder(encoding)
    decoded = pattern.sub(lambda match: letters[match[0]], text)
    return unicodedata.normalize("NFC", _restore_capitals(text, decoded) if encoding == "TCVN3" else decoded)


def encode_legacy(text: str, encoding: str) -> str:
    """Give lower-case Vietnamese as an old font stored it: the inverse, for samples and round-trip checks."""
    column = encoding.lower()
    codes = {row["letter"]: row[column] for row in codelists.load("legacy_text")}
    return "".join(codes.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


def is_syllable(word: str) -> bool:
    """Tell whether a word could be a Vietnamese syllable: its sounds, one tone at most, and their agreement."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in decomposed if mark in _TONES]
    toneless = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    match = _SYLLABLE.fullmatch(toneless)
    if match is None or len(tones) > 1:
        return False
    return match[1] not in _STOPPED_FINALS or tones == [] or tones[0] in _STOPPED_TONES


def _support(words: set[str], encoding: str) -> int:
    """Give how many words speak for an encoding, or 0 when too many speak against it.

    Words that are good Vietnamese as they stand (``toán``) prove nothing for either side. A word proves most
    when it holds what no written language has: a sign inside it, capitals after small letters, a double accent.
    """
    unclear = [word for word in words if not is_syllable(word)]
    fitting = [word for word in unclear if is_syllable(decode_legacy(word, encoding))]
    strong = sum(1 for word in fitting if _is_strange(word, encoding))
    if len(fitting) < _ENOUGH_SHARE * len(unclear) or not strong:
        return 0
    few = len(unclear) < _ENOUGH_WORDS
    return 0 if few and strong < len(unclear) else len(fitting) + strong


def _is_strange(word: str, encoding: str) -> bool:
    """Tell whether a word of more than two letters looks like an old font and like nothing else."""
    if len(word) < 3:
        return False
    if encoding == "VNI":
        return _DOUBLE_ACCENT.search(word) is not None
    return _SIGN.search(word) is not None or _CAPITAL_INSIDE.search(word) is not None


def _is_vietnamese_beyond_latin1(character: str) -> bool:
    """Tell whether only Unicode has this letter: đ, ă, ơ, ư, ĩ, ũ or one of the block made for Vietnamese."""
    return character in "đĐăĂơƠưƯĩĨũŨ" or "\u1ea0" <= character <= "\u1ef9"


@cache
def _decoder(encoding: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Give the pattern that finds the encoding's codes, longest first, and the letter of each."""
    column = encoding.lower()
    letters = {row[column]: row["letter"] for row in codelists.load("legacy_text")}
    extra = _capitals_of_tcvn3(letters) if encoding == "TCVN3" else _capitals_of_vni(letters)
    every = extra | letters
    longest_first = sorted(every, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), every


def _capitals_of_vni(letters: dict[str, str]) -> dict[str, str]:
    """Give the codes of capitals: the vowel or both characters in capitals."""
    upper = {code.upper(): letter.upper() for code, letter in letters.items()}
    mixed = {code[0].upper() + code[1:]: letter.upper() for code, letter in letters.items() if len(code) == 2}
    return mixed | upper


def _capitals_of_tcvn3(letters: dict[str, str]) -> dict[str, str]:
    """Give the codes of accented capitals: the plain capital followed by the small accented letter."""
    capital_codes = {letter: code for code, letter in letters.items() if letter.isupper()}
    pairs = {}
    for code, letter in letters.items():
        decomposed = unicodedata.normalize("NFD", letter)
        if any(mark in _TONES for mark in decomposed):
            plain = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES)).upper()
            pairs[capital_codes.get(plain, plain) + code] = letter.upper()
    return pairs


def _restore_capitals(text: str, decoded: str) -> str:
    """Give the decoded text in capitals when every unaccented letter of a longer text was one (.VnTimeH)."""
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return decoded.upper() if len(plain) > 3 and all(letter.isupper() for letter in plain) else decoded
