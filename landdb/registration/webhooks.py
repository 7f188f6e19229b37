"""Subscribers that are told: batches of CloudEvents by POST, signed, repeated until they are confirmed.

The signature follows Standard Webhooks: HMAC-SHA-256 over ``id.timestamp.body`` under the subscriber's secret, in the
header ``webhook-signature``. The position moves only on a 2xx answer, so an event can come twice, never not at all.
"""

import asyncio
import base64
import datetime as dt
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from landdb.errors import InvalidValue
from landdb.store import feed
from landdb.store.feed import Position, Subscriber
from landdb.store.vault import Cell, Vault

BATCH: Final = 100
TIMEOUT_S: Final = 10
#: 10 s, 20 s, 40 s … at most an hour between attempts.
FIRST_WAIT_S: Final = 10
LONGEST_WAIT_S: Final = 3600
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one attempt: how many events were confirmed, or the fault."""

    webhook_id: int
    events: int
    fault: str | None = None


def subscribe(
    conn: psycopg.Connection, vault: Vault, url: str, *, commune_codes: Sequence[str] | None = None,
    from_start: bool = False,
) -> tuple[int, str]:  # fmt: skip
    """Enter a subscriber from now on, or from the feed's beginning; gives its number and its secret, shown only now.

    Raises InvalidValue for an address that is not HTTPS, unless it is this machine's own.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
        raise InvalidValue("url", "NOT_A_WEB_ADDRESS", remedy="such as https://example.vn/landdb")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise InvalidValue("url", "NOT_ENCRYPTED", remedy="use https")
    after = Position() if from_start else feed.now(conn)
    webhook_id = feed.add_webhook(conn, url, commune_codes=commune_codes, after=after)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    sealed = vault.seal(secret, cell=_cell(webhook_id))
    assert sealed is not None  # noqa: S101 - a text was sealed
    feed.set_secret(conn, webhook_id, sealed)
    return webhook_id, secret


async def push(conn: psycopg.AsyncConnection[Any], vault: Vault) -> list[Delivery]:
    """Send each subscriber that is due its next batch; gives what became of each. One sender per subscriber."""
    deliveries: list[Delivery] = []
    after_id = 0
    while True:
        async with conn.transaction():
            due = await feed.take_due(conn, after_id=after_id)
            if due is None:
                return deliveries
            after_id = due.webhook_id
            delivery = await _deliver(conn, vault, due)
        if delivery.events or delivery.fault:
            deliveries.append(delivery)


async def _deliver(conn: psycopg.AsyncConnection[Any], vault: Vault, due: Subscriber) -> Delivery:
    stretch = await feed.read(conn, Position(due.after_xid, due.after_seq), limit=BATCH, communes=due.commune_codes)
    if stretch.events:
        secret = vault.unseal(due.secret_enc, cell=_cell(due.webhook_id)) or ""
        body = json.dumps([content for _, content in stretch.events], ensure_ascii=False).encode()
        fault = await asyncio.to_thread(_post, due.url, secret, body)
        if fault is not None:
            wait_s = min(FIRST_WAIT_S * 2 ** min(due.failures, 20), LONGEST_WAIT_S)
            await feed.fail(conn, due.webhook_id, fault, dt.timedelta(seconds=wait_s))
            return Delivery(due.webhook_id, 0, fault)
    await feed.confirm(conn, due.webhook_id, stretch.end)
    return Delivery(due.webhook_id, len(stretch.events))


def _post(url: str, secret: str, body: bytes) -> str | None:
    """Give None when the subscriber confirmed, else the kind of fault; never what it answered."""
    message_id, sent_at = f"msg_{secrets.token_hex(12)}", str(int(time.time()))
    headers = {
        "Content-Type": "application/cloudevents-batch+json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": sent_at,
        "webhook-signature": sign(secret, message_id, sent_at, body),
    }
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - checked when subscribed
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
            return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except (OSError, ValueError) as error:
        return type(error).__name__


def sign(secret: str, message_id: str, sent_at: str, body: bytes) -> str:
    """Give the signature that a subscriber compares (Standard Webhooks, version 1)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{sent_at}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _cell(webhook_id: int) -> Cell:
    return ("feed.webhook", webhook_id, "secret_enc")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is a fault: events go to the address that was entered, nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
