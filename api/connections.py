"""The server's side of one connection, with deadlines: whoever is slow loses the connection, not the others.

uvicorn's own protocol waits for ever for a request's first line, its headers and its body, and for a client to read
what was written. Its errors are plain text; here they are problems like all others.
"""

import asyncio
from collections import OrderedDict
from functools import cache
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api import errors
from api.errors import Problem
from landdb.service_limits import ServiceLimits
from landdb.settings import Settings

LARGEST_HEAD_BYTES: Final = 32 * 1024
#: A body may take longer when it is long: nobody is expected to send faster than this.
_SLOWEST_BODY_BYTES_PER_S: Final = 16 * 1024
_REASONS: Final = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


@cache
def limits() -> ServiceLimits:
    """Give the limits of this process."""
    return Settings.from_environment().limits


class GuardedConnection(HttpToolsProtocol):
    """A connection that is closed when its client takes too long over headers, body or reading."""

    #: Connections whose request has not fully arrived, the longest-waiting first: the first to go when all are taken.
    _arriving: ClassVar[OrderedDict["GuardedConnection", None]] = OrderedDict()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = limits()
        self._head_bytes = 0
        self._in_head = True
        self._arrival: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection; when there are too many, the one that has kept us waiting longest is closed."""
        super().connection_made(transport)
        self._expect(self._limits.header_s)
        if len(self.connections) > self._limits.connections:
            oldest = next(iter(self._arriving))
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection and its deadlines."""
        self._arrived()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; headers that never end are refused."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > LARGEST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(errors.HEADERS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin a request: from its first byte its headers have their time."""
        super().on_message_begin()
        self._in_head = True
        self._expect(self._limits.header_s)

    def on_headers_complete(self) -> None:
        """Hand the request over; its body has its time from here."""
        self._in_head = False
        self._head_bytes = 0
        declared = next((value for name, value in self.headers if name == b"content-length"), b"0")
        long_s = int(declared[:15]) / _SLOWEST_BODY_BYTES_PER_S if declared.isdigit() else 0.0
        self._expect(self._limits.body_s + long_s)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End a request: it has arrived."""
        self._arrived()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Wait for the client to read, but not for ever."""
        super().pause_writing()
        if self._reading is None:
            self._reading = self.loop.call_later(self._limits.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one whose client has not read its answer is given no more time than the rest."""
        unread = not self.transport.is_closing() and self.transport.get_write_buffer_size()
        super().timeout_keep_alive_handler()
        if unread:
            self.loop.call_later(self._limits.write_s, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, as a problem."""
        del msg
        self._refuse(errors.INVALID)

    def _expect(self, within_s: float) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
        self._arrival = self.loop.call_later(within_s, self._late)
        self._arriving[self] = None

    def _arrived(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None
        self._arriving.pop(self, None)

    def _late(self) -> None:
        """Close a connection whose request did not arrive; one that has begun to speak is told why."""
        if self._in_head and self._head_bytes == 0:
            self.transport.abort()
        elif self._in_head:
            self._refuse(errors.TOO_SLOW)
        else:
            self.transport.abort()

    def _refuse(self, told: Problem) -> None:
        """Write the problem and close: there is no request that the application could answer."""
        self._arrived()
        answer = errors.problem(told, "-")
        head = f"HTTP/1.1 {told.status} {_REASONS[told.status]}\r\n".encode()
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
        self.transport.write(head + headers + b"connection: close\r\n\r\n" + bytes(answer.body))
        self.transport.close()
