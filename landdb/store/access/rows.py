"""One statement of `access.sql`, asked for one row or for all."""

from hashlib import sha256
from typing import Any

import psycopg
from psycopg.rows import dict_row

from landdb.store.statements import load

Row = dict[str, Any]


def find_one(conn: psycopg.Connection[Any], statement: str, **values: Any) -> Row | None:
    """Give the row that the statement gives, None when there is none."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("access")[statement], values).fetchone()


def list_all(conn: psycopg.Connection[Any], statement: str, **values: Any) -> list[Row]:
    """Give the rows that the statement gives."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("access")[statement], values).fetchall()


async def find_one_async(conn: psycopg.AsyncConnection[Any], statement: str, **values: Any) -> Row | None:
    """Give the row that the statement gives, on the connection of a server."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(load("access")[statement], values)
        return await cursor.fetchone()


def hash_of(secret: str) -> bytes:
    """Give the form in which a random secret is kept: it needs no salt."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
