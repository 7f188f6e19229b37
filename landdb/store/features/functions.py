"""Functions that filters may call: those of CQL2 on letters, and our own on measures and days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from landdb.store.features.places import reach_wkb
from landdb.store.features.terms import Bound, Kind, Term, expect, refused

#: Marks that Unicode sets on letters; taken off after the letters are taken apart. Đ is a letter of its own there.
_WITHOUT_MARKS: Final = (
    "translate(normalize(regexp_replace(normalize({0}, NFD), '[\u0300-\u036f]', '', 'g'), NFC), 'Đđ', 'Dd')"
)
_LOWER: Final = 'lower(({0})::text COLLATE "und-x-icu")'
_FARTHEST_M: Final = 100_000.0


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name: kinds of the arguments, kind of the result, and its expression."""

    name: str
    arguments: tuple[Kind, ...]
    returns: Kind
    sql: str
    vi: str
    en: str


FUNCTIONS: Final[tuple[Function, ...]] = (
    Function("casei", ("text",), "text", _LOWER, "Không phân biệt chữ hoa, chữ thường", "Letters in lower case"),
    Function("accenti", ("text",), "text", _WITHOUT_MARKS, "Không phân biệt dấu", "Letters without marks, đ as d"),
    Function(
        "fold", ("text",), "text", _WITHOUT_MARKS.format(_LOWER), "Chữ thường không dấu, để tìm kiếm",
        "Lower case without marks: both sides of a comparison by a search",
    ),
    Function(
        "area_m2", ("geometry",), "number", "ST_Area(({0})::geography)", "Diện tích trên elipxoit",
        "Area on the ellipsoid; areas in law are properties",
    ),
    Function(
        "perimeter_m", ("geometry",), "number", "ST_Perimeter(({0})::geography)", "Chu vi trên elipxoit",
        "Length of the outline on the ellipsoid",
    ),
    Function(
        "distance_m", ("geometry", "geometry"), "number", "ST_Distance(({0})::geography, ({1})::geography)",
        "Khoảng cách trên elipxoit", "Distance on the ellipsoid",
    ),
    Function(
        "within_m", ("geometry", "geometry", "number"), "boolean", "",
        "Cách không quá số mét", "Whether the second geometry, a literal, is at most so many metres away",
    ),
    Function(
        "year", ("date",), "number", "extract(year FROM {0})::bigint", "Năm", "Year of a date",
    ),
)  # fmt: skip
_BY_NAME: Final = {function.name: function for function in FUNCTIONS}


def call(name: str, arguments: Sequence[Term], bound: Bound) -> Term:
    """Give the call of a function that there is; raises InvalidValue."""
    function = _BY_NAME.get(name.lower())
    if function is None:
        raise refused("UNKNOWN_FUNCTION", f"one of: {', '.join(_BY_NAME)}")
    if len(arguments) != len(function.arguments):
        raise refused("MALFORMED", f"{function.name} takes {len(function.arguments)} arguments")
    for argument, kind in zip(arguments, function.arguments, strict=True):
        expect(argument, kind)
    made: Callable[[Function, Sequence[Term], Bound], str] = _within if function.name == "within_m" else _filled
    return Term(made(function, arguments, bound), function.returns)


def _filled(function: Function, arguments: Sequence[Term], _bound: Bound) -> str:
    return function.sql.format(*(argument.sql for argument in arguments))


def _within(_function: Function, arguments: Sequence[Term], bound: Bound) -> str:
    """Give the condition with a box before it that the index can answer."""
    place, literal, metres = arguments
    if not (literal.is_literal and metres.is_literal):
        raise refused("MALFORMED", "within_m takes a geometry and a number that are written out")
    wkb, distance = (bound.parameters[_name(term)] for term in (literal, metres))
    if not 0 <= distance <= _FARTHEST_M:
        raise refused("OUT_OF_RANGE", f"0 to {_FARTHEST_M:g} metres")
    box = f"ST_GeomFromWKB({bound.bind(reach_wkb(wkb, distance))}::bytea, 4326)"
    return f"({place.sql} && {box} AND ST_DWithin(({place.sql})::geography, ({literal.sql})::geography, {metres.sql}))"


def _name(literal: Term) -> str:
    """Give the parameter that a literal is bound to."""
    return literal.sql.split("%(")[1].split(")s")[0]
