"""A finding is known again by what it is about and where it lies, whatever else happened."""

import random
import time

import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.crs import from_wgs84, to_wgs84
from landdb.domain.recognition import NEAR_M, Sighting, fingerprint, recognise

SRID = 9208
X, Y = 556_000.0, 2_370_000.0


def sighting(
    east: float, north: float = 0.0, *, subject: str = "12/1|12/2", rule: str = "COV001", side: float = 0.4,
    srid: int = SRID,
) -> Sighting:  # fmt: skip
    """Give a square overlap, its corner so many metres from a fixed place."""
    ground = shapely.box(X + east, Y + north, X + east + side, Y + north + side)
    return placed(ground, subject=subject, rule=rule, srid=srid)


def placed(ground: shapely.Polygon, *, subject: str, rule: str, srid: int = SRID) -> Sighting:
    point = ground.centroid
    lon, lat = to_wgs84(srid)([point.x], [point.y])
    width = ground.bounds[2] - ground.bounds[0]
    return Sighting(rule, subject, 1, srid, ground, float(lon[0]), float(lat[0]), width, ground.area, width)


def again(found: list[Sighting], known: list[Sighting]) -> list[int | None]:
    return recognise(found, known, [False] * len(known))


# Equal findings: one rule, one pair of parcels, at least four metres apart.
several = st.lists(st.integers(0, 40), min_size=1, max_size=8, unique=True).map(
    lambda places: [sighting(4.0 * place) for place in places]
)


@given(several, st.randoms(use_true_random=False))
def test_order_does_not_matter(known: list[Sighting], shuffle: random.Random) -> None:
    found = list(range(len(known)))
    shuffle.shuffle(found)
    assert again([known[index] for index in found], known) == found


@given(several, st.data())
def test_when_one_of_several_equal_ones_goes_the_others_stay_who_they_are(
    known: list[Sighting], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(known) - 1))
    left = [index for index in range(len(known)) if index != gone]
    assert again([known[index] for index in left], known) == left


@given(several, several)
def test_unrelated_findings_change_nothing(known: list[Sighting], others: list[Sighting]) -> None:
    strangers = [other._replace(subject="7/1|7/9") for other in others]
    assert again([*strangers, *known], known)[len(strangers) :] == list(range(len(known)))
    assert again(strangers, [*strangers, *known]) == list(range(len(strangers)))


moves = st.floats(-0.6, 0.6)


@given(several, st.lists(st.tuples(moves, moves), min_size=8, max_size=8), st.floats(0.2, 0.9))
def test_a_small_redraw_keeps_identities(known: list[Sighting], by: list[tuple[float, float]], side: float) -> None:
    redrawn = []
    for seen, (east, north) in zip(known, by, strict=False):
        west, south, *_ = seen.geometry.bounds
        redrawn.append(sighting(west - X + east, south - Y + north, side=side))
    assert again(redrawn, known) == list(range(len(known)))


@given(st.floats(NEAR_M + 0.5, 80), st.floats(0.5, 0.9))
def test_another_place_of_another_size_is_another_finding(apart: float, side: float) -> None:
    assert again([sighting(apart + 0.4, side=side)], [sighting(0)]) == [None]


@given(several, st.floats(-8, 8), st.floats(-8, 8))
def test_a_sheet_that_was_shifted_takes_its_findings_along(known: list[Sighting], east: float, north: float) -> None:
    apart = [seen._replace(subject=f"12/{number}|12/99") for number, seen in enumerate(known)]
    moved = [
        placed(shapely.affinity.translate(s.geometry, east, north), subject=s.subject, rule=s.rule_id) for s in apart
    ]
    assert again(moved, apart) == list(range(len(known)))


def test_a_sheet_brought_to_another_zone_takes_its_findings_along() -> None:
    known = [sighting(0), sighting(30)]
    other = 9209
    moved = []
    for seen in known:
        lonlat = to_wgs84(SRID)(*seen.geometry.exterior.coords.xy)
        ground = shapely.Polygon(zip(*from_wgs84(other)(*lonlat), strict=True))
        moved.append(Sighting(*seen[:3], other, ground, *seen[5:]))
    assert again(moved[::-1], known) == [1, 0]


def test_renumbered_parcels_keep_their_fault_and_the_name_they_share_decides() -> None:
    known = [sighting(0, subject="12/1|12/2"), sighting(0, subject="12/1|12/3"), sighting(0, subject="12/2|12/3")]
    found = [sighting(0, subject="12/2|99/3"), sighting(0, subject="12/1|12/2"), sighting(0, subject="12/1|99/3")]
    assert again(found, known) == [2, 0, 1]
    assert again([sighting(0.3, subject="99/1|99/2")], known[:1]) == [None]


def test_a_fixed_finding_is_back_only_when_no_live_one_is_meant() -> None:
    fixed, live = sighting(0), sighting(0.5)
    assert recognise([sighting(0)], [fixed, live], [True, False]) == [1]
    assert recognise([sighting(0), sighting(0.5)], [fixed, live], [True, False]) == [0, 1]
    assert recognise([sighting(0)], [fixed], [True]) == [0]


def test_what_has_no_shape_is_about_its_subject_alone() -> None:
    known = Sighting("TEN001", "12/1", 1, 0, None, 105.2, 21.4, 1.5, None, None)
    assert again([known._replace(lon=105.9, measure=2.0)], [known]) == [0]
    assert again([known._replace(subject="12/2")], [known]) == [None]


def test_a_crowd_about_one_subject_is_told_apart_by_place_in_good_time() -> None:
    known = [sighting(3.0 * place) for place in range(4000)]
    found = [sighting(3.0 * place + 0.2, side=0.5) for place in reversed(range(4000)) if place != 7]
    started = time.process_time()
    assert again(found, known) == [place for place in reversed(range(4000)) if place != 7]
    shapeless = [seen._replace(geometry=None, measure=float(n)) for n, seen in enumerate(known)]
    assert again(shapeless[::-1], shapeless) == list(range(4000))[::-1]
    assert time.process_time() - started < 5


def test_a_fingerprint_tells_rule_commune_subject_place_and_number_apart() -> None:
    first = fingerprint("07954", "COV001", "12/1|12/2", (105.2, 21.4), 0)
    others = [
        fingerprint("07900", "COV001", "12/1|12/2", (105.2, 21.4), 0),
        fingerprint("07954", "COV002", "12/1|12/2", (105.2, 21.4), 0),
        fingerprint("07954", "COV001", "12/1|12/3", (105.2, 21.4), 0),
        fingerprint("07954", "COV001", "12/1|12/2", (105.2, 21.40001), 0),
        fingerprint("07954", "COV001", "12/1|12/2", (105.2, 21.4), 1),
        fingerprint("07954", "COV001", "12/1|12/2", None, 0),
    ]
    assert len({first, *others}) == 7
    assert fingerprint("07954", "COV001", "12/1|12/2", (105.2 + 1e-12, 21.4), 0) == first
