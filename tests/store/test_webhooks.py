"""Pushed events: signed, repeated until confirmed, never to another address."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import psycopg
import pytest
import registers
from registers import apply, request

from landdb.errors import InvalidValue
from landdb.registration import webhooks

pytestmark = pytest.mark.db


class Subscriber(BaseHTTPRequestHandler):
    answers: ClassVar[list[int]] = []
    got: ClassVar[list[tuple[dict, bytes]]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append((dict(self.headers), body))
        status = type(self).answers.pop(0) if type(self).answers else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def listening(*answers: int) -> Iterator[tuple[str, list[tuple[dict, bytes]]]]:
    handler = type("One", (Subscriber,), {"answers": list(answers), "got": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/landdb", handler.got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def street(fresh_database, vault):
    with psycopg.connect(fresh_database) as conn:
        return registers.build(conn, vault)


def change(url, vault, street, parcel=0):
    with psycopg.connect(url) as conn:
        apply(conn, vault, request("block", [street.parcels[parcel]], {"reference": "CV 1"}))


def push(url, vault):
    async def send():
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            return await webhooks.push(conn, vault)

    return [(one.events, one.fault) for one in asyncio.run(send())]


def subscribe(url, vault, address, **options):
    with psycopg.connect(url) as conn:
        return webhooks.subscribe(conn, vault, address, **options)


def due_at_once(url):
    with psycopg.connect(url) as conn:
        conn.execute("UPDATE feed.webhook SET next_attempt_at = now()")


def test_a_subscriber_gets_what_happens_from_then_on_signed(fresh_database, vault, street):
    change(fresh_database, vault, street)
    with listening() as (address, got):
        _, secret = subscribe(fresh_database, vault, address)
        change(fresh_database, vault, street, 1)
        assert push(fresh_database, vault) == [(1, None)]
        assert push(fresh_database, vault) == []
    headers, body = got[0]
    assert headers["Content-Type"].startswith("application/cloudevents-batch+json")
    (event,) = json.loads(body)
    assert event["data"]["parcels"] == [street.parcels[1]]
    signed = webhooks.sign(secret, headers["Webhook-Id"], headers["Webhook-Timestamp"], body)
    assert headers["Webhook-Signature"] == signed


def test_a_failed_delivery_is_repeated_later_and_nothing_is_lost(fresh_database, vault, street):
    with listening(500, 503, 200) as (address, got):
        subscribe(fresh_database, vault, address, from_start=True)
        change(fresh_database, vault, street)
        assert push(fresh_database, vault) == [(0, "HTTP 500")]
        assert push(fresh_database, vault) == []
        due_at_once(fresh_database)
        assert push(fresh_database, vault) == [(0, "HTTP 503")]
        due_at_once(fresh_database)
        assert push(fresh_database, vault) == [(1, None)]
    assert len({body for _, body in got}) == 1


def test_a_redirect_and_a_closed_door_are_faults(fresh_database, vault, street):
    with listening(302) as (address, _):
        subscribe(fresh_database, vault, address, from_start=True)
        change(fresh_database, vault, street)
        assert push(fresh_database, vault) == [(0, "HTTP 302")]
    due_at_once(fresh_database)
    ((events, fault),) = push(fresh_database, vault)
    assert (events, fault) == (0, "URLError")


@pytest.mark.parametrize("url", ["http://example.vn/x", "ftp://x", "file:///etc/passwd", "https://u:p@x.vn/", "x"])
def test_only_encrypted_web_addresses_are_told(fresh_database, vault, url):
    with pytest.raises(InvalidValue):
        subscribe(fresh_database, vault, url)
