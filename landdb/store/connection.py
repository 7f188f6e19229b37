"""Connections to PostGIS: one for a CLI command, the URL forms that the drivers want."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from landdb.errors import ConfigurationError

_SCHEMES = ("postgresql://", "postgres://")


def checked_url(url: str) -> str:
    """Give the URL; raises ConfigurationError, without quoting it, when it names no database."""
    try:
        readable = url.startswith(_SCHEMES) and bool(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # The driver's text would quote the part it could not read, which may be the password.
        readable = False
    if not readable:
        raise ConfigurationError("LANDDB_DATABASE_URL cannot be read", remedy="postgresql://user@host:5432/name")
    return url


def sqlalchemy_url(url: str) -> str:
    """Give the URL in the form that names psycopg 3 to SQLAlchemy."""
    for prefix in _SCHEMES:
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@contextmanager
def connect(url: str, *, application_name: str = "landdb") -> Iterator[psycopg.Connection]:
    """Give one connection; commits when the block ends well, rolls back when it does not.

    Raises ConfigurationError when `url` names no database, or nobody answers there.
    """
    try:
        connection = psycopg.connect(checked_url(url), application_name=application_name, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise ConfigurationError(
            "the database does not answer", remedy="run `landdb doctor` to see why, `landdb db start` to start it"
        ) from error
    with connection:
        yield connection
