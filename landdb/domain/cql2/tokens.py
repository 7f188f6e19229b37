"""CQL2 text cut into tokens."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from landdb.errors import InvalidValue

Kind = Literal["name", "quoted", "text", "number", "sign", "end"]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<text>'(?:[^'\\]|''|\\.)*')
      | (?P<quoted>"[^"]+")
      | (?P<name>[^\W\d][\w.:]*)
      | (?P<sign><>|<=|>=|[=<>+\-*/%^(),])
    )""",
    re.VERBOSE,
)
_ESCAPED_QUOTE: Final = re.compile(r"''|\\'")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, literal or sign, and where it starts and ends in the text."""

    kind: Kind
    value: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Give a bare name in lower case, empty for anything else: keywords know no case."""
        return self.value.lower() if self.kind == "name" else ""


def tokenise(source: str) -> list[Token]:
    """Give the tokens of a filter and one that ends them; raises InvalidValue with the place of what is none."""
    tokens: list[Token] = []
    at, end = 0, len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            raise malformed(at)
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # the pattern's groups are the kinds
        tokens.append(Token(kind, _value(kind, match[kind]), match.start(kind), match.end()))
        at = match.end()
    return [*tokens, Token("end", "", end, end)]


def malformed(at: int) -> InvalidValue:
    """Give the error for a filter that cannot be read from a place on; what stands there is not repeated."""
    return InvalidValue("filter", "MALFORMED", remedy=f"CQL2 text cannot be read from character {at + 1} on")


def _value(kind: Kind, written: str) -> str:
    if kind == "text":
        return _ESCAPED_QUOTE.sub("'", written[1:-1])
    return written[1:-1] if kind == "quoted" else written
