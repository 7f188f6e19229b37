"""Many rows at once: columns by COPY, indexes built afterwards, identities that go on where the rows end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import psycopg
import pyarrow as pa
import shapely
from psycopg import sql
from pyarrow import csv

from landdb.store.statements import load

_CSV = csv.WriteOptions(include_header=False, quoting_style="all_valid")

#: One value for every row, or one value per row.
Columns = Mapping[str, Any]


def copy_columns(conn: psycopg.Connection, table: tuple[str, str], columns: Columns) -> int:
    """Copy columns into a table and give the number of rows; what is no list is the same in every row."""
    count = max(len(values) for values in columns.values() if isinstance(values, list))
    arrays = [_array(values if isinstance(values, list) else [values] * count) for values in columns.values()]
    lines = pa.BufferOutputStream()
    csv.write_csv(pa.table(arrays, names=list(columns)), lines, _CSV)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(*table), names)
    with conn.cursor().copy(statement) as copy:
        copy.write(lines.getvalue())
    return count


def ewkb(shapes: Iterable[shapely.Geometry], srid: int) -> list[str]:
    """Give each geometry as PostGIS reads it from text."""
    marked = shapely.set_srid(np.array(list(shapes), dtype=object), srid)
    written: list[str] = shapely.to_wkb(marked, hex=True, include_srid=True).tolist()
    return written


@contextmanager
def without_walls(conn: psycopg.Connection, tables: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Take row security off the tables for the block, which the owner may: COPY FROM is refused under it."""
    names = [f"{schema}.{table}" for schema, table in tables]
    walled = conn.execute(
        """SELECT relnamespace::regnamespace::text, relname::text FROM pg_class
        WHERE relrowsecurity AND oid = ANY(%s::regclass[])""",
        [names],
    ).fetchall()
    _alter(conn, walled, "DISABLE ROW LEVEL SECURITY")
    yield
    _alter(conn, walled, "ENABLE ROW LEVEL SECURITY")


def _alter(conn: psycopg.Connection, tables: Sequence[tuple[str, str]], action: LiteralString) -> None:
    for name in tables:
        conn.execute(sql.SQL("ALTER TABLE {} " + action).format(sql.Identifier(*name)))


@contextmanager
def without_indexes(conn: psycopg.Connection, tables: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Take the plain indexes of the tables away for the block and build them anew after it."""
    names = [f"{schema}.{table}" for schema, table in tables]
    found = conn.execute(load("province", package="benchmarks")["plain_indexes"], {"tables": names}).fetchall()
    for schema, index, _ in found:
        conn.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, index)))
    yield
    conn.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, _, definition in found:
        conn.execute(definition)


def continue_identities(conn: psycopg.Connection, tables: Sequence[tuple[str, str]]) -> None:
    """Let the identities of the tables go on after their highest value."""
    texts = load("province", package="benchmarks")
    names = [f"{schema}.{table}" for schema, table in tables]
    for schema, table, column in conn.execute(texts["identities"], {"tables": names}).fetchall():
        conn.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), (SELECT max({}) FROM {}))").format(
                f"{schema}.{table}", column, sql.Identifier(column), sql.Identifier(schema, table)
            )
        )


def _array(values: list[Any]) -> pa.Array:
    r"""Give the values as PostgreSQL reads them in CSV; bytes become ``\x…``."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, bytes):
        return pa.array([None if value is None else "\\x" + value.hex() for value in values], pa.utf8())
    return pa.array(values, None if first is not None else pa.utf8())
