"""The API under load, beside tipg over the same parcel table: one run, interleaved, with token, ETag and rate limit on.

``TIPG_PYTHON=… python -m benchmarks.serving DATABASE_URL`` takes about seven minutes on a database that
benchmarks.province has filled and `landdb render` has rendered. wrk asks over 8 connections, each server in turn,
the order changing every round; the ratio is the median of the rounds' ratios. Processor time is that of the server's
processes and of its backends, for one answer.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks import measure, servers
from benchmarks.load import Loaded, load
from benchmarks.servers import OURS, PEER, Server
from benchmarks.serving_bulk import PAGE, deep_page, export, harvest
from benchmarks.serving_places import Places, find_places

#: As browsers ask for tiles.
GZIP = {"Accept-Encoding": "gzip"}
#: What is promised: at least so many times as fast as the peer.
PROMISED = {
    "item": 5.0, "box of 10": 5.0, "point": 6.0, "page of 1,000": 15.0,
    "tile z14, cold": 3.0, "tile z15, cold": 3.0, "tile z16, cold": 3.0,
    "tile z14, warm": 20.0, "tile z15, warm": 20.0, "tile z16, warm": 20.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question in many variants, as both servers are asked it. `prepare` runs before each round."""

    name: str
    ours: Sequence[str]
    peers: Sequence[str]
    headers: dict[str, str] = field(default_factory=dict)
    once: bool = False
    kept: bool = False  # our answers may be kept: before it is measured, each is asked for
    longer: int = 1  # times the seconds of the others: some answers take long
    prepare: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What one server did in one round, and the milliseconds of processor time for one answer."""

    loaded: Loaded
    server_ms: float
    database_ms: float


def scenarios(places: Places, forget_tiles: Callable[[], None]) -> list[Scenario]:
    """Give the questions; each place is another one, so that no answer is a copy of the one before."""
    found = [
        Scenario("item", [f"{OURS}/items/{n}" for n in places.ids], [f"{PEER}/items/{n}" for n in places.ids]),
        Scenario(
            "box of 10",
            [f"{OURS}/items?limit=10&bbox={box}" for box in places.boxes_of_10],
            [f"{PEER}/items?limit=10&bbox={box}" for box in places.boxes_of_10],
        ),
        Scenario(
            "point",
            [f"{OURS}/items?limit=10&bbox={lon},{lat},{lon},{lat}" for lon, lat in places.points],
            [f"{PEER}/items?limit=10&bbox={lon},{lat},{lon + 1e-7:.7f},{lat + 1e-7:.7f}" for lon, lat in places.points],
        ),
        Scenario(
            f"page of {PAGE:,}",
            [f"{OURS}/items?limit={PAGE}&bbox={box}" for box in places.boxes_of_1000],
            [f"{PEER}/items?limit={PAGE}&bbox={box}" for box in places.boxes_of_1000],
            longer=3,
        ),
    ]
    for z in (14, 15, 16):
        ours = [f"{OURS}/tiles/WebMercatorQuad/{z}/{y}/{x}" for x, y in places.tiles[z]]
        peers = [f"{PEER}/tiles/WebMercatorQuad/{z}/{x}/{y}" for x, y in places.tiles[z]]
        found.append(Scenario(f"tile z{z}, cold", ours, peers, GZIP, once=True, longer=2, prepare=forget_tiles))
        found.append(Scenario(f"tile z{z}, warm", ours[:40], peers[:40], GZIP, kept=True))
    return found


def measure_round(
    server: Server, conn: psycopg.Connection, paths: Sequence[str], scenario: Scenario, seconds: float
) -> Round:
    """Give what a server does with these paths."""
    before = server.processor_s(), server.backend_s(conn)
    headers = {**server.headers, **scenario.headers}
    loaded = load(server.base, paths, seconds=seconds, headers=headers, once=scenario.once)
    after = server.processor_s(), server.backend_s(conn)
    own, database = (1000 * (end - start) / max(1, loaded.answers) for start, end in zip(before, after, strict=True))
    return Round(loaded, own, database)


def compare(
    ours: Server, peer: Server | None, conn: psycopg.Connection, scenario: Scenario, *, rounds: int, seconds: float
) -> dict[str, Any]:
    """Give the figures of a scenario: both servers in turn, whoever was first being second next time."""
    ours.authorise()
    asked = [(ours, scenario.ours), *([(peer, scenario.peers)] if peer else [])]
    taken: dict[str, list[Round]] = {server.name: [] for server, _ in asked}
    if not scenario.once:
        for server, paths in asked:
            # Each path once, or as many as half a minute allows: what is kept is kept from here on.
            headers = {**server.headers, **scenario.headers}
            load(server.base, paths, seconds=30 if scenario.kept and server is ours else 1, headers=headers, once=True)
    for number in range(rounds):
        if scenario.prepare:
            scenario.prepare()
        for server, paths in asked if number % 2 == 0 else reversed(asked):
            shuffled = random.Random(number).sample(paths, len(paths))
            taken[server.name].append(measure_round(server, conn, shuffled, scenario, seconds * scenario.longer))
    told = {name: _told(done) for name, done in taken.items()}
    ratio = None
    if peer:
        pairs = zip(taken[ours.name], taken[peer.name], strict=True)
        ratio = round(statistics.median(one.loaded.per_s / other.loaded.per_s for one, other in pairs), 2)
    return {"what": scenario.name, "ratio": ratio, "promised": PROMISED.get(scenario.name), **told}


def _told(done: Sequence[Round]) -> dict[str, Any]:
    def middle(value: Callable[[Round], float]) -> float:
        return round(statistics.median(map(value, done)), 2)

    return {
        "per_s": middle(lambda one: one.loaded.per_s),
        "p50_ms": middle(lambda one: one.loaded.p50_ms),
        "p99_ms": middle(lambda one: one.loaded.p99_ms),
        "server_ms": middle(lambda one: one.server_ms),
        "database_ms": middle(lambda one: one.database_ms),
        "bytes": int(middle(lambda one: one.loaded.bytes / max(1, one.loaded.answers))),
        "answers": sum(one.loaded.answers for one in done),
        "faults": sum(one.loaded.faults for one in done),
    }


def not_modified(ours: Server, conn: psycopg.Connection, path: str, *, rounds: int, seconds: float) -> dict[str, Any]:
    """Give what it costs to say that a tile still holds."""
    _, headers, _ = ours.get(path, headers=GZIP)
    asked = Scenario("tile, not modified", [path], [], {**GZIP, "If-None-Match": headers["etag"]})
    return compare(ours, None, conn, asked, rounds=rounds, seconds=seconds)


@contextmanager
def _told_on_the_way(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{time.monotonic() - started:6.1f} s  {what}", flush=True)


def run(url: str, *, rounds: int = 3, seconds: float = 2, only: Sequence[str] = (), port: int = 8180) -> dict[str, Any]:
    """Measure everything, print it and keep it."""
    with (
        psycopg.connect(url, autocommit=True) as conn,
        servers.tipg(url, port + 1) as peer,
        servers.landdb(url, port) as ours,
    ):
        places = find_places(conn)

        def forget_tiles() -> None:
            conn.execute("TRUNCATE serving.tile")

        rows = []
        for scenario in scenarios(places, forget_tiles):
            if not only or any(scenario.name.startswith(name) for name in only):
                with _told_on_the_way(scenario.name):
                    rows.append(compare(ours, peer, conn, scenario, rounds=rounds, seconds=seconds))
        x, y = places.tiles[16][0]
        with _told_on_the_way("not modified"):
            path = f"{OURS}/tiles/WebMercatorQuad/16/{y}/{x}"
            rows.append(not_modified(ours, conn, path, rounds=rounds, seconds=seconds))
        result: dict[str, Any] = {
            "machine": measure.machine(conn),
            "peer": peer and peer.name,
            "rounds": rounds,
            "rows": rows,
        }
        if not only:
            for name, measured in (
                ("deep", lambda: deep_page(ours, peer, rounds=rounds)),
                ("harvest", lambda: harvest(ours)),
                ("export", lambda: export(ours, conn, f"{OURS}/items?f=geojsonseq")),
            ):
                with _told_on_the_way(name):
                    result[name] = measured()
        result["load_average_after"] = measure.load()
    if not only:
        measure.write("serving", result)
    show(result)
    return result


def show(result: dict[str, Any]) -> None:
    """Print the figures."""
    measure.show("beside the peer, answers per second", [_line(row) for row in result["rows"]])
    for name in ("deep", "harvest", "export"):
        if name in result:
            measure.show(name, [result[name]])


def _line(row: dict[str, Any]) -> dict[str, Any]:
    ours, peer = row["landdb"], row.get("tipg") or {}
    return {
        "what": row["what"],
        "ratio": row["ratio"],
        "promised": row["promised"],
        "landdb/s": ours["per_s"],
        "p50 ms": ours["p50_ms"],
        "p99 ms": ours["p99_ms"],
        "CPU ms": ours["server_ms"],
        "DB ms": ours["database_ms"],
        "bytes": ours["bytes"],
        "faults": ours["faults"],
        "peer/s": peer.get("per_s"),
        "peer CPU": peer.get("server_ms"),
        "peer DB": peer.get("database_ms"),
        "peer bytes": peer.get("bytes"),
        "peer faults": peer.get("faults"),
    }


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--only", nargs="+", default=(), help="beginnings of scenarios' names; nothing is kept then")
    parser.add_argument("--port", type=int, default=8180)
    asked = parser.parse_args()
    run(asked.database_url, rounds=asked.rounds, seconds=asked.seconds, only=asked.only, port=asked.port)


if __name__ == "__main__":
    main()
