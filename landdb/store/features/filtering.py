"""A CQL2 tree as an SQL condition: names from the collection's own properties, values as bound parameters.

Nothing that an asker writes becomes text of the statement: operators, functions and properties are looked up in
closed tables, and what is not in one is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landdb.store.features import functions, temporal
from landdb.store.features.collection import Collection, PropertyType
from landdb.store.features.places import CRS84, Crs, box_wkb, geometry_wkb
from landdb.store.features.terms import Bound, Kind, Term, expect, moment, number, refused

_KINDS: Final[dict[PropertyType, Kind]] = {
    "string": "text", "integer": "number", "number": "number", "boolean": "boolean", "date": "date",
    "timestamp": "timestamp", "array": "array",
}  # fmt: skip
_COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})
_ORDERED: Final[tuple[Kind, ...]] = ("text", "number", "date", "timestamp")
_SPATIAL: Final = {
    "s_intersects": "ST_Intersects", "s_equals": "ST_Equals", "s_disjoint": "ST_Disjoint", "s_touches": "ST_Touches",
    "s_within": "ST_Within", "s_overlaps": "ST_Overlaps", "s_crosses": "ST_Crosses", "s_contains": "ST_Contains",
}  # fmt: skip
_ARRAYS: Final = {
    "a_contains": "({a} @> {b})", "a_containedby": "({a} <@ {b})", "a_equals": "({a} @> {b} AND {a} <@ {b})",
    "a_overlaps": "({a} && {b})",
}  # fmt: skip
_ARITHMETIC: Final = {
    "+": "({a} + {b})", "-": "({a} - {b})", "*": "({a} * {b})", "/": "({a} / nullif({b}, 0))",
    "div": "div({a}::numeric, nullif({b}, 0)::numeric)::float8",
    "%": "mod({a}::numeric, nullif({b}, 0)::numeric)::float8", "^": "power({a}, {b})",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition and the parameters that it binds."""

    sql: str
    parameters: dict[str, Any]


def condition(tree: Any, collection: Collection, *, filter_crs: Crs = CRS84) -> Condition:
    """Give the condition that a CQL2 tree is; raises InvalidValue that says what cannot be meant."""
    translator = _Translator(collection, filter_crs)
    term = expect(translator.term(tree), "boolean")
    return Condition(term.sql, translator.bound.parameters)


