"""How a commune falls into blocks, roads, water and parcels: the rounds of cuts."""

from dataclasses import dataclass

import numpy as np

from landdb.conformance.walls import Flags, Floats, Integers, Quads, Walls, joined

#: What a quad is in the end; all but parcels are land-occupying objects.
KINDS = ("parcel", "road", "river", "canal")
PARCEL, ROAD, RIVER, CANAL = range(4)

#: Below this many parcels a block's inner walls are straight lines between their ends.
_STRAIGHT_BUDGET = 24
_STRAIGHT_SIDE_M = 160.0
#: No parcel is cut smaller than this on average.
_MIN_PARCEL_M2 = 80.0
#: Cuts stay this far from a quad's corners, as a share of its extent.
_MARGIN = 0.22


@dataclass(frozen=True, slots=True)
class Strip:
    """A way or water that a cut may leave between its two parts."""

    kind: int
    chance: float
    narrowest_m: float
    widest_m: float


#: The strips of a quad that still holds more than so many parcels; the first line that fits applies.
StripTable = tuple[tuple[int, tuple[Strip, ...]], ...]
NO_STRIPS: StripTable = ()
USUAL_STRIPS: StripTable = (
    (1_200, (Strip(RIVER, 0.20, 25.0, 60.0), Strip(ROAD, 0.60, 12.0, 20.0))),
    (300, (Strip(CANAL, 0.15, 5.0, 9.0), Strip(ROAD, 0.55, 7.0, 12.0))),
    (70, (Strip(ROAD, 0.45, 4.0, 7.0),)),
    (30, (Strip(ROAD, 0.10, 2.8, 4.0),)),
)
#: With a road around the commune, every one of these roads ends at another.
CONNECTED_STRIPS: StripTable = ((300, (Strip(ROAD, 1.0, 7.0, 12.0),)),)
_RING_ROAD_M = 12.0


def subdivide(walls: Walls, budget: int, rng: np.random.Generator, strips: StripTable) -> Quads:
    """Give exactly `budget` parcels, and the strips between them, cut from the first quad of the walls."""
    first = np.zeros(1, dtype=np.int64)
    unfinished = Quads(*walls.first, first + budget, first, first > 0)
    finished: list[Quads] = []
    if strips is CONNECTED_STRIPS:
        unfinished, ring = _inside_a_ring_road(walls, unfinished)
        finished.append(ring)
    while len(unfinished):
        unfinished, done = _cut_once(walls, unfinished, rng, strips)
        finished.append(done)
        if not len(unfinished):
            unfinished, finished = _make_up(walls, joined(finished))
    return joined(finished)


def _inside_a_ring_road(walls: Walls, quads: Quads) -> tuple[Quads, Quads]:
    """Give what is left of the quads inside a road along all four sides, and that road in four pieces."""
    road = []
    for _ in range(4):
        walls.round += 1
        share = np.minimum(_RING_ROAD_M / extents_m(walls, quads)[:, 0], 0.1)
        piece, quads = walls.cut(quads, share, share, curved=~quads.straight)
        road.append(Quads(piece.start, piece.end, np.ones_like(piece.budget), piece.kind + ROAD, piece.straight))
        quads = quads.turned(np.ones(len(quads), dtype=bool))
    return quads, joined(road)


def _make_up(walls: Walls, quads: Quads) -> tuple[Quads, list[Quads]]:
    """Give the quads to cut once more because others could not be cut as often as planned, and the rest."""
    missing = int((quads.budget - 1).sum())
    quads = Quads(quads.start, quads.end, np.ones_like(quads.budget), quads.kind, quads.straight)
    if not missing:
        return quads.take(np.empty(0, dtype=np.int64)), [quads]
    free = (walls.room(quads.start, quads.end) > 100).all(axis=1) & (quads.kind == PARCEL)
    largest = np.argsort(np.where(free, -_area_m2(walls, quads), 0.0), kind="stable")[:missing]
    chosen = np.zeros(len(quads), dtype=bool)
    chosen[largest] = True
    again = quads.take(chosen)
    again = Quads(again.start, again.end, again.budget + 1, again.kind, again.straight)
    return again, [quads.take(~chosen)]


def extents_m(walls: Walls, quads: Quads) -> Floats:
    """Give the mean length of each quad's opposite sides: along side 0, along side 1."""
    side = np.hypot(*np.moveaxis(walls.place(quads.end) - walls.place(quads.start), -1, 0))
    return np.stack([side[:, 0] + side[:, 2], side[:, 1] + side[:, 3]], axis=1) / 2


