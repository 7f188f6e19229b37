"""Where a pass over a text stands, and how numbers are taken from there."""

from dataclasses import dataclass
from typing import Final

from landdb.domain.identifiers import normalise_number
from landdb.domain.search.draft import Draft
from landdb.domain.search.labels import is_code
from landdb.domain.search.tokens import Token
from landdb.domain.search.vocabulary import words

#: Longer numbers are no numbers of sheets or parcels.
_MOST_DIGITS: Final = 6
#: How far a closing bracket is looked for.
MOST_IN_BRACKETS: Final = 14


@dataclass(slots=True)
class Scan:
    """A text, where the pass stands, and what it has seen."""

    text: str
    tokens: list[Token]
    draft: Draft
    at: int = 0

    def peek(self, ahead: int = 0) -> Token | None:
        """Give a coming piece, None behind the end."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def is_sign(self, signs: str, ahead: int = 0) -> bool:
        """Tell whether a coming piece is one of these signs."""
        token = self.peek(ahead)
        return token is not None and token.kind == "sign" and token.spelled in signs

    def is_number(self, ahead: int = 0) -> bool:
        """Tell whether a coming piece is a number."""
        token = self.peek(ahead)
        return token is not None and token.kind == "number"


def take_number(state: Scan) -> str | None:
    """Take a number as it is stored, with a letter glued to it; None where none can be one."""
    token = state.peek()
    if token is None:
        return None
    if token.kind == "word" and is_code(state.tokens, state.at):
        state.at += 2
        return normalise_number(state.text[token.start : state.tokens[state.at - 1].end].upper())
    if token.kind != "number":
        return None
    state.at += 1
    suffix = state.peek()
    spelled = token.spelled
    if suffix is not None and suffix.kind == "word" and suffix.start == token.end and _is_suffix(state, suffix):
        state.at += 1
        spelled += suffix.spelled
    return normalise_number(spelled) if len(token.spelled) <= _MOST_DIGITS else None


def _is_suffix(state: Scan, suffix: Token) -> bool:
    following = state.peek(1)
    return (
        len(suffix.spelled) == 1
        and suffix.spelled != "m"
        and (following is None or following.start > suffix.end or following.kind == "sign")
    )


def take_part(state: Scan, number: str) -> None:
    """Take "(pcl)" behind a number."""
    end = next((i for i in range(1, MOST_IN_BRACKETS) if state.is_sign(")", i)), None)
    if end is None or not state.is_sign("("):
        return
    inside = " ".join(token.folded for token in state.tokens[state.at + 1 : state.at + end])
    if inside in words("labels", "part"):
        state.at += end + 1
        state.draft.parts.append(number)
        state.draft.note("PART_OF_PARCEL")


def take_list_sign(state: Scan) -> bool:
    """Move behind the sign of a list when a number follows it."""
    token = state.peek()
    if token is None or not state.is_number(1):
        return False
    if state.is_sign(",;&+") or token.folded in words("labels", "list"):
        state.at += 1
        return True
    return False


def take_area_unit(state: Scan) -> bool:
    """Move behind m² when it stands here."""
    token = state.peek()
    if token is None or token.folded not in ("m", "m²", "ha"):
        return False
    state.at += 1
    if token.folded == "m" and state.is_number() and state.tokens[state.at].spelled == "2":
        state.at += 1
    return True
