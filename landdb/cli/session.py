"""One database session for a command: the private cluster is started and brought up to date on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from landdb.cluster import ensure_url
from landdb.settings import Settings
from landdb.store.connection import connect
from landdb.store.migrate import current, head, upgrade


@contextmanager
def session() -> Iterator[tuple[Settings, psycopg.Connection]]:
    """Give the settings and an open connection to a database whose schema is the newest.

    The private cluster is landdb's own and is migrated without asking; so is a given database, because a
    program and a schema that differ help nobody.
    """
    settings = Settings.from_environment()
    url = ensure_url(settings)
    with connect(url) as conn:
        conn.autocommit = True
        if current(conn) != head():
            upgrade(url)
        yield settings, conn
