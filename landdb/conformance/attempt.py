"""One try to plant one fault at one parcel: the draft, and what must come of it."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.conformance import rings
from landdb.conformance.board import Board, Draft, NoSiteError
from landdb.conformance.consequences import consequences
from landdb.conformance.expected import Expected, Planted
from landdb.domain.finding import Severity
from landdb.validators.catalogue import Catalogue

#: Shared edges longer than this are rare enough not to be asked for.
LONGEST_M = 30.0


@dataclass(slots=True)
class Attempt:
    """A fault about to be planted at `unit`; it raises NoSiteError where the parcel does not suit.

    A fault calls `redraw`, `add` and `remove`, and `expect` for what overlay cannot measure; `tolerated` are
    rules that may speak up near the site as well, and `away` ground that lies elsewhere but belongs to it.
    Without `measured` nothing is overlaid: the fault states all that must be found. What is involved lies in
    one zone unless the fault is `across_zones`.
    """

    board: Board
    catalogue: Catalogue
    rng: np.random.Generator
    unit: int
    draft: Draft = field(default_factory=Draft)
    involved: set[int] = field(default_factory=set)
    extra: list[Expected] = field(default_factory=list)
    tolerated: set[str] = field(default_factory=set)
    measured: bool = True
    away: BaseGeometry | None = None
    across_zones: bool = False

    @property
    def polygon(self) -> shapely.Polygon:
        """Give the parcel's polygon as it stands."""
        return self.board.polygon(self.unit)

    @property
    def scale(self) -> int:
        """Give the scale denominator of the parcel's sheet."""
        return self.board.scale[self.unit]

    def redraw(self, unit: int, geom: BaseGeometry, *, valid: bool = True) -> None:
        """Change a unit's polygon; a result of other validity than wanted is no site."""
        if bool(shapely.is_valid(geom)) != valid:
            raise NoSiteError
        self.draft.changed[unit] = geom
        self.involved.add(unit)

    def remove(self, unit: int) -> None:
        """Take a unit away."""
        self.draft.changed[unit] = None
        self.involved.add(unit)

    def add(self, geom: BaseGeometry, *, like: int | None = None) -> int:
        """Add a parcel to the sheet of another; by default to that of this attempt's."""
        if not shapely.is_valid(geom):
            raise NoSiteError
        return self.board.number_like(self.draft, self.unit if like is None else like, geom)

    def expect(
        self,
        rule_id: str,
        place: BaseGeometry,
        *units: int,
        any_of: tuple[int, ...] = (),
        severity: Severity | None = None,
    ) -> None:
        """Demand a finding at a place that names all of `units`, and one of `any_of` if there are any.

        Its severity is the rule's own unless another is given.
        """
        name = self.board.name
        rule = self.catalogue[rule_id]
        names, others = frozenset(map(name, units)), frozenset(map(name, any_of))
        self.extra.append(Expected(rule_id, place, names, others, severity=severity or rule.severity))

    def edge(self, *, at_least_m: float, with_object: bool = False) -> tuple[int, int]:
        """Give a neighbour inside the commune and an edge of this parcel's shell shared with it."""
        edges = [
            (other, index)
            for other in self.board.neighbours(self.unit)
            if self.board.is_parcel[other] != with_object and (with_object or not self.board.at_border[other])
            for index in rings.edges_shared(self.polygon, self._sound_polygon(other))
            if rings.edge_length_m(self.polygon, index) >= at_least_m
        ]
        if not edges:
            raise NoSiteError
        other, index = edges[int(self.rng.integers(len(edges)))]
        self.involved |= {self.unit, other}
        return other, index

    def _sound_polygon(self, unit: int) -> shapely.Polygon:
        geom = self.board.geoms[unit]
        return geom if isinstance(geom, shapely.Polygon) else shapely.Polygon()

    def planted(self, number: int, kind: str, size: str) -> Planted:
        """Give the record of the fault, its consequences measured; commits the draft."""
        if not self.board.is_free(unit for unit in self.involved if unit < len(self.board.original)):
            raise NoSiteError
        zones = {self.board.zone(unit) for unit in self.involved}
        if len(zones) > 1 and not self.across_zones:
            raise NoSiteError
        found = consequences(self.board, self.draft, self.catalogue) if self.measured else []
        expected = (*found, *self.extra)
        named = sorted({*self.involved, *self.draft.added})
        commune = self.board.communes[self.board.commune[self.unit]]
        site = self._site(expected)
        self.board.commit(self.draft, self.involved)
        return Planted(
            number=number,
            kind=kind,
            size=size,
            commune_code=commune.commune_code,
            srid=commune.srid,
            site=site,
            names=tuple(self.board.name(unit) for unit in named),
            expected=expected,
            tolerated=frozenset(self.tolerated),
        )

    def _site(self, expected: tuple[Expected, ...]) -> BaseGeometry:
        """Give the ground that the fault is about: its own places, or else the units that changed."""
        places = [item.place for item in expected]
        changed = [self.board.geoms[unit] for unit in self.draft.changed]
        grounds = places or [*changed, *self.draft.added.values()]
        return shapely.union_all(grounds if self.away is None else [*grounds, self.away])
