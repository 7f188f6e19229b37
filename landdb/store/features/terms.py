"""Parts of a filter as SQL: an expression, what kind of value it gives, and literals as bound parameters."""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from landdb.errors import InvalidValue

Kind = Literal["text", "number", "boolean", "date", "timestamp", "geometry", "array", "interval"]

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LARGEST_INTEGER: Final = 2**63
_LARGEST_NUMBER: Final = 1e300


@dataclass(frozen=True, slots=True)
class Term:
    """An SQL expression of a kind; an interval has its end too. `is_literal`: the asker wrote the value."""

    sql: str
    kind: Kind
    end: str = ""
    is_literal: bool = False


@dataclass(slots=True)
class Bound:
    """The parameters that a filter binds, under names of their own."""

    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """Give the placeholder that stands for the value."""
        name = f"filter_{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def literal(self, value: Any) -> Term:
        """Give a literal of text, number or truth."""
        if isinstance(value, bool):
            return Term("true" if value else "false", "boolean", is_literal=True)
        if isinstance(value, str):
            return Term(f"{self.bind(checked_text(value))}::text", "text", is_literal=True)
        if isinstance(value, (int, float)) and abs(value) <= _LARGEST_NUMBER:
            return self._number(value)
        raise refused("UNKNOWN_LITERAL", "text, numbers, true, false, dates and geometries can be compared")

    def instant(self, name: str, value: Any) -> Term:
        """Give a date or a timestamp."""
        if not isinstance(value, str):
            raise refused("MALFORMED_TIME", "DATE('2026-01-31') or TIMESTAMP('2026-01-31T08:00:00Z')")
        if name == "date":
            return Term(f"{self.bind(parsed_date(value))}::date", "date", is_literal=True)
        return Term(f"{self.bind(parsed_timestamp(value))}::timestamptz", "timestamp", is_literal=True)

    def _number(self, value: float) -> Term:
        is_whole = float(value).is_integer() and abs(value) < _LARGEST_INTEGER
        # A whole number stays one, so that an index on a key can serve the comparison.
        placeholder = self.bind(int(value) if is_whole else float(value))
        return Term(f"{placeholder}::{'bigint' if is_whole else 'float8'}", "number", is_literal=True)


def checked_text(value: str) -> str:
    """Give the text; raises InvalidValue for what PostgreSQL cannot store and so nobody can look for."""
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise refused("UNKNOWN_LITERAL", "text holds a character that no stored text can have")
    return value


def parsed_date(value: str) -> dt.date:
    """Give the day; raises InvalidValue."""
    try:
        return dt.date.fromisoformat(value if _DATE.fullmatch(value) else "")
    except ValueError as error:
        raise refused("MALFORMED_TIME", "a date such as 2026-01-31") from error


def parsed_timestamp(value: str) -> dt.datetime:
    """Give the moment; raises InvalidValue."""
    try:
        return dt.datetime.fromisoformat(value.upper() if _TIMESTAMP.fullmatch(value) else "")
    except ValueError as error:
        raise refused("MALFORMED_TIME", "a moment such as 2026-01-31T08:00:00Z") from error


def refused(reason: str, remedy: str) -> InvalidValue:
    """Give the error about a filter."""
    return InvalidValue("filter", reason, remedy=remedy)


def number(term: Term) -> str:
    """Give the expression as a float8, for arithmetic that does not round to whole numbers."""
    expect(term, "number")
    return f"({term.sql})::float8"


def expect(term: Term, *kinds: Kind) -> Term:
    """Give the term; raises InvalidValue when it is of another kind."""
    if term.kind not in kinds:
        raise refused("TYPE_MISMATCH", f"{' or '.join(kinds)} is needed here, not {term.kind}")
    return term


def moment(sql: str, kind: Kind) -> str:
    """Give the expression as a moment; a day begins at midnight in Vietnam."""
    return sql if kind == "timestamp" else f"(({sql})::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')"
