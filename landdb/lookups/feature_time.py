"""What `datetime` of OGC API Features means here: the day, or the days, on which a feature was true in law."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from landdb.domain.dates import VIETNAM, today
from landdb.errors import InvalidValue
from landdb.store.features.questions import Time

_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)
#: Days that PostgreSQL, Python and a change of time zone all can hold.
_EARLIEST, _LATEST = dt.date(1000, 1, 1), dt.date(9998, 12, 30)
_OPEN: Final = frozenset({"", ".."})


@dataclass(frozen=True, slots=True)
class FeatureTime:
    """Days from `since` to `until`, both included; None is open. `time` says which relations answer."""

    time: Time
    since: dt.date | None
    until: dt.date | None

    def parameters(self) -> dict[str, str]:
        """Give what statements ask for; an open end is infinity."""
        since = "-infinity" if self.since is None else self.since.isoformat()
        return {"since": since, "until": "infinity" if self.until is None else self.until.isoformat()}


def now() -> FeatureTime:
    """Give the present day, which hot tables answer."""
    return FeatureTime("now", today(), today())


def parse_datetime(text: str) -> FeatureTime:
    """Give the days that are meant; raises InvalidValue. A moment means its day in Vietnam."""
    start, is_interval, end = text.partition("/")
    if not is_interval:
        day = _day(start)
        return FeatureTime("as_of", day, day)
    since, until = (None if part in _OPEN else _day(part) for part in (start, end))
    if since is not None and until is not None and since > until:
        raise InvalidValue("datetime", "ENDS_BEFORE_IT_STARTS", remedy="the earlier day comes first")
    return FeatureTime("during", since, until)


def _day(text: str) -> dt.date:
    try:
        day = _read(text)
    except (ValueError, OverflowError) as error:
        raise _malformed() from error
    if not _EARLIEST <= day <= _LATEST:
        raise _malformed()
    return day


def _read(text: str) -> dt.date:
    if not _INSTANT.fullmatch(text):
        raise ValueError
    if len(text) == len("2026-01-31"):
        return dt.date.fromisoformat(text)
    # Python reads microseconds; what is finer does not change the day.
    return dt.datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text.upper())).astimezone(VIETNAM).date()


def _malformed() -> InvalidValue:
    return InvalidValue(
        "datetime", "MALFORMED", remedy="a day or moment of RFC 3339, or two with / between; .. is open"
    )
