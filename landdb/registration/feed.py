"""The change feed as its readers have it: CloudEvents, and a cursor that resumes anywhere.

A cursor names the epoch, the database transaction and the event. Events come in the order in which the changes of a
commune were committed, each exactly once; a reader that crashed reads on from the cursor it kept, and tells events
that it had already by their `id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from landdb.errors import InvalidValue
from landdb.store import feed
from landdb.store.feed import Position


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events in order, and the cursor to go on with; `is_full` tells that more are waiting."""

    events: tuple[dict[str, Any], ...]
    next: str
    is_full: bool


async def read_changes(
    conn: psycopg.AsyncConnection[Any], after: str | None, *, limit: int = 100, communes: Sequence[str] | None = None
) -> FeedPage:
    """Give the next events after the cursor, from the beginning without one.

    Raises InvalidValue for what is no cursor, and FEED_RESTARTED for one of another epoch: the database was restored,
    so its reader starts again without a cursor.
    """
    epoch, position = parse_cursor(after)
    stretch = await feed.read(conn, position, limit=limit, communes=communes)
    if epoch is not None and epoch != stretch.epoch:
        raise InvalidValue("after", "FEED_RESTARTED", remedy="read again from the beginning, without a cursor")
    events = tuple(content | {"landdbcursor": to_cursor(stretch.epoch, place)} for place, content in stretch.events)
    return FeedPage(events, to_cursor(stretch.epoch, stretch.end), len(events) == limit)


def parse_cursor(text: str | None) -> tuple[str | None, Position]:
    """Give epoch and position of a cursor; the beginning for none."""
    if not text:
        return None, Position()
    epoch, _, place = text.partition(":")
    xid, _, seq = place.partition(".")
    if not (len(epoch) == 36 and _is_number(xid) and _is_number(seq)):
        raise InvalidValue("after", "NOT_A_CURSOR", remedy="give `next` of an earlier answer, unchanged")
    return epoch, Position(int(xid), int(seq))


def to_cursor(epoch: str, position: Position) -> str:
    """Give the cursor of a position."""
    return f"{epoch}:{position.xid}.{position.seq}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 2**63
