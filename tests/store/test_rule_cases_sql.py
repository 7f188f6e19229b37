"""The named situations of the statement rules: rows in, expected findings out, on a real PostGIS."""

import tomllib
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rule_world import ZONE, World

from landdb.domain.finding import Finding
from landdb.validators.catalogue import load_catalogue
from landdb.validators.statements import check_statements

pytestmark = pytest.mark.db

CASES = Path(__file__).parents[1] / "cases"
Case = dict[str, Any]


def statement_rules() -> list[str]:
    return [rule.rule_id for rule in load_catalogue().rules.values() if rule.sql]


def cases() -> list[Any]:
    return [
        pytest.param(rule_id, case, id=f"{rule_id}: {case['name']}")
        for rule_id in statement_rules()
        for case in tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
    ]


def assert_is(finding: Finding, expected: Case) -> None:
    assert expected.get("severity", finding.severity) == finding.severity
    for field in ("measure", "area_m2"):
        if field in expected:
            assert getattr(finding, field) == pytest.approx(expected[field], rel=0.005)
    for name, value in expected.get("details", {}).items():
        assert finding.details[name] == (pytest.approx(value, rel=0.01) if isinstance(value, float) else value)


@pytest.mark.parametrize(("rule_id", "case"), cases())
def test_a_named_situation_gives_exactly_its_findings(conn: psycopg.Connection, rule_id: str, case: Case) -> None:
    world = World(conn, case)
    found = check_statements(conn, [load_catalogue()[rule_id]], [world.home])
    expected = case.get("finding", [])
    assert [finding.subject for finding in found] == [item["subject"].format_map(world.ids) for item in expected]
    for finding, item in zip(found, expected, strict=True):
        assert_is(finding, item)
        is_placed = item.get("placed", True)
        assert (finding.point is not None, finding.srid == ZONE) == (is_placed, is_placed)


@pytest.mark.parametrize(("rule_id", "case"), cases())
def test_asked_parcel_by_parcel_a_rule_says_the_same(conn: psycopg.Connection, rule_id: str, case: Case) -> None:
    world = World(conn, case)
    rule = load_catalogue()[rule_id]
    whole = check_statements(conn, [rule], [world.home])
    parts = [check_statements(conn, [rule], [world.home], parcel_ids=[one]) for one in world.parcels.values()]
    of_parcels = {finding.subject: finding for part in parts for finding in part}
    # a record in quarantine may be of no stored parcel
    assert of_parcels == {finding.subject: finding for finding in whole if finding.subject in of_parcels}
    assert all(finding.parcel_id is None for finding in whole if finding.subject not in of_parcels)


def test_every_statement_rule_has_named_situations_that_break_it_and_that_do_not() -> None:
    for rule_id in statement_rules():
        situations = tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
        assert any("finding" in case for case in situations), rule_id
        assert any("finding" not in case for case in situations), rule_id
