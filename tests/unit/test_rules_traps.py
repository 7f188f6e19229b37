"""Traps of coverage validation, each seen in some other validator, on generated irregular fabrics."""

import time
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators.arrangement import arrange
from landdb.validators.catalogue import load_catalogue
from landdb.validators.checks import check_fabric
from landdb.validators.fabric import CommuneFabric, build_fabric
from landdb.validators.rim import Rim, rim_of_fabric

CORNER = (500_000.0, 2_300_000.0)
MID = (0.3, 0.7)

Polygons = list[shapely.Polygon]


def grid(columns: int, rows: int, *, seed: int = 1, step: float = 20.0) -> Polygons:
    """Give a sound coverage of irregular quadrangles on a 1 mm grid, with vertices along their edges."""
    noise = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(columns + 1) * step, np.arange(rows + 1) * step, indexing="ij")
    x = np.round(x + CORNER[0] + noise.uniform(-4, 4, x.shape), 3)
    y = np.round(y + CORNER[1] + noise.uniform(-4, 4, y.shape), 3)
    polygons = []
    for i in range(columns):
        for j in range(rows):
            corners = [(x[k], y[k]) for k in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))]
            polygons.append(shapely.Polygon([p for pair in zip(corners, corners[1:] + corners[:1], strict=True)
                                             for p in with_middles(*pair)]))  # fmt: skip
    return polygons


