"""Arrow columns of delivered values: brought to text or numbers a whole column at a time.

Delivered columns repeat themselves (a sheet number on a thousand parcels), so a Python function is applied
to the distinct values only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: One value per row: Arrow is fastest; lists and arrays may hold None, text, numbers or dates.
Column: TypeAlias = "pa.Array | np.ndarray | Sequence[Any]"


def to_arrow(values: Column) -> pa.Array:
    """Give the values as one Arrow array; values of mixed kinds become text."""
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if isinstance(values, pa.Array):
        return values
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in values], pa.utf8())


def to_text(values: Column) -> pa.Array:
    """Give the values as trimmed text, null where blank; whole numbers without a decimal point."""
    array = to_arrow(values)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        text = _readable(array)
    elif pa.types.is_floating(array.type):
        text = _number_text(array)
    elif pa.types.is_nested(array.type) or pa.types.is_binary(array.type) or pa.types.is_null(array.type):
        return pa.nulls(len(array), pa.utf8())
    else:
        text = array.cast(pa.utf8())
    trimmed = pc.utf8_trim_whitespace(text)
    blank = pc.equal(pc.binary_length(trimmed), 0)
    return pc.if_else(blank, pa.scalar(None, pa.utf8()), trimmed) if pc.any(blank).as_py() else trimmed


def _readable(array: pa.Array) -> pa.Array:
    """Give the text with broken byte sequences replaced: a DBF cuts a field in the middle of a letter."""
    text = array.cast(pa.utf8()) if not pa.types.is_string(array.type) else array
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        values = text.cast(pa.binary()).to_pylist()
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in values], pa.utf8())
    return text


def _number_text(array: pa.Array) -> pa.Array:
    """Give numbers as text, 12.0 as "12"; what is not finite is no value."""
    finite = pc.if_else(pc.is_finite(array), array, pa.scalar(None, array.type))
    return pc.replace_substring_regex(finite.cast(pa.utf8()), pattern=r"\.0$", replacement="")


def map_distinct(array: pa.Array, function: Callable[[str], Any], kind: pa.DataType | None = None) -> pa.Array:
    """Give the array with a function applied to each distinct value; nulls stay null."""
    if array.null_count == len(array):
        return pa.nulls(len(array), kind or pa.utf8())
    encoded = array.dictionary_encode()
    values = [function(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(values, kind or pa.utf8()).take(encoded.indices)


def to_float(values: Column, parse: Callable[[str], float | None]) -> tuple[pa.Array, pa.Array]:
    """Give the values as numbers, and a mask of those that were there but are no number."""
    array = to_arrow(values)
    if pa.types.is_floating(array.type) or pa.types.is_integer(array.type):
        numbers = array.cast(pa.float64())
        usable = pc.fill_null(pc.is_finite(numbers), fill_value=False)
        return pc.if_else(usable, numbers, pa.scalar(None, pa.float64())), pa.array(np.zeros(len(array), bool))
    text = to_text(array)
    numbers = map_distinct(text, parse, pa.float64())
    return numbers, pc.and_(pc.is_valid(text), pc.is_null(numbers))


def plain_value(value: Any) -> Any:
    """Give a value in the form JSON knows."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, bytes):
        return None
    return str(value)


def rows_as_dicts(columns: Mapping[str, Column], positions: Sequence[int]) -> list[dict[str, Any]]:
    """Give a few rows of the columns as dictionaries, for the quarantine."""
    if not len(positions):
        return []
    index = pa.array(positions, pa.int64())
    picked = {name: _pick(to_arrow(values), index) for name, values in columns.items()}
    return [{name: values[i] for name, values in picked.items()} for i in range(len(positions))]


def _pick(array: pa.Array, index: pa.Array) -> list[Any]:
    taken = array.take(index)
    if pa.types.is_string(taken.type) or pa.types.is_large_string(taken.type):
        taken = _readable(taken)
    return [plain_value(value) for value in taken.to_pylist()]
