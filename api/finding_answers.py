"""What answers about findings look like. Only described here, as in `answers`."""

import datetime as dt
from typing import Any, Final, Literal

from api.answers import CommuneName, FindingAnswer, Geometry, Shape, Withheld


class ConcernedParcel(Shape):
    """A parcel that a finding is about, and how many people or organisations hold a right in it."""

    parcel_id: int
    commune_code: str
    sheet_no: str
    parcel_no: str
    holders: int | None


class ListedFinding(FindingAnswer):
    """A finding with its place in the world and in time. Who works on it is null for those who do not."""

    commune: CommuneName
    other_commune: CommuneName | None
    parcels: list[ConcernedParcel]
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    fixed_at: dt.datetime | None
    times_regressed: int
    accepted_until: dt.date | None
    assigned_to: str | None
    assigned_at: dt.datetime | None
    shape: Geometry | None


class FindingList(Shape):
    """One page of findings."""

    next: str | None
    findings: list[ListedFinding]


class JudgedBy(Shape):
    """The run that last saw the finding, and the limits that it judged by."""

    run_id: int
    finished_at: dt.datetime
    catalogue_hash: str
    limits: dict[str, Any] | None
    tool_versions: dict[str, str]


class WaiverAnswer(Shape):
    """Who accepted the finding, why, until when, and how large it was then."""

    actor: str
    reason: str
    ends_on: dt.date | None
    measure: float | None
    area_m2: float | None
    width_m: float | None
    growth_margin: float
    created_at: dt.datetime


class EventAnswer(Shape):
    """What happened to the finding."""

    at: dt.datetime
    actor: str
    kind: Literal[
        "seen", "accepted", "revoked", "assigned", "commented", "fixed", "regressed", "reopened", "renumbered"
    ]
    note: str | None
    from_state: str | None
    to_state: str | None
    run_id: int | None


class RuleWords(Shape):
    """What the catalogue says of the rule, in Vietnamese (`vi`) and English (`en`)."""

    title: dict[str, str]
    why: dict[str, str]
    remedy: dict[str, str]
    legal_basis: str


class FindingDetail(Shape):
    """One finding with its proof and its history."""

    finding: ListedFinding
    rule: RuleWords | None
    fingerprint: str
    last_run: JudgedBy
    waiver: WaiverAnswer | None
    events: list[EventAnswer] | None
    withheld: list[Withheld]


class TrendPointAnswer(Shape):
    """What stood after one check: findings that nobody accepted by severity, those accepted, the ground at fault."""

    run_id: int
    at: dt.datetime
    parcels: int
    rules: int
    errors: int
    warnings: int
    infos: int
    accepted: int
    area_m2: float
    errors_per_1000: float | None


class Trend(Shape):
    """The checks of a commune, the first one first."""

    commune: str
    checks: list[TrendPointAnswer]


GEO_JSON: Final = "application/geo+json"
#: How the map layer of findings is described beside the list.
AS_MAP: Final[dict[str, Any]] = {
    "content": {
        GEO_JSON: {
            "schema": {
                "type": "object",
                "required": ["type", "numberReturned", "next", "features"],
                "properties": {
                    "type": {"const": "FeatureCollection"},
                    "numberReturned": {"type": "integer"},
                    "next": {"type": ["string", "null"]},
                    "features": {"type": "array", "items": {"type": "object"}},
                },
            }
        }
    }
}