class _Translator:
    """Turns nodes into terms."""

    def __init__(self, collection: Collection, filter_crs: Crs) -> None:
        self.bound = Bound()
        self._crs = filter_crs
        self._queryables = {told.name: Term(f"({told.sql})", _KINDS[told.type]) for told in collection.properties} | {
            "geometry": Term(f"({collection.geom_4326})", "geometry")
        }

    def term(self, node: Any) -> Term:
        if isinstance(node, dict):
            return self._object(node)
        if isinstance(node, list):
            return self._array(node)
        return self.bound.literal(node)

    def _object(self, node: dict[str, Any]) -> Term:
        if "op" in node:
            return self._operation(node)
        if "property" in node:
            return self._property(node["property"])
        if "interval" in node:
            return self._interval(node["interval"])
        for name in ("date", "timestamp"):
            if name in node:
                return self.bound.instant(name, node[name])
        return self._geometry(node)

    def _property(self, name: Any) -> Term:
        if not isinstance(name, str) or name not in self._queryables:
            raise refused("UNKNOWN_PROPERTY", f"one of: {', '.join(self._queryables)}")
        return self._queryables[name]

    def _array(self, node: list[Any]) -> Term:
        if not all(isinstance(part, str) for part in node):
            raise refused("TYPE_MISMATCH", "arrays hold text")
        return Term(f"{self.bound.bind(node)}::text[]", "array", is_literal=True)

    def _interval(self, node: Any) -> Term:
        if not isinstance(node, list) or len(node) != 2:
            raise refused("MALFORMED_TIME", "INTERVAL('2025-07-01', '..')")
        ends = [self.term(part) if isinstance(part, dict) else part for part in node]
        return temporal.interval(self.bound, *ends)

    def _geometry(self, node: dict[str, Any]) -> Term:
        if "bbox" in node:
            told = node["bbox"]
            is_box = isinstance(told, list) and all(isinstance(n, (int, float)) for n in told)
            wkb = box_wkb("filter", told if is_box else [], self._crs)
        elif "coordinates" in node or "geometries" in node:
            wkb = geometry_wkb(node, self._crs)
        else:
            raise refused("MALFORMED", "an object with op, property, date, timestamp, interval, bbox or a geometry")
        return Term(f"ST_GeomFromWKB({self.bound.bind(wkb)}::bytea, 4326)", "geometry", is_literal=True)

    def _operation(self, node: dict[str, Any]) -> Term:
        op, arguments = node["op"], node.get("args")
        if not isinstance(op, str) or not isinstance(arguments, list):
            raise refused("MALFORMED", 'an operation has "op" and a list of "args"')
        known = self._operations().get(op.lower()) or self._family(op.lower())
        if known is not None:
            return known(op.lower(), arguments)
        return functions.call(op, [self.term(part) for part in arguments], self.bound)

    def _operations(self) -> dict[str, Callable[[str, list[Any]], Term]]:
        return {
            "and": self._joined, "or": self._joined, "not": self._not, "isnull": self._is_null, "like": self._like,
            "between": self._between, "in": self._in,
        }  # fmt: skip

    def _family(self, op: str) -> Callable[[str, list[Any]], Term] | None:
        families: tuple[tuple[Any, Callable[[str, list[Any]], Term]], ...] = (
            (_COMPARISONS, self._compared), (_ARITHMETIC, self._computed), (_SPATIAL, self._spatial),
            (temporal.RELATIONS, self._temporal), (_ARRAYS, self._arrays),
        )  # fmt: skip
        return next((method for names, method in families if op in names), None)

    def _joined(self, op: str, arguments: list[Any]) -> Term:
        if not arguments:
            raise refused("MALFORMED", f"{op} needs operands")
        parts = [expect(self.term(part), "boolean").sql for part in arguments]
        return Term(f"({f' {op.upper()} '.join(parts)})", "boolean")

    def _not(self, _op: str, arguments: list[Any]) -> Term:
        (operand,) = self._exactly(arguments, 1)
        return Term(f"(NOT {expect(operand, 'boolean').sql})", "boolean")

    def _is_null(self, _op: str, arguments: list[Any]) -> Term:
        (operand,) = self._exactly(arguments, 1)
        return Term(f"({operand.sql} IS NULL)", "boolean")

    def _like(self, _op: str, arguments: list[Any]) -> Term:
        text, pattern = (expect(term, "text") for term in self._exactly(arguments, 2))
        return Term(f"({text.sql} LIKE {pattern.sql})", "boolean")

    def _between(self, _op: str, arguments: list[Any]) -> Term:
        value, low, high = self._exactly(arguments, 3)
        expect(value, "number", "date", "timestamp")
        return Term(f"({_compare('>=', value, low)} AND {_compare('<=', value, high)})", "boolean")

    def _in(self, _op: str, arguments: list[Any]) -> Term:
        if len(arguments) != 2 or not isinstance(arguments[1], list) or not arguments[1]:
            raise refused("MALFORMED", "IN needs a value and a list of values")
        value = self.term(arguments[0])
        alternatives = [_compare("=", value, self.term(part)) for part in arguments[1]]
        return Term(f"({' OR '.join(alternatives)})", "boolean")

    def _compared(self, op: str, arguments: list[Any]) -> Term:
        one, other = self._exactly(arguments, 2)
        return Term(_compare(op, one, other), "boolean")

    def _computed(self, op: str, arguments: list[Any]) -> Term:
        one, other = self._exactly(arguments, 2)
        return Term(_ARITHMETIC[op].format(a=number(one), b=number(other)), "number")

    def _spatial(self, op: str, arguments: list[Any]) -> Term:
        one, other = (expect(term, "geometry") for term in self._exactly(arguments, 2))
        return Term(f"{_SPATIAL[op]}({one.sql}, {other.sql})", "boolean")

    def _temporal(self, op: str, arguments: list[Any]) -> Term:
        one, other = self._exactly(arguments, 2)
        return Term(temporal.relation(op, one, other), "boolean")

    def _arrays(self, op: str, arguments: list[Any]) -> Term:
        one, other = (expect(term, "array") for term in self._exactly(arguments, 2))
        return Term(_ARRAYS[op].format(a=one.sql, b=other.sql), "boolean")

    def _exactly(self, arguments: Sequence[Any], count: int) -> list[Term]:
        if len(arguments) != count:
            raise refused("MALFORMED", f"this operation takes {count} operands")
        return [self.term(part) for part in arguments]


def _compare(op: str, one: Term, other: Term) -> str:
    if {one.kind, other.kind} == {"date", "timestamp"}:
        return f"({moment(one.sql, one.kind)} {op} {moment(other.sql, other.kind)})"
    if one.kind != other.kind:
        raise refused("TYPE_MISMATCH", f"{one.kind} cannot be compared with {other.kind}")
    if op not in {"=", "<>"} or one.kind != "boolean":
        expect(one, *_ORDERED)
    return f"({one.sql} {op} {other.sql})"
