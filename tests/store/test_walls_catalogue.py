"""What the catalogue of PostgreSQL says of the walls: row security, grants, logins, functions and views."""

import json
from collections.abc import Iterator
from pathlib import Path

import factories
import psycopg
import pytest
from callers import READERS

from landdb.settings import Settings
from landdb.store import privileges
from landdb.store.logins import login_urls
from landdb.store.tables import SCHEMAS

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def url(server, template_database) -> Iterator[str]:
    with factories.database(server, template_database) as made:
        yield made


@pytest.fixture(scope="module")
def urls(url) -> dict[str, str]:
    return login_urls(Settings(Path("/nonexistent"), None, Path("/nonexistent/landdb.key")), url)


def test_row_security_is_on_and_forced_where_people_are(url):
    with psycopg.connect(url) as conn:
        tables = dict(
            conn.execute(
                """SELECT c.oid::regclass::text, c.relrowsecurity AND c.relforcerowsecurity
                FROM pg_class AS c JOIN pg_namespace AS n ON c.relnamespace = n.oid
                WHERE c.relkind = 'r'
                    AND (n.nspname IN ('party', 'audit') OR c.relname ~ '^(share|restriction|remark)')"""
            )
        )
    assert len(tables) >= 9
    # leaves hold hashes only, and are copied in, which row security does not allow its subjects
    assert [name for name, walled in tables.items() if not walled] == ["audit.leaf"]


def test_no_policy_filters_the_rows_of_ground(url, urls):
    with psycopg.connect(url) as conn:
        filtering = conn.execute(
            """SELECT tablename, policyname FROM pg_policies
            WHERE schemaname IN ('cadastre', 'serving', 'admin') AND cmd IN ('SELECT', 'ALL') AND qual <> 'true'"""
        ).fetchall()
    assert filtering == []
    for login in READERS:
        with psycopg.connect(urls[login], options="-c enable_seqscan=off") as conn:
            plan = conn.execute(
                """EXPLAIN (FORMAT JSON) SELECT * FROM cadastre.parcel
                WHERE geom_4326 && ST_MakeEnvelope(105, 21, 105.001, 21.001, 4326)"""
            ).fetchone()
        assert "parcel_geom_4326_idx" in json.dumps(plan), login


def test_logins_have_no_power_beyond_their_grants(url):
    with psycopg.connect(url) as conn:
        logins = conn.execute(
            """SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit,
                rolcanlogin, rolconnlimit
            FROM pg_roles WHERE rolname LIKE 'landdb\\_%'"""
        ).fetchall()
        members = conn.execute(
            "SELECT count(*) FROM pg_auth_members AS m JOIN pg_roles AS r ON m.member = r.oid "
            "WHERE r.rolname LIKE 'landdb\\_%'"
        ).fetchone()
        owned = conn.execute(
            "SELECT c.relname FROM pg_class AS c JOIN pg_roles AS r ON c.relowner = r.oid "
            "WHERE r.rolname LIKE 'landdb\\_%'"
        ).fetchall()
    assert sorted(name for name, *_ in logins) == sorted(map(privileges.role_of, privileges.LOGINS))
    assert all((powers, login) == (False, True) and limit > 0 for _, powers, login, limit in logins)
    assert (members, owned) == ((0,), [])


def test_functions_that_run_as_their_owner_pin_their_path_and_are_not_for_everyone(url):
    with psycopg.connect(url) as conn:
        functions = conn.execute(
            """SELECT p.oid::regprocedure::text, coalesce(p.proconfig::text, '') LIKE '%%search_path%%pg_temp%%',
                p.proacl IS NULL OR p.proacl::text ~ '[{,]=X'
            FROM pg_proc AS p JOIN pg_namespace AS n ON p.pronamespace = n.oid
            WHERE p.prosecdef AND n.nspname = ANY(%s)""",
            [list(SCHEMAS)],
        ).fetchall()
    assert len(functions) >= 9
    assert [name for name, pinned, for_everyone in functions if not pinned or for_everyone] == []


def test_views_run_as_whoever_asks_but_for_those_that_hide_columns(url):
    with psycopg.connect(url) as conn:
        views = conn.execute(
            """SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON c.relnamespace = n.oid
            WHERE c.relkind = 'v' AND n.nspname = ANY(%s)
                AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)""",
            [list(SCHEMAS)],
        ).fetchall()
    hiding = {
        "registry.shown_certificate",
        "registry.shown_certificate_history",
        "registry.shown_transaction",
        "party.filled_party",
    }
    assert {name for (name,) in views} == hiding


def test_grants_are_made_anew_as_a_whole(url):
    with psycopg.connect(url) as conn:
        conn.execute("GRANT SELECT ON party.sealing_key TO landdb_public")
        conn.execute("CREATE POLICY landdb_forgotten ON registry.share TO landdb_public USING (true)")
        assert privileges.apply(conn)
        gone = conn.execute(
            """SELECT has_table_privilege('landdb_public', 'party.sealing_key', 'SELECT'),
                (SELECT count(*) FROM pg_policies WHERE policyname = 'landdb_forgotten')"""
        ).fetchone()
    assert gone == (False, 0)
