"""What the pages say, in both languages, and how numbers and days are written in each."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from landdb.validators.rule import Language

#: No-break space: a number stays with its unit.
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: its texts by key, its decimal comma or point."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: str | int) -> str:
        """Give a text with its values filled in; an unknown key is a programming error."""
        return self.texts[key].format_map(values)

    def of(self, both: Mapping[str, str]) -> str:
        """Give the text of this language out of both."""
        return both[self.language]

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Give a number with separators as this language writes them, a dash for none."""
        if value is None:
            return "–"
        told = f"{value:,.{decimals}f}"
        return told.translate(str.maketrans(",.", ".,")) if self.language == "vi" else told

    def measure(self, value: float | None, unit: str) -> str:
        """Give a measured value with three significant digits or whole numbers, and its unit."""
        if value is None:
            return "–"
        size = abs(value)
        decimals = 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3
        return f"{self.number(value, decimals)}{NBSP}{unit}"

    def percent(self, part: float, whole: float) -> str:
        """Give a share with one decimal, rounded down: 100 % means every one."""
        if not whole:
            return "–"
        if 0 < part < whole / 1000:
            return f"< {self.number(0.1, 1)}{NBSP}%"
        return f"{self.number(int(1000 * part / whole) / 10, 1)}{NBSP}%"

    def change(self, value: float, decimals: int = 0) -> str:
        """Give a difference with its sign."""
        return f"{'+' if value > 0 else '−' if value < 0 else '±'}{self.number(abs(value), decimals)}"

    def day(self, value: dt.date) -> str:
        """Give a day as people write it."""
        return f"{value.day}/{value.month}/{value.year}" if self.language == "vi" else value.strftime("%-d %B %Y")


@cache
def load_wording(language: Language) -> Wording:
    """Give the packaged texts of a language."""
    entries = tomllib.loads((files(__package__) / "wording.toml").read_text("utf-8"))
    return Wording(language, {key: both[language] for key, both in entries.items()})