def with_middles(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    """Give the start of an edge and the vertices along it, the same from both ends."""
    low, high = min(a, b), max(a, b)
    parts = MID if a < b else MID[::-1]
    return [a, *((round(low[0] + (high[0] - low[0]) * t, 3), round(low[1] + (high[1] - low[1]) * t, 3)) for t in parts)]


def fabric(polygons: Sequence[BaseGeometry], objects: Sequence[BaseGeometry] = (), scale: int = 500) -> CommuneFabric:
    return build_fabric(
        1,
        9208,
        [(number, f"{number // 500}/{number % 500}", scale, polygon) for number, polygon in enumerate(polygons)],
        objects=[("road", item) for item in objects],
    )


def rim(ground: CommuneFabric) -> Rim:
    return rim_of_fabric(ground, load_catalogue())


def kinds(findings: Sequence[Finding]) -> list[str]:
    return [finding.rule_id for finding in findings]


def shaken(polygon: shapely.Polygon, noise: np.random.Generator, size_m: float) -> shapely.Polygon:
    """Give the polygon with every vertex moved on its own, unlike its neighbours'."""
    xy = shapely.get_coordinates(polygon)[:-1]
    return shapely.Polygon(xy + noise.uniform(-size_m, size_m, xy.shape))


def turned(polygon: BaseGeometry) -> BaseGeometry:
    """Give the polygon turned by 17 degrees: no coordinate lies on a round millimetre any more."""
    angle = np.radians(17)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return shapely.transform(polygon, lambda xy: (xy - CORNER) @ turn + CORNER)


def test_a_sound_fabric_has_no_finding_and_only_its_outline_is_residual() -> None:
    sound = fabric(grid(8, 8))
    assert check_fabric(sound) == []
    assert len(rim(sound).segments) == 4 * 8 * 3


def test_noise_of_a_micrometre_on_every_vertex_is_no_finding() -> None:
    noise = np.random.default_rng(2)
    assert check_fabric(fabric([shaken(turned(one), noise, 1e-6) for one in grid(10, 10)])) == []


def test_noise_of_a_millimetre_is_below_what_anybody_is_told() -> None:
    noise = np.random.default_rng(3)
    assert check_fabric(fabric([shaken(one, noise, 1e-3) for one in grid(6, 6)])) == []


def test_half_the_vertices_dropped_gives_mismatches_and_never_a_gap_or_overlap() -> None:
    noise = np.random.default_rng(4)
    polygons = []
    for polygon in grid(8, 8):
        xy = shapely.get_coordinates(polygon)[:-1]
        kept = (np.arange(len(xy)) % 3 == 0) | (noise.random(len(xy)) < 0.5)
        polygons.append(shapely.Polygon(xy[kept]))
    assert set(kinds(check_fabric(fabric(polygons)))) == {"COV006"}


def test_a_giant_road_polygon_with_many_holes_fits_its_blocks() -> None:
    cells = grid(12, 12)
    is_road = [i % 4 == 0 or j % 4 == 0 for i in range(12) for j in range(12)]
    road = shapely.union_all([cell for cell, flag in zip(cells, is_road, strict=True) if flag])
    parcels = [cell for cell, flag in zip(cells, is_road, strict=True) if not flag]
    assert check_fabric(fabric(parcels, [road])) == []
    assert kinds(check_fabric(fabric(parcels[1:], [road]))) == ["COV005"]


def test_a_face_whose_point_lies_on_a_cancelled_edge_has_the_right_cover() -> None:
    x, y = CORNER
    halves = [shapely.box(x, y, x + 5, y + 10), shapely.box(x + 5, y, x + 10, y + 10)]
    shown = rim(fabric([*halves, shapely.box(x, y, x + 10, y + 10)]))
    # the middle of the doubly covered square lies on the halves' common edge, which cancels
    assert sorted(arrange(shown.units, shown.segments, shown.zone).cover.tolist()) == [0, 2]


@pytest.mark.parametrize("depth_m", [0.01, 0.1, 1.0])
def test_a_planted_overlap_is_found_at_any_depth_beyond_noise(depth_m: float) -> None:
    cells = grid(5, 5)
    cells[12] = cells[12].buffer(depth_m, join_style="mitre")
    found = check_fabric(fabric(cells))
    assert set(kinds(found)) <= {"COV001", "COV002", "COV006"}
    concerned = {finding.subject for finding in found if finding.rule_id in {"COV001", "COV002"}}
    assert {"0/12|0/7", "0/11|0/12", "0/12|0/13", "0/12|0/17"} <= concerned


@pytest.mark.parametrize("depth_m", [0.01, 0.1, 1.0])
def test_a_planted_gap_is_found_at_any_width_beyond_noise(depth_m: float) -> None:
    cells = grid(5, 5)
    cells[12] = cells[12].buffer(-depth_m, join_style="mitre")
    found = [finding for finding in check_fabric(fabric(cells)) if finding.rule_id != "COV006"]
    assert kinds(found) == ["COV004"]
    assert found[0].width_m == pytest.approx(depth_m, rel=0.5)


def test_duplicate_contained_and_identical_parcels_do_not_hide_each_other() -> None:
    cells = grid(5, 5)
    inner = cells[6].centroid.buffer(3)
    findings = check_fabric(fabric([*cells, cells[12], inner]))
    assert [(f.rule_id, f.subject) for f in findings] == [("COV003", "0/12|0/25"), ("COV008", "0/26|0/6")]


def test_a_stray_parcel_a_thousand_kilometres_away_changes_nothing() -> None:
    cells = grid(4, 4)
    stray = shapely.transform(cells[0], lambda xy: xy + np.array([1_800_000.0, -1_700_000.0]))
    assert check_fabric(fabric([*cells, stray])) == []


def test_neighbours_drawn_in_two_zones_may_differ_by_millimetres() -> None:
    x, y = CORNER
    parcels = [
        (1, "1/1", 500, shapely.box(x, y, x + 30, y + 30)),
        (2, "2/1", 500, shapely.box(x + 29.995, y, x + 60, y + 30)),
    ]
    assert kinds(check_fabric(build_fabric(1, 9208, parcels))) == ["COV002"]
    assert check_fabric(build_fabric(1, 9208, parcels, from_other_zone=[False, True])) == []


def test_an_empty_commune_and_a_commune_of_objects_only_have_no_finding() -> None:
    assert check_fabric(fabric([])) == []
    assert check_fabric(fabric([], grid(2, 2))) == []


def test_five_thousand_parcels_take_seconds_not_minutes() -> None:
    ground = fabric(grid(70, 70))
    started = time.perf_counter()
    assert check_fabric(ground) == []
    assert time.perf_counter() - started < 10


def planted(seed: int) -> Polygons:
    """Give a fabric with one fault of each kind at places that the seed chooses."""
    cells = grid(7, 7, seed=seed)
    noise = np.random.default_rng(seed)
    inner = noise.permutation([i * 7 + j for i in (1, 3, 5) for j in (1, 3, 5)])
    cells[inner[0]] = cells[inner[0]].buffer(0.4, join_style="mitre")
    cells[inner[1]] = cells[inner[1]].buffer(-0.4, join_style="mitre")
    cells.append(cells[inner[2]])
    cells.append(cells[inner[3]].centroid.buffer(2))
    del cells[inner[4]]
    return cells


def summary(findings: Sequence[Finding], shift: NDArray[np.float64]) -> list[tuple[str, str, str]]:
    """Give what does not depend on where the commune lies, places rounded to the decimetre."""
    return sorted(
        (finding.rule_id, finding.subject, str(np.round(np.array(finding.point) - shift, 1) + 0.0))
        for finding in findings
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 1000), st.integers(-200_000, 200_000), st.integers(-400_000, 400_000))
def test_moving_the_commune_moves_its_findings(seed: int, east: int, north: int) -> None:
    cells = planted(seed)
    shift = np.array([east, north], dtype=float)
    moved = [shapely.transform(cell, lambda xy: xy + shift) for cell in cells]
    here, there = check_fabric(fabric(cells)), check_fabric(fabric(moved))
    assert {"COV001", "COV003", "COV004", "COV005"} <= set(kinds(here))
    assert [one[:2] for one in summary(here, np.zeros(2))] == [one[:2] for one in summary(there, shift)]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 1000), st.randoms(use_true_random=False))
def test_the_order_of_the_parcels_changes_nothing(seed: int, random: object) -> None:
    numbered = list(enumerate(planted(seed)))
    mixed = list(numbered)
    random.shuffle(mixed)
    results = [
        check_fabric(build_fabric(1, 9208, [(number, f"1/{number}", 500, cell) for number, cell in order]))
        for order in (numbered, mixed)
    ]
    assert [(f.rule_id, f.subject, f.measure, f.area_m2, f.point, f.details) for f in results[0]] == [
        (f.rule_id, f.subject, f.measure, f.area_m2, f.point, f.details) for f in results[1]
    ]
