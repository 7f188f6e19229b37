"""Much at once from the API: deep pages, a whole collection by its next links, a whole collection as one answer."""

import json
import re
import statistics
import time
import urllib.request
from typing import Any

import psycopg

from benchmarks import measure
from benchmarks.servers import OURS, PEER, Server

DEEP_ROW, PAGE, DEEP_LIMIT, HARVEST_LIMIT_S, EXPORT_LIMIT_S = 500_000, 1_000, 2.0, 40.0, 15.0
_ASKED, _PEER_ASKED = 20, 3
_RECORD_SEPARATOR = b"\x1e"
_SECONDS_BETWEEN_LOOKS = 0.2


def deep_page(ours: Server, peer: Server | None, *, rounds: int) -> dict[str, Any]:
    """Give the milliseconds of the first page and of the one at row 500,000; the peer is asked for it once a round."""
    ours.authorise()
    first, deep = f"{OURS}/items?limit=10", _page_after(ours, DEEP_ROW)
    taken: dict[str, list[float]] = {"first_ms": [], "deep_ms": [], "peer_first_ms": [], "peer_deep_ms": []}
    for _ in range(rounds):
        taken["first_ms"] += [_took_ms(ours, first) for _ in range(_ASKED)]
        taken["deep_ms"] += [_took_ms(ours, deep) for _ in range(_ASKED)]
        if peer:
            taken["peer_first_ms"] += [_took_ms(peer, f"{PEER}/items?limit=10") for _ in range(_PEER_ASKED)]
            taken["peer_deep_ms"].append(_took_ms(peer, f"{PEER}/items?limit=10&offset={DEEP_ROW}"))
    told: dict[str, Any] = {name: measure.median(values) for name, values in taken.items() if values}
    return told | {"ratio": round(told["deep_ms"] / told["first_ms"], 2), "promised_at_most": DEEP_LIMIT}


def harvest(ours: Server) -> dict[str, Any]:
    """Give how long it takes to read the whole collection by its next links, and whether late pages cost more."""
    ours.authorise()
    path: str | None = f"{OURS}/items?limit={PAGE}"
    seen, took, started = 0, list[float](), time.monotonic()
    while path:
        page_started = time.monotonic()
        body = _features(ours, path)
        seen += body["numberReturned"]
        took.append(time.monotonic() - page_started)
        path = _next(body)
    tenth = max(1, len(took) // 10)
    return {
        "features": seen,
        "pages": len(took),
        "seconds": round(time.monotonic() - started, 1),
        "last_tenth_to_first": round(statistics.median(took[-tenth:]) / statistics.median(took[:tenth]), 2),
        "promised_s": HARVEST_LIMIT_S,
    }


def export(ours: Server, conn: psycopg.Connection, path: str) -> dict[str, Any]:
    """Give how long the whole collection takes as one GeoJSON text sequence, and what the server holds meanwhile."""
    ours.authorise()
    before, processor, started = ours.memory_mib(), (ours.processor_s(), ours.backend_s(conn)), time.monotonic()
    request = urllib.request.Request(ours.base + path, headers=ours.headers)  # noqa: S310 - a server of ours
    highest, read, lines, looked_at = before, 0, 0, started
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
        while piece := answer.read(1 << 20):
            read, lines = read + len(piece), lines + piece.count(_RECORD_SEPARATOR)
            if time.monotonic() - looked_at > _SECONDS_BETWEEN_LOOKS:
                looked_at, highest = time.monotonic(), max(highest, ours.memory_mib())
    return {
        "features": lines,
        "bytes": read,
        "seconds": round(time.monotonic() - started, 1),
        "memory_before_mib": round(before),
        "memory_peak_mib": round(highest),
        "server_s": round(ours.processor_s() - processor[0], 1),
        "database_s": round(ours.backend_s(conn) - processor[1], 1),
        "promised_s": EXPORT_LIMIT_S,
    }


def _took_ms(server: Server, path: str) -> float:
    started = time.perf_counter()
    status, _, _ = server.get(path)
    if status != 200:
        raise RuntimeError(f"{server.name} answered {status}")
    return (time.perf_counter() - started) * 1000


def _page_after(ours: Server, row: int) -> str:
    """Give the address of the page of 10 that follows this row, found by next links of 10,000."""
    path = f"{OURS}/items?limit=10000"
    for _ in range(row // 10_000):
        path = _next(_features(ours, path)) or path
    return re.sub(r"limit=\d+", "limit=10", path)


def _features(ours: Server, path: str) -> dict[str, Any]:
    status, _, body = ours.get(path)
    if status != 200:
        raise RuntimeError(f"a page was answered with {status}")
    told: dict[str, Any] = json.loads(body)
    return told


def _next(body: dict[str, Any]) -> str | None:
    return next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
