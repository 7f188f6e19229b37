"""Which known finding is this one again? The identity of findings across runs, edits and re-imports.

A finding is known again by what it is about and where it lies, never by its rank among others, so that neither
the order of the parcels nor the disappearance of another finding changes whose it is:

1. same rule and subject, and the faults lie within `NEAR_M` of each other; findings without a shape of their
   own (a right, an area, a number) are about their subject alone;
2. the same among findings that were fixed: it is back;
3. same rule and subject, anywhere, but equally large: the fault moved with its parcels, as when a sheet is
   shifted or brought to another zone;
4. same rule and place, equally large, another subject: its parcels got other numbers.

Nearer beats farther; each known finding is recognised once.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import product
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

#: How far a fault moves when one of its parcels is redrawn, and still is the same fault.
NEAR_M = 1.0
#: The same place after other parcels were edited: arrangements differ in their last digits only.
SAME_PLACE_M = 0.05
#: Measures that differ by less than this share are those of one fault that was moved.
ALIKE = 0.02
#: Findings about one subject, seen times known, of which every pair is weighed. Larger crowds are told apart by place
#: only: nobody can say which of a hundred equal faults moved where.
CROWD = 40_000
#: Places in a fingerprint are rounded to about a decimetre, far above what arithmetic disturbs.
_PLACE_DECIMALS = 6
_METRES_PER_DEGREE = 111_195.0


class Sighting(NamedTuple):
    """What identifies a finding: rule, subject, and the fault's shape (`srid`, metres), point and size."""

    rule_id: str
    subject: str
    commune_id: int
    srid: int
    geometry: BaseGeometry | None
    lon: float | None
    lat: float | None
    measure: float | None
    area_m2: float | None
    width_m: float | None

    @property
    def about(self) -> tuple[str, int, str]:
        """Give rule, commune and subject."""
        return self.rule_id, self.commune_id, self.subject


class Pair(NamedTuple):
    """A finding seen now that may be a known one, and what speaks for it: less is more likely."""

    apart_m: float
    strange_parts: int
    points_apart_m: float
    sizes_apart: float
    known: int
    found: int


def recognise(found: Sequence[Sighting], known: Sequence[Sighting], is_fixed: Sequence[bool]) -> list[int | None]:
    """Give for each sighting the index of the known finding that it is, None for one never seen before.

    `known` come in the order of their age: of two that fit equally well the older one is taken.
    """
    order = sorted(range(len(found)), key=lambda index: _content(found[index]))
    sorted_found = [found[index] for index in order]
    match = _Match(sorted_found, known)
    live = {index for index, fixed in enumerate(is_fixed) if not fixed}
    gone = set(range(len(known))) - live
    match.settle(_near_pairs, live)
    match.settle(_near_pairs, gone)
    match.settle(_moved_pairs, live)
    match.settle(_renumbered_pairs, live)
    known_of: list[int | None] = [None] * len(found)
    for position, index in enumerate(order):
        known_of[index] = match.known_of.get(position)
    return known_of


def fingerprint(commune_code: str, rule_id: str, subject: str, place: tuple[float, float] | None, n: int) -> bytes:
    """Give the identity of a finding seen for the first time: commune, rule, subject, place, SHA-256.

    `place` is longitude and latitude of a fault that has a shape. `n` counts those that agree in all of these.
    The identity is kept whatever changes later.
    """
    where = "" if place is None else f"{place[0]:.{_PLACE_DECIMALS}f} {place[1]:.{_PLACE_DECIMALS}f}"
    return sha256("\n".join([rule_id, commune_code, subject, where, str(n)]).encode()).digest()


class _Match:
    """Sightings and known findings while they are being paired."""

    def __init__(self, found: Sequence[Sighting], known: Sequence[Sighting]) -> None:
        self.found, self.known = found, known
        self.known_of: dict[int, int] = {}

    def settle(
        self,
        candidates: Callable[[Sequence[Sighting], Sequence[Sighting], list[int], list[int]], Iterable[Pair]],
        among: set[int],
    ) -> None:
        """Pair what is unpaired, the likeliest first."""
        taken = set(self.known_of.values())
        known = sorted(among - taken)
        found = [index for index in range(len(self.found)) if index not in self.known_of]
        if not known or not found:
            return
        for pair in sorted(candidates(self.found, self.known, found, known)):
            if pair.found not in self.known_of and pair.known not in taken:
                self.known_of[pair.found] = pair.known
                taken.add(pair.known)


