"""Advisory locks: one writer per commune, whatever it writes."""

from collections.abc import Iterable
from typing import Final

import psycopg

#: Class of the advisory locks that serialise everything that writes into one commune.
COMMUNE_LOCK = 7302
#: Class of the one advisory lock that serialises new findings across borders.
BORDER_LOCK = 7303
#: Class of the advisory locks that serialise ground coming onto the map, by cells of a grid.
CELL_LOCK = 7304
#: Class of the advisory locks that show which imports of received files are alive.
UPLOAD_LOCK = 7305

#: Counting the locks makes PostgreSQL hold them all before it reads the clock.
_LOCK_AND_DATE: Final = """
    WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) AS id)

    SELECT set_config('landdb.recorded_at', clock_timestamp()::text, true)
    FROM (SELECT count(*) FROM held) AS all_held
"""


def lock_communes(conn: psycopg.Connection, commune_ids: Iterable[int]) -> None:
    """Wait until this transaction is the only writer of these communes; ascending, so that none deadlock.

    What it writes afterwards counts as known from after the wait: now() is when the transaction began, perhaps
    before another writer's change that it waited for, and a version must not be recorded before its predecessor.
    """
    conn.execute(_LOCK_AND_DATE, (COMMUNE_LOCK, sorted(commune_ids)))


def lock_cells(conn: psycopg.Connection, cells: Iterable[int]) -> None:
    """Wait until this transaction is the only one that draws new ground in these cells; before the communes."""
    conn.execute("SELECT pg_advisory_xact_lock(%s, cell) FROM unnest(%s::int[]) AS cell", (CELL_LOCK, sorted(cells)))


def lock_borders(conn: psycopg.Connection) -> None:
    """Wait until this transaction is the only one that writes new findings across borders.

    Two checks of neighbouring communes hold different communes and find the same seam. Taken after the communes.
    """
    conn.execute("SELECT pg_advisory_xact_lock(%s, 0)", (BORDER_LOCK,))
