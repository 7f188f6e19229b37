"""What the running database says about itself: version, extensions, safety, schema, clock."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from landdb.cluster.creation import EXTENSIONS
from landdb.doctor_report import Check, advice, fault, fine
from landdb.store import migrate

OLDEST_SERVER = 150000
OLDEST_SAFE_SERVER = 150014
LARGEST_CLOCK_OFFSET_S = 2.0

FACTS = """
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS version_number,
       current_setting('data_checksums') AS data_checksums,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       (SELECT coalesce(sum(checksum_failures), 0)::int FROM pg_stat_database) AS damaged_pages,
       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS is_superuser,
       (SELECT array_agg(extname || ' ' || extversion ORDER BY extname) FROM pg_extension) AS extensions,
       extract(epoch FROM clock_timestamp())::float8 AS clock
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server told. `offset_s` is how far its clock is from ours; `revision` is the schema's."""

    told: dict[str, Any]
    offset_s: float
    revision: str | None


def _ask(url: str) -> Facts:
    with psycopg.connect(url, connect_timeout=5) as conn, conn.cursor(row_factory=dict_row) as cursor:
        told = cursor.execute(FACTS).fetchone() or {}
        return Facts(told, told["clock"] - time.time(), migrate.current(conn))


def examine_database(url: str, *, outside: bool) -> Iterator[Check]:
    """Give the checks of the database at `url`; `outside` when somebody else runs it."""
    try:
        facts = _ask(url)
    except psycopg.ProgrammingError:
        # The driver's text would quote the part it could not read, which may be the password.
        yield fault("database", "LANDDB_DATABASE_URL cannot be read", "postgresql://user@host:5432/name")
        return
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        remedy = "check LANDDB_DATABASE_URL and the server" if outside else "landdb db stop && landdb db start"
        yield fault("database", f"does not answer: {reason}", remedy)
        return
    yield _version(facts)
    yield _extensions(facts)
    yield _safety(facts)
    yield _role(facts)
    yield _schema(facts)
    yield _clock(facts)


def _version(facts: Facts) -> Check:
    number, text = facts.told["version_number"], f"answers, PostgreSQL {facts.told['version']}"
    if number < OLDEST_SERVER:
        return fault("database", f"{text} is too old", "use PostgreSQL 15 or newer")
    if number < OLDEST_SAFE_SERVER:
        return advice(
            "database", f"{text} has known holes", "apply the minor updates of PostgreSQL 15 (15.14 or newer)"
        )
    return fine("database", text)


def _extensions(facts: Facts) -> Check:
    present = facts.told["extensions"] or []
    missing = [name for name in EXTENSIONS if name not in {one.split(" ")[0] for one in present}]
    if missing:
        statements = "; ".join(f"CREATE EXTENSION {name}" for name in missing)
        return fault("extensions", f"missing: {', '.join(missing)}", f"as a superuser of the database: {statements}")
    return fine("extensions", ", ".join(present))


def _safety(facts: Facts) -> Check:
    """Tell whether a committed row survives a power cut and a rotten disk is noticed."""
    if facts.told["damaged_pages"]:
        detail = f"{facts.told['damaged_pages']} pages failed their checksum: the disk is rotting"
        return fault(
            "durability", detail, "stop writing, copy the data folder, restore the last backup on another disk"
        )
    off = [name for name in ("fsync", "full_page_writes") if facts.told[name] != "on"]
    if off:
        return fault("durability", f"switched off: {', '.join(off)}", f"ALTER SYSTEM RESET {off[0]}, then restart")
    if facts.told["data_checksums"] != "on":
        return advice("durability", "no data checksums", "stop the server and run pg_checksums --enable")
    return fine("durability", "fsync, full_page_writes and data checksums are on; no page is damaged")


def _role(facts: Facts) -> Check:
    if facts.told["is_superuser"]:
        remedy = "use a role that owns the database but is neither superuser nor BYPASSRLS"
        return advice("role", "landdb connects with rights that no row security can hold", remedy)
    return fine("role", "neither superuser nor above row security")


def _schema(facts: Facts) -> Check:
    newest = migrate.head()
    if facts.revision is None:
        return fine("schema", "empty; the first command makes it")
    if facts.revision != newest:
        detail = f"revision {facts.revision}, this program knows {newest}"
        return advice("schema", detail, "the next command upgrades it; if it is newer than the program, update landdb")
    return fine("schema", f"newest revision, {newest}")


def _clock(facts: Facts) -> Check:
    if abs(facts.offset_s) > LARGEST_CLOCK_OFFSET_S:
        detail = f"the server's clock is {facts.offset_s:+.1f} s from this machine's"
        return fault("server clock", detail, "set both clocks by a time service: apt-get install systemd-timesyncd")
    return fine("server clock", "agrees with this machine's")
