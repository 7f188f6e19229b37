"""The loader: a CSV of this package as rows."""

import csv
import io
from functools import cache
from importlib import resources

from landdb.errors import NotFound


@cache
def load(name: str) -> tuple[dict[str, str], ...]:
    """Give the rows of a code list by its name without ``.csv``; they are shared, so do not change them."""
    source = resources.files(__package__).joinpath(f"{name}.csv")
    if not name.isidentifier() or not source.is_file():
        raise NotFound(f"there is no code list named {name!r}")
    return tuple(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8"))))
