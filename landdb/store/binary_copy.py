"""Arrow columns as PostgreSQL's binary COPY format, without a Python loop over rows.

Each column becomes a column of encoded fields (length, then value); joining the columns row by row gives
an Arrow array whose data buffer is the wire format. Format: PostgreSQL manual, "COPY", Binary Format.
"""

import struct
from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER: Final = struct.pack(">h", -1)
_WKB_HEAD: Final = 5  # byte order and type
_TO_THE_END: Final = 2**31 - 1  # leaving the stop out overflows inside Arrow 26 on short values
_NULL: Final = struct.pack(">i", -1)
_NUMBERS: Final[Mapping[pa.DataType, str]] = {pa.int32(): ">i4", pa.int64(): ">i8", pa.float64(): ">f8"}

#: What a binary or text column is on the server, where Arrow's type does not tell: PostGIS geometry, or jsonb.
ServerType = Literal["geometry", "jsonb"]
_JSONB_VERSION: Final = b"\x01"


def copy_binary(
    conn: psycopg.Connection, target: sql.Identifier, rows: pa.RecordBatch, types: Mapping[str, ServerType]
) -> None:
    """Copy all columns of `rows` into the columns of `target` that have their names.

    Integers, floats, text and bytes go as what they are; `types` names the columns that are geometry (given
    as EWKB) or jsonb (given as text) on the server.
    """
    if rows.num_rows == 0:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, rows.schema.names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(target, names)
    with conn.cursor().copy(statement) as copy:
        copy.write(_SIGNATURE)
        copy.write(_encoded(rows, types))
        copy.write(_TRAILER)


def ewkb(wkb: pa.Array, srid: pa.Array) -> pa.Array:
    """Give little-endian WKB as EWKB that carries its SRID; null where either is null."""
    filled = pc.fill_null(wkb, bytes(_WKB_HEAD))  # slicing a null would ask for a negative length
    kind = pc.binary_slice(filled, 1, 4)
    flag = _constant(b"\x20")  # the bit of the type word that says that an SRID follows
    whole = _joined(_constant(b"\x01"), kind, flag, _raw(srid, "<i4"), pc.binary_slice(filled, _WKB_HEAD, _TO_THE_END))
    return pc.if_else(pc.is_valid(wkb), whole, pa.scalar(None, pa.binary()))


def _encoded(rows: pa.RecordBatch, types: Mapping[str, ServerType]) -> memoryview:
    fields = [_field(rows[name], types.get(name)) for name in rows.schema.names]
    lines = pc.binary_join_element_wise(_constant(struct.pack(">h", len(fields))), *fields, _constant(b""))
    # Joined values lie end to end in one buffer, which is the format itself.
    offsets = np.frombuffer(lines.buffers()[1], np.int32, len(lines) + 1, lines.offset * 4)
    return memoryview(lines.buffers()[2])[offsets[0] : offsets[-1]]


def _field(column: pa.Array, server_type: ServerType | None) -> pa.Array:
    """Give length + value of each row, or the mark of a null."""
    if column.type in _NUMBERS:
        dtype = _NUMBERS[column.type]
        value = _raw(column, dtype)
        length: pa.Scalar | pa.Array = _constant(struct.pack(">i", np.dtype(dtype).itemsize))
    else:
        value = pc.cast(column, pa.binary())
        if server_type == "jsonb":
            value = _joined(_constant(_JSONB_VERSION), value)
        length = _raw(pc.cast(pc.binary_length(value), pa.int32()), ">i4")
    return pc.fill_null(_joined(length, value), _NULL)


def _raw(numbers: pa.Array, dtype: str) -> pa.Array:
    """Give the bytes of each number in the byte order of `dtype`; null stays null."""
    width = np.dtype(dtype).itemsize
    values = pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False).astype(dtype)
    fixed = pa.Array.from_buffers(pa.binary(width), len(numbers), [None, pa.py_buffer(values.tobytes())])
    return pc.if_else(pc.is_valid(numbers), pc.cast(fixed, pa.binary()), pa.scalar(None, pa.binary()))


def _joined(*parts: pa.Array | pa.Scalar) -> pa.Array:
    return pc.binary_join_element_wise(*parts, _constant(b""))


def _constant(value: bytes) -> pa.Scalar:
    return pa.scalar(value, pa.binary())
