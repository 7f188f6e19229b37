"""What every table shares: one metadata, and the two time axes of versioned tables.

A versioned noun lives in two tables. `<noun>` is hot: one row per object, true in law now and known to
us now. `<noun>_history` holds every other version with both intervals: `[valid_from, valid_to)` in law
and `[recorded_at, superseded_at)` in our knowledge. A trigger moves versions there, so no writer can
forget it; an exclusion constraint forbids two versions of one object that overlap in both axes.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

#: Every versioned noun as (schema, table, key column), in creation order; migrations make their triggers.
VERSIONED: list[tuple[str, str, str]] = []


def _version_columns() -> list[Column[Any]]:
    return [
        Column("version", Integer, nullable=False, server_default=text("1")),
        Column("valid_from", Date, nullable=False, server_default=text("CURRENT_DATE")),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    ]


def versioned(
    name: str,
    *,
    schema: str,
    key: str,
    columns: Callable[[], Sequence[Column[Any]]],
    hot: Sequence[Any] = (),
    history_by: Sequence[str] = (),
) -> tuple[Table, Table]:
    """Give the hot table and its history table for one versioned noun.

    `columns` makes the noun's own columns (called twice: both tables have them in the same order);
    `hot` holds constraints and indexes of the hot table; `history_by` names columns that history is
    looked up by beside `key`; each has an index there (the constraint's own serves bigint only).
    """
    VERSIONED.append((schema, name, key))
    hot_table = Table(name, metadata, *columns(), *_version_columns(), *hot, schema=schema)
    history = Table(
        f"{name}_history",
        metadata,
        *(_plain(column) for column in columns()),
        *_version_columns(),
        Column("valid_to", Date, nullable=False),
        Column("superseded_at", DateTime(timezone=True), nullable=False),
        ExcludeConstraint(
            (key, "="),
            (literal_column("daterange(valid_from, valid_to)"), "&&"),
            (literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            name=f"{name}_history_versions_excl",
        ),
        CheckConstraint("valid_from < valid_to AND recorded_at < superseded_at", name="intervals"),
        *(Index(f"{name}_history_{column}_idx", column) for column in (key, *history_by)),
        schema=schema,
    )
    return hot_table, history


def _plain(column: Column[Any]) -> Column[Any]:
    """Give the column for a history table: same name and type, no identity, key, default or reference."""
    return Column(column.name, column.type, nullable=True)
