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
    op.execute(sql("ends_last.sql").format(history=history, name=f"{name}_history", key=key))
    _add_as_of(table)


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
