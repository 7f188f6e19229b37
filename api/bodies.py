"""Bodies: how long they may be, how deep, and taken in whole before anything else is held for the request."""

import asyncio
import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from starlette.types import Message, Receive

from landdb.errors import LanddbError

#: JSON deeper than this is no question that this service knows; a parser's own stack ends at about 1,000.
DEEPEST_JSON: Final = 32
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB


class BodyTooLarge(LanddbError):
    """The request body is longer than this resource takes."""


class BodyTooSlow(LanddbError):
    """The request body did not come in time."""


class OtherMediaType(LanddbError):
    """The request body has a media type that this resource does not read."""


class ClientGone(LanddbError):
    """The client hung up while its body was awaited."""


@dataclass(frozen=True, slots=True)
class BodyCap:
    """How many bytes the bodies of some paths may have, and whether they are JSON.

    `is_streamed` ones are taken in by the route itself.
    """

    path: re.Pattern[str]
    longest_bytes: int
    is_streamed: bool = False
    is_json: bool = True


_DEFAULT: Final = BodyCap(re.compile(""), 64 * _KIB)
#: The first that fits applies; everything else takes 64 KiB.
CAPS: Final = (
    BodyCap(re.compile(r"/transactions"), _MIB),
    BodyCap(re.compile(r"/collections/[^/]+/(items|search)(/.*)?"), _MIB),
    BodyCap(re.compile(r"/lookups"), 4 * _MIB),
    BodyCap(re.compile(r"/lookups/workbook"), 16 * _MIB, is_json=False),
    BodyCap(re.compile(r"/extracts/check"), 4 * _MIB, is_json=False),
    BodyCap(re.compile(r"/imports"), 512 * _MIB, is_streamed=True),
)
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def cap_of(path: str) -> BodyCap:
    """Give the limit of a path."""
    return next((cap for cap in CAPS if cap.path.fullmatch(path)), _DEFAULT)


async def taken_in(receive: Receive, longest_bytes: int, patience_s: float) -> bytes:
    """Give the whole body; raises BodyTooLarge, BodyTooSlow or ClientGone."""
    parts: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(patience_s):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                parts.append(message.get("body", b""))
                length += len(parts[-1])
                if length > longest_bytes:
                    raise BodyTooLarge
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError as late:
        raise BodyTooSlow from late


def given_back(body: bytes, receive: Receive) -> Receive:
    """Give a `receive` that tells a body that was taken in, then whatever the client does."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def limited(receive: Receive, longest_bytes: int) -> Receive:
    """Give a `receive` for bodies that the route takes in itself; hangs up on one that is too long."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return {"type": "http.disconnect"} if received > longest_bytes else message

    return counted


def json_depth(body: bytes) -> int:
    """Give how deep the brackets of a JSON text are nested, without parsing it; texts in it do not count."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST_JSON:
        return 0
    bare = np.frombuffer(_STRINGS.sub(b"", body), np.uint8)
    steps = np.isin(bare, (0x5B, 0x7B)).astype(np.int32) - np.isin(bare, (0x5D, 0x7D))
    return int(steps.cumsum().max(initial=0))
