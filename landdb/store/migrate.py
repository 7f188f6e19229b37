"""Bring a database to the newest schema.

Every command asks whether a database is up to date; only an upgrade loads Alembic, which takes longer than most
commands do.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

import migrations
from landdb.store import preparation, privileges
from landdb.store.admin_units import load_lists

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER: Final = Path(migrations.__file__).parent
_REVISION: Final = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)
#: Any number will do as long as every landdb process uses the same.
LISTS_LOCK = 7_302_026


def _config(url: str | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = url
    return config


def head() -> str:
    """Give the newest schema revision that this program knows: the one that no other follows."""
    found = [dict(_REVISION.findall(path.read_text("utf-8"))) for path in (_FOLDER / "versions").glob("*.py")]
    revisions = [one["revision"] for one in found if "revision" in one]
    newest = set(revisions) - {one.get("down_revision") for one in found}
    if len(newest) != 1 or len(set(revisions)) != len(revisions):
        raise RuntimeError("landdb was installed with migrations missing, or with two of one number")
    return str(newest.pop())


def current(conn: psycopg.Connection) -> str | None:
    """Give the schema revision of this database, None for an empty one."""
    exists = conn.execute("SELECT to_regclass('public.alembic_version')").fetchone()
    if exists is None or exists[0] is None:
        return None
    row = conn.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return row[0] if row else None


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest schema and load the lists of provinces and communes.

    Idempotent and quick when there is nothing to do. Two starters at once are serialised by a lock. Raises
    ConfigurationError when an empty database lacks what only a superuser can give it.
    """
    with psycopg.connect(url, autocommit=True) as conn:
        revision = current(conn)
        if revision is None:
            preparation.require(conn)
        if revision != head():
            _run_migrations(url)
            privileges.apply(conn)
        with conn.transaction():
            conn.execute("SELECT pg_advisory_xact_lock(%s)", (LISTS_LOCK,))
            load_lists(conn)


def _run_migrations(url: str) -> None:
    import sqlalchemy.exc
    from alembic import command

    try:
        command.upgrade(_config(url), "head")
    except sqlalchemy.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from None
        raise
