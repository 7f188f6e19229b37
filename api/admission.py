"""Who may come in: rates by asker, then the body in whole, then a place in the lane of its class.

While a request waits for its client (a body that comes slowly, an answer that is read slowly) it stands in no lane
and holds no connection.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import bodies
from api.door import Door, address_of, credential_of
from api.lanes import ClientClass, Lane
from landdb.errors import InvalidValue, LanddbError

LONGEST_TARGET: Final = 8192
#: Asked by whoever watches the service; they answer when everything else is full.
_ALWAYS: Final = frozenset({"/healthz", "/readyz"})


class TargetTooLong(LanddbError):
    """The address of the request is longer than any that this service has."""


class Admission:
    """Lets requests in to the application; pure ASGI, within the request's frame."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or raise what stands against it before anything was done for it."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self.app(scope, receive, send)
            return
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_TARGET:
            raise TargetTooLong(remedy=f"at most {LONGEST_TARGET} bytes")
        headers = dict(reversed(scope["headers"]))
        client_class = self._counted(scope, headers)
        receive = await self._with_body(scope, headers, receive)
        await self._in_lane(_Stay(self.door.lanes[client_class]), scope, receive, send)

    def _counted(self, scope: Scope, headers: dict[bytes, bytes]) -> ClientClass:
        """Give the class of the request, counted for its asker as far as that is known; raises TooMany."""
        address = address_of(scope)
        credential = credential_of(headers)
        scope["landdb.door"] = self.door
        if credential is None:
            scope["landdb.class"] = "public"
            scope["landdb.rate"] = self.door.count_address(address)
            return "public"
        scope["landdb.credential"] = credential
        known = self.door.known(credential)
        scope["landdb.class"] = "unproven" if known is None else known.client_class
        if known is None:
            self.door.check_failures(address)
            return "unproven"
        scope["landdb.rate"] = self.door.count(known)
        return known.client_class

    async def _with_body(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        """Give a `receive` that holds the whole body; raises what is wrong with it."""
        declared = headers.get(b"content-length", b"0")
        if declared == b"0" and b"transfer-encoding" not in headers:
            return receive
        cap = bodies.cap_of(scope["path"])
        if declared.isdigit() and (len(declared) > 15 or int(declared) > cap.longest_bytes):
            raise bodies.BodyTooLarge(remedy=f"at most {cap.longest_bytes} bytes")
        if cap.is_streamed:
            return bodies.limited(receive, cap.longest_bytes)
        body = await bodies.taken_in(receive, cap.longest_bytes, self.door.limits.body_s)
        if cap.is_json and bodies.json_depth(body) > bodies.DEEPEST_JSON:
            raise InvalidValue("body", "NESTED_TOO_DEEP", remedy=f"at most {bodies.DEEPEST_JSON} levels")
        return bodies.given_back(body, receive)

    async def _in_lane(self, stay: "_Stay", scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                await send(message)
                return
            stay.leave()
            await send(message)
            if message.get("more_body", False):
                await stay.go_on()

        await stay.enter()
        try:
            await self.app(scope, receive, sent)
        finally:
            stay.leave()
            if status == 401 and "landdb.credential" in scope:
                self.door.count_failure(address_of(scope), scope["landdb.credential"])


class _Stay:
    """One request's place in its lane: given back while its client keeps it waiting."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._is_in = False

    async def enter(self) -> None:
        await self._lane.enter()
        self._is_in = True

    async def go_on(self) -> None:
        """Take a place again for the next part of an answer, however long it takes: half an answer helps nobody."""
        await self._lane.enter_again()
        self._is_in = True

    def leave(self) -> None:
        if self._is_in:
            self._is_in = False
            self._lane.leave()
