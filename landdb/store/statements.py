"""SQL as text in files, named by the question it answers.

A file holds one statement, or several under ``-- name: <statement>`` lines. Parameters are psycopg's
``%(name)s``. Statements are loaded once and never composed with values.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import LiteralString

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def load(file: str, *, package: str = "landdb.store") -> dict[str, LiteralString]:
    """Give the named statements of ``<package>/sql/<file>.sql``; a file without names holds ``file`` itself."""
    text = (files(package) / "sql" / f"{file}.sql").read_text("utf-8")
    parts = _NAME.split(text)
    if len(parts) == 1:
        return {file: text}
    # The text is part of the program, read from its own package: as literal as a string in a .py file.
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def render(text: LiteralString, names: Mapping[str, str]) -> LiteralString:
    """Give the text with every ``$name`` replaced from a closed table; an unknown name is a programming error."""
    return Template(text).substitute(names)


def without_comments(text: LiteralString) -> LiteralString:
    """Give a part of a statement without its comment, which would hide what follows it on the line."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
