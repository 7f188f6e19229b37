"""Every planted fault is found under its right rule at its right place, and nothing is invented."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from landdb.conformance.commune import make_fabric
from landdb.conformance.judged import judge
from landdb.conformance.planting import KINDS, PlantedFabric, plant
from landdb.conformance.scoring import Score, ToolFinding, score
from landdb.conformance.variants import PIVOT, rotated, with_noise, without_half_the_t_vertices
from landdb.validators.catalogue import load_catalogue


@pytest.fixture(scope="module", params=[11, 12])
def fabric(request: pytest.FixtureRequest) -> PlantedFabric:
    communes = list(make_fabric(request.param, 4_500, communes=4))
    return plant(communes, request.param, each=1, two_zones=True)


def wrong(scored: Score) -> dict[str, list[object]]:
    return {
        "missed": [(fault.kind, fault.size, expected.rule_id) for fault, expected in scored.missed],
        "misnamed": [(f.kind, f.size, e.rule_id, found.rule_id) for f, e, found in scored.misnamed],
        "invented": [(found.rule_id, sorted(found.names)) for found in (*scored.invented, *scored.repeated)],
        "severity": [key for key, tally in scored.tallies.items() if tally.right_severity != tally.expected],
    }


NOTHING: dict[str, list[object]] = {"missed": [], "misnamed": [], "invented": [], "severity": []}


def test_every_fault_is_found_under_its_rule_and_none_is_invented(fabric: PlantedFabric) -> None:
    assert wrong(score(fabric.planted, judge(fabric.communes))) == NOTHING


def test_every_kind_that_has_a_rule_finds_a_site(fabric: PlantedFabric) -> None:
    kinds = {fault.kind for fault in fabric.planted}
    assert len(kinds) >= 30
    assert kinds == {kind.name for kind in KINDS} - set(fabric.without_rule)
    known = set(load_catalogue().rules)
    assert all(kind.needs not in known for kind in KINDS if kind.name in fabric.without_rule)


def test_a_micrometre_of_noise_on_every_vertex_changes_nothing(fabric: PlantedFabric) -> None:
    noisy = [with_noise(commune, 5) for commune in fabric.communes]
    # out and back on one line becomes out and back on two: a spike, no longer an invalid ring
    # and a hole that touched its shell at a point now crosses it there
    others = [fault for fault in fabric.planted if fault.kind in {"spike_line", "hole_touching"}]
    kept = [fault for fault in fabric.planted if fault not in others]
    found = [f for f in judge(noisy) if not any(shapely.dwithin(f.place, fault.site, 1.0) for fault in others)]
    assert wrong(score(kept, found)) == NOTHING


def test_ground_turned_off_its_grid_gives_the_same_findings() -> None:
    # in one zone and without misplaced sheets, which would no longer be where anybody looks for them
    kinds = [kind for kind in KINDS if kind.name not in {"wrong_meridian", "swapped_axes"}]
    fabric = plant(list(make_fabric(11, 4_500, communes=4)), 11, each=1, kinds=kinds)
    found = judge([rotated(commune, 17.0) for commune in fabric.communes])
    assert wrong(score(fabric.planted, [_turned_back(finding) for finding in found])) == NOTHING


def _turned_back(finding: ToolFinding) -> ToolFinding:
    turn = np.radians(-17.0)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return replace(finding, place=shapely.transform(finding.place, lambda xy: PIVOT + (xy - PIVOT) @ matrix))


def test_without_half_the_t_vertices_only_missing_vertices_are_added(fabric: PlantedFabric) -> None:
    thinned = [without_half_the_t_vertices(commune, 5) for commune in fabric.communes]
    scored = score(fabric.planted, judge(thinned))
    # what consists of a vertex (a repeated one, a bow tie's) can go with it
    vertex_rules = {"COV006", "COV011", "GEO001", "GEO003", "GEO008", "GEO009"}
    assert {finding.rule_id for finding in (*scored.invented, *scored.repeated)} <= vertex_rules
    assert [fault.kind for fault, expected in scored.missed if expected.rule_id not in vertex_rules] == []


def test_an_answer_must_name_the_right_rule_parcels_and_place(fabric: PlantedFabric) -> None:
    fault = next(fault for fault in fabric.planted if fault.kind == "overlap" and fault.size == "1 m")
    expected = fault.expected[0]
    right = ToolFinding(expected.rule_id, expected.place, expected.names, expected.severity)
    assert score([fault], [right]).missed == []
    assert len(score([fault], [replace(right, rule_id="COV009")]).misnamed) == 1
    assert len(score([fault], [replace(right, names=frozenset({"99001/1/1"}))]).misnamed) == 1
    elsewhere = replace(right, place=shapely.affinity.translate(expected.place, 3.0, 3.0))
    assert len(score([fault], [elsewhere]).missed) == 1
    assert len(score([fault], [right, right]).repeated) == 1
    assert len(score([], [right]).invented) == 1


def test_the_same_seed_plants_the_same_faults() -> None:
    one, other = (plant(list(make_fabric(4, 1_200, communes=2)), 4, each=1) for _ in range(2))
    assert [fault.site.wkb for fault in one.planted] == [fault.site.wkb for fault in other.planted]
    assert [fault.names for fault in one.planted] == [fault.names for fault in other.planted]
