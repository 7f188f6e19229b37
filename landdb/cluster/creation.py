"""Making a cluster: initdb, passwords, the role, the database and its extensions. Each step may be repeated."""

import os
import secrets
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from landdb.cluster.account import Account
from landdb.cluster.binaries import Installation
from landdb.cluster.configuration import ADMISSION, settings_text
from landdb.cluster.places import ADMIN, DATABASE, OWNER, Places
from landdb.errors import ClusterError
from landdb.store.logins import make_logins, password_lines
from landdb.store.preparation import EXTENSIONS


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Put `text` into `path` in one step; no reader ever sees half of it or gets more rights than `mode`."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        os.fchmod(descriptor, mode)
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    draft.replace(path)


def make_folders(places: Places) -> None:
    """Make the folders that belong to whoever runs landdb; as root others may pass through them, not look."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for folder in (places.home, places.cluster):
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        if made:
            folder.chmod(mode)


def make_server_folders(places: Places, account: Account) -> None:
    """Make the folders that the server writes: log and socket."""
    for folder in (places.log, places.run):
        if not folder.exists():
            folder.mkdir()
            account.own(folder, 0o700)
    if account.run(["/usr/bin/test", "-x", str(places.run)]).returncode != 0:
        raise ClusterError(
            f"the user {account.name}, who runs the database, cannot reach {places.home}",
            remedy="let others pass through its parent folders (chmod o+x), or set LANDDB_HOME=/var/lib/landdb",
        )


def write_configuration(places: Places, port: int, *, durable: bool) -> None:
    """Write the server's configuration for this machine and this port."""
    mode = 0o644 if os.geteuid() == 0 else 0o600
    write_private(places.configuration, settings_text(places, port, durable=durable), mode)
    write_private(places.admission, ADMISSION, mode)
    write_private(places.port_file, f"{port}\n", mode)


def initialise(places: Places, account: Account, installation: Installation, *, durable: bool) -> None:
    """Make the data folder, wholly or not at all: it gets its name only after initdb succeeded."""
    draft = places.cluster / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    account.own(draft, 0o700)
    password = secrets.token_urlsafe(32)
    password_file = places.cluster / "initdb.password"
    write_private(password_file, password + "\n")
    account.own(password_file, 0o600)
    command = [installation.program("initdb"), f"--pgdata={draft}", f"--username={ADMIN}", f"--pwfile={password_file}"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=scram-sha-256"]
    try:
        done = account.run(command if durable else [*command, "--no-sync"], timeout_s=300)
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        raise ClusterError(f"initdb failed: {done.stderr.strip()[-600:]}", remedy="run `landdb doctor`")
    places.passwords.unlink(missing_ok=True)
    places.logins.unlink(missing_ok=True)
    write_private(places.admin_passwords, f"*:*:*:{ADMIN}:{password}\n")
    draft.rename(places.data)


def _exists(conn: psycopg.Connection, question: sql.SQL, name: str) -> bool:
    return conn.execute(question, [name]).fetchone() is not None


def _make_role(conn: psycopg.Connection, password: str) -> None:
    """Make the owner of the database: no superuser, and what it does wrong is told to it, not to the log.

    A message such as "invalid input syntax" repeats the value. The server's log gets the verifier of the
    password only, since it is computed here.
    """
    owner = sql.Identifier(OWNER)
    if not _exists(conn, sql.SQL("SELECT 1 FROM pg_roles WHERE rolname = %s"), OWNER):
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN").format(owner))
    verifier = conn.pgconn.encrypt_password(password.encode(), OWNER.encode(), b"scram-sha-256").decode()
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(owner, sql.Literal(verifier)))
    conn.execute(sql.SQL("ALTER ROLE {} SET log_min_messages = 'log'").format(owner))
    # So that the operator can end a connection of the API that hangs.
    conn.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(owner))


def _make_database(conn: psycopg.Connection) -> None:
    if not _exists(conn, sql.SQL("SELECT 1 FROM pg_database WHERE datname = %s"), DATABASE):
        names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER)}
        conn.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
        conn.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))


def make_extensions(conn: psycopg.Connection, owner: str) -> None:
    """Make what the schema stands on and only a superuser (whose `conn` is) can make, for the role `owner`."""
    for extension in EXTENSIONS:
        conn.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    # The schema enters the VN-2000 zones that this PostGIS does not list.
    conn.execute(sql.SQL("GRANT INSERT ON public.spatial_ref_sys TO {}").format(sql.Identifier(owner)))


def furnish(places: Places, port: int) -> None:
    """Make roles, the database and its extensions in a running cluster, unless that was done before."""
    if not places.logins.exists():
        with psycopg.connect(places.admin_url(port, "postgres"), autocommit=True) as conn:
            write_private(places.logins, password_lines(make_logins(conn)))
    if places.passwords.exists():
        return
    password = secrets.token_urlsafe(32)
    with psycopg.connect(places.admin_url(port, "postgres"), autocommit=True) as conn:
        _make_role(conn, password)
        _make_database(conn)
    with psycopg.connect(places.admin_url(port), autocommit=True) as conn:
        make_extensions(conn, OWNER)
    write_private(places.passwords, f"*:*:*:{OWNER}:{password}\n")
