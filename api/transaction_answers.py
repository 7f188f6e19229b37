"""What answers about legal changes look like."""

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from api.answers import Shape


class NoticeAnswer(Shape):
    """What law or rules say about a change."""

    code: str
    severity: Literal["error", "warning", "info"]
    subject: str
    message: dict[str, str]
    values: dict[str, Any]


class AreaAnswer(Shape):
    """One line of the area table, square metres."""

    number: str
    before_m2: float | None
    after_m2: float | None
    legal_before_m2: float | None
    legal_after_m2: float | None


class ShapeAnswer(Shape):
    """A parcel as a preview draws it, GeoJSON in WGS 84."""

    number: str
    shape: dict[str, Any]


class NumberAnswer(Shape):
    """A number and code given to a parcel; a preview gives no identity."""

    parcel_id: int | None
    number: str
    parcel_code: str | None
    parents: list[str]


class RightAnswer(Shape):
    """A right, certificate or restriction that is opened, altered, carried or ended."""

    what: str
    action: str
    identity: int | None
    on: list[str]


class OutcomeAnswer(Shape):
    """What became of a change, or what would."""

    kind: str
    result: Literal["PREVIEW", "REFUSED", "DRAFT", "SUBMITTED", "NEEDS_SUPPLEMENT", "APPROVED"]
    transaction_id: int | None
    due_on: dt.date | None
    refusing: list[str]
    notices: list[NoticeAnswer]
    areas: list[AreaAnswer]
    shapes: list[ShapeAnswer] = Field(description="only of a preview, or of what was refused")
    numbers: list[NumberAnswer]
    rights: list[RightAnswer]
    details: dict[str, Any]
    tags: dict[str, str] = Field(description="the state of each parcel afterwards, for the next change")


class DecisionAnswer(Shape):
    """The state that a waiting change is in now."""

    transaction_id: int
    state: Literal["SUBMITTED", "NEEDS_SUPPLEMENT", "REJECTED"]


class StateAnswer(Shape):
    """The state of all that is registered on a parcel."""

    parcel_id: int
    tag: str = Field(examples=["edcd789fd3d5bc54"])
    since: dt.date


class HistoryAnswer(Shape):
    """What became of a parcel."""

    parcel_id: int
    parcels: list[dict[str, Any]]
    lineage: list[dict[str, Any]]
    transactions: list[dict[str, Any]]
    versions: list[dict[str, Any]]


class FeedAnswer(Shape):
    """A stretch of the feed. `is_full`: more is waiting."""

    events: list[dict[str, Any]]
    next: str
    is_full: bool
