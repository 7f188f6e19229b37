"""Renders what changed, commune by commune, in many short transactions beside the work of others."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import Final

import psycopg

from landdb.errors import ConfigurationError
from landdb.store import rendering, summaries, tiles
from landdb.store.connection import connect

#: Parcels of one transaction: a quarter of a second, so that nothing waits for it.
CHUNK: Final = 2_000
#: How long the background rests when nothing is due.
REST_S: Final = 1.0
#: How often it looks for tiles that do not hold any more.
SWEEP_S: Final = 60.0
#: How long it waits before it tries again.
PAUSE_S: Final = 5.0
LOG: Final = logging.getLogger("landdb.rendering")

#: Told after every chunk: parcels rendered so far.
Progress = Callable[[int], None]


def render_due(conn: psycopg.Connection, *, progress: Progress | None = None, stop: Event | None = None) -> int:
    """Render every commune that changed; gives how many parcels were rendered.

    `conn` is in autocommit: each chunk is a transaction of its own. A commune that another process renders is left
    to it.
    """
    prepare(conn)
    for commune_id in rendering.list_unplaced(conn):
        rendering.place(conn, commune_id)
    done = render_communes(conn, rendering.list_due(conn), progress=progress, stop=stop)
    draw_summaries(conn, rendering.list_due(conn, rendering.SUMMARIES), stop=stop)
    return done


def render_communes(
    conn: psycopg.Connection,
    commune_ids: Iterable[int],
    *,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> int:
    """Render these communes where they changed; gives how many parcels were rendered."""
    done = 0
    for commune_id in commune_ids:
        while not (stop and stop.is_set()):
            rendered = _render_chunk(conn, commune_id)
            done += rendered
            if progress:
                progress(done)
            if rendered < CHUNK:
                break
    return done


def draw_summaries(
    conn: psycopg.Connection,
    commune_ids: Sequence[int],
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Event | None = None,
) -> None:
    """Draw the sheets of these communes that changed, each in a transaction of its own, and then the communes."""
    for done, commune_id in enumerate(commune_ids):
        if progress:
            progress(done, len(commune_ids))
        with conn.transaction():
            touches = rendering.list_touches(conn, commune_id, rendering.SUMMARIES)
            changed = summaries.list_changed_sheets(conn, commune_id)
        for sheet_id, print_now in changed:
            if stop and stop.is_set():
                return
            with conn.transaction():
                if rendering.try_lock(conn, commune_id):
                    summaries.draw_sheet(conn, commune_id, sheet_id, print_now)
        with conn.transaction():
            if rendering.try_lock(conn, commune_id):
                summaries.remove_sheets(conn, commune_id)
                summaries.draw_commune(conn, commune_id)
                rendering.mark_rendered(conn, touches)


def prepare(conn: psycopg.Connection) -> None:
    """Begin anew when the rows were rendered by a program that renders otherwise."""
    with conn.transaction():
        if not rendering.has_own_form(conn):
            rendering.begin_anew(conn)


def keep_rendered(url: str, stop: Event, *, most_tile_bytes: int) -> None:
    """Render what changes until `stop` is set, and keep the tiles within their limit.

    Nothing depends on it: without the forms every answer is made live. So whatever fails is logged, by the kind of
    error alone, and tried again.
    """
    while not stop.is_set():
        try:
            _render_until_lost(url, stop, most_tile_bytes)
        except (psycopg.Error, ConfigurationError) as error:
            LOG.warning(json.dumps({"rendering": "interrupted", "error": type(error).__qualname__}))
        stop.wait(PAUSE_S)


def _render_until_lost(url: str, stop: Event, most_tile_bytes: int) -> None:
    with connect(url, application_name="landdb-rendering") as conn:
        conn.autocommit = True
        swept_at = 0.0
        while not stop.is_set():
            render_due(conn, stop=stop)
            if time.monotonic() - swept_at > SWEEP_S:
                swept_at = time.monotonic()
                with conn.transaction():
                    tiles.sweep_tiles(conn, most_bytes=most_tile_bytes)
            stop.wait(REST_S)


def _render_chunk(conn: psycopg.Connection, commune_id: int) -> int:
    """Render one chunk of a commune; 0 when another process has it.

    What is due is read before the parcels are: a change that commits in between is rendered, and comes due again.
    """
    with conn.transaction():
        if not rendering.try_lock(conn, commune_id):
            return 0
        touches = rendering.list_touches(conn, commune_id)
        rendered = rendering.render(conn, commune_id, limit=CHUNK)
        if rendered < CHUNK:
            rendering.remove_ended(conn, commune_id)
            rendering.mark_rendered(conn, touches)
            if touches:
                rendering.note_sheets_due(conn, commune_id)
    return rendered
