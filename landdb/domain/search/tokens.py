"""A typed text in pieces: words, numbers and signs, each with its spelling and its folded form."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from landdb.domain.text import fold

Kind = Literal["word", "number", "sign"]

#: Lists of a long certificate are longer than what a person types, but not by much.
MOST_CHARACTERS: Final = 400
_PIECE: Final = re.compile(r"[^\W\d_]+|[0-9]+|[^\w\s]|_")
_UNSEEN: Final = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text; `start` and `end` are its place, so that neighbours without a space are known."""

    kind: Kind
    spelled: str
    folded: str
    start: int
    end: int

    @property
    def is_plain(self) -> bool:
        """Tell whether a word was typed without accents."""
        return self.spelled.isascii()


def clean(text: str) -> str:
    """Give the text composed, on one line, without characters that nobody sees."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join(_UNSEEN.sub(" ", composed).split())


def tokens_of(text: str) -> list[Token]:
    """Give the pieces of a clean text."""
    return [_token(match) for match in _PIECE.finditer(text)]


def _token(match: re.Match[str]) -> Token:
    spelled = match[0]
    kind: Kind = "number" if spelled[0] in "0123456789" else "word" if spelled[0].isalpha() else "sign"
    return Token(kind, spelled.lower(), fold(spelled), match.start(), match.end())
