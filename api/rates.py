"""How often somebody may ask: one number per asker, in memory that all workers of the service share.

The generic cell rate algorithm: the number is the moment at which the asker's bucket is full again. Two workers that
count one asker at the same instant may lose one request of the count; that is all that goes without a lock.
"""

import mmap
import os
import struct
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from landdb.service_limits import Rate

_WAYS: Final = 8
_SETS: Final = 8192
_SET: Final = struct.Struct("<" + "Qd" * _WAYS)
_ONE: Final = struct.Struct("<Qd")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, and what is left. Times in seconds from now."""

    allowed: bool
    rate: Rate
    remaining: int
    retry_after_s: float
    full_after_s: float


class Buckets:
    """The buckets of all askers: 65,536 at once, in one MiB; the one that is fullest makes room for a new asker."""

    def __init__(self, shared: Path | None = None) -> None:
        """Keep them in `shared`, for several workers; in this process alone without it."""
        size = _SETS * _SET.size
        if shared is None:
            self._memory = mmap.mmap(-1, size)
            return
        shared.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(shared, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, size)
            self._memory = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)

    def take(self, asker: str, rate: Rate, *, cost: int = 1) -> Verdict:
        """Give whether `asker` may ask now, and count it when so."""
        now = time.monotonic()
        interval_s = 1 / rate.per_second
        depth_s = rate.burst * interval_s
        place, name, full_at = self._find(asker)
        # A moment too far ahead is from before the machine was started anew: CLOCK_MONOTONIC began again.
        full_at = now if full_at < now or full_at > now + 2 * depth_s else full_at
        after = full_at + cost * interval_s
        allowed = after - now <= depth_s + 1e-9
        if allowed:
            _ONE.pack_into(self._memory, place, name, after)
            full_at = after
        return Verdict(
            allowed,
            rate,
            remaining=max(0, int((depth_s - (full_at - now)) * rate.per_second + 1e-6)),
            retry_after_s=0.0 if allowed else after - now - depth_s,
            full_after_s=full_at - now,
        )

    def is_empty(self, asker: str, rate: Rate) -> bool:
        """Tell whether `asker` would be refused now; counts nothing."""
        return self.take(asker, rate, cost=0).remaining == 0

    def _find(self, asker: str) -> tuple[int, int, float]:
        """Give the asker's place, name and moment; a place of its own with moment 0 when there is none yet."""
        name = int.from_bytes(blake2b(asker.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") | 1
        base = (name >> 8) % _SETS * _SET.size
        cells = _SET.unpack_from(self._memory, base)
        for way in range(_WAYS):
            if cells[2 * way] == name:
                return base + way * _ONE.size, name, cells[2 * way + 1]
        fullest = min(range(_WAYS), key=lambda way: cells[2 * way + 1])
        return base + fullest * _ONE.size, name, 0.0
