"""What Prometheus may see: counts and times by route pattern and class of client; no person, no parcel, no path.

They are served on a port of their own that only this machine reaches (LANDDB_METRICS_PORT), never with the API: a
proxy in front of it would pass them on to everybody.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from api.door import Door

REQUESTS: Final = Counter(
    "landdb_requests", "Answers by route pattern, status and class of client", ("method", "route", "status", "client")
)
SECONDS: Final = Histogram(
    "landdb_request_seconds",
    "From the request's first line to the answer's last byte handed over",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
BYTES: Final = Counter("landdb_answer_bytes", "Bytes of answers", ("route",))
REFUSED: Final = Counter("landdb_refused", "Requests refused at the door, by the problem that was told", ("problem",))
REVEALED: Final = Counter("landdb_revealed_values", "Clear personal values that left in audited answers")

#: A gauge that is asked for when Prometheus asks: name, help and its value by class of client.
Reading = tuple[str, str, dict[str, float]]


def count(*, method: str, route: str | None, status: int | None, client: str, seconds: float, sent_bytes: int) -> None:
    """Count one answered request; `route` is the pattern, None for what no route answers."""
    pattern = route or "none"
    REQUESTS.labels(method, pattern, str(status or 0), client).inc()
    SECONDS.labels(pattern).observe(seconds)
    BYTES.labels(pattern).inc(sent_bytes)


class Present(Collector):
    """What holds at the moment of asking: lanes, connections, the seal's age."""

    def __init__(self, readings: Callable[[], list[Reading]]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Any]:
        """Give the gauges."""
        for name, told, by_kind in self._readings():
            gauge = GaugeMetricFamily(name, told, labels=("kind",))
            for kind, value in by_kind.items():
                gauge.add_metric((kind,), value)
            yield gauge


def of_lanes(door: Door) -> list[Reading]:
    """Give how full the lanes are."""
    lanes = door.lanes.items()
    return [
        ("landdb_lane_in_use", "Requests being worked on", {name: lane.in_use for name, lane in lanes}),
        ("landdb_lane_waiting", "Requests waiting for a place", {name: lane.waiting for name, lane in lanes}),
        ("landdb_lane_refused", "Requests that waited in vain", {name: lane.refused for name, lane in lanes}),
    ]


def of_pools(stats: dict[str, dict[str, int]]) -> Reading:
    """Give how the pools of connections do, by psycopg_pool's own names."""
    told = {f"{name}:{key}": float(value) for name, counts in stats.items() for key, value in counts.items()}
    return "landdb_pool", "Counts of the connection pools", told


def of_seal(age_s: float) -> Reading:
    """Give how long the oldest record of access has waited for its seal."""
    return "landdb_seal_age_seconds", "How long the oldest record of access has waited for its seal", {"access": age_s}


@contextmanager
def served(port: int | None, readings: Callable[[], list[Reading]]) -> Iterator[None]:
    """Serve the metrics on 127.0.0.1 while the block runs; with no port, or one that another worker has, do not."""
    registry = _registry()
    present = Present(readings)
    registry.register(present)
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=registry) if port else (None, None)
    except OSError:
        server, thread = None, None
    try:
        yield
    finally:
        registry.unregister(present)
        if server is not None and thread is not None:
            server.shutdown()
            server.server_close()
            thread.join(5)


def _registry() -> CollectorRegistry:
    """Give the registry of this process, or of all workers when they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    from prometheus_client.multiprocess import MultiProcessCollector

    shared = CollectorRegistry()
    MultiProcessCollector(shared)
    return shared
