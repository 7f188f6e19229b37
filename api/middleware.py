"""Around every request: an id, the security headers, a tag for what did not change, a log line, and a net.

Pure ASGI: Starlette's BaseHTTPMiddleware costs 1.4 ms per request for four of them.
"""

import json
import logging
import re
import secrets
import time
import traceback
from hashlib import blake2b
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, metrics
from api.bodies import ClientGone
from api.rates import Verdict
from landdb.errors import LanddbError

LOG: Final = logging.getLogger("landdb.access")
API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
HEADERS: Final = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": API_POLICY.encode(),
    b"cache-control": b"no-cache",
    b"vary": b"authorization, cookie",
}
#: A longer answer costs more to tag than the tag saves.
_LONGEST_TAGGED_BYTES: Final = 256 * 1024
#: https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags.
_TRACE_PARENT: Final = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class RequestFrame:
    """Gives each request its id and its frame."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; whatever fails inside is told as a problem with the request's id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self.app(scope, receive, exchange.send)
        except ClientGone:
            pass
        except Exception as error:  # noqa: BLE001 - the net: nothing may leave as driver text
            await exchange.fail(error, receive)
        finally:
            exchange.log()


class _Exchange:
    """One request and the response that it got."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.request_id = secrets.token_hex(8)
        self.status: int | None = None
        self.sent_bytes = 0
        self._send = send
        self._started = time.perf_counter()
        self._held: Message | None = None
        scope["landdb.request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start(message)
            return
        start, self._held = self._held, None
        if start is not None:
            start, message = self._tagged(start, message)
            await self._send(start)
        self.sent_bytes += len(message.get("body", b""))
        await self._send(message)

    def _start(self, message: Message) -> None:
        """Complete the headers; they leave with the first part of the body, which may make a tag."""
        self.status = message["status"]
        given = message.get("headers", [])
        present = {name.lower() for name, _ in given}
        added = [(name, value) for name, value in HEADERS.items() if name not in present]
        own = [(b"x-request-id", self.request_id.encode()), *_rate_headers(self.scope.get("landdb.rate"))]
        self._held = {**message, "headers": [*given, *added, *own]}

    def _tagged(self, start: Message, body: Message) -> tuple[Message, Message]:
        """Give the answer with an ETag made of its body; without the body when the asker has this one already."""
        if not _may_be_tagged(self.scope, start, body):
            return start, body
        tag = b'W/"' + blake2b(body["body"], digest_size=12).hexdigest().encode() + b'"'
        headers = [*start["headers"], (b"etag", tag)]
        known = next((value for name, value in self.scope["headers"] if name == b"if-none-match"), b"")
        if tag not in (one.strip() for one in known.split(b",")):
            return {**start, "headers": headers}, body
        self.status = 304
        kept = [(name, value) for name, value in headers if name not in {b"content-length", b"content-type"}]
        return {**start, "status": 304, "headers": kept}, {**body, "body": b""}

    async def fail(self, error: Exception, receive: Receive) -> None:
        """Tell the error; one that is not ours is logged by the place where it arose, never by its text."""
        if not isinstance(error, LanddbError):
            frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:]]
            LOG.error(json.dumps({"request_id": self.request_id, "error": type(error).__qualname__, "at": frames}))
        if self.status is None:
            kind = errors.problem_of(error) or errors.FAULT
            metrics.REFUSED.labels(kind.kind).inc()
            await errors.told(error, self.request_id)(self.scope, receive, self.send)

    def log(self) -> None:
        """Write the access line and count: the route's pattern, never the path or the query that was asked."""
        route = getattr(self.scope.get("route"), "path", None)
        seconds = time.perf_counter() - self._started
        line = {
            "request_id": self.request_id,
            "method": self.scope["method"],
            "route": route,
            "status": self.status,
            "ms": round(seconds * 1000, 1),
            "bytes": self.sent_bytes,
            "actor": self.scope.get("landdb.actor"),
        }
        if trace := _trace_id(self.scope):
            line["trace_id"] = trace
        LOG.info(json.dumps(line))
        metrics.count(
            method=self.scope["method"],
            route=route,
            status=self.status,
            client=self.scope.get("landdb.class", "none"),
            seconds=seconds,
            sent_bytes=self.sent_bytes,
        )


def _may_be_tagged(scope: Scope, start: Message, body: Message) -> bool:
    """Tell whether to tag: a whole answer to a read, that nobody tagged and that a cache may keep."""
    if scope["method"] != "GET" or start["status"] != 200 or body.get("more_body", False):
        return False
    if not 0 < len(body.get("body", b"")) <= _LONGEST_TAGGED_BYTES:
        return False
    return not any(
        name == b"etag" or (name == b"cache-control" and b"no-store" in value) for name, value in start["headers"]
    )


def _rate_headers(verdict: Verdict | None) -> list[tuple[bytes, bytes]]:
    """Give what is left of the asker's rate (draft-ietf-httpapi-ratelimit-headers)."""
    if verdict is None:
        return []
    window_s = verdict.rate.burst / verdict.rate.per_second
    return [
        (b"ratelimit-policy", b'"default";q=%d;w=%d' % (verdict.rate.burst, max(1, round(window_s)))),
        (b"ratelimit", b'"default";r=%d;t=%d' % (verdict.remaining, round(verdict.full_after_s + 0.5))),
    ]


def _trace_id(scope: Scope) -> str | None:
    """Give the trace that the asker says this request belongs to, None without a well-formed one."""
    given = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
    found = _TRACE_PARENT.fullmatch(given)
    return found[1].decode() if found else None
