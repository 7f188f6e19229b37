"""Connections to PostGIS: one for a CLI command, the URL forms that the drivers want."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from landdb.errors import ConfigurationError


def sqlalchemy_url(url: str) -> str:
    """Give the URL in the form that names psycopg 3 to SQLAlchemy."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@contextmanager
def connect(url: str, *, application_name: str = "landdb") -> Iterator[psycopg.Connection]:
    """Give one connection; commits when the block ends well, rolls back when it does not."""
    try:
        connection = psycopg.connect(url, application_name=application_name, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise ConfigurationError(
            "the database does not answer", remedy="run `landdb doctor` to see why, `landdb db start` to start it"
        ) from error
    with connection:
        yield connection
