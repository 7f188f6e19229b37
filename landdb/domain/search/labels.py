"""Labels before numbers: tờ and thửa in all their spellings, and "cũ" that goes with them."""

from collections.abc import Sequence

from landdb.domain.search.tokens import Token
from landdb.domain.search.vocabulary import words


def label_end(tokens: Sequence[Token], place: int, kind: str) -> int | None:
    """Give where the number behind a label begins; a word without a number behind it is no label."""
    is_map = kind == "sheet" and [token.folded for token in tokens[place : place + 2]] == ["ban", "do"]
    if place >= len(tokens) or not (is_map or tokens[place].spelled in words("labels", kind)):
        return None
    end = place + (2 if is_map else 1)
    while end < len(tokens) and _is_between(tokens[end]) and not _is_sheet_name(tokens, end):
        end += 1
    if end >= len(tokens):
        return None
    is_numbered = tokens[end].kind == "number" or (kind == "sheet" and is_code(tokens, end))
    return end if is_numbered else None


def is_old(token: Token) -> bool:
    """Tell whether the word says that a number or a place is one of before."""
    return token.spelled in words("labels", "old")


def is_code(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a sheet's name such as PL9 or DC12 stands here."""
    first, second = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
    is_glued = second is not None and second.kind == "number" and second.start == first.end
    return first.kind == "word" and len(first.spelled) <= 3 and is_glued


def _is_sheet_name(tokens: Sequence[Token], at: int) -> bool:
    return is_code(tokens, at) and tokens[at].folded not in ("so", "no")


def _is_between(token: Token) -> bool:
    if token.kind == "sign":
        return token.spelled in ".:#°()"
    return token.folded in words("labels", "between") or is_old(token) or token.spelled in words("labels", "new")
