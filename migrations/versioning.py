"""What a versioned table needs beside its columns: the trigger that keeps history, the as-of view of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op


def sql(name: str) -> str:
    """Give the text of migrations/sql/<name>."""
    return (Path(__file__).parent / "sql" / name).read_text("utf-8")


def add_versioning(schema: str, name: str) -> None:
    """Make history keep itself for one versioned table, and its versions askable by both dates.

    `<table>_as_of(valid_at, known_at)` is a plain SQL function so that the planner inlines it and the
    asker's own conditions reach the indexes of both tables.
    """
    table = f"{schema}.{name}"
    op.execute(
        f"CREATE TRIGGER keep_version BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION admin.keep_version()"
    )
    _add_as_of(table)


def _add_as_of(table: str) -> None:
    op.execute(
        f"""
        CREATE FUNCTION {table}_as_of(valid_at date, known_at timestamptz)
        RETURNS SETOF {table}_history LANGUAGE sql STABLE AS $$
            SELECT v.*, 'infinity'::date, 'infinity'::timestamptz
            FROM {table} AS v
            WHERE v.valid_from <= $1 AND v.recorded_at <= $2
            UNION ALL
            SELECT h.*
            FROM {table}_history AS h
            WHERE h.valid_from <= $1 AND $1 < h.valid_to AND h.recorded_at <= $2 AND $2 < h.superseded_at
        $$
        """
    )


def add_versioned_columns(schema: str, name: str, key: str, columns: Callable[[], Sequence[sa.Column[Any]]]) -> None:
    """Give a versioned table and its history new columns, made by `columns`.

    A version goes to history as the row it was and then its two ends, so those two stay last there.
    """
    table, history = f"{schema}.{name}", f"{schema}.{name}_history"
    for column in columns():
        op.add_column(name, column, schema=schema)
    for column in columns():
        column.comment = None
        op.add_column(f"{name}_history", column, schema=schema)
    op.execute(f"DROP FUNCTION {table}_as_of(date, timestamptz)")
    _put_ends_last(history, f"{name}_history", key)
    _add_as_of(table)


def _put_ends_last(history: str, name: str, key: str) -> None:
    op.execute(
        f"""
        ALTER TABLE {history}
        DROP CONSTRAINT {name}_versions_excl,
        DROP CONSTRAINT {name}_intervals_check;
        ALTER TABLE {history} RENAME COLUMN valid_to TO former_valid_to;
        ALTER TABLE {history} RENAME COLUMN superseded_at TO former_superseded_at;
        ALTER TABLE {history}
        ADD COLUMN valid_to date,
        ADD COLUMN superseded_at timestamptz;
        UPDATE {history} SET valid_to = former_valid_to, superseded_at = former_superseded_at;
        ALTER TABLE {history}
        DROP COLUMN former_valid_to,
        DROP COLUMN former_superseded_at,
        ALTER COLUMN valid_to SET NOT NULL,
        ALTER COLUMN superseded_at SET NOT NULL,
        ADD CONSTRAINT {name}_intervals_check CHECK (valid_from < valid_to AND recorded_at < superseded_at),
        ADD CONSTRAINT {name}_versions_excl EXCLUDE USING gist (
            {key} WITH =, daterange(valid_from, valid_to) WITH &&, tstzrange(recorded_at, superseded_at) WITH &&
        );
        """
    )


def drop_versioning(schema: str, name: str) -> None:
    """Take the as-of function away; the trigger goes with its table."""
    op.execute(f"DROP FUNCTION {schema}.{name}_as_of(date, timestamptz)")


def add_change_notes(schema: str, name: str, key: str) -> None:
    """Make every version of one versioned table be noted with the legal change that made or ended it."""
    op.execute(
        f"CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON {schema}.{name} FOR EACH ROW "
        "WHEN (current_setting('landdb.transaction_id', true) <> '') "
        f"EXECUTE FUNCTION registry.note_change('{key}')"
    )


def drop_change_notes(schema: str, name: str) -> None:
    """Stop noting the changes of one versioned table."""
    op.execute(f"DROP TRIGGER note_change ON {schema}.{name}")
