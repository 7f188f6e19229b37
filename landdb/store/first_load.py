"""First loads: indexes and references built once afterwards instead of row by row.

Filling an index or checking a reference for one row costs up to ten times what it costs in one sorted
pass. While they are set aside readers wait, so only a delivery that outweighs all that a table holds does
this, in its own transaction: whoever reads sees the table before it, or complete after it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import ForeignKeyConstraint, Table
from sqlalchemy.engine import make_url
from sqlalchemy.schema import AddConstraint, CreateIndex, DDLElement, DropConstraint, DropIndex

#: Below so many rows nobody would notice the difference.
WORTH_IT = 20_000

DIALECT = make_url("postgresql+psycopg://").get_dialect()()


@contextmanager
def set_aside_for(conn: psycopg.Connection, delivered: int, *tables: Table) -> Iterator[None]:
    """Set aside what slows the block down, if `delivered` rows outweigh what the first of `tables` holds."""
    if delivered < WORTH_IT or _holds_as_many(conn, tables[0], delivered):
        yield
        return
    with ExitStack() as stack:
        for table in tables:
            stack.enter_context(_set_aside(conn, table))
        yield


@contextmanager
def _set_aside(conn: psycopg.Connection, table: Table) -> Iterator[None]:
    """Drop the table's plain indexes and its references for the block; uniqueness and checks stay on guard."""
    indexes = [index for index in table.indexes if not index.unique]
    references = [constraint for constraint in table.constraints if isinstance(constraint, ForeignKeyConstraint)]
    for index in indexes:
        _execute(conn, DropIndex(index))
    for reference in references:
        _execute(conn, DropConstraint(reference))
    yield
    for index in indexes:
        _execute(conn, CreateIndex(index))
    for reference in references:
        _execute(conn, AddConstraint(reference))


def _holds_as_many(conn: psycopg.Connection, table: Table, delivered: int) -> bool:
    """Tell whether the table holds that many rows, reading no more of it than that."""
    name = sql.Identifier(str(table.schema), table.name)
    question = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT %s) AS present").format(name)
    row = conn.execute(question, (delivered,)).fetchone()
    return row is not None and int(row[0]) >= delivered


def _execute(conn: psycopg.Connection, statement: DDLElement) -> None:
    conn.execute(str(statement.compile(dialect=DIALECT)).encode())
