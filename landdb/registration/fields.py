"""Fields of a JSON object, read with their type; what is wrong is told by the field's path, never by its value."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from landdb.errors import InvalidValue

LONGEST_TEXT = 500
#: Control characters and halves of surrogate pairs: no keyboard writes them, and PostgreSQL stores them badly.
_UNPRINTABLE = frozenset({"Cc", "Cs"})
LARGEST_NUMBER = 1e12

#: A line or ring that a clerk draws has tens of points; thousands are a drawing, which is imported.
MOST_POINTS: Final = 5_000


class Fields:
    """One JSON object at a path such as ``terms``; remembers which of its fields were read."""

    def __init__(self, values: Mapping[str, Any], path: str) -> None:
        self._values = values
        self._path = path
        self._read: set[str] = set()

    def has(self, name: str) -> bool:
        """Tell whether the field is there and not null; it counts as read."""
        self._read.add(name)
        return self._values.get(name) is not None

    def text(self, name: str, *, optional: bool = False) -> str:
        """Give a text without surrounding spaces; empty when optional and missing."""
        value = self._take(name, optional=optional)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not _is_plain(value):
            raise self._fault(name, "NOT_A_TEXT", f"a printable text of at most {LONGEST_TEXT} characters")
        stripped = str(value).strip()
        if not stripped and not optional:
            raise self._fault(name, "MISSING", "fill it in")
        return stripped

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts, empty when missing."""
        value = self._take(name, optional=True) or []
        if not isinstance(value, list) or not all(_is_plain(part) for part in value):
            raise self._fault(name, "NOT_A_LIST", "a list of texts")
        return tuple(value)

    def whole(self, name: str) -> int:
        """Give a whole number."""
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
            raise self._fault(name, "NOT_A_WHOLE_NUMBER", "a whole number")
        return value

    def number(self, name: str, *, optional: bool = False) -> float | None:
        """Give a finite number, None when optional and missing."""
        value = self._take(name, optional=optional)
        if value is None:
            return None
        return self._number(name, value)

    def day(self, name: str, *, optional: bool = False) -> dt.date | None:
        """Give a date in ISO form, None when optional and missing."""
        value = self._take(name, optional=optional)
        if value is None:
            return None
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self._fault(name, "NOT_A_DATE", "a date such as 2026-11-25") from None

    def points(self, name: str) -> tuple[tuple[float, float], ...]:
        """Give a list of [easting, northing]."""
        value = self._take(name)
        if not isinstance(value, list) or not all(isinstance(part, list | tuple) and len(part) == 2 for part in value):
            raise self._fault(name, "NOT_POINTS", "a list of [easting, northing]")
        if len(value) > MOST_POINTS:
            raise self._fault(name, "TOO_MANY_POINTS", f"at most {MOST_POINTS}")
        return tuple((self._number(name, x), self._number(name, y)) for x, y in value)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Give a list of numbers."""
        value = self._take(name)
        if not isinstance(value, list):
            raise self._fault(name, "NOT_A_LIST", "a list of numbers")
        return tuple(self._number(name, part) for part in value)

    def object(self, name: str, *, optional: bool = False) -> "Fields":
        """Give an object's fields; none when optional and missing."""
        value = self._take(name, optional=optional)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise self._fault(name, "NOT_AN_OBJECT", "an object in braces")
        return Fields(value, self._named(name))

    def objects(self, name: str, *, optional: bool = False) -> tuple["Fields", ...]:
        """Give the fields of each object of a list."""
        value = self._take(name, optional=optional)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(part, Mapping) for part in value):
            raise self._fault(name, "NOT_A_LIST", "a list of objects in braces")
        return tuple(Fields(part, f"{self._named(name)}.{index}") for index, part in enumerate(value))

    def strings(self) -> dict[str, str]:
        """Give the whole object as texts by text: a table of numbers."""
        self._read.update(self._values)
        pairs = {str(name): str(value) for name, value in self._values.items() if isinstance(value, str | int)}
        if len(pairs) < len(self._values) or not all(map(_is_plain, (*pairs, *pairs.values()))):
            raise self._fault("*", "NOT_A_TEXT", "texts on both sides")
        return pairs

    def refuse_others(self) -> None:
        """Raise InvalidValue for a field that nobody read: it would be dropped in silence."""
        others = sorted(set(map(str, self._values)) - self._read)
        if others:
            known = ", ".join(sorted(self._read))
            raise InvalidValue(self._path or "change", "UNKNOWN_FIELD", remedy=f"known fields: {known}")

    def _take(self, name: str, *, optional: bool = False) -> Any:
        self._read.add(name)
        value = self._values.get(name)
        if value is None and not optional:
            raise self._fault(name, "MISSING", "fill it in")
        return value

    def _number(self, name: str, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < LARGEST_NUMBER:
            raise self._fault(name, "NOT_A_NUMBER", "a number")
        return float(value)

    def _named(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _fault(self, name: str, reason: str, remedy: str) -> InvalidValue:
        return InvalidValue(self._named(name), reason, remedy=remedy)


def _is_plain(value: Any) -> bool:
    """Tell whether this is a text that can be printed and stored."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    return not any(unicodedata.category(character) in _UNPRINTABLE for character in value)
