"""Every login, asked in raw SQL: what PostgreSQL gives when the program in front of it has been taken over."""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import factories
import psycopg
import pytest
import worlds
from callers import READERS
from psycopg import sql

from landdb.access.context import Asking, Signer
from landdb.domain.masking import mask_digits, mask_name
from landdb.lookups import Viewpoint
from landdb.settings import Settings
from landdb.store import lookups, privileges
from landdb.store.logins import login_urls
from landdb.store.statements import load
from landdb.store.tables import SCHEMAS
from landdb.store.vault import Vault

pytestmark = pytest.mark.db

HOME, ABROAD = factories.PHONG_CHAU, worlds.VIET_TRI
SECRETS = (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES)
MASKED = tuple(map(mask_name, worlds.SECRET_NAMES)) + tuple(map(mask_digits, worlds.SECRET_NUMBERS))
SERIALS_AT_HOME, SERIAL_OF_BOTH = ("AB 12345678", "ĐA 123456"), "AD 22222222"


@pytest.fixture(scope="module")
def world(server, template_database, tmp_path_factory) -> Iterator[worlds.World]:
    vault = Vault.make(tmp_path_factory.mktemp("keys") / "landdb.key")
    with factories.database(server, template_database) as url:
        seeded = worlds.seed(url, vault)
        with psycopg.connect(url) as conn:
            Signer.of(vault).install(conn)
            conn.execute(
                """INSERT INTO audit.access (actor, actor_role, request_id, question, subject_index, purpose, case_ref)
                VALUES ('another', 'clerk', 'r', 'q', %s, 'p', 'c')""",
                [vault.index("citizen_id", worlds.SECRET_NUMBERS[0])],
            )
        yield seeded


@pytest.fixture(scope="module")
def urls(world):
    return login_urls(Settings(Path("/nonexistent"), None, Path("/nonexistent/landdb.key")), world.url)


@contextmanager
def asking(
    world, urls, login: str, role: str, *communes: str, actor: str = "an", **more
) -> Iterator[psycopg.Connection]:
    """Give a connection of the login on which PostgreSQL knows who asks."""
    told = Signer.of(world.vault).sign(Asking(login, role, actor, communes=communes or None, **more))
    with psycopg.connect(urls[login], autocommit=True) as conn:
        conn.execute(load("access")["enter_context"], told)
        yield conn


def relations(conn) -> list[tuple[str, str, list[str]]]:
    """Give every table and view of ours with the columns that the login may select."""
    return conn.execute(
        """SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_class AS c JOIN pg_namespace AS n ON c.relnamespace = n.oid JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
            AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        GROUP BY 1, 2""",
        [list(SCHEMAS)],
    ).fetchall()


def everything(conn) -> dict[str, list[str]]:
    """Give all that the login can read, as text, by relation."""
    read = {}
    for schema, name, columns in relations(conn):
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        rows = conn.execute(
            sql.SQL("SELECT row(x.*)::text FROM (SELECT {} FROM {}) AS x").format(listed, sql.Identifier(schema, name))
        )
        read[f"{schema}.{name}"] = [row[0] for row in rows]
    return read


def test_the_public_reads_ground_and_no_holder_even_in_raw_sql(world, urls):
    with psycopg.connect(urls["public"], autocommit=True) as conn:
        read = everything(conn)
    assert len(read["cadastre.parcel"]) > 5
    for closed in (*privileges.HOLDINGS, *privileges.WORK):
        assert read.get(closed, []) == [], closed
    assert not [name for name in read if name.startswith(("access.", "audit."))]
    told = json.dumps(read, ensure_ascii=False)
    for secret in (*SECRETS, *MASKED, *SERIALS_AT_HOME, SERIAL_OF_BOTH, "CH 00123"):
        assert secret not in told, secret


@pytest.mark.parametrize("login", READERS)
def test_no_login_reads_a_sealed_column_and_no_secret_appears(world, urls, login):
    sealed = re.compile(r"_enc$|_key$|secret|password|token_hash")
    role = {
        "public": "public",
        "citizen": "citizen",
        "staff": "clerk",
        "service": "service",
        "audit": "auditor",
        "tiles": "public",
    }[login]
    index = world.vault.index("citizen_id", worlds.SECRET_NUMBERS[0]) if login == "citizen" else None
    with asking(world, urls, login, role, citizen_id_index=index) as conn:
        columns = {f"{schema}.{name}.{one}" for schema, name, listed in relations(conn) for one in listed}
        assert [one for one in columns if sealed.search(one)] == []
        told = json.dumps(everything(conn), ensure_ascii=False)
    for secret in SECRETS:
        assert secret not in told
        assert secret.encode().hex() not in told
        assert hashlib.sha256(secret.encode()).hexdigest() not in told


