"""An outside database: what a superuser must prepare is named as SQL, and its key file is compared."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from landdb.doctor_database import examine_database
from landdb.doctor_report import Check
from landdb.errors import ConfigurationError
from landdb.store import migrate
from landdb.store.sealing_key import open_vault
from landdb.store.vault import Vault

pytestmark = pytest.mark.db

EXTENSIONS = ("CREATE EXTENSION postgis;", "CREATE EXTENSION btree_gist;")


class Bare:
    """An empty database of a role that is no superuser: `url` asks as that role, `admin_url` as the superuser."""

    def __init__(self, admin_url: str, role: str) -> None:
        self.admin_url = admin_url
        self.role = role
        options = f"options=-c%20role%3D{role}"
        query = urlsplit(admin_url).query
        self.url = urlsplit(admin_url)._replace(query=f"{query}&{options}" if query else options).geturl()
        self.grant = f"GRANT INSERT ON public.spatial_ref_sys TO {role};"

    def prepare(self, *statements: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement)


@pytest.fixture
def bare(server) -> Iterator[Bare]:
    role, name = (f"{server.prefix}_{secrets.token_hex(4)}" for _ in range(2))
    names = {"role": sql.Identifier(role), "name": sql.Identifier(name)}
    with psycopg.connect(server.admin_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE ROLE {role}").format(**names))
        conn.execute(sql.SQL("CREATE DATABASE {name} OWNER {role} TEMPLATE template0").format(**names))
    yield Bare(urlsplit(server.admin_url)._replace(path=f"/{name}").geturl(), role)
    server.drop(name)
    with psycopg.connect(server.admin_url, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP ROLE {role}").format(**names))


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str, str], Check]:
    """Give a function that gives what the doctor says about one thing of a database."""

    def examine(url: str, name: str) -> Check:
        checks = examine_database(url, tmp_path / "landdb.key", outside=True)
        return next(check for check in checks if check.name == name)

    return examine


def test_a_bare_database_asks_for_exactly_the_sql_that_prepares_it(bare, told):
    with pytest.raises(ConfigurationError) as refused:
        migrate.upgrade(bare.url)
    # btree_gist is a trusted extension: the owner of the database makes it without help.
    assert refused.value.remedy == f"as a superuser inside it: {EXTENSIONS[0]} {bare.grant}"
    assert told(bare.url, "extensions").remedy == refused.value.remedy
    bare.prepare(EXTENSIONS[0], bare.grant)
    assert told(bare.url, "extensions").ok
    migrate.upgrade(bare.url)
    with psycopg.connect(bare.url) as conn:
        assert migrate.current(conn) == migrate.head()


def test_a_database_with_extensions_alone_lacks_the_grant(bare, told):
    bare.prepare(*EXTENSIONS)
    with pytest.raises(ConfigurationError, match="not prepared") as refused:
        migrate.upgrade(bare.url)
    assert refused.value.remedy == f"as a superuser inside it: {bare.grant}"
    assert told(bare.url, "extensions").remedy == refused.value.remedy


def test_a_superuser_needs_nobody_to_prepare(bare, told):
    assert told(bare.admin_url, "extensions").ok
    migrate.upgrade(bare.admin_url)


def test_the_doctor_compares_the_key_file_with_the_database(fresh_database, told, tmp_path):
    key_file = tmp_path / "landdb.key"
    assert told(fresh_database, "key").detail == "nothing is sealed in this database yet"
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        open_vault(conn, key_file)
    assert told(fresh_database, "key").ok
    key_file.unlink()
    missing = told(fresh_database, "key")
    assert (missing.ok, missing.grave, missing.remedy) == (False, True, "restore the key file from its backup")
    Vault.make(key_file)
    assert told(fresh_database, "key").detail == "the key file is not the one that seals this database"


def test_two_first_commands_agree_on_one_key(fresh_database, tmp_path):
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        first = open_vault(conn, tmp_path / "first.key")
        assert open_vault(conn, tmp_path / "first.key").key_id == first.key_id
        with pytest.raises(ConfigurationError, match="is missing"):
            open_vault(conn, tmp_path / "second.key")
