"""Renders what changed, commune by commune, in many short transactions beside the work of others."""

import json
import logging
from collections.abc import Callable, Iterable
from threading import Event
from typing import Final

import psycopg

from landdb.errors import ConfigurationError
from landdb.store import rendering
from landdb.store.connection import connect

#: Parcels of one transaction: a quarter of a second, so that nothing waits for it.
CHUNK: Final = 2_000
#: How long the background rests when nothing is due.
REST_S: Final = 1.0
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
    return render_communes(conn, rendering.list_due(conn), progress=progress, stop=stop)


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


def prepare(conn: psycopg.Connection) -> None:
    """Begin anew when the rows were rendered by a program that renders otherwise."""
    with conn.transaction():
        if not rendering.has_own_form(conn):
            rendering.begin_anew(conn)


def keep_rendered(url: str, stop: Event) -> None:
    """Render what changes until `stop` is set; a database that goes away is waited for.

    Nothing depends on it: without the forms every answer is made live. So whatever fails is logged, by the kind of
    error alone, and tried again.
    """
    while not stop.is_set():
        try:
            _render_until_lost(url, stop)
        except (psycopg.Error, ConfigurationError) as error:
            LOG.warning(json.dumps({"rendering": "interrupted", "error": type(error).__qualname__}))
        stop.wait(PAUSE_S)


def _render_until_lost(url: str, stop: Event) -> None:
    with connect(url, application_name="landdb-rendering") as conn:
        conn.autocommit = True
        while not stop.is_set():
            render_due(conn, stop=stop)
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
    return rendered
