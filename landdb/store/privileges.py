"""What each login of the API may touch: granted anew after every upgrade, from the tables as the program knows them.

A login is one class of trust, with connections of its own. Geometry may be read by all of them, and no policy filters
its rows: PostGIS operators are not leakproof, so such a policy would keep every query away from the spatial index.
Holders are behind row security, which asks the signed context of the request (migrations/sql/walls.sql). Sealed
columns are granted to nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

import psycopg
from psycopg import sql
from sqlalchemy import Table

from landdb.store.statements import load
from landdb.store.tables import metadata

Login = Literal["public", "citizen", "staff", "service", "audit", "tiles", "writer", "desk"]
LOGINS: Final[tuple[Login, ...]] = get_args(Login)
#: How many connections each class may hold, however many servers run: one cannot take the place of another.
CONNECTION_LIMITS: Final[dict[Login, int]] = {
    "public": 40, "citizen": 10, "staff": 40, "service": 30, "audit": 8, "tiles": 20, "writer": 12, "desk": 16,
}  # fmt: skip

_READERS: Final = ("public", "citizen", "staff", "service", "audit", "tiles")
#: Ground, numbers and findings. Tables of registry and staging are named one by one below.
_OPEN_SCHEMAS: Final = ("admin", "cadastre", "quality", "serving", "feed")
_WRITTEN_SCHEMAS: Final = ("cadastre", "registry", "party", "quality", "feed", "serving")
_SECRETIVE: Final = frozenset({"feed.webhook"})
_OPEN_TABLES: Final = frozenset(
    {
        "registry.source", "registry.baunit", "registry.baunit_parcel", "registry.baunit_parcel_history",
        "registry.rrr", "registry.rrr_history", "registry.transaction_change", "registry.transaction_parcel",
    }
)  # fmt: skip
_BATCH: Final = frozenset({"batch_id", "file_name", "file_format", "source_id", "state", "started_at", "finished_at"})
#: Rows of these are for staff and services in their communes, and for the citizen whom they concern.
HOLDINGS: Final = ("registry.share", "registry.share_history", "party.party", "party.party_history")
#: Rows of these are for those who work on findings and repairs.
WORK: Final = ("quality.finding_event", "quality.waiver", "quality.proposal", "quality.proposal_change")
#: No login of a reader reaches these at all.
CLOSED: Final = (
    "party.sealing_key", "registry.restriction", "registry.restriction_history", "registry.remark",
)  # fmt: skip
#: Ground that the API changes: only in the communes of whoever changes it.
GROUND: Final = ("cadastre.parcel", "cadastre.land_object")
_SEALED: Final = re.compile(r"_enc$|_index$|_key$|^key_id$|^birth_year$|^sex$")
_VIEWS: Final = (
    "registry.shown_certificate", "registry.shown_certificate_history", "registry.shown_transaction",
    "party.masked_party", "party.masked_party_history",
)  # fmt: skip


def role_of(login: Login) -> str:
    """Give the name of the login in PostgreSQL."""
    return f"landdb_{login}"


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant on one table; `columns` None is the whole table."""

    login: Login
    verbs: str
    table: str
    columns: tuple[str, ...] | None = None

    def statement(self) -> sql.Composed:
        """Give the statement that makes it."""
        schema, _, name = self.table.partition(".")
        listed: sql.Composable = sql.SQL("")
        if self.columns is not None:
            listed = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, self.columns)))
        return sql.SQL("GRANT {}{} ON {} TO {}").format(
            sql.SQL(self.verbs), listed, sql.Identifier(schema, name), sql.Identifier(role_of(self.login))
        )


def grants() -> Iterator[Grant]:
    """Give every grant on a table or view, by what the tables are."""
    for table in metadata.sorted_tables:
        name = f"{table.schema}.{table.name}"
        for login in _READERS:
            yield from _readable(login, table, name)
        yield from _writable(table, name)
        if table.schema == "serving":
            yield Grant("tiles", "SELECT, INSERT, UPDATE, DELETE", name)
        if table.schema == "access" and table.name != "context_key":
            yield Grant("desk", "SELECT, INSERT, UPDATE, DELETE", name)
    for view in _VIEWS:
        yield from (Grant(login, "SELECT", view) for login in _READERS)
    for view in ("registry.holding", "party.filled_party"):
        yield Grant("writer", "SELECT", view)
    yield from _accountable()


def _accountable() -> Iterator[Grant]:
    """Give what belongs to the record of accesses: whose rows a login sees of it is left to row security."""
    told = (
        ("staff", "SELECT, INSERT", ("access",)),
        ("service", "SELECT, INSERT", ("access",)),
        ("staff", "SELECT", ("quota", "unsealed")),
        ("service", "SELECT", ("quota", "unsealed")),
        ("citizen", "SELECT", ("access", "embargo", "quota")),
        ("audit", "SELECT", ("access", "unsealed", "seal", "leaf", "consumed", "embargo", "quota")),
    )
    for login, verbs, tables in told:
        yield from (Grant(cast("Login", login), verbs, f"audit.{table}") for table in tables)


def _readable(login: Login, table: Table, name: str) -> Iterator[Grant]:
    columns = tuple(column.name for column in table.columns)
    if name == "staging.import_batch":
        yield Grant(login, "SELECT", name, tuple(column for column in columns if column in _BATCH))
    elif name.startswith("party.party"):
        kept = ("citizen_id_index", *(column for column in columns if not _SEALED.search(column)))
        yield Grant(login, "SELECT", name, kept)
    elif name in HOLDINGS or name in _OPEN_TABLES or (table.schema in _OPEN_SCHEMAS and name not in _SECRETIVE):
        open_columns = tuple(column for column in columns if not _SEALED.search(column))
        yield Grant(login, "SELECT", name, None if open_columns == columns else open_columns)


def _writable(table: Table, name: str) -> Iterator[Grant]:
    """Give what whoever writes for the API may touch: people are entered sealed, and never read back unsealed."""
    if name.startswith("party.party"):
        kept = tuple(column.name for column in table.columns if not column.name.endswith("_enc"))
        yield Grant("writer", "SELECT", name, kept)
        yield Grant("writer", "INSERT", name)
    elif (table.schema in _WRITTEN_SCHEMAS and table.schema != "party") or name == "staging.upload":
        yield Grant("writer", "SELECT, INSERT, UPDATE, DELETE", name)
    elif name == "staging.rejected_row":
        yield Grant("writer", "SELECT", name, tuple(c.name for c in table.columns if not c.name.endswith("_enc")))
    elif table.schema == "admin" or name == "staging.import_batch":
        yield Grant("writer", "SELECT, INSERT", name)


def existing_logins(conn: psycopg.Connection) -> set[str]:
    """Give those of the API's logins that this server has."""
    names = [role_of(login) for login in LOGINS]
    return {row[0] for row in conn.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])}


def apply(conn: psycopg.Connection) -> bool:
    """Grant what each login may touch, and nothing else; tells whether the server has the logins at all.

    Grants and policies are made anew as a whole, in one transaction: what an older version granted does not stay.
    """
    if len(existing_logins(conn)) < len(LOGINS):
        return False
    with conn.transaction():
        for name, statement in load("privileges").items():
            if name.startswith("before_"):
                conn.execute(statement)
        for grant in grants():
            conn.execute(grant.statement())
        for name, statement in load("privileges").items():
            if not name.startswith("before_"):
                conn.execute(statement)
    return True
