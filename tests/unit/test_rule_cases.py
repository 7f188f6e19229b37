"""The named situations of the array rules: WKT in, expected findings out, no database."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from landdb.domain.finding import Finding
from landdb.validators.catalogue import load_catalogue
from landdb.validators.checks import check_fabric, check_fabrics
from landdb.validators.fabric import CommuneFabric, UnusableParcel, build_fabric

CASES = Path(__file__).parents[1] / "cases"
CORNER = np.array([500_000.0, 2_300_000.0])
ARRAY_KINDS = {"geometry", "coverage"}
#: Checked sheet by sheet in test_rules_meridians.py.
BY_SHEET = {"ADM003"}

Case = dict[str, Any]


def array_rules() -> list[str]:
    rules = load_catalogue().rules.values()
    return [rule.rule_id for rule in rules if rule.kind in ARRAY_KINDS and rule.rule_id not in BY_SHEET]


def cases() -> list[Any]:
    return [
        pytest.param(rule_id, case, id=f"{rule_id}: {case['name']}")
        for rule_id in array_rules()
        for case in tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
    ]


def ground(wkt: str) -> Any:
    return shapely.transform(shapely.from_wkt(wkt), lambda xy: xy + CORNER)


def fabrics_of(case: Case) -> list[CommuneFabric]:
    """Give the communes of a situation: number 1, and those that units name with `commune`."""
    members = [*case.get("parcel", []), *case.get("object", [])]
    return [fabric_of(case, commune_id) for commune_id in sorted({1, *(m.get("commune", 1) for m in members)})]


def fabric_of(case: Case, commune_id: int) -> CommuneFabric:
    parcels = [
        (number, parcel, parcel.get("scale", 500))
        for number, parcel in enumerate(case.get("parcel", []), start=1)
        if parcel.get("commune", 1) == commune_id
    ]
    objects = [item for item in case.get("object", []) if item.get("commune", 1) == commune_id]
    unusable = [
        UnusableParcel(
            1000 + number, parcel["key"], parcel.get("reason", "Self-intersection"), tuple(CORNER + parcel["at"])
        )
        for number, parcel in enumerate(case.get("unusable", []) if commune_id == 1 else [])
    ]
    return build_fabric(
        commune_id,
        9208,
        [(number, parcel["key"], scale, ground(parcel["wkt"])) for number, parcel, scale in parcels],
        objects=[(item["key"], ground(item["wkt"])) for item in objects],
        boundary=ground(case["boundary"]) if "boundary" in case else None,
        unusable=unusable,
        from_other_zone=[*(parcel.get("other_zone", False) for _, parcel, _ in parcels), *(False for _ in objects)],
    )


def found_in(case: Case) -> list[Finding]:
    fabrics = fabrics_of(case)
    return check_fabric(fabrics[0]) if len(fabrics) == 1 else check_fabrics(fabrics)


def assert_is(finding: Finding, expected: Case) -> None:
    assert expected["subject"] == finding.subject
    assert expected.get("severity", finding.severity) == finding.severity
    for field in ("measure", "area_m2", "width_m"):
        if field in expected:
            assert getattr(finding, field) == pytest.approx(expected[field], rel=0.01)
    if "at" in expected:
        assert finding.point == pytest.approx(tuple(CORNER + expected["at"]), abs=0.05)
    for name, value in expected.get("details", {}).items():
        assert finding.details[name] == value
    assert expected.get("no_detail") not in finding.details


@pytest.mark.parametrize(("rule_id", "case"), cases())
def test_a_named_situation_gives_exactly_its_findings(rule_id: str, case: Case) -> None:
    findings = found_in(case)
    expected = case.get("finding", [])
    own = [finding for finding in findings if finding.rule_id == rule_id]
    assert [finding.subject for finding in own] == [item["subject"] for item in expected]
    for finding, item in zip(own, expected, strict=True):
        assert_is(finding, item)
    assert {finding.rule_id for finding in findings} - {rule_id} == set(case.get("also", []))


@pytest.mark.parametrize(("rule_id", "case"), cases())
def test_the_order_of_the_input_changes_nothing(rule_id: str, case: Case) -> None:
    turned = {**case, **{noun: case[noun][::-1] for noun in ("parcel", "object", "unusable") if noun in case}}
    summary = [
        [(f.rule_id, f.severity, f.subject, f.measure, f.area_m2, f.point, f.details) for f in found_in(one)]
        for one in (case, turned)
    ]
    assert summary[0] == summary[1]


def test_every_array_rule_has_named_situations_that_break_it_and_that_do_not() -> None:
    for rule_id in array_rules():
        situations = tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
        assert any("finding" in case for case in situations), rule_id
        assert rule_id == "GEO001" or any("finding" not in case for case in situations), rule_id
