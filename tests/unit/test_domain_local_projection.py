"""Polynomials instead of PROJ: as near as makes no difference, everywhere, and the same for the same vertex."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain import crs, local_projection

ZONES = [*crs.ZONES, 3405, 3406]
COMMUNE_METRES = 30_000.0


@given(
    srid=st.sampled_from(ZONES),
    east=st.floats(50_000, 920_000),
    north=st.floats(700_000, 2_670_000),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_commune_in_every_zone_lands_where_proj_puts_it(srid: int, east: float, north: float, seed: int) -> None:
    spread = np.random.default_rng(seed).random((2, 300)) * COMMUNE_METRES
    x, y = east + spread[0], north + spread[1]
    found = np.array(local_projection.to_wgs84(srid, x, y))
    assert np.abs(found - crs.to_wgs84(srid)(x, y)).max() < 1e-10


@given(st.floats(400_000, 600_000), st.floats(2_200_000, 2_500_000), st.integers(1, 50))
def test_a_vertex_lands_alike_whatever_it_comes_with(east: float, north: float, neighbours: int) -> None:
    x = np.concatenate(([east], east + np.linspace(-40_000, 40_000, neighbours)))
    y = np.concatenate(([north], np.full(neighbours, north)))
    alone = local_projection.to_wgs84(9208, x[:1], y[:1])
    among = local_projection.to_wgs84(9208, x, y)
    assert (alone[0][0], alone[1][0]) == (among[0][0], among[1][0])


@pytest.mark.parametrize("srid", [2154, crs.VN2000_GEOGRAPHIC])
def test_other_systems_go_through_proj(srid: int) -> None:
    x, y = (np.array([652_381.0]), np.array([6_862_047.0])) if srid == 2154 else (np.array([105.3]), np.array([21.4]))
    np.testing.assert_array_equal(local_projection.to_wgs84(srid, x, y), crs.to_wgs84(srid)(x, y))


@pytest.mark.parametrize("far", [np.nan, np.inf, 1e9, -4e7])
def test_what_is_not_on_earth_goes_through_proj(far: float) -> None:
    for x, y in (([500_000.0, far], [2_300_000.0] * 2), ([500_000.0] * 2, [far, 2_300_000.0])):
        found = local_projection.to_wgs84(9208, np.array(x), np.array(y))
        np.testing.assert_array_equal(found, crs.to_wgs84(9208)(x, y))


def test_a_tile_that_a_polynomial_misses_goes_through_proj(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_projection, "_TOLERANCE_DEGREES", 0.0)
    local_projection._tile.cache_clear()
    x, y = np.array([500_000.0, 700_000.0]), np.array([2_300_000.0, 2_400_000.0])
    np.testing.assert_array_equal(local_projection.to_wgs84(9208, x, y), crs.to_wgs84(9208)(x, y))
    local_projection._tile.cache_clear()


def test_no_points_give_no_points() -> None:
    lon, lat = local_projection.to_wgs84(9208, np.empty(0), np.empty(0))
    assert len(lon) == len(lat) == 0
