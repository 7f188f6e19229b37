"""Tables that say which present sheet an old sheet has become after a merger of communes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from landdb.domain.identifiers import normalise_commune_code, normalise_number
from landdb.importers.tables.grid import Line, Merges
from landdb.importers.tables.headings import Layout, find_header
from landdb.importers.tables.table_rejects import BAD_SCALE, MISSING_SHEET, RowRejected
from landdb.importers.tables.table_rows import Record, commune_of, refuse_long_keys

_SCALE: Final = re.compile(r"(?:1 ?[/:] ?)?(\d{3,6}|\d{1,3}[ .,]\d{3})", re.ASCII)
_KEYS: Final = ("old_sheet_no", "old_parcel_no", "sheet_no", "parcel_no")
_commune_code: Final = lru_cache(maxsize=4096)(normalise_commune_code)


def find_crosswalk(sample: Sequence[Line], merges: Merges, wanted: Mapping[str, str]) -> Layout | None:
    """Give the layout of a table of old and new sheet numbers, or nothing when it is another table."""
    layout = find_header(sample, "crosswalk", merges, wanted)
    return layout if layout is not None and names_both_sheets(layout) else None


def names_both_sheets(layout: Layout) -> bool:
    """Tell whether the columns can say from which sheet to which."""
    return {"old_sheet_no", "sheet_no"} <= layout.columns.keys()


def crosswalk_reader(commune_code: str | None) -> Callable[[Record], dict[str, Any]]:
    """Give the function that turns a record into a CROSSWALK row."""

    def read(record: Record) -> dict[str, Any]:
        row = {
            "old_commune_code": commune_of(record, "old_commune_code", None, _commune_code),
            "old_sheet_no": _sheet_number(record, "old_sheet_no"),
            "old_parcel_no": _parcel_number(record, "old_parcel_no"),
            "commune_code": commune_of(record, "commune_code", commune_code, _commune_code),
            "sheet_no": _sheet_number(record, "sheet_no"),
            "parcel_no": _parcel_number(record, "parcel_no"),
            "scale_denominator": _scale(record),
            "note": record.get("note"),
        }
        refuse_long_keys(row, _KEYS)
        return row

    return read


def _sheet_number(record: Record, field: str) -> str:
    number = normalise_number(record.get(field))
    if number is None or number == "0":
        raise RowRejected(replace(MISSING_SHEET, field=field))
    return number


def _parcel_number(record: Record, field: str) -> str | None:
    """Give the parcel number; blank and 0 mean the whole sheet."""
    number = normalise_number(record.get(field))
    return None if number in (None, "0", "NULL", "null") else number


def _scale(record: Record) -> int | None:
    """Give the denominator of a scale such as ``1/500`` or ``1:1.000``."""
    text = record.get("scale_denominator")
    if text is None:
        return None
    match = _SCALE.fullmatch(text)
    if match is None:
        raise RowRejected(BAD_SCALE)
    return int(re.sub(r"\D", "", match[1]))
