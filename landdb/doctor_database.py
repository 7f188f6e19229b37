"""What the running database says about itself: version, preparation, safety, schema, keys, clock."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from landdb.doctor_report import Check, advice, fault, fine
from landdb.errors import ConfigurationError
from landdb.store import migrate, preparation, seals
from landdb.store.connection import checked_url
from landdb.store.sealing_key import noted_key_id, other_key
from landdb.store.vault import Vault

OLDEST_SERVER = 150000
OLDEST_SAFE_SERVER = 150014
LARGEST_CLOCK_OFFSET_S = 2.0
LONGEST_UNSEALED_S = 600.0

FACTS = """
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS version_number,
       current_setting('data_checksums') AS data_checksums,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       (SELECT coalesce(sum(checksum_failures), 0)::int FROM pg_stat_database) AS damaged_pages,
       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS is_superuser,
       to_regclass('party.sealing_key') IS NOT NULL AS has_keys,
       to_regclass('audit.unsealed') IS NOT NULL AS has_seals,
       (SELECT array_agg(extname || ' ' || extversion ORDER BY extname) FROM pg_extension) AS extensions,
       extract(epoch FROM clock_timestamp())::float8 AS clock
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server told. `offset_s` is how far its clock is from ours; `revision` is the schema's.

    `missing` are statements for a superuser; `key_id` is the key that seals this database; `unsealed_age_s` is how long
    the oldest record of access has waited for its seal.
    """

    told: dict[str, Any]
    offset_s: float
    revision: str | None
    missing: list[str]
    key_id: str | None
    unsealed_age_s: float


def _ask(url: str) -> Facts:
    with psycopg.connect(checked_url(url), connect_timeout=5) as conn, conn.cursor(row_factory=dict_row) as cursor:
        told = cursor.execute(FACTS).fetchone() or {}
        offset_s = told["clock"] - time.time()
        revision = migrate.current(conn)
        missing = preparation.missing(conn) if revision is None else []
        key_id = noted_key_id(conn) if told["has_keys"] else None
        _, unsealed_age_s = seals.waiting(conn) if told["has_seals"] else (0, 0.0)
        return Facts(told, offset_s, revision, missing, key_id, unsealed_age_s)


def examine_database(url: str, key_file: Path, *, outside: bool) -> Iterator[Check]:
    """Give the checks of the database at `url`; `outside` when somebody else runs it.

    Raises ConfigurationError when `url` names no database.
    """
    try:
        facts = _ask(url)
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        remedy = "check LANDDB_DATABASE_URL and the server" if outside else "landdb db stop && landdb db start"
        yield fault("database", f"does not answer: {reason}", remedy)
        return
    yield _version(facts)
    yield _preparation(facts)
    yield _safety(facts)
    yield _role(facts)
    yield _schema(facts)
    yield _key(facts, key_file)
    yield _record(facts)
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


def _preparation(facts: Facts) -> Check:
    """Tell whether the schema can be made; once it is there, it had what it needs."""
    if facts.missing:
        statements = " ".join(facts.missing)
        return fault("extensions", "the database is not prepared", f"as a superuser inside it: {statements}")
    return fine("extensions", ", ".join(facts.told["extensions"] or []))


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


def _key(facts: Facts, key_file: Path) -> Check:
    """Tell whether the key file is the one that seals this database."""
    if facts.key_id is None:
        return fine("key", "nothing is sealed in this database yet")
    try:
        fits = Vault.open(key_file).key_id == facts.key_id
    except ConfigurationError as error:
        return fault("key", error.message, error.remedy)
    if not fits:
        return fault("key", other_key().message, other_key().remedy)
    return fine("key", "the key file is the one that seals this database")


def _record(facts: Facts) -> Check:
    """Tell whether the record of access is sealed in time."""
    if facts.unsealed_age_s > LONGEST_UNSEALED_S:
        detail = f"a record has waited for its seal for {facts.unsealed_age_s / 60:.0f} minutes"
        return advice("access record", detail, "landdb audit seal; the API does so by itself while it runs")
    return fine("access record", "sealed in time")


def _clock(facts: Facts) -> Check:
    if abs(facts.offset_s) > LARGEST_CLOCK_OFFSET_S:
        detail = f"the server's clock is {facts.offset_s:+.1f} s from this machine's"
        return fault("server clock", detail, "set both clocks by a time service: apt-get install systemd-timesyncd")
    return fine("server clock", "agrees with this machine's")
