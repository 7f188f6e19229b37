"""The register rebuilt from its change feed, and compared with what the tables hold."""

import asyncio
import hashlib
from collections.abc import Iterable
from typing import Any

import psycopg

from landdb.registration.feed import read_changes

Versions = dict[tuple[str, int], int]

#: Word of the feed → table and key.
NOUNS = {
    "parcel": ("cadastre.parcel", "parcel_id"),
    "land_use": ("cadastre.land_use", "land_use_id"),
    "baunit_parcel": ("registry.baunit_parcel", "baunit_parcel_id"),
    "certificate": ("registry.certificate", "certificate_id"),
    "rrr": ("registry.rrr", "rrr_id"),
    "share": ("registry.share", "share_id"),
    "restriction": ("registry.restriction", "restriction_id"),
}


def versions(conn: psycopg.Connection) -> Versions:
    """Give which version of each object is in force."""
    return {
        (noun, identity): version
        for noun, (table, key) in NOUNS.items()
        for identity, version in conn.execute(f"SELECT {key}, version FROM {table}")
    }


def replayed(before: Versions, events: Iterable[dict[str, Any]]) -> Versions:
    """Give what is in force after these events; each may come once only."""
    now, seen = dict(before), set()
    for event in events:
        assert event["id"] not in seen
        seen.add(event["id"])
        for change in event["data"].get("changes", ()):
            key = change["noun"], change["id"]
            if change["action"] == "ended":
                now.pop(key, None)
            elif change["noun"] in NOUNS:
                now[key] = change["version"]
    return now


def hashed(found: Versions) -> str:
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def read_feed(url: str, after: str | None = None, *, limit: int = 1000) -> tuple[list[dict[str, Any]], str]:
    """Give all events after the cursor, and the cursor behind them."""

    async def ask() -> tuple[list[dict[str, Any]], str]:
        events, cursor = [], after
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            while True:
                page = await read_changes(conn, cursor, limit=limit)
                events += page.events
                cursor = page.next
                if not page.is_full:
                    return events, cursor

    return asyncio.run(ask())
