"""Lanes: how many requests of one class are worked on at once, so that no class takes the place of another."""

import asyncio
from collections.abc import Mapping
from typing import Final, Literal

from landdb.errors import LanddbError
from landdb.service_limits import ServiceLimits

#: `unproven`: with a token that this process has not yet seen.
ClientClass = Literal["public", "staff", "service", "unproven"]
#: How many may wait for each place of a class: more would only wait in vain.
_WAITING_PER_PLACE: Final = 32


class Crowded(LanddbError):
    """The service has too many requests of this kind at the moment."""


class Lane:
    """The places of one class."""

    def __init__(self, places: int, queue_s: float, *, most_waiting: int | None = None) -> None:
        self.places = places
        self.most_waiting = places * _WAITING_PER_PLACE if most_waiting is None else most_waiting
        self.waiting = 0
        self.refused = 0
        self._queue_s = queue_s
        self._free = asyncio.Semaphore(places)

    @property
    def in_use(self) -> int:
        """Give how many places are taken."""
        return self.places - self._free._value  # noqa: SLF001 - asyncio tells it nowhere else

    async def enter(self) -> None:
        """Take a place; raises Crowded when none becomes free in time."""
        if not self._free.locked():
            await self._free.acquire()
            return
        if self.waiting >= self.most_waiting:
            self.refused += 1
            raise Crowded
        self.waiting += 1
        try:
            async with asyncio.timeout(self._queue_s):
                await self._free.acquire()
        except TimeoutError as late:
            self.refused += 1
            raise Crowded from late
        finally:
            self.waiting -= 1

    async def enter_again(self) -> None:
        """Take a place for a request that has begun to answer already; waits as long as it takes."""
        await self._free.acquire()

    def leave(self) -> None:
        """Give the place back."""
        self._free.release()


def lanes(limits: ServiceLimits) -> Mapping[ClientClass, Lane]:
    """Give the lanes of a service."""
    return {
        "public": Lane(limits.public_lane, limits.queue_s),
        "staff": Lane(limits.staff_lane, limits.queue_s),
        "service": Lane(limits.service_lane, limits.queue_s),
        "unproven": Lane(limits.unproven_lane, limits.queue_s),
    }
