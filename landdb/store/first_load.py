"""First loads: indexes and references built once afterwards instead of row by row.

Filling an index or checking a reference for one row costs up to ten times what it costs in one sorted
pass. While they are set aside readers wait, so only a delivery that outweighs all that a table holds does
this, in its own transaction: whoever reads sees the table before it, or complete after it.
"""

from collections.abc import Sequence
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from landdb.store.statements import load

#: Below so many rows nobody would notice the difference.
WORTH_IT: Final = 5_000


class SetAside:
    """What a table goes without for the time being; a transaction that fails brings it back as well."""

    def __init__(self, conn: psycopg.Connection, remedies: Sequence[LiteralString]) -> None:
        self._conn = conn
        self._remedies = remedies

    def put_back(self) -> None:
        """Make everything again; the second time there is nothing to do."""
        remedies, self._remedies = self._remedies, ()
        for statement in remedies:
            self._conn.execute(statement)


def set_aside_for(conn: psycopg.Connection, delivered: int, schema: str, table: str) -> SetAside:
    """Set aside what slows a load down, if `delivered` rows outweigh what the table holds.

    Plain indexes of all rows and references are dropped, to be put back later; uniqueness and checks stay on guard.
    """
    name = sql.Identifier(schema, table)
    if delivered < WORTH_IT or _holds_as_many(conn, name, delivered):
        return SetAside(conn, ())
    found = conn.execute(load("first_load")["list_what_slows"], {"table": name.as_string(conn)}).fetchall()
    for drop, _ in found:
        conn.execute(drop)
    return SetAside(conn, [make for _, make in found])


def _holds_as_many(conn: psycopg.Connection, name: sql.Identifier, delivered: int) -> bool:
    """Tell whether the table holds that many rows, reading no more of it than that."""
    question = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT %s) AS present").format(name)
    row = conn.execute(question, (delivered,)).fetchone()
    return row is not None and int(row[0]) >= delivered
