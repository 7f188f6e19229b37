"""How Alembic reaches the database: the URL it was given, else LANDDB_DATABASE_URL."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool, text

from landdb.errors import ConfigurationError
from landdb.settings import Settings
from landdb.store.connection import sqlalchemy_url
from landdb.store.tables import SCHEMAS, metadata

#: Any number will do as long as every landdb process uses the same.
UPGRADE_LOCK = 7_302_025


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell Alembic which schemas are ours; PostGIS keeps its tables in public."""
    return name in SCHEMAS if kind == "schema" else True


def run() -> None:
    """Run the migrations in one transaction, one process at a time."""
    url = context.config.attributes.get("url") or Settings.from_environment().database_url
    if url is None:
        raise ConfigurationError("no database given", remedy='LANDDB_DATABASE_URL="$(landdb db url)" alembic …')
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_schemas=True,
            include_name=include_name,
            include_object=alembic_helpers.include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            compare_server_default=False,
            version_table_schema="public",
        )
        context.run_migrations()


run()
