"""What may be asked about findings, and what may be decided about them."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import AsOf, BoundingBox, CommuneCode, KnownAt, Listing, Number, Strict, ValidAt, corners, text
from landdb.domain.finding_filter import OPEN_STATES, FindingFilter, State
from landdb.triage import GROWTH_MARGIN, LONGEST_NAME, LONGEST_TEXT, SHORTEST_REASON

_Size = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]
_Text = text(LONGEST_TEXT)
RuleOrFamily = Annotated[
    str | None, Field(pattern=r"^[A-Z]{3}([0-9]{3})?$", description="a rule or a family", examples=["COV001"])
]


class FindingQuery(Listing):
    """Findings that meet all conditions; without `state` those that are open. Without conditions all of them.

    With a date: those that stood so at the end of that day, or were known to at that moment, whichever is earlier.
    """

    commune: Annotated[CommuneCode | None, Field(description="on either side of a border")] = None
    rule: RuleOrFamily = None
    severity: Literal["error", "warning", "info"] | None = None
    state: State | None = None
    sheet: Annotated[Number | None, Field(description="of a parcel on this map sheet", examples=["12"])] = None
    assigned_to: Annotated[Number | None, Field(description="for clerks and analysts")] = None
    unassigned: Annotated[bool, Field(description="assigned to nobody; for clerks and analysts")] = False
    bbox: BoundingBox | None = None
    min_area_m2: _Size = None
    max_area_m2: _Size = None
    min_width_m: _Size = None
    max_width_m: _Size = None
    valid_at: ValidAt = None
    known_at: KnownAt = None
    sort: Annotated[Literal["worst", "id"], Field(description="worst: errors first, then the larger ground")] = "worst"
    f: Annotated[Literal["json", "geojson"] | None, Field(description="without it the Accept header decides")] = None

    @property
    def asks_about_work(self) -> bool:
        """Tell whether it asks who works on what."""
        return self.assigned_to is not None or self.unassigned

    @property
    def as_of(self) -> AsOf:
        """Give the two dates."""
        return AsOf(valid_at=self.valid_at, known_at=self.known_at)

    def filter(self) -> FindingFilter:
        """Give the findings that are meant."""
        return FindingFilter(
            communes=() if self.commune is None else (self.commune,),
            rules=() if self.rule is None else (self.rule,),
            severities=() if self.severity is None else (self.severity,),
            states=OPEN_STATES if self.state is None else (self.state,),
            sheet_no=self.sheet,
            assigned_to=self.assigned_to,
            is_assigned=False if self.unassigned else None,
            box_4326=None if self.bbox is None else corners(self.bbox),
            min_area_m2=self.min_area_m2,
            max_area_m2=self.max_area_m2,
            min_width_m=self.min_width_m,
            max_width_m=self.max_width_m,
        )


class TrendQuery(Strict):
    """The checks of one commune; of one rule or family when named."""

    commune: CommuneCode
    rule: RuleOrFamily = None


class Acceptance(Strict):
    """Why a finding may stay as it is, and until when."""

    reason: Annotated[
        str,
        Field(min_length=SHORTEST_REASON, max_length=LONGEST_TEXT, examples=["agreed on the ground, minutes 12/2026"]),
    ]
    until: Annotated[
        dt.date | None, Field(description="the last day; open again after it", examples=["2027-06-30"])
    ] = None
    growth_margin: Annotated[
        float, Field(ge=0, le=10, allow_inf_nan=False, description="open again when it grows by more than this share")
    ] = GROWTH_MARGIN


class Revocation(Strict):
    """Why an accepted finding is open again."""

    note: Annotated[str | None, _Text, Field(examples=["the neighbours disagree after all"])] = None


class Assignment(Strict):
    """Who shall look at a finding; null: nobody."""

    to: Annotated[str | None, text(LONGEST_NAME), Field(examples=["Lê Thị Thu"])]


class Comment(Strict):
    """A remark for the history of a finding."""

    text: Annotated[str, _Text, Field(examples=["seen on site, the fence stands on the drawn line"])]
