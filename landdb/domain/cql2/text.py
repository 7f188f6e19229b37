"""CQL2 text into the tree that CQL2 JSON writes (OGC 21-065r2, annex B)."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

import shapely
from shapely.errors import GEOSException

from landdb.domain.cql2.bounds import DEEPEST
from landdb.domain.cql2.tokens import Token, malformed, tokenise
from landdb.errors import InvalidValue

_COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})
_GEOMETRIES: Final = frozenset(
    {"point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection"}
)
#: As JSON writes `a_containedBy`, `t_finishedBy` and their like.
_CAMEL: Final = re.compile(r"by$")
#: Left-associative operators of arithmetic, the weakest first.
_ARITHMETIC: Final = (frozenset({"+", "-"}), frozenset({"*", "/", "%", "div"}))


def parse_text(source: str) -> Any:
    """Give the tree; raises InvalidValue that names the character from which on the text cannot be read."""
    reader = _Reader(source)
    tree = reader.either()
    if reader.ahead.kind != "end":
        raise malformed(reader.ahead.start)
    return tree


class _Reader:
    """Reads tokens from left to right, one method for each level of binding."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = tokenise(source)
        self._at = 0
        self._depth = 0

    @property
    def ahead(self) -> Token:
        return self._tokens[self._at]

    def take(self) -> Token:
        token = self.ahead
        self._at += token.kind != "end"
        return token

    def takes(self, *values: str) -> bool:
        """Tell whether a keyword or sign stands next, and go past it."""
        token = self.ahead
        found = token.word in values or (token.kind == "sign" and token.value in values)
        self._at += found
        return found

    def expect(self, value: str) -> None:
        if not self.takes(value):
            raise malformed(self.ahead.start)

    def either(self) -> Any:
        return self._joined("or", self._all)

    def _all(self) -> Any:
        return self._joined("and", self._negated)

    def _joined(self, word: str, part: Callable[[], Any]) -> Any:
        parts = [part()]
        while self.takes(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else {"op": word, "args": parts}

    def _negated(self) -> Any:
        if self.takes("not"):
            return _not(self._deeper(self._negated))
        return self._predicate()

    def _predicate(self) -> Any:
        left = self._sum()
        if self.ahead.kind == "sign" and self.ahead.value in _COMPARISONS:
            return {"op": self.take().value, "args": [left, self._sum()]}
        if self.takes("is"):
            is_negated = self.takes("not")
            self.expect("null")
            return _not({"op": "isNull", "args": [left]}, when=is_negated)
        is_negated = self.takes("not")
        if self.takes("like"):
            return _not({"op": "like", "args": [left, self._sum()]}, when=is_negated)
        if self.takes("between"):
            low = self._sum()
            self.expect("and")
            return _not({"op": "between", "args": [left, low, self._sum()]}, when=is_negated)
        if self.takes("in"):
            self.expect("(")
            return _not({"op": "in", "args": [left, self._listed()]}, when=is_negated)
        if is_negated:
            raise malformed(self.ahead.start)
        return left

    def _sum(self, level: int = 0) -> Any:
        if level == len(_ARITHMETIC):
            return self._signed()
        left = self._sum(level + 1)
        while self.ahead.value.lower() in _ARITHMETIC[level] and self.ahead.kind in {"sign", "name"}:
            left = {"op": self.take().value.lower(), "args": [left, self._sum(level + 1)]}
        return left

    def _signed(self) -> Any:
        if not self.takes("-"):
            return self._power()
        operand = self._deeper(self._signed)
        is_number = isinstance(operand, (int, float)) and not isinstance(operand, bool)
        return -operand if is_number else {"op": "*", "args": [-1, operand]}

    def _power(self) -> Any:
        base = self._operand()
        return {"op": "^", "args": [base, self._deeper(self._signed)]} if self.takes("^") else base

    def _operand(self) -> Any:
        token = self.take()
        if token.kind == "number":
            return _number(token)
        if token.kind == "text":
            return token.value
        if token.kind == "quoted":
            return {"property": token.value}
        if token.kind == "name":
            return self._named(token)
        if token.value == "(" and token.kind == "sign":
            return self._deeper(self._parenthesised)
        raise malformed(token.start)

    def _parenthesised(self) -> Any:
        """Give what stands in parentheses: one expression as it is, none or several as a list."""
        parts = self._listed()
        return parts[0] if len(parts) == 1 else parts

    def _named(self, token: Token) -> Any:
        if token.word in {"true", "false"}:
            return token.word == "true"
        is_call = self.ahead.kind == "sign" and self.ahead.value == "("
        if token.word in _GEOMETRIES and self._opens_geometry():
            return self._geometry(token)
        if not is_call:
            return {"property": token.value}
        self.take()
        return _call(token, self._deeper(self._listed))

    def _listed(self) -> list[Any]:
        """Give the expressions up to the closing parenthesis."""
        parts: list[Any] = []
        if self.takes(")"):
            return parts
        parts.append(self.either())
        while self.takes(","):
            parts.append(self.either())
        self.expect(")")
        return parts

    def _opens_geometry(self) -> bool:
        following = self._tokens[self._at + 1] if self.ahead.word == "z" else self.ahead
        return following.kind == "sign" and following.value == "("

    def _geometry(self, start: Token) -> Any:
        """Give a geometry written as WKT, as GeoJSON."""
        depth = 0
        while True:
            token = self.take()
            depth += (token.value == "(") - (token.value == ")") if token.kind == "sign" else 0
            if token.kind == "end" or depth > DEEPEST:
                raise malformed(start.start)
            if depth == 0 and token.value == ")":
                break
        try:
            geometry = shapely.from_wkt(self._source[start.start : token.end])
        except GEOSException as error:
            raise malformed(start.start) from error
        return json.loads(shapely.to_geojson(geometry))

    def _deeper(self, part: Callable[[], Any]) -> Any:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InvalidValue("filter", "TOO_DEEP", remedy=f"at most {DEEPEST} levels")
        read = part()
        self._depth -= 1
        return read


def _not(tree: Any, *, when: bool = True) -> Any:
    return {"op": "not", "args": [tree]} if when else tree


def _number(token: Token) -> int | float:
    return int(token.value) if token.value.isdecimal() and len(token.value) <= 18 else float(token.value)


def _call(token: Token, arguments: list[Any]) -> Any:
    """Give a function, or the literal that is written like one."""
    word = token.word
    if word in {"date", "timestamp"} and len(arguments) == 1 and isinstance(arguments[0], str):
        return {word: arguments[0]}
    if word == "interval":
        return {"interval": arguments}
    if word == "bbox":
        return {"bbox": arguments}
    if word.startswith("a_"):
        # A list of one looks like a text in parentheses.
        arguments = [[part] if isinstance(part, str) else part for part in arguments]
    is_standard = word in {"casei", "accenti"} or word.startswith(("s_", "t_", "a_"))
    return {"op": _CAMEL.sub("By", word) if is_standard else token.value, "args": arguments}