def test_a_clerk_reads_the_holders_of_their_communes_and_of_no_other(world, urls):
    with asking(world, urls, "staff", "clerk", HOME) as conn:
        at_home = everything(conn)
    with asking(world, urls, "staff", "clerk", ABROAD) as conn:
        abroad = everything(conn)
    with asking(world, urls, "staff", "clerk") as conn:
        everywhere = everything(conn)
    with psycopg.connect(world.url) as owner:
        shares = dict(
            owner.execute(
                """SELECT c.commune_code, count(*) FROM registry.share AS s
                JOIN registry.rrr AS r USING (rrr_id) JOIN registry.baunit AS b USING (baunit_id)
                JOIN admin.commune AS c ON b.commune_id = c.commune_id GROUP BY 1"""
            )
        )
    assert len(at_home["registry.share"]) == shares[HOME]
    assert len(abroad["registry.share"]) == shares[ABROAD]
    assert len(everywhere["registry.share"]) == sum(shares.values())
    masks = [mask_name(name) for name in worlds.SECRET_NAMES]
    told = json.dumps(abroad, ensure_ascii=False)
    assert (masks[0] in told, masks[1] in told) == (False, True), "abroad only the second person holds land"
    assert not any(serial in told for serial in SERIALS_AT_HOME)
    assert all(serial in json.dumps(at_home, ensure_ascii=False) for serial in SERIALS_AT_HOME)


@pytest.mark.parametrize(("login", "role"), [("staff", "analyst"), ("audit", "auditor"), ("audit", "administrator")])
def test_analysts_auditors_and_administrators_read_no_holder(world, urls, login, role):
    with asking(world, urls, login, role) as conn:
        read = everything(conn)
    assert all(read.get(closed, []) == [] for closed in privileges.HOLDINGS)
    told = json.dumps(read, ensure_ascii=False)
    assert not any(secret in told for secret in (*SECRETS, *MASKED, *SERIALS_AT_HOME))
    assert bool(read.get("audit.access")) == (role == "auditor")


def test_a_citizen_reads_who_holds_what_they_hold(world, urls):
    index = world.vault.index("citizen_id", worlds.SECRET_NUMBERS[0])
    with asking(world, urls, "citizen", "citizen", citizen_id_index=index) as conn:
        read = everything(conn)
        parcels = {
            row[0]
            for row in conn.execute(
                """SELECT bp.parcel_id FROM registry.share AS s JOIN registry.rrr AS r USING (rrr_id)
                JOIN registry.baunit_parcel AS bp USING (baunit_id)"""
            )
        }
    assert parcels == {world.couple, world.shared}
    assert SERIAL_OF_BOTH not in json.dumps(read, ensure_ascii=False)
    with asking(world, urls, "citizen", "citizen", citizen_id_index=bytes(32)) as conn:
        assert not any(everything(conn).get(closed) for closed in privileges.HOLDINGS)


def forged(world) -> Iterator[tuple[str, dict[str, str]]]:
    signer = Signer.of(world.vault)
    good = signer.sign(Asking("staff", "clerk", "an", communes=(HOME,)))
    told, mac = good["context"], good["mac"]
    yield "none", {"context": "", "mac": ""}
    yield "other communes", {"context": told.replace(HOME, ABROAD), "mac": mac}
    yield "every commune", {"context": told.replace(f'["{HOME}"]', "null"), "mac": mac}
    yield "no signature", {"context": told, "mac": ""}
    yield "unknown key", {"context": told, "mac": "k0." + mac.partition(".")[2]}
    yield "key in the name", {"context": told, "mac": "' OR true --." + mac.partition(".")[2]}
    yield "plain hash", {"context": told, "mac": f"{signer.key_id}.{hashlib.sha256(told.encode()).hexdigest()}"}
    yield "of another login", signer.sign(Asking("service", "service", "an"))
    late = json.loads(told) | {"until": int(time.time()) - 1}
    yield "made longer", {"context": json.dumps(late | {"until": 2**40}), "mac": mac}


def test_a_forged_missing_or_borrowed_context_gives_an_error_and_no_row(world, urls):
    for name, context in forged(world):
        with psycopg.connect(urls["staff"], autocommit=True) as conn:
            conn.execute(load("access")["enter_context"], context)
            with pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
                pytest.fail(f"{name}: {conn.execute('SELECT * FROM registry.share').fetchall()}")


def test_an_expired_context_gives_an_error_and_no_row(world, urls, monkeypatch):
    before = time.time() - 3600
    monkeypatch.setattr(time, "time", lambda: before)
    refused = pytest.raises(psycopg.errors.InvalidAuthorizationSpecification)
    with asking(world, urls, "staff", "clerk") as conn, refused:
        conn.execute("SELECT * FROM registry.share")


