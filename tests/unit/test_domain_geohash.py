import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain import geohash
from landdb.errors import InvalidValue

CODES = st.text(alphabet=geohash.ALPHABET, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (21.414080664, 105.315208682, "w7fcud24n1zq"),
        (21.315349911, 105.392906900, "w7fcq22fbtpq"),
        (19.797318843, 105.765433162, "w7e0wgbp9pwy"),
        (20.809410791, 105.329402474, "w7dyku4x8gqf"),
    ],
)
def test_the_golden_points_get_their_codes(lat, lon, code):
    assert geohash.encode(lat, lon) == code


@given(CODES)
def test_a_cells_centre_lies_in_the_cell_it_came_from(code):
    lat, lon, _, _ = geohash.decode(code)
    assert geohash.encode(lat, lon, len(code)) == code


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_point_lies_within_the_bounds_of_its_code(lat, lon):
    west, south, east, north = geohash.bounds(geohash.encode(lat, lon))
    rounding = 1e-12
    assert west - rounding <= lon <= east + rounding
    assert south - rounding <= lat <= north + rounding


def test_a_cell_in_phu_tho_is_a_few_centimetres_wide():
    _, _, lat_err, lon_err = geohash.decode("w7fcud24n1zq")
    assert 2 * lat_err * 110_750 == pytest.approx(0.0186, abs=0.0005)
    assert 2 * lon_err * 103_700 == pytest.approx(0.0348, abs=0.0005)


@pytest.mark.parametrize("code", ["", "w7a", "W7", "w7 "])
def test_letters_outside_the_alphabet_are_refused(code):
    with pytest.raises(InvalidValue) as refused:
        geohash.decode(code)
    assert refused.value.reason == "BAD_ALPHABET"


@pytest.mark.parametrize(("lat", "lon"), [(105.3, 21.4), (float("nan"), 105.0), (0.0, 181.0)])
def test_a_swapped_or_missing_position_is_refused(lat, lon):
    with pytest.raises(InvalidValue):
        geohash.encode(lat, lon)
