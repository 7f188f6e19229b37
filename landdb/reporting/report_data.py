"""What a report is made of, gathered from the database and ready to be drawn."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from landdb.exporters.records import FindingRecord, RuleRecord
from landdb.quality import Assessment, Standing
from landdb.quality.campaign import Scheme
from landdb.quality.formula import Formula
from landdb.reporting.page.charts import TrendPoint
from landdb.reporting.page.drawing import Frame, Geometries
from landdb.reporting.page.wording import Wording
from landdb.store.admin_units import Commune
from landdb.store.report_ground import LastRun

#: Land-occupying objects that are drawn as water; all others are drawn as roads.
WATER: Final = frozenset({"river", "canal"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What every page of one report shares. `tenure`: findings about holders and rights may be listed."""

    wording: Wording
    scheme: Scheme
    formula: Formula
    made_on: dt.date
    tenure: bool


@dataclass(frozen=True, slots=True)
class EarlierStanding:
    """The last earlier day that the campaign's groups were counted, by the same scheme."""

    day: dt.date
    standing: Standing


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule and how many open findings it has, by severity."""

    rule: RuleRecord
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Give the number of findings."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Label:
    """A parcel's number at its place in degrees, and the size of what is seen of the parcel in drawing units."""

    lon: float
    lat: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around a fault, in WGS 84."""

    parcels: Geometries
    roads: Geometries
    water: Geometries
    labels: Sequence[Label]


@dataclass(frozen=True, slots=True)
class Sketch:
    """One fault with its parcels: the whole of them, and the fault up close when it would not be seen there.

    `names` are the numbers of `one` and `other`, which are labelled however small they are.
    """

    frame: Frame
    close: Frame | None
    around: Surroundings
    one: shapely.Geometry | None
    other: shapely.Geometry | None
    fault: shapely.Geometry | None
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Worst:
    """One finding to be dealt with first."""

    finding: FindingRecord
    sketch: Sketch | None


@dataclass(frozen=True, slots=True)
class MapShapes:
    """What the map of a commune draws, in WGS 84."""

    parcels: Geometries
    roads: Geometries
    water: Geometries
    boundary: Geometries


@dataclass(frozen=True, slots=True)
class CommuneReport:
    """One commune. `findings` are the gravest, at most so many; `rules` count all."""

    setting: Setting
    commune: Commune
    province_name: str | None
    last_run: LastRun | None
    assessment: Assessment
    trend: Sequence[TrendPoint]
    before: EarlierStanding | None
    rules: Sequence[RuleLine]
    worst: Sequence[Worst]
    findings: Sequence[FindingRecord]
    shapes: MapShapes
    has_overview: bool

    @property
    def total(self) -> int:
        """Give the number of open findings that may be listed."""
        return sum(line.total for line in self.rules)


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune in the overview; `change` is that of its score since the last earlier scored day."""

    commune: Commune
    assessment: Assessment
    change: float | None


@dataclass(frozen=True, slots=True)
class ProvinceReport:
    """Several communes together."""

    setting: Setting
    province_name: str | None
    together: Assessment
    communes: Sequence[CommuneLine]
    trend: Sequence[TrendPoint]
    before: EarlierStanding | None
    rules: Sequence[RuleLine]
    boundaries: Mapping[int, shapely.Geometry]
