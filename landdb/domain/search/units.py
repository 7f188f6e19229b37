"""Names of places among words: with their kind (xã, huyện, tỉnh), abbreviated, or beginning an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from landdb.domain.search.tokens import Token
from landdb.domain.search.vocabulary import folded_words, known_names, known_units, province_names, vocabulary, words
from landdb.domain.text import fold

LEVELS: Final = ("commune", "district", "province")
COMMUNE_DIGITS: Final = 5
#: No ward of a town ever had a higher number.
_HIGHEST_WARD: Final = 30
_LONGEST_NAME: Final = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place at a position: its level, its word, and where the name begins."""

    level: str
    word: str
    after: int


def kind_at(tokens: Sequence[Token], position: int) -> Kind | None:
    """Give the kind of place that is named here; a commune whose own name begins so is no kind."""
    if tokens[position].kind != "word":
        return None
    kind = _full_kind(tokens, position) or _short_kind(tokens, position)
    return kind if kind and _begins_name(tokens, kind) else None


def known_length(tokens: Sequence[Token], position: int, *, least: int = 1) -> int:
    """Give how many pieces from here make the longest name that is known, 0 for none."""
    folded: list[str] = []
    longest = 0
    for token in tokens[position : position + _LONGEST_NAME]:
        if token.kind == "sign" and token.spelled != "-":
            break
        folded.append(token.folded)
        if len(folded) >= least and " ".join(folded) in known_names():
            longest = len(folded)
    return longest


def level_of(kind: Kind, name: str) -> str:
    """Give the level of a named place: a city can be a province."""
    return "province" if kind.word == "thành phố" and fold(name) in province_names() else kind.level


def begins_address(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether an address inside a commune begins here: a hamlet, a street, a quarter."""
    token = tokens[position]
    if token.kind != "word" or known_length(tokens, position, least=2):
        return False
    if not token.is_plain and token.spelled in words("address", "accented"):
        return True
    following = tokens[position + 1].folded if position + 1 < len(tokens) else ""
    if (token.folded, following) in {("so", "nha"), ("to", "dan"), ("khu", "pho"), ("duong", "so")}:
        return True
    return token.folded in folded_words("address", "plain") and token.is_plain


def is_person(run: str) -> bool:
    """Tell whether words look like a person's name and like no place that is known."""
    parts = fold(run).split()
    if " ".join(parts) in known_names() | known_units() or not 2 <= len(parts) <= _LONGEST_NAME:
        return False
    if parts[0] not in folded_words("people", "surnames"):
        return False
    return len(parts) > 2 or parts[1] in folded_words("people", "middles")


def number_belongs(run: Sequence[str], number: str) -> bool:
    """Tell whether a number is the end of a name, as in Cổ Nhuế 1."""
    return f"{fold(' '.join(run))} {number.lstrip('0')}" in known_names()


def _full_kind(tokens: Sequence[Token], position: int) -> Kind | None:
    for length in (2, 1):
        window = tokens[position : position + length]
        spelled, folded = " ".join(t.spelled for t in window), " ".join(t.folded for t in window)
        for level in LEVELS:
            for word in vocabulary()["kinds"][level]:
                if spelled == word or (folded == spelled == fold(word)):
                    kind = Kind(level, word, position + length)
                    return kind if spelled == word or not _is_name(tokens, position, kind) else None
    return None


def _is_name(tokens: Sequence[Token], position: int, kind: Kind) -> bool:
    """Tell whether words without accents are a name that begins as a kind does: quan son is no district."""
    whole = known_length(tokens, position, least=kind.after - position + 1)
    behind = known_length(tokens, kind.after) or _unit_length(tokens, kind.after)
    return whole > 0 and whole >= kind.after - position + behind


def _unit_length(tokens: Sequence[Token], position: int) -> int:
    folded = [token.folded for token in tokens[position : position + _LONGEST_NAME]]
    return next((n for n in range(len(folded), 0, -1) if " ".join(folded[:n]) in known_units()), 0)


def _short_kind(tokens: Sequence[Token], position: int) -> Kind | None:
    token = tokens[position]
    word = vocabulary()["kinds"]["short"].get(token.spelled)
    if word is None:
        return None
    after = position + 1
    if after < len(tokens) and tokens[after].spelled == ".":
        after += 1
    level = next(level for level in LEVELS if word in vocabulary()["kinds"][level])
    return Kind(level, word, after)


def _begins_name(tokens: Sequence[Token], kind: Kind) -> bool:
    if kind.after >= len(tokens):
        return False
    token = tokens[kind.after]
    if token.kind == "number" and len(token.spelled) == COMMUNE_DIGITS:
        return kind.level == "commune"
    if token.kind == "number":
        return kind.word in ("phường", "quận") and 0 < int(token.spelled[:4]) <= _HIGHEST_WARD
    return token.kind == "word"
