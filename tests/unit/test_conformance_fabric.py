"""The invented fabrics are what they claim to be: exact, irregular, the same every time."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.conformance.commune import FabricCommune, make_commune, make_fabric
from landdb.conformance.judged import to_commune_fabric
from landdb.conformance.province import plan_fabric
from landdb.conformance.storage import read_commune, write_commune
from landdb.conformance.variants import giant_road, in_zone, rotated, with_noise, without_half_the_t_vertices
from landdb.validators.checks import check_fabric


@pytest.fixture(scope="module")
def communes() -> list[FabricCommune]:
    return list(make_fabric(1, 6_000, communes=4))


def units(commune: FabricCommune) -> np.ndarray:
    return np.concatenate([commune.parcels, commune.objects])


def all_units(communes: list[FabricCommune]) -> np.ndarray:
    return np.concatenate([units(commune) for commune in communes])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), parcel_count=st.integers(20, 900), communes=st.integers(1, 5))
def test_every_fabric_covers_its_ground_exactly_across_all_borders(seed: int, parcel_count: int, communes: int) -> None:
    made = list(make_fabric(seed, max(parcel_count, 10 * communes), communes=communes))
    everything = all_units(made)
    assert shapely.is_valid(everything).all()
    assert shapely.is_empty(shapely.coverage_invalid_edges(everything)).all()
    ground = sum(commune.boundary.area for commune in made)
    assert shapely.area(everything).sum() == pytest.approx(ground, abs=1e-6)
    assert sum(len(commune.parcels) for commune in made) == max(parcel_count, 10 * communes)


def test_a_commune_is_the_same_alone_as_among_its_neighbours(communes: list[FabricCommune]) -> None:
    alone = make_commune(plan_fabric(1, 6_000, 4), 2)
    assert shapely.equals_exact(units(alone), units(communes[2]), tolerance=0).all()
    assert alone.keys == communes[2].keys


def test_a_fabric_has_what_real_ones_have(communes: list[FabricCommune]) -> None:
    parcels = np.concatenate([commune.parcels for commune in communes])
    vertices = shapely.get_num_coordinates(parcels) - 1
    assert 11 < vertices.mean() < 14
    assert 4 <= vertices.min() <= vertices.max() <= 45
    assert shapely.get_num_interior_rings(parcels).sum() >= 10, "enclaves and ponds"
    assert (shapely.get_num_geometries(parcels) > 1).any(), "parcels in two parts"
    assert {kind for commune in communes for kind in commune.object_kind} >= {"road", "river"}
    assert len({scale for commune in communes for scale in commune.scale_denominator}) >= 3
    assert np.array_equal(np.rint(shapely.get_coordinates(parcels) * 1000) / 1000, shapely.get_coordinates(parcels))
    numbers = [(commune.index, key) for commune in communes for key in commune.keys]
    assert len(set(numbers)) == len(parcels)


def test_landdb_finds_nothing_on_a_clean_fabric_but_the_parcels_in_two_parts(communes: list[FabricCommune]) -> None:
    for commune in communes:
        found = [finding.rule_id for finding in check_fabric(to_commune_fabric(commune))]
        assert found == ["GEO005"] * int((shapely.get_num_geometries(commune.parcels) > 1).sum())


def test_a_commune_comes_back_from_its_file_as_it_was(communes: list[FabricCommune], tmp_path: Path) -> None:
    again = read_commune(write_commune(tmp_path, communes[1]))
    assert shapely.equals_exact(units(again), units(communes[1]), tolerance=0).all()
    assert again.keys == communes[1].keys
    assert np.array_equal(again.legal_area_m2, communes[1].legal_area_m2)
    assert np.array_equal(again.land_use, communes[1].land_use)
    assert again.boundary.equals_exact(communes[1].boundary, 0)


def test_connected_roads_are_one_polygon_around_all_blocks() -> None:
    plan = plan_fabric(3, 6_000, 4, roads_connected=True)
    _, road = giant_road([make_commune(plan, index) for index in range(4)])
    parts = shapely.get_parts(road)
    largest = parts[np.argmax(shapely.get_num_coordinates(parts))]
    assert shapely.get_num_coordinates(largest) > 0.99 * shapely.get_num_coordinates(road)
    assert shapely.get_num_interior_rings(largest) > 15


def test_the_giant_road_takes_the_place_of_all_roads(communes: list[FabricCommune]) -> None:
    rest, road = giant_road(communes)
    ground = np.append(all_units(rest), road)
    assert shapely.is_empty(shapely.coverage_invalid_edges(ground)).all()
    assert shapely.area(ground).sum() == pytest.approx(shapely.area(all_units(communes)).sum(), abs=1e-6)
    assert not any((commune.object_kind == "road").any() for commune in rest)


def test_dropped_t_vertices_leave_valid_parcels_of_the_same_shape(communes: list[FabricCommune]) -> None:
    thinned = without_half_the_t_vertices(communes[0], 7)
    before, after = (shapely.get_num_coordinates(one.parcels) for one in (communes[0], thinned))
    assert 0.02 < (before - after).sum() / before.sum() < 0.4
    assert shapely.is_valid(thinned.parcels).all()
    assert (shapely.hausdorff_distance(thinned.parcels, communes[0].parcels) < 40).all()
    assert shapely.area(shapely.symmetric_difference(thinned.parcels, communes[0].parcels)).max() < 0.2
    assert (~shapely.is_empty(shapely.coverage_invalid_edges(units(thinned)))).mean() > 0.3


def test_noise_moves_every_polygon_alone_and_a_turn_moves_all_together(communes: list[FabricCommune]) -> None:
    noisy, turned = with_noise(communes[0], 7), rotated(communes[0])
    assert shapely.is_valid(units(noisy)).all()
    assert (~shapely.is_empty(shapely.coverage_invalid_edges(units(noisy)))).mean() > 0.9
    assert shapely.is_empty(shapely.coverage_invalid_edges(units(turned))).all()
    assert turned.boundary.area == pytest.approx(communes[0].boundary.area)


def test_a_commune_in_another_zone_is_still_exact_in_itself(communes: list[FabricCommune]) -> None:
    moved = in_zone(communes[0], 9209)
    assert moved.srid == 9209
    assert shapely.is_valid(units(moved)).all()
    assert shapely.is_empty(shapely.coverage_invalid_edges(units(moved))).all()
    assert in_zone(moved, communes[0].srid).boundary.equals_exact(communes[0].boundary, 5e-3)
