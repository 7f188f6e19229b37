"""Text of old Vietnamese fonts turned into Unicode, judged over a whole batch at once."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from landdb.domain.text import decode_legacy, detect_encoding
from landdb.importers.maps.columns import map_distinct, to_text

_SAMPLE = 2_000


def detect(columns: Mapping[str, pa.Array]) -> str | None:
    """Give how text columns, as delivered, are written ('UNICODE', 'NFD', 'TCVN3', 'VNI'); None when all is ASCII."""
    sample: list[str] = []
    for column in columns.values():
        sample += _beyond_ascii(column).to_pylist()
    return str(detect_encoding(sample)) if sample else None


def _beyond_ascii(column: pa.Array) -> pa.Array:
    """Give some distinct values that hold more than ASCII."""
    if _is_ascii(column):
        return pa.array([], pa.utf8())
    return to_text(column.filter(pc.invert(pc.string_is_ascii(column))).unique().slice(0, _SAMPLE)).drop_null()


def _is_ascii(column: pa.Array) -> bool:
    return pc.all(pc.string_is_ascii(column), min_count=0).as_py() is True


def decode(columns: Mapping[str, pa.Array], encoding: str | None) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Give the columns in composed Unicode, and for each column that changed a mask of the changed rows."""
    decoded = dict(columns)
    changed: dict[str, pa.Array] = {}
    if encoding is None:
        return decoded, changed
    for name, column in columns.items():
        if _is_ascii(column):
            continue  # every encoding reads it alike
        text = map_distinct(column, lambda value: decode_legacy(value, encoding))
        differs = pc.fill_null(pc.not_equal(text, column), fill_value=False)
        decoded[name] = text
        # Composing the accents of good Unicode loses nothing worth keeping.
        if encoding in ("TCVN3", "VNI") and pc.any(differs, min_count=0).as_py():
            changed[name] = differs
    return decoded, changed


def is_surely_unicode(columns: Mapping[str, pa.Array]) -> bool:
    """Tell whether the batch holds Vietnamese letters that no single byte stands for."""
    return any(
        pc.any(pc.match_substring_regex(_beyond_ascii(column), "[\u1ea0-\u1ef9ăĂđĐơƠưƯ]"), min_count=0).as_py()
        for column in columns.values()
    )
