"""The server as it is started, under clients that are slow, or that speak no HTTP.

`LANDDB_SLOW_SOCKETS` says how many slow clients hold connections while staff is timed (2,000 in `make soak`).
"""

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO

import httpx
import pytest
from test_api_serving import ask, free_port

from landdb.cli.serving import server_arguments

pytestmark = [pytest.mark.db, pytest.mark.slow]

SLOW = int(os.environ.get("LANDDB_SLOW_SOCKETS", "200"))


@contextlib.contextmanager
def serving(api_settings, log: int | IO[str] = subprocess.DEVNULL, **variables: str) -> Iterator[int]:
    """Give the port of a server in a process of its own, whose lines go to `log`."""
    port = free_port()
    known = {"LANDDB_DATABASE_URL": api_settings.database_url, "LANDDB_KEY_FILE": str(api_settings.key_file)}
    known["LANDDB_HOME"] = str(api_settings.home)
    server = subprocess.Popen(
        [sys.executable, *server_arguments("127.0.0.1", port)],
        env=os.environ | known | variables,
        stderr=log,
    )
    try:
        assert ask(f"http://127.0.0.1:{port}/readyz", patience_s=120) == 200
        yield port
    finally:
        server.terminate()
        server.wait(30)


def connect(port: int, first: bytes = b"") -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=20)
    link.sendall(first)
    return link


def told(link: socket.socket) -> tuple[int, dict[str, str]]:
    """Give status and problem of what the server says before it closes the connection; 0 when it says nothing."""
    said = b""
    with link:
        while part := link.recv(65536):
            said += part
    if not said:
        return 0, {}
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_requests_that_never_arrive_and_what_is_no_request_end_as_problems(api_settings):
    with serving(api_settings, LANDDB_HEADER_S="1", LANDDB_BODY_S="1") as port:
        begun = time.monotonic()
        silent = connect(port)
        slow_head = connect(port, b"GET /communes HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        slow_body = connect(port, b"POST /persons/search HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{")
        assert told(silent) == (0, {})
        status, problem = told(slow_head)
        assert (status, problem["type"]) == (408, "urn:landdb:problem:too-slow")
        assert told(slow_body)[0] in {0, 408}
        assert time.monotonic() - begun < 8
        assert told(connect(port, b"\x16\x03\x01 no http\r\n\r\n"))[0] == 400
        assert told(connect(port, b"GET /%zz HTTP/9.9\r\n\r\n"))[0] == 400
        status, problem = told(connect(port, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000))
        assert (status, problem["type"]) == (431, "urn:landdb:problem:headers-too-large")
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200


def test_whoever_waits_longest_makes_room_when_all_connections_are_taken(api_settings):
    with serving(api_settings, LANDDB_CONNECTIONS="20", LANDDB_HEADER_S="60") as port:
        idle = [connect(port) for _ in range(60)]
        assert httpx.get(f"http://127.0.0.1:{port}/communes/07954").status_code == 200
        assert told(idle[0]) == (0, {})
        for link in idle[1:]:
            link.close()


def test_slow_clients_do_not_slow_down_staff(api_settings, issue):
    """A third says nothing, a third sends its headers byte by byte, a third never reads what it asked for."""
    token = issue("clerk")
    heavy = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 20
    with serving(api_settings, LANDDB_SUBJECT_RATE="1000000:1000000") as port:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=token) as staff:
            calm = median_ms(staff)
            links = []
            for number in range(SLOW):
                link = connect(port, (b"", b"GET /communes HTTP/1.1\r\nHo", heavy)[number % 3])
                link.setblocking(False)
                links.append(link)
            slow = median_ms(staff, drip=[link for number, link in enumerate(links) if number % 3 == 1])
        for link in links:
            link.close()
    print(f"\n{SLOW} slow sockets: staff median {calm:.2f} ms before, {slow:.2f} ms meanwhile")
    assert slow <= 2 * calm


def median_ms(staff: httpx.Client, *, drip: list[socket.socket] = ()) -> float:  # type: ignore[assignment]
    """Give the median time of 300 questions, while each of the slow clients sends a byte now and then."""
    times = []
    for number in range(300):
        if drip and number % 3 == 0:
            with contextlib.suppress(OSError):
                drip[number % len(drip)].send(b"s")
        begun = time.perf_counter()
        assert staff.get("/parcels?commune=07954&sheet=12&parcel=1").status_code == 200
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[50:])
