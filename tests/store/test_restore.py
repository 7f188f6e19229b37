"""A backup made and restored with PostgreSQL's tools, as docs/operations.md says: all is there, nobody sees more."""

import json
import subprocess

import factories
import psycopg
import pytest
import worlds
from callers import READERS
from test_change_feed import insert, read, read_all
from typer.testing import CliRunner

from landdb.cli import app
from landdb.cluster.binaries import find_installation
from landdb.errors import InvalidValue
from landdb.store.privileges import role_of
from landdb.store.tables import SCHEMAS

pytestmark = pytest.mark.db


def contents(conn: psycopg.Connection) -> dict[str, str]:
    """Give a digest of the rows of every table."""
    named = conn.execute(
        "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1",
        [list(SCHEMAS)],
    ).fetchall()
    question = "SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {} AS t"
    return {table: conn.execute(question.format(table)).fetchone()[0] for (table,) in named}


def readable(conn: psycopg.Connection) -> dict[str, set[str]]:
    """Give which columns each reading login may read."""
    return {
        login: {
            row[0]
            for row in conn.execute(
                """SELECT attrelid::regclass || '.' || attname FROM pg_attribute
                JOIN pg_class AS c ON c.oid = attrelid WHERE c.relnamespace::regnamespace::text = ANY(%s)
                AND attnum > 0 AND NOT attisdropped AND has_column_privilege(%s, attrelid, attnum, 'SELECT')""",
                [list(SCHEMAS), role_of(login)],
            )
        }
        for login in READERS
    }


def test_a_restored_database_holds_all_and_shows_each_login_the_same(
    server, template_database, vault, tmp_path, monkeypatch
):
    tools = find_installation().folder
    dump = tmp_path / "landdb.dump"
    with factories.database(server, template_database) as url:
        worlds.seed(url, vault)
        with psycopg.connect(url) as conn:
            insert(conn, "before")
        _, cursor = read_all(url)
        subprocess.run(
            [tools / "pg_dump", "--format=custom", "--enable-row-security", f"--file={dump}", url], check=True
        )
        with psycopg.connect(url) as conn:
            expected, granted = contents(conn), readable(conn)
    name = f"{server.prefix}_restored"
    try:
        url = server.create(name)
        options = ("--no-comments", "--no-privileges", "--exit-on-error", "--single-transaction")
        subprocess.run([tools / "pg_restore", *options, f"--dbname={url}", dump], check=True)
        with psycopg.connect(url) as conn:
            assert contents(conn) == expected
            assert not any(readable(conn).values())
        monkeypatch.setenv("LANDDB_DATABASE_URL", url)
        told = CliRunner().invoke(app, ["db", "restored", "--json"])
        assert (told.exit_code, json.loads(told.stdout)["has_logins"]) == (0, True)
        with psycopg.connect(url) as conn:
            assert contents(conn) | {"feed.epoch": ""} == expected | {"feed.epoch": ""}
            assert readable(conn) == granted
            assert all(granted.values())
        with pytest.raises(InvalidValue, match="FEED_RESTARTED"):
            read(url, cursor)
        assert [event["id"] for event in read_all(url)[0]] == ["before"]
    finally:
        server.drop(name)
