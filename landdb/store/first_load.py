"""First loads: indexes and references built once afterwards instead of row by row.

Filling an index or checking a reference for one row costs up to ten times what it costs in one sorted
pass. While they are set aside readers wait, so only a delivery that outweighs all that a table holds does
this, in its own transaction: whoever reads sees the table before it, or complete after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql

from landdb.store.statements import load

#: Below so many rows nobody would notice the difference.
WORTH_IT: Final = 5_000


@contextmanager
def set_aside_for(conn: psycopg.Connection, delivered: int, schema: str, table: str) -> Iterator[None]:
    """Set aside what slows the block down, if `delivered` rows outweigh what the table holds.

    Plain indexes and references are dropped and made again after the block; uniqueness and checks stay on guard.
    """
    name = sql.Identifier(schema, table)
    if delivered < WORTH_IT or _holds_as_many(conn, name, delivered):
        yield
        return
    found = conn.execute(load("first_load")["list_what_slows"], {"table": name.as_string(conn)}).fetchall()
    for drop, _ in found:
        conn.execute(drop)
    yield
    for _, make in found:
        conn.execute(make)


def _holds_as_many(conn: psycopg.Connection, name: sql.Identifier, delivered: int) -> bool:
    """Tell whether the table holds that many rows, reading no more of it than that."""
    question = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT %s) AS present").format(name)
    row = conn.execute(question, (delivered,)).fetchone()
    return row is not None and int(row[0]) >= delivered
