from itertools import islice

from shapely.geometry import Point, box

from landdb.domain import geohash
from landdb.domain.crs import from_wgs84
from landdb.domain.parcel_codes import code_candidates, pole_of_inaccessibility

SQUARE = box(558_400, 2_368_900, 558_420, 2_368_920)


def test_the_pole_of_a_square_is_its_middle():
    assert pole_of_inaccessibility(SQUARE).distance(Point(558_410, 2_368_910)) < 0.02


def test_codes_differ_and_lie_in_the_parcel():
    codes = list(islice(code_candidates(SQUARE, 9208), 40))
    assert len(set(codes)) == 40
    for code in codes:
        lat, lon, *_ = geohash.decode(code)
        x, y = from_wgs84(9208)([lon], [lat])
        assert SQUARE.contains(Point(x[0], y[0]))


def test_a_sliver_has_at_least_one_code():
    assert next(code_candidates(box(558_400, 2_368_900, 558_400.02, 2_368_930), 9208))
