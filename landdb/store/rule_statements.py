"""Rules that are statements, run; and what the parcels that they name are called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from landdb.store.statements import load


class PlaceRow(NamedTuple):
    """A parcel's commune, its number ``sheet/parcel``, and a point inside it as EWKB; no point without polygon."""

    commune_id: int
    commune_code: str
    number: str
    point: str | None


def run_statements(
    conn: psycopg.Connection, asked: Iterable[tuple[LiteralString, Mapping[str, Any]]]
) -> list[list[dict[str, Any]]]:
    """Give the rows of each rule that is a statement, asked together so that they cost one wait for the server.

    Data in the values that are tuples of records go as JSON.
    """
    with conn.pipeline():
        cursors = [
            conn.cursor(row_factory=dict_row).execute(statement, _adapted(values)) for statement, values in asked
        ]
        return [cursor.fetchall() for cursor in cursors]


def _adapted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Jsonb(list(value)) if isinstance(value, tuple) else value for name, value in values.items()}


def read_places(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> dict[int, PlaceRow]:
    """Give the places of parcels in force by their ids."""
    if not parcel_ids:
        return {}
    rows = conn.execute(load("rule_places")["places"], {"parcel_ids": list(parcel_ids)})
    return {parcel_id: PlaceRow(*place) for parcel_id, *place in rows}
