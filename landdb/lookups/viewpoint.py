"""For which date, and for whose eyes, a question is answered."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from landdb.domain.dates import VIETNAM, today
from landdb.domain.fields import FIELDS

Audience = Literal["public", "staff"]

#: What the public does not get, and the rule behind it: Decree 101/2024 Art. 61, no data on a land user
#: without consent. Named in the answer, so that a missing field is never taken for a missing fact.
WITHHELD: Final = (
    "rights.party",
    "rights.share",
    "rights.role",
    "rights.certificate",
    "certificates.serial",
    "certificates.registry_no",
    "findings.TEN",
    "findings.PER",
)


@dataclass(frozen=True)
class Viewpoint:
    """When and for whom.

    `valid_at`: what was true in law on that day; `known_at`: as far as it was recorded by then. Both None
    is now, and reads only present versions. With `known_at` alone the legal day is that day.
    `audience` 'public' sees no party; 'staff' sees parties masked, in `communes` only (None: everywhere).
    `native`: give the coordinates in the sheet's own system too. `sees_work`: works on findings, so that who decided
    about them and how many people each concerns is shown, in `communes`. `is_citizen`: sees parties of parcels that
    they hold a right in themselves now; the connection's context says who they are. Of a parcel, answers hold the
    fields (`landdb.domain.fields`) that are `wanted` and, by an agreement, `granted` (None: all).
    """

    valid_at: dt.date | None = None
    known_at: dt.datetime | None = None
    audience: Audience = "public"
    communes: tuple[str, ...] | None = None
    native: bool = False
    sees_work: bool = False
    is_citizen: bool = False
    wanted: frozenset[str] | None = None
    granted: frozenset[str] | None = None

    @property
    def as_of(self) -> bool:
        """Tell whether versions other than the present ones must be read."""
        return self.valid_at is not None or self.known_at is not None

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """Give the fields that answers hold, None for all."""
        if self.granted is None:
            return self.wanted
        return self.granted if self.wanted is None else self.granted & self.wanted

    def sees(self, field: str) -> bool:
        """Tell whether answers hold a field, as far as the audience goes."""
        return self.fields is None or field in self.fields

    @cached_property
    def valid_on(self) -> dt.date:
        """Give the legal day that codes and numbers are read at."""
        if self.valid_at is not None:
            return self.valid_at
        return today() if self.known_at is None else self.known_at.astimezone(VIETNAM).date()

    @property
    def moment(self) -> dt.datetime:
        """Give the moment whose findings are meant: what was known then, at the latest at the end of the legal day."""
        moments = [] if self.known_at is None else [self.known_at]
        if self.valid_at is not None:
            next_day = self.valid_at + dt.timedelta(days=1) if self.valid_at < dt.date.max else self.valid_at
            moments.append(dt.datetime.combine(next_day, dt.time.min, VIETNAM) - dt.timedelta(microseconds=1))
        return min(moments, default=dt.datetime.now(VIETNAM))

    def parameters(self) -> dict[str, Any]:
        """Give what every statement asks about the viewpoint."""
        return {
            "valid_at": self.valid_on,
            "known_at": self.known_at,
            "valid_on": self.valid_on,
            "moment": self.moment,
            "staff": self.audience == "staff",
            "communes": None if self.communes is None else list(self.communes),
            "native": self.native,
            "sees_work": self.sees_work,
            "sees_rights": self.sees("rights"),
            "is_citizen": self.is_citizen and not self.as_of,
            "sees_serials": self.sees("certificates.serial"),
            "sees_shares": self.sees("rights.share"),
            "sees_holders": self.sees("rights.party"),
            "sees_papers": self.sees("rights.certificate"),
            "sees_holder_findings": self.sees("findings.holders"),
            "withheld": json.dumps(self._withheld() + self._ungranted()),
            "ungranted": json.dumps(self._ungranted()),
        }

    def _withheld(self) -> list[dict[str, str]]:
        """Give what the public, and staff of another commune, do not get of the parts that they see."""
        return [{"field": name, "reason": "ND101-61"} for name in WITHHELD if self.sees(name.partition(".")[0])]

    def _ungranted(self) -> list[dict[str, str]]:
        """Give what the agreement does not grant of what is wanted."""
        if self.granted is None:
            return []
        wanted = FIELDS if self.wanted is None else self.wanted
        return [
            {"field": name, "reason": "AGREEMENT"} for name in FIELDS if name in wanted and name not in self.granted
        ]

    def described(self) -> dict[str, str | None] | None:
        """Give the two dates for the answer, None for now."""
        if not self.as_of:
            return None
        known_at = None if self.known_at is None else self.known_at.isoformat()
        return {"valid_at": self.valid_on.isoformat(), "known_at": known_at}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a long list: at most `limit` rows after the row with identity `after`."""

    limit: int = 50
    after: int = 0

    def next_after(self, rows: int, last_id: int | None) -> int | None:
        """Give where the next page starts, None when this one was not full."""
        return last_id if rows == self.limit else None