def _area_m2(walls: Walls, quads: Quads) -> Floats:
    corner = walls.place(quads.start)
    one, other = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
    area: Floats = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return area


def _cut_once(walls: Walls, quads: Quads, rng: np.random.Generator, strips: StripTable) -> tuple[Quads, Quads]:
    """Cut each quad once across its longer extent; give those to go on with, and the finished."""
    walls.round += 1
    quads, blocked = _turn(walls, quads, rng)
    stuck = quads.take(blocked)
    quads = quads.take(~blocked)
    first, share = _shares(walls, quads, rng)
    straight = quads.straight | (
        (quads.budget <= _STRAIGHT_BUDGET) & (extents_m(walls, quads).max(axis=1) <= _STRAIGHT_SIDE_M)
    )
    quads = Quads(quads.start, quads.end, quads.budget, quads.kind, straight)
    slant = rng.uniform(-0.035, 0.035, len(quads))
    left, right = walls.cut(quads, share + slant, share - slant, curved=~straight)
    left = Quads(left.start, left.end, first, left.kind, left.straight)
    right = Quads(right.start, right.end, right.budget - first, right.kind, right.straight)
    parts = [left, right]
    if strips:
        between, right = _between(walls, right, *_choose_strips(quads.budget, rng, strips))
        parts = [left, right, between]
    after = joined(parts)
    open_ = (after.budget > 1) & (after.kind == PARCEL)
    return after.take(open_), joined([after.take(~open_), stuck])


def _turn(walls: Walls, quads: Quads, rng: np.random.Generator) -> tuple[Quads, Flags]:
    """Give the quads turned so that the cut crosses the longer extent if it can, and which cannot be cut at all."""
    extent = extents_m(walls, quads)
    turn = extent[:, 1] > extent[:, 0] * np.exp(rng.normal(0.0, 0.22, len(quads)))
    room = walls.room(quads.start, quads.end) > 0
    across, along = room[:, 0] & room[:, 2], room[:, 1] & room[:, 3]
    turn = np.where(turn, along, ~across)
    return quads.turned(turn), ~(across | along)


def _shares(walls: Walls, quads: Quads, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Give how many parcels the first part gets and its share of the extent; large quads get dense and sparse parts."""
    count = len(quads)
    budget = quads.budget
    first = np.rint(budget * rng.uniform(0.36, 0.64, count)).astype(np.int64).clip(1, budget - 1)
    contrast = np.where(budget > 300, 1.3, np.where(budget > 40, 0.5, 0.15))
    odds = first / (budget - first) * np.exp(contrast * rng.normal(0.0, 1.0, count))
    share = odds / (1 + odds)
    needed = _MIN_PARCEL_M2 / np.maximum(_area_m2(walls, quads), 1.0)
    least = np.minimum(np.maximum(first * needed, _MARGIN), 0.5)
    most = np.maximum(np.minimum(1 - (budget - first) * needed, 1 - _MARGIN), 0.5)
    return first, np.clip(share, least, most)


def _between(walls: Walls, right: Quads, kind: Integers, width_m: Floats) -> tuple[Quads, Quads]:
    """Give the strips cut from the left of some right parts, and all right parts without them."""
    extent = extents_m(walls, right)[:, 0]
    room = walls.room(right.start, right.end)
    possible = (kind > PARCEL) & (width_m < 0.3 * extent) & (room[:, 0] > 0) & (room[:, 2] > 0)
    chosen = right.take(possible)
    share = width_m[possible] / np.maximum(extent[possible], 1.0)
    strip, rest = walls.cut(chosen, share, share, curved=~chosen.straight)
    strip = Quads(strip.start, strip.end, np.ones_like(strip.budget), kind[possible], strip.straight)
    return strip, joined([right.take(~possible), rest])


def _choose_strips(budget: Integers, rng: np.random.Generator, table: StripTable) -> tuple[Integers, Floats]:
    """Give the kind (`PARCEL` for none) and width of the strip each quad gets."""
    kind = np.full(len(budget), PARCEL, dtype=np.int64)
    width_m = np.zeros(len(budget))
    drawn, spread = rng.uniform(0.0, 1.0, (2, len(budget)))
    undecided = np.ones(len(budget), dtype=bool)
    for above_budget, strips in table:
        here = undecided & (budget > above_budget)
        undecided &= ~here
        floor = 0.0
        for strip in strips:
            chosen = here & (floor <= drawn) & (drawn < floor + strip.chance)
            kind[chosen] = strip.kind
            width_m[chosen] = strip.narrowest_m + spread[chosen] * (strip.widest_m - strip.narrowest_m)
            floor += strip.chance
    return kind, width_m