def _near_pairs(
    found: Sequence[Sighting], known: Sequence[Sighting], these: list[int], those: list[int]
) -> Iterator[Pair]:
    """Give pairs about the same whose shapes lie near each other, and those without shapes."""
    for index, other, apart_m in _shapes_within(found, known, these, those, NEAR_M):
        if found[index].about == known[other].about:
            yield _pair(found, known, index, other, apart_m)
    for index, other in _about_the_same(found, known, these, those):
        if found[index].geometry is None or known[other].geometry is None:
            yield _pair(found, known, index, other, 0.0)


def _moved_pairs(
    found: Sequence[Sighting], known: Sequence[Sighting], these: list[int], those: list[int]
) -> Iterator[Pair]:
    """Give pairs about the same that are equally large, wherever they lie."""
    for index, other in _about_the_same(found, known, these, those):
        if _is_alike(found[index], known[other]):
            yield _pair(found, known, index, other, _points_apart_m(found[index], known[other]))


def _renumbered_pairs(
    found: Sequence[Sighting], known: Sequence[Sighting], these: list[int], those: list[int]
) -> Iterator[Pair]:
    """Give pairs of one rule at one place, equally large."""
    for index, other, apart_m in _shapes_within(found, known, these, those, SAME_PLACE_M):
        seen, before = found[index], known[other]
        is_here = seen.rule_id == before.rule_id and _points_apart_m(seen, before) <= SAME_PLACE_M
        if is_here and _is_alike(seen, before):
            yield _pair(found, known, index, other, apart_m)


def _shapes_within(
    found: Sequence[Sighting], known: Sequence[Sighting], these: list[int], those: list[int], distance_m: float
) -> Iterator[tuple[int, int, float]]:
    """Give (found, known, distance) of shapes in one zone that lie within a distance of each other."""
    for srid in {known[index].srid for index in those}:
        now = [i for i in these if found[i].srid == srid and found[i].geometry is not None]
        before = [i for i in those if known[i].srid == srid and known[i].geometry is not None]
        if not now or not before:
            continue
        shapes = np.array([found[i].geometry for i in now])
        known_shapes = np.array([known[i].geometry for i in before])
        left, right = shapely.STRtree(known_shapes).query(shapes, predicate="dwithin", distance=distance_m)
        apart = shapely.distance(shapes[left], known_shapes[right])
        for index, other, apart_m in zip(left.tolist(), right.tolist(), apart.tolist(), strict=True):
            yield now[index], before[other], apart_m


def _about_the_same(
    found: Sequence[Sighting], known: Sequence[Sighting], these: list[int], those: list[int]
) -> Iterator[tuple[int, int]]:
    """Give every pair with the same rule, commune and subject; of crowds only the pairs in their order."""
    now, before = _by_subject(found, these), _by_subject(known, those)
    for about in now.keys() & before.keys():
        left, right = now[about], before[about]
        if len(left) * len(right) <= CROWD:
            yield from product(left, right)
        else:
            right.sort(key=lambda index: _content(known[index]))
            yield from zip(left, right, strict=False)


def _by_subject(seen: Sequence[Sighting], indices: list[int]) -> dict[tuple[str, int, str], list[int]]:
    groups: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for index in indices:
        groups[seen[index].about].append(index)
    return groups


def _pair(found: Sequence[Sighting], known: Sequence[Sighting], index: int, other: int, apart_m: float) -> Pair:
    seen, before = found[index], known[other]
    strange_parts = len(set(seen.subject.split("|")) - set(before.subject.split("|")))
    points_apart_m = round(_points_apart_m(seen, before), 3)
    return Pair(round(apart_m, 3), strange_parts, points_apart_m, _sizes_apart(seen, before), other, index)


def _points_apart_m(one: Sighting, other: Sighting) -> float:
    """Give the distance on the ground; 0 where either has no place."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return 0.0
    east = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return math.hypot(east, one.lat - other.lat) * _METRES_PER_DEGREE


def _sizes_apart(one: Sighting, other: Sighting) -> float:
    """Give the largest relative difference of two findings' sizes; 1 where only one has a size."""
    return max(
        _share_apart(a, b)
        for a, b in ((one.measure, other.measure), (one.area_m2, other.area_m2), (one.width_m, other.width_m))
    )


def _share_apart(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0 if one is other else 1.0
    largest = max(abs(one), abs(other))
    return abs(one - other) / largest if largest else 0.0


def _is_alike(one: Sighting, other: Sighting) -> bool:
    """Tell whether two faults have a size, and the same."""
    return one.area_m2 is not None and _sizes_apart(one, other) <= ALIKE


def _content(seen: Sighting) -> tuple[str, int, str, float, float, float, float]:
    return (
        *seen.about,
        seen.lon or 0.0,
        seen.lat or 0.0,
        seen.measure or 0.0,
        seen.area_m2 or 0.0,
    )
