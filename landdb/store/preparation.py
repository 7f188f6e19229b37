"""What only a superuser can give an outside database, and whether it is there."""

import psycopg

from landdb.errors import ConfigurationError
from landdb.store.statements import load

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")


def missing(conn: psycopg.Connection) -> list[str]:
    """Give the statements that a superuser must run inside this database before landdb can make its schema.

    None for a role that can do it all itself. An extension that landdb's role may make is not missing.
    """
    row = conn.execute(load("preparation")["missing"], {"extensions": list(EXTENSIONS)}).fetchone()
    return list(row[0] or ()) if row else []


def require(conn: psycopg.Connection) -> None:
    """Raise ConfigurationError with the SQL to run when a superuser has not prepared this database."""
    if statements := missing(conn):
        raise ConfigurationError(
            "the database is not prepared for landdb", remedy=f"as a superuser inside it: {' '.join(statements)}"
        )
