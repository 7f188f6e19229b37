"""A GeoPackage looked at as what it is, a database, before GDAL opens it: stored programs are refused."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path
from typing import Final

from landdb.errors import ImportRefused

_CHECK_SECONDS: Final = 20
_STEPS_BETWEEN_LOOKS: Final = 100_000

#: Triggers that GeoPackage writers make: they keep spatial indexes, checks and counters in step.
_KNOWN_TRIGGER: Final = re.compile(
    r"(rtree_|trigger_(insert|delete)_feature_count_|gpkg_|fgti_|fgtd_|trigger_(insert|update|delete)_)",
    re.IGNORECASE,
)
_PLAIN_TABLE: Final = re.compile(r"CREATE\s+TABLE\b", re.IGNORECASE)
_RTREE: Final = re.compile(r"CREATE\s+VIRTUAL\s+TABLE\s+(\S+|\"[^\"]+\")\s+USING\s+rtree\s*\(", re.IGNORECASE)
_NO_CALLS: Final = re.compile(r"\b(load_extension|writefile|readfile|fts3_tokenizer|edit)\s*\(", re.IGNORECASE)


def check(path: Path) -> None:
    """Return when the file holds only tables, indexes and the usual triggers; else raise ImportRefused."""
    deadline = time.monotonic() + _CHECK_SECONDS
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise _damaged() from error
    try:
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS_BETWEEN_LOOKS)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        _check_schema(connection)
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _damaged()
    except sqlite3.Error as error:
        raise _damaged() from error
    finally:
        connection.close()


def _check_schema(connection: sqlite3.Connection) -> None:
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        text = str(sql or "").strip()
        # SQLite reads the statement; the kind beside it is only told, and in any case of its letters.
        kind = str(kind).lower()  # noqa: PLW2901
        if kind == "view":
            raise _refuse("GPKG_VIEW", "The GeoPackage holds a view.", "Export the layers as tables.")
        if kind == "trigger" and (not _KNOWN_TRIGGER.match(str(name)) or _NO_CALLS.search(text)):
            raise _refuse("GPKG_TRIGGER", "The GeoPackage holds a foreign trigger.", "Export the layers anew.")
        if kind == "table" and not (_PLAIN_TABLE.match(text) or _RTREE.match(text)):
            raise _refuse("GPKG_VIRTUAL_TABLE", "The GeoPackage holds a virtual table.", "Export the layers anew.")


def _refuse(code: str, reason: str, remedy: str) -> ImportRefused:
    return ImportRefused(code, reason, remedy=remedy)


def _damaged() -> ImportRefused:
    return _refuse(
        "GPKG_DAMAGED",
        "The GeoPackage is damaged, or its check took too long.",
        "Open it in QGIS and export the layers into a new GeoPackage.",
    )
