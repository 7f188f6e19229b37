"""The fixture ladder: a real PostGIS → a database with the schema → a connection that is rolled back.

database_url     session   a database at the newest schema; its rows are nobody's, so commit nothing
conn             test      a connection to it; whatever the test did is rolled back
fresh_database   test      the URL of an own copy, for tests that commit; dropped afterwards
own_cluster      test      settings for an own cluster, not started, for tests of the server itself

The server is LANDDB_TEST_DATABASE_URL (a role that may create databases), else a private throwaway cluster.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from landdb import cluster
from landdb.cluster.creation import make_extensions
from landdb.settings import Settings
from landdb.store import migrate
from landdb.store.vault import Vault

# Machines are noisy: how long an example takes says nothing about landdb. Before a change is taken the same
# examples are tried each time; new ones are looked for at home and in `make soak`.
settings.register_profile("landdb", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "landdb")


@contextmanager
def private_settings() -> Iterator[Settings]:
    """Give settings for a cluster of one's own; it is gone afterwards, and the machine's LANDDB_* do not count.

    pytest's own folders are closed to the user `postgres`, who runs the cluster when root runs the tests.
    """
    home = Path(tempfile.mkdtemp(prefix="landdb-test-"))
    if os.geteuid() == 0:
        home.chmod(0o711)
    settings = Settings.from_environment({"LANDDB_HOME": str(home)})
    try:
        yield settings
    finally:
        cluster.reset(settings)
        shutil.rmtree(home)


class Server:
    """A PostgreSQL server on which databases are made for tests: as `admin_url`, for the role of `url`."""

    def __init__(self, url: str, admin_url: str) -> None:
        self.url = url
        self.admin_url = admin_url
        self.prefix = f"landdb_test_{secrets.token_hex(4)}"

    def _run(self, statement: str, **names: str) -> None:
        composed = sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()})
        with psycopg.connect(self.admin_url, autocommit=True) as conn:
            conn.execute(composed)

    def create(self, name: str, template: str | None = None) -> str:
        """Give the URL of a new database."""
        with psycopg.connect(self.url) as conn:
            owner = conn.info.user
        if template is None:
            self._run("CREATE DATABASE {name} OWNER {owner}", name=name, owner=owner)
            self._add_extensions(name, owner)
        else:
            self._run("CREATE DATABASE {name} OWNER {owner} TEMPLATE {of}", name=name, owner=owner, of=template)
        return database_at(self.url, name)

    def _add_extensions(self, name: str, owner: str) -> None:
        with psycopg.connect(database_at(self.admin_url, name), autocommit=True) as conn:
            make_extensions(conn, owner)

    def drop(self, name: str) -> None:
        """Drop a database, also when a test forgot a connection."""
        self._run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)


def database_at(url: str, name: str) -> str:
    """Give the URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    given = os.environ.get("LANDDB_TEST_DATABASE_URL")
    if given:
        yield Server(given, given)
        return
    with private_settings() as settings:
        cluster.start(settings, durable=False)
        yield Server(cluster.url(settings), cluster.admin_url(settings))


@pytest.fixture(scope="session")
def template_database(server: Server) -> Iterator[str]:
    """Give the name of a database at the newest schema that nobody is connected to."""
    name = f"{server.prefix}_template"
    try:
        migrate.upgrade(server.create(name))
        yield name
    finally:
        server.drop(name)


@pytest.fixture(scope="session")
def database_url(server: Server, template_database: str) -> Iterator[str]:
    name = f"{server.prefix}_shared"
    try:
        yield server.create(name, template_database)
    finally:
        server.drop(name)


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(database_url)
    try:
        yield connection
    finally:
        connection.rollback()
        connection.close()


@pytest.fixture
def fresh_database(server: Server, template_database: str) -> Iterator[str]:
    name = f"{server.prefix}_{secrets.token_hex(4)}"
    try:
        yield server.create(name, template_database)
    finally:
        server.drop(name)


@pytest.fixture
def own_cluster() -> Iterator[Settings]:
    with private_settings() as settings:
        yield settings


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.make(tmp_path_factory.mktemp("keys") / "landdb.key")
