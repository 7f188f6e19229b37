"""Rendered forms of parcels: what maps and lists show, made ahead of questions and never trusted past a change.

Whoever reads them joins on `parcel_id AND version` and takes the live expression (`live_forms`) where the row is
missing or older, so an answer is exact at any moment, rendered or not.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from string import Template
from typing import Final, LiteralString

import psycopg

from landdb.store.locks import COMMUNE_LOCK
from landdb.store.statements import load, without_comments

#: Class of the advisory locks under which one process at a time renders a commune.
RENDERING_LOCK: Final = 7304
#: Whose changes the rendered parcels follow, and whose the drawings of sheets and communes.
PARCELS: Final = ("parcels",)
SUMMARIES: Final = ("sheets", "communes", "findings")
_FORMS: Final = ("feature", "geom_3857", "label_3857")


@cache
def live_forms() -> dict[str, LiteralString]:
    """Give the expressions `feature`, `geom_3857`, `label_3857` over p (parcel), s (its sheet), c (its commune)."""
    return {name: without_comments(load("rendering")[name]) for name in _FORMS}


@cache
def form() -> str:
    """Give a hash of how this program renders: rows made by another one do not count."""
    return blake2b(_render_statement().encode(), digest_size=8).hexdigest()


def list_due(conn: psycopg.Connection, layers: Sequence[str] = PARCELS) -> list[int]:
    """Give the communes of which these layers changed since they were rendered."""
    return [commune_id for (commune_id,) in conn.execute(load("rendering")["list_due"], {"layers": list(layers)})]


def try_lock(conn: psycopg.Connection, commune_id: int) -> bool:
    """Tell whether this transaction is the only one that renders the commune."""
    row = conn.execute(load("rendering")["try_lock"], {"lock": RENDERING_LOCK, "commune_id": commune_id}).fetchone()
    return row is not None and bool(row[0])


def list_touches(conn: psycopg.Connection, commune_id: int, layers: Sequence[str] = PARCELS) -> list[int]:
    """Give the changes of the commune that its rendered forms may not have yet."""
    values = {"commune_id": commune_id, "layers": list(layers)}
    rows = conn.execute(load("rendering")["list_touches"], values)
    return [touch_id for (touch_id,) in rows]


def render(conn: psycopg.Connection, commune_id: int, *, limit: int) -> int:
    """Render at most `limit` parcels of the commune that changed since; gives how many."""
    return conn.execute(_render_statement(), {"commune_id": commune_id, "limit": limit}).rowcount


def remove_ended(conn: psycopg.Connection, commune_id: int) -> int:
    """Remove the forms of parcels that the commune has not any more; gives how many."""
    return conn.execute(load("rendering")["remove_ended"], {"commune_id": commune_id}).rowcount


def note_sheets_due(conn: psycopg.Connection, commune_id: int) -> None:
    """Note that the commune's sheets are to be drawn from its parcels anew."""
    conn.execute(load("rendering")["note_sheets_due"], {"commune_id": commune_id})


def mark_rendered(conn: psycopg.Connection, touch_ids: list[int]) -> None:
    """Note that the rendered forms have these changes."""
    conn.execute(load("rendering")["mark_rendered"], {"touch_ids": touch_ids})


def begin_anew(conn: psycopg.Connection) -> None:
    """Forget all forms and make every commune due."""
    texts = load("rendering")
    conn.execute(texts["forget_all"])
    conn.execute(texts["note_everything"])
    conn.execute(texts["set_form"], {"form": form()})


def has_own_form(conn: psycopg.Connection) -> bool:
    """Tell whether the rows were rendered as this program renders."""
    row = conn.execute(load("rendering")["has_form"], {"form": form()}).fetchone()
    return row is not None and bool(row[0])


def count_parcels(conn: psycopg.Connection, commune_ids: list[int]) -> int:
    """Give how many parcels the communes hold."""
    row = conn.execute(load("rendering")["count_parcels"], {"commune_ids": commune_ids}).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def noting_at_once(conn: psycopg.Connection, batch_id: int) -> Iterator[None]:
    """Let what the block writes for a batch be noted as touched at its end, by commune, instead of row by row."""
    conn.execute(load("rendering")["note_by_batch"])
    yield
    conn.execute(load("rendering")["note_batch"], {"batch_id": batch_id, "commune_lock": COMMUNE_LOCK})
    conn.execute(load("rendering")["note_by_row"])


def list_unplaced(conn: psycopg.Connection) -> list[int]:
    """Give the communes of which something changed, nobody has looked where."""
    return [commune_id for (commune_id,) in conn.execute(load("rendering")["list_unplaced"])]


def place(conn: psycopg.Connection, commune_id: int) -> None:
    """Find out where the changes of a commune lie that count everywhere until then: on which of its sheets."""
    conn.execute(load("rendering")["place"], {"commune_id": commune_id})


@cache
def _render_statement() -> LiteralString:
    return Template(load("rendering")["render"]).substitute(live_forms())
