"""How much the service does for whom: rates, lanes, deadlines and sizes, read once from LANDDB_*.

Each has a variable of its own name, such as LANDDB_PUBLIC_RATE. A rate is written `PER_SECOND:BURST`, such as
`50:500`: so many requests at once, then so many a second.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from landdb.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` requests at once, refilled with `per_second`."""

    per_second: float
    burst: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Give the rate that is written as `PER_SECOND:BURST`; raises ValueError."""
        per_second, _, burst = text.partition(":")
        rate = cls(float(per_second), int(burst))
        if not 0 < rate.per_second < math.inf or rate.burst <= 0:
            raise ValueError("not above 0")
        return rate


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """What the service grants before it says 408, 429 or 503.

    Rates count requests: of an address without token, of whoever a token names, of their whole organisation; failed
    sign-ins of an address. Lanes are requests of one class that are worked on at once; `unproven_lane` is for tokens
    that this process has not seen yet. `queue_s`: the longest wait for a lane. `header_s`, `body_s`, `write_s`: how
    long a client may take over them. `connections`: open at once. `workers`: processes that share one port.
    `seal_stale_s`: how long a record of access may wait for its seal before no more clear values are given.
    """

    public_rate: Rate = Rate(50, 500)
    subject_rate: Rate = Rate(50, 500)
    organisation_rate: Rate = Rate(200, 2000)
    failure_rate: Rate = Rate(0.5, 30)
    public_lane: int = 6
    staff_lane: int = 6
    service_lane: int = 4
    unproven_lane: int = 2
    queue_s: float = 2.0
    header_s: float = 10.0
    body_s: float = 30.0
    write_s: float = 30.0
    connections: int = 5000
    workers: int = 1
    seal_stale_s: float = 900.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Give the limits that LANDDB_* describe; raises ConfigurationError that names the variable."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            variable = f"LANDDB_{one.name.upper()}"
            if text := environment.get(variable):
                given[one.name] = _parsed(variable, text, type(one.default))
        return cls(**given)

    @property
    def lane_places(self) -> int:
        """Give how many requests are worked on at once, of all classes together."""
        return self.public_lane + self.staff_lane + self.service_lane + self.unproven_lane


def _parsed(variable: str, text: str, kind: type) -> Rate | int | float:
    try:
        value: Rate | int | float = Rate.parse(text) if kind is Rate else kind(text)
        if not isinstance(value, Rate) and not 0 < value < math.inf:
            raise ValueError("not above 0")
    except ValueError as error:
        form = "PER_SECOND:BURST, such as 50:500" if kind is Rate else "a number above 0"
        raise ConfigurationError(f"{variable} cannot be read", remedy=form) from error
    return value
