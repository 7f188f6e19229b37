"""Filters in CQL2 (OGC 21-065r2), text or JSON, as one tree: the JSON encoding in plain Python values.

The text parser is our own, with its depth bounded: the filter comes from anybody, and the parser that peers use
takes twelve seconds for twenty-two open parentheses and ends the process on deeply nested ones.
"""

import json
from typing import Any, Final, Literal

from landdb.domain.cql2.bounds import LONGEST_TEXT, check_bounds
from landdb.domain.cql2.text import parse_text
from landdb.errors import InvalidValue

Language = Literal["cql2-text", "cql2-json"]
LANGUAGES: Final[tuple[Language, ...]] = ("cql2-text", "cql2-json")

__all__ = ["LANGUAGES", "LONGEST_TEXT", "Language", "parse_filter"]


def parse_filter(filter_text: str, language: Language = "cql2-text") -> Any:
    """Give the tree of a filter, within the bounds of `bounds`; raises InvalidValue that says what is wrong where."""
    if len(filter_text) > LONGEST_TEXT:
        raise InvalidValue("filter", "TOO_LONG", remedy=f"at most {LONGEST_TEXT} characters")
    tree = parse_text(filter_text) if language == "cql2-text" else _parse_json(filter_text)
    check_bounds(tree)
    return tree


def _parse_json(filter_text: str) -> Any:
    try:
        return json.loads(filter_text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidValue("filter", "MALFORMED", remedy="the filter is not JSON") from error


def _no_constant(_name: str) -> None:
    raise ValueError("NaN and infinity are not JSON")
