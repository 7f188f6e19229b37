"""What answers about the quality of data look like. Only described here, as in `answers`."""

import datetime as dt
from typing import Any, Final

from api.answers import CommuneName, Shape

#: The documented 200 of a page.
PAGE: Final[dict[str, Any]] = {
    "description": "the page",
    "content": {"text/html": {"schema": {"type": "string"}}},
}


class Component(Shape):
    """One part of the score: its quantity per denominator, the points of 100 that this gives, and its weight."""

    code: str
    quantity: float
    denominator: float
    value: float
    points: float
    weight: float


class ScoreNumbers(Shape):
    """The counts and denominators that the score can be computed from again; open findings by rule and severity."""

    parcel_count: int
    ground_m2: float
    overlap_m2: float
    gap_m2: float
    parcels_with_error: int
    findings: dict[str, dict[str, int]]


class CampaignStanding(Shape):
    """Parcels by group, by word that they meet and by reason that keeps them out of the first group."""

    parcels: int
    groups: dict[str, int]
    words: dict[str, int]
    reasons: dict[str, int]


class TrendDay(Shape):
    """One scored day; scores of different formulas do not compare."""

    day: dt.date
    score: float | None
    formula: str
    errors: int
    warnings: int
    groups: dict[str, int] | None


class QualityAnswer(CommuneName):
    """The last score of a commune, its campaign standing and the trend, oldest day first."""

    scored_on: dt.date | None
    scored_at: dt.datetime | None
    formula: str | None
    score: float | None
    components: list[Component]
    numbers: ScoreNumbers | None
    scheme: str | None
    standing_on: dt.date | None
    standing: CampaignStanding | None
    trend: list[TrendDay]
