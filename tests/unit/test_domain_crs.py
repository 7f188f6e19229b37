import time

import numpy as np
import pyproj.network
import pytest
from pyproj import Transformer

from landdb.domain import crs
from landdb.domain.geohash import encode
from landdb.errors import InvalidValue

GOLDEN = [
    (9208, 558400, 2368900, 21.414080664, 105.315208682, "w7fcud24n1zq"),
    (9208, 566500, 2358000, 21.315349911, 105.392906900, "w7fcq22fbtpq"),
    (5897, 580000, 2190000, 19.797318843, 105.765433162, "w7e0wgbp9pwy"),
    (9211, 430000, 2302000, 20.809410791, 105.329402474, "w7dyku4x8gqf"),
]
#: A sheet near Hòa Bình town, and the middle of its commune.
HOA_BINH_SHEET = np.array([[430000.0, 2302000.0], [430200.0, 2302150.0], [429900.0, 2301900.0]])
HOA_BINH_CENTRE = (105.33, 20.81)


@pytest.mark.parametrize(("srid", "easting", "northing", "lat", "lon", "code"), GOLDEN)
def test_the_golden_points_land_where_the_state_says(srid, easting, northing, lat, lon, code):
    found_lon, found_lat = crs.to_wgs84(srid)(easting, northing)
    assert float(found_lat) == pytest.approx(lat, abs=1e-8)
    assert float(found_lon) == pytest.approx(lon, abs=1e-8)
    assert encode(float(found_lat), float(found_lon)) == code


def test_wrong_rotation_signs_would_land_three_quarters_of_a_metre_away():
    definition = crs._TO_GEOCENTRIC_AND_BACK.replace("coordinate_frame", "position_vector")
    wrong = Transformer.from_pipeline("+proj=pipeline" + crs._unproject(9208) + definition)
    lon, lat = wrong.transform(558400, 2368900)
    easting, northing = crs.from_wgs84(9208)(lon, lat)
    assert np.hypot(easting - 558400, northing - 2368900) == pytest.approx(0.765, abs=0.005)


@pytest.mark.parametrize("srid", [*sorted(crs.ZONES), 3405, 3406, 4756])
def test_every_zone_equals_the_operation_proj_calls_number_two(srid):
    (two,) = [
        transformer
        for transformer in pyproj.transformer.TransformerGroup(srid, 4326, always_xy=True).transformers
        if "VN-2000 to WGS 84 (2)" in transformer.description
    ]
    x, y = (105.2, 21.3) if srid == 4756 else (480_000.0, 2_300_000.0)
    lon, lat = crs.to_wgs84(srid)(x, y)
    assert (float(lon), float(lat)) == pytest.approx(two.transform(x, y), abs=1e-9)


def test_there_and_back_moves_a_point_by_less_than_a_millimetre():
    x, y = np.array([440_000.0, 500_000.0, 570_000.0]), np.array([2_150_000.0, 2_300_000.0, 2_400_000.0])
    back_x, back_y = crs.from_wgs84(5897)(*crs.to_wgs84(5897)(x, y))
    assert np.hypot(back_x - x, back_y - y).max() < 0.002


def test_the_network_stays_off():
    assert not pyproj.network.is_network_enabled()


def test_a_million_vertices_convert_within_a_second():
    generator = np.random.default_rng(7)
    x = 500_000 + 80_000 * generator.random(1_200_000)
    y = 2_300_000 + 80_000 * generator.random(1_200_000)
    crs.to_wgs84(9208)(x[:10], y[:10])
    elapsed = min(_seconds(x, y) for _ in range(3))
    assert elapsed < 1.0


def _seconds(x, y):
    started = time.process_time()
    crs.to_wgs84(9208)(x, y)
    return time.process_time() - started


def test_a_hoa_binh_sheet_claimed_as_9208_is_found_to_be_9211():
    srids = crs.zones_of_province("25")
    (only,) = crs.candidates(HOA_BINH_SHEET, HOA_BINH_CENTRE, 10, srids)
    assert (only.srid, only.axes) == (9211, "EN")
    assert only.distance_km < 1


def test_a_wider_search_still_names_the_right_zone_first():
    found = crs.candidates(HOA_BINH_SHEET, HOA_BINH_CENTRE, 200, crs.zones_of_province("25"))
    assert [candidate.srid for candidate in found] == [9211, 5897, 9208]


def test_swapped_axes_are_recognised_and_named():
    swapped = HOA_BINH_SHEET[:, ::-1]
    assert crs.axes_look_swapped(swapped[:, 0], swapped[:, 1])
    assert not crs.axes_look_swapped(HOA_BINH_SHEET[:, 0], HOA_BINH_SHEET[:, 1])
    best = crs.candidates(swapped, HOA_BINH_CENTRE, 10, [9208, 9211])[0]
    assert (best.srid, best.axes) == (9211, "NE")


def test_the_south_is_not_taken_for_swapped():
    assert not crs.axes_look_swapped([560_000.0], [950_000.0])
    assert crs.axes_look_swapped([950_000.0], [560_000.0])
    assert not crs.axes_look_swapped([float("nan")], [1.0])


def test_points_from_nowhere_have_no_candidates():
    assert crs.candidates([[0.0, 0.0], [float("inf"), 1.0]], HOA_BINH_CENTRE, 50, [9208, 5897]) == []


@pytest.mark.parametrize(
    ("province", "zones"),
    [("25", [9208, 5897, 9211]), ("38", [5897]), ("24", [9214, 9209]), ("12", [9208, 9205]), ("99", [])],
)
def test_a_merged_province_has_the_zones_of_its_parts(province, zones):
    assert crs.zones_of_province(province) == zones


def test_other_systems_go_through_proj():
    lon, lat = crs.to_wgs84(2154)(652_381.0, 6_862_047.0)
    assert (float(lon), float(lat)) == pytest.approx((2.3508, 48.8567), abs=0.01)
    assert not crs.is_vn2000(2154)
    assert all(map(crs.is_vn2000, [9208, 3405, 4756]))


def test_an_unknown_system_is_refused():
    with pytest.raises(InvalidValue):
        crs.to_wgs84(999_999)
