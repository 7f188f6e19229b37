"""Arrow columns as PostgreSQL's binary COPY format, without a Python loop over rows.

Each column becomes a column of encoded fields (length, then value); joining the columns row by row gives
an Arrow array whose data buffer is the wire format. Format: PostgreSQL manual, "COPY", Binary Format.
"""

import struct
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

#: A column, or the one value that all rows have.
Column: TypeAlias = "pa.Array | pa.Scalar"
#: What a binary or text column is on the server, where Arrow's type does not tell: PostGIS geometry (given as EWKB),
#: jsonb (given as text), an array of texts (given as words with a blank between them).
ServerType = Literal["geometry", "jsonb", "text[]"]

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER: Final = struct.pack(">h", -1)
_WKB_HEAD: Final = 5  # byte order and type
_TO_THE_END: Final = 2**31 - 1  # leaving the stop out overflows inside Arrow 26 on short values
_NULL: Final = struct.pack(">i", -1)
_NUMBERS: Final[Mapping[pa.DataType, str]] = {pa.int32(): ">i4", pa.int64(): ">i8", pa.float64(): ">f8"}
_JSONB_VERSION: Final = b"\x01"
_TEXT_OID: Final = 25
#: PostgreSQL counts days from here.
_FIRST_DAY: Final = date(2000, 1, 1)


def copy_binary(
    conn: psycopg.Connection, target: sql.Identifier, columns: Mapping[str, Column], types: Mapping[str, ServerType]
) -> None:
    """Copy columns into those of `target` that have their names.

    Integers, floats, text and bytes go as what they are; `types` names the columns whose type Arrow does not tell.
    """
    copy_lines(conn, target, [*columns], lines(_constant(head(len(columns))), encoded(columns, types)))


def head(field_count: int, *integers: int) -> bytes:
    """Give how a row begins that has so many fields, with its first fields when they are integers (int4)."""
    return struct.pack(">h", field_count) + b"".join(struct.pack(">ii", 4, integer) for integer in integers)


def encoded(columns: Mapping[str, Column], types: Mapping[str, ServerType]) -> pa.Array:
    """Give for each row its fields end to end, to stand behind the row's head; one column at least is an array."""
    fields = _joined(*(part for name, column in columns.items() for part in _field(column, types.get(name))))
    if isinstance(fields, pa.Scalar):
        return pa.repeat(fields, max(len(column) for column in columns.values() if isinstance(column, pa.Array)))
    return fields


def lines(heads: Column, fields: pa.Array) -> pa.Array:
    """Give whole rows from what each begins with and its encoded fields."""
    return _joined(heads, fields)


def copy_lines(conn: psycopg.Connection, target: sql.Identifier, names: Sequence[str], rows: pa.Array) -> None:
    """Copy rows that are written as COPY wants them into these columns of the target."""
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    # Joined values lie end to end in one buffer, which is the format itself.
    offsets = np.frombuffer(rows.buffers()[1], np.int32, len(rows) + 1, rows.offset * 4)
    with conn.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(target, listed)) as copy:
        copy.write(_SIGNATURE)
        copy.write(memoryview(rows.buffers()[2])[offsets[0] : offsets[-1]])
        copy.write(_TRAILER)


def ewkb(wkb: pa.Array, srid: Column) -> pa.Array:
    """Give little-endian WKB as EWKB that carries its SRID; null where either is null."""
    filled = pc.fill_null(wkb, bytes(_WKB_HEAD)) if wkb.null_count else wkb  # a null would be cut to a negative length
    kind = pc.binary_slice(filled, 1, 4)
    flag = _constant(b"\x20")  # the bit of the type word that says that an SRID follows
    parts = _constant(b"\x01"), kind, flag, _raw(srid, "<i4"), pc.binary_slice(filled, _WKB_HEAD, _TO_THE_END)
    whole = _joined(*parts)
    return pc.if_else(pc.is_valid(wkb), whole, pa.scalar(None, pa.binary())) if wkb.null_count else whole


def ewkb_points(x: pa.Array, y: pa.Array, srid: int) -> Column:
    """Give points as EWKB, null where a coordinate is."""
    if x.null_count == len(x):
        return pa.scalar(None, pa.binary())
    start = struct.pack("<BII", 1, 0x2000_0001, srid)
    return _joined(_constant(start), _raw(x, "<f8"), _raw(y, "<f8"))


def _field(column: Column, server_type: ServerType | None) -> tuple[Column, ...]:
    """Give what stands for the field in each row: length and value, or the mark of a null."""
    if isinstance(column, pa.Scalar):
        return (_constant_field(column),)
    if column.null_count == len(column):
        return (_constant(_NULL),)
    if column.type in _NUMBERS:
        dtype = _NUMBERS[column.type]
        parts: tuple[Column, ...] = _constant(struct.pack(">i", np.dtype(dtype).itemsize)), _raw(column, dtype)
    else:
        value = _on_the_server(column, server_type)
        parts = _raw(pc.cast(pc.binary_length(value), pa.int32()), ">i4"), value
    return (pc.fill_null(_joined(*parts), _NULL),) if column.null_count else parts


def _on_the_server(column: pa.Array, server_type: ServerType | None) -> pa.Array:
    if server_type == "text[]":
        words = column.dictionary_encode()
        return pa.array(map(_text_array, words.dictionary.to_pylist()), pa.binary()).take(words.indices)
    octets = pc.cast(column, pa.binary())
    return _joined(_constant(_JSONB_VERSION), octets) if server_type == "jsonb" else octets


def _text_array(words: str) -> bytes:
    """Give an array of texts as the server receives it: one dimension, no nulls, counted from 1."""
    texts = [word.encode() for word in words.split()]
    return struct.pack(">iiiii", 1, 0, _TEXT_OID, len(texts), 1) + b"".join(
        struct.pack(">i", len(text)) + text for text in texts
    )


def _constant_field(value: pa.Scalar) -> pa.Scalar:
    if not value.is_valid:
        return _constant(_NULL)
    if value.type in _NUMBERS:
        octets = np.array(value.as_py(), _NUMBERS[value.type]).tobytes()
    elif value.type == pa.date32():
        octets = struct.pack(">i", (value.as_py() - _FIRST_DAY).days)
    else:
        octets = pc.cast(value, pa.binary()).as_py()
    return _constant(struct.pack(">i", len(octets)) + octets)


def _raw(numbers: Column, dtype: str) -> Column:
    """Give the bytes of each number in the byte order of `dtype`; null stays null."""
    if isinstance(numbers, pa.Scalar):
        return _constant(np.array(numbers.as_py(), dtype).tobytes())
    width = np.dtype(dtype).itemsize
    values = (pc.fill_null(numbers, 0) if numbers.null_count else numbers).to_numpy(zero_copy_only=False).astype(dtype)
    fixed = pa.Array.from_buffers(pa.binary(width), len(numbers), [None, pa.py_buffer(values.tobytes())])
    octets = pc.cast(fixed, pa.binary())
    return pc.if_else(pc.is_valid(numbers), octets, pa.scalar(None, pa.binary())) if numbers.null_count else octets


def _joined(*parts: Column) -> Column:
    """Give the parts of each row end to end; constants that stand side by side are put together once."""
    merged: list[Column] = []
    for part in parts:
        if merged and isinstance(part, pa.Scalar) and isinstance(merged[-1], pa.Scalar):
            merged[-1] = _constant(merged[-1].as_py() + part.as_py())
        else:
            merged.append(part)
    return pc.binary_join_element_wise(*merged, _constant(b""))


def _constant(value: bytes) -> pa.Scalar:
    return pa.scalar(value, pa.binary())