FORBIDDEN = (
    "SELECT * FROM access.context_key",
    "SELECT name_enc FROM party.party",
    "SELECT * FROM party.sealing_key",
    "SET ROLE landdb",
    "SET ROLE landdb_staff",
    "SET SESSION AUTHORIZATION landdb",
    "CREATE TABLE public.x (a int)",
    "CREATE SCHEMA x",
    "CREATE TEMPORARY TABLE x (a int); COPY x FROM PROGRAM 'id'",
    "ALTER TABLE registry.share DISABLE ROW LEVEL SECURITY",
    "DROP POLICY landdb_staff ON registry.share",
    "SET row_security = off; SELECT * FROM registry.share",
    "DELETE FROM audit.access",
    "UPDATE audit.access SET actor = 'x'",
    "SELECT pg_read_file('/etc/passwd')",
    "ALTER ROLE landdb_public BYPASSRLS",
    "GRANT landdb TO landdb_public",
)


def refused() -> list[tuple[str, str]]:
    """Give every login with every statement, but whoever enters people writes sealed columns and anybody is itself."""
    return [
        (login, statement)
        for statement in FORBIDDEN
        for login in privileges.LOGINS
        if not (login == "writer" and "name_enc" in statement) and not (login in statement and "SET ROLE" in statement)
    ]


@pytest.mark.parametrize(("login", "statement"), refused())
def test_what_no_login_may_do_is_refused(world, urls, login, statement):
    with psycopg.connect(urls[login]) as conn, pytest.raises(psycopg.Error) as error:
        conn.execute(statement)
    assert error.value.sqlstate[:2] in ("42", "28"), error.value


@pytest.mark.parametrize("login", READERS)
@pytest.mark.parametrize("table", ["cadastre.parcel", "registry.rrr", "quality.finding", "access.mandate"])
def test_no_reader_writes(world, urls, login, table):
    with psycopg.connect(urls[login]) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table.split("."))))


def test_a_writer_changes_ground_in_the_clerks_communes_only(world, urls):
    for communes, changed in (((HOME,), 1), ((ABROAD,), 0), ((), 1)):
        with asking(world, urls, "writer", "clerk", *communes) as conn, conn.transaction(force_rollback=True):
            done = conn.execute("UPDATE cadastre.parcel SET address = 'x' WHERE parcel_id = %s", [world.plain])
            assert done.rowcount == changed
    with asking(world, urls, "writer", "analyst") as conn, conn.transaction(force_rollback=True):
        assert conn.execute("UPDATE cadastre.parcel SET address = 'x'").rowcount == 0


def test_whoever_asks_about_a_person_records_it_in_their_own_name_only(world, urls):
    text = """INSERT INTO audit.access (actor, actor_role, request_id, question, purpose, case_ref)
        VALUES (%s, %s, 'r', 'q', 'p', 'c') RETURNING ticket"""
    with asking(world, urls, "staff", "clerk", HOME) as conn:
        assert conn.execute(text, ["an", "clerk"]).fetchone()
        assert conn.execute("SELECT DISTINCT actor FROM audit.access").fetchall() == [("an",)]
        for actor, role in (("another", "clerk"), ("an", "auditor")):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(text, [actor, role])


def test_a_question_without_its_commune_filter_still_gives_no_foreign_holder(world, urls, monkeypatch):
    """Mutation: the statement's own filter is taken out; row security alone must hold."""
    whole = lookups.parcels_statement
    kept = "(%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]))"
    for question, key in (
        ("by_id", {"parcel_id": world.couple}),
        ("by_citizen_id", {"citizen_id_index": world.vault.index("citizen_id", worlds.SECRET_NUMBERS[0])}),
    ):
        text = whole(question, as_of=False)
        assert kept in text
        mutated = text.replace(kept, "true").replace("%(staff)s", "true")
        view = Viewpoint(audience="staff", communes=(ABROAD,), sees_work=True)
        asked = {"limit": 9, "after": 0, **view.parameters(), **key}
        for login, role, communes in (
            ("staff", "clerk", (ABROAD,)),
            ("staff", "analyst", ()),
            ("public", "public", ()),
        ):
            with asking(world, urls, login, role, *communes) as conn:
                told = json.dumps(conn.execute(mutated, asked).fetchone(), ensure_ascii=False)
            assert not any(mask in told for mask in (*MASKED, *SERIALS_AT_HOME)), (question, role)
        with asking(world, urls, "staff", "clerk", HOME) as conn:
            assert MASKED[0] in json.dumps(conn.execute(mutated, asked).fetchone(), ensure_ascii=False)
