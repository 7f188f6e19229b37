"""Which findings are meant: the same choice for a list, a map and a decision about many at once."""

import math
import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from landdb.domain.finding import SEVERITIES
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import InvalidValue

State = Literal["open", "accepted", "fixed", "regressed"]
STATES: Final[tuple[State, ...]] = ("open", "accepted", "fixed", "regressed")
#: Findings that somebody still has to look at.
OPEN_STATES: Final[tuple[State, ...]] = ("open", "regressed")

_RULE_OR_FAMILY: Final = re.compile(r"[A-Z]{3}([0-9]{3})?")


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Findings that meet every condition that is given; without conditions all that are open.

    `communes`: codes, also of the other side of a border. `rules`: ids or families (``COV``). `sheet_no`: of one of
    the parcels concerned. `is_assigned` False: to nobody. `box_4326`: west, south, east, north of the fault's point.
    """

    communes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    states: tuple[str, ...] = OPEN_STATES
    sheet_no: str | None = None
    assigned_to: str | None = None
    is_assigned: bool | None = None
    box_4326: tuple[float, float, float, float] | None = None
    min_area_m2: float | None = None
    max_area_m2: float | None = None
    min_width_m: float | None = None
    max_width_m: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; raises InvalidValue."""
        object.__setattr__(self, "communes", tuple(map(normalise_commune_code, self.communes)))
        if not all(map(_RULE_OR_FAMILY.fullmatch, self.rules)):
            raise InvalidValue("rule", "MALFORMED", remedy="a rule such as COV001 or a family such as COV")
        if not set(self.severities) <= set(SEVERITIES):
            raise InvalidValue("severity", "UNKNOWN", remedy="error, warning or info")
        if not self.states or not set(self.states) <= set(STATES):
            raise InvalidValue("state", "UNKNOWN", remedy="open, accepted, fixed or regressed")
        if self.box_4326 is not None:
            west, south, east, north = self.box_4326
            if not all(map(math.isfinite, self.box_4326)) or not (west <= east and south <= north):
                raise InvalidValue("bbox", "NOT_A_BOX", remedy="west,south,east,north in degrees")

    def parameters(self) -> dict[str, Any]:
        """Give the conditions as statements ask about them: null where there is none."""
        west, south, east, north = self.box_4326 or (None, None, None, None)
        return {
            "commune_codes": list(self.communes) or None,
            "rules": list(self.rules) or None,
            "severities": list(self.severities) or None,
            "states": list(self.states),
            "sheet_no": self.sheet_no,
            "assigned_to": self.assigned_to,
            "is_assigned": self.is_assigned,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "min_area_m2": self.min_area_m2,
            "max_area_m2": self.max_area_m2,
            "min_width_m": self.min_width_m,
            "max_width_m": self.max_width_m,
        }
