"""Rules that differ by place: the more exact place decides, the past stays on record, findings follow the limits."""

import json
from pathlib import Path

import factories
import psycopg
import pytest
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.store.rule_settings import Place, list_settings, replace_setting
from landdb.validators.catalogue import load_catalogue
from landdb.validators.runner import check_commune
from landdb.validators.tuning import check_tuned_statements, effective_catalogues

pytestmark = pytest.mark.db

WHY = "biên bản thử nghiệm 12/2026"


@pytest.fixture
def url(fresh_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Give the database that commands of this test work on."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    return fresh_database


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)


def put(conn: psycopg.Connection, place: Place, rule_id: str, **values) -> None:
    given = {"is_enabled": None, "severity": None, "limits": {}} | values
    replace_setting(conn, place, rule_id, **given, actor="tests", reason=WHY)


def test_the_more_exact_place_decides_and_leaves_open_what_it_does_not_say(conn):
    here, there = factories.commune_id(conn, "07954"), factories.commune_id(conn, "07900")
    put(conn, Place(), "ARE003", limits={"uses_tolerance_m2": 1.0}, severity="info")
    put(conn, Place(province_code="25"), "ARE003", limits={"uses_tolerance_m2": 2.0})
    put(conn, Place(commune_id=here), "ARE003", is_enabled=False)
    found = effective_catalogues(conn, [here, there])
    assert (found[here]["ARE003"].limit("uses_tolerance_m2"), found[here]["ARE003"].severity) == (2.0, "info")
    assert (found[here]["ARE003"].is_enabled, found[there]["ARE003"].is_enabled) == (False, True)
    assert "ARE003" not in found[here].select(["ARE"])
    assert "ARE003" in found[there].select(["ARE"])


def test_communes_with_the_same_settings_share_one_catalogue(conn):
    ids = [factories.commune_id(conn, code) for code in ("07954", "07900", "07894")]
    assert effective_catalogues(conn, ids)[ids[0]] is load_catalogue()
    put(conn, Place(commune_id=ids[0]), "ADM002", limits={"frame_tolerance_m": 3.0})
    found = effective_catalogues(conn, ids)
    assert found[ids[1]] is found[ids[2]]
    assert found[ids[0]]["ADM002"].limit("frame_tolerance_m") == 3.0
    assert found[ids[1]]["ADM002"].limit("frame_tolerance_m") == 1.0


def test_a_value_for_one_scale_stands_upon_the_value_for_all(conn):
    here = factories.commune_id(conn, "07954")
    limits = {"vertex_tolerance_m": 0.05, "vertex_tolerance_m@500": 0.03}
    put(conn, Place(commune_id=here), "COV006", limits=limits)
    rule = effective_catalogues(conn, [here])[here]["COV006"]
    assert [rule.limit("vertex_tolerance_m", scale) for scale in (500, 2000)] == [0.03, 0.03]
    assert rule.limits["vertex_tolerance_m"].default == 0.05


def test_a_replaced_setting_is_kept_as_past(conn):
    put(conn, Place(), "ARE003", limits={"uses_tolerance_m2": 1.0})
    put(conn, Place(), "ARE003", limits={"uses_tolerance_m2": 2.0})
    assert [row.limits for row in list_settings(conn)] == [{"uses_tolerance_m2": 2.0}]
    rows = conn.execute("SELECT limits, ended_at IS NULL FROM quality.rule_setting ORDER BY setting_id").fetchall()
    assert rows == [({"uses_tolerance_m2": 1.0}, False), ({"uses_tolerance_m2": 2.0}, True)]


def test_a_commune_is_judged_by_its_own_limit_and_the_run_remembers_it(conn):
    here = factories.commune_id(conn, "07954")
    batch = factories.add_batch(conn)
    sheet = factories.add_sheet(conn, "12", batch=batch)
    parcel = factories.add_parcel(conn, sheet, "1", batch=batch)
    conn.execute(
        "UPDATE cadastre.parcel SET registered_area_m2 = computed_area_m2 + 0.4 WHERE parcel_id = %s", [parcel]
    )
    assert [f.rule_id for f in check_commune(conn, here, rules=["ARE001"]).findings] == ["ARE001"]
    put(conn, Place(commune_id=here), "ARE001", limits={"rounding_m2": 0.5})
    assert check_commune(conn, here, rules=["ARE001"]).findings == ()
    (limits,) = conn.execute("SELECT limits FROM quality.rule_run ORDER BY run_id DESC LIMIT 1").fetchone()
    assert limits["ARE001"]["rounding_m2"]["default"] == 0.5
    catalogues = effective_catalogues(conn, [here])
    assert check_tuned_statements(conn, catalogues, ["ARE001"]) == []
    put(conn, Place(commune_id=here), "ARE001", severity="info")
    (finding,) = check_tuned_statements(conn, effective_catalogues(conn, [here]), ["ARE001"])
    assert finding.severity == "info"


def test_the_command_sets_shows_merges_and_takes_back(url):
    assert (
        run("rules", "set", "ADM002", "--commune", "07954", "--limit", "frame_tolerance_m=2", "--reason", WHY).exit_code
        == 0
    )
    assert run("rules", "set", "ADM002", "--commune", "07954", "--off", "--reason", WHY).exit_code == 0
    shown = json.loads(run("rules", "show", "adm002", "--commune", "07954").stdout)
    assert (shown["is_enabled"], shown["limits"]["frame_tolerance_m"]["default"]) == (False, 2.0)
    assert shown["set"][0]["reason"] == WHY
    listed = json.loads(run("rules", "list", "--changed").stdout)
    assert [(row["rule"], row["where"], row["runs"], row["limits"]) for row in listed] == [
        ("ADM002", "07954", "off", "frame_tolerance_m=2")
    ]
    rows = {row["rule"]: row["severity"] for row in json.loads(run("rules", "list", "--commune", "07954").stdout)}
    assert (rows["ADM002"], rows["ADM004"]) == ("off", "warning")
    assert run("rules", "reset", "ADM002", "--commune", "07954").exit_code == 0
    assert json.loads(run("rules", "list", "--changed").stdout) == []
    again = run("rules", "reset", "ADM002", "--commune", "07954")
    assert (again.exit_code, "nothing was set for ADM002" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("XYZ001", "--off"), "no rule is called XYZ001"),
        (("ADM002",), "nothing to set"),
        (("ADM002", "--limit", "width_m=1"), "ADM002 has no limit width_m"),
        (("ADM002", "--limit", "frame_tolerance_m"), "not NAME=VALUE"),
        (("ADM002", "--limit", "frame_tolerance_m=-1"), "at least 0"),
        (("ADM002", "--limit", "frame_tolerance_m@500=1"), "one value for all scales"),
        (("COV006", "--limit", "vertex_tolerance_m@x=1"), "no map scale"),
        (("ADM002", "--off", "--commune", "07954", "--province", "25"), "exclude each other"),
        (("ADM002", "--off", "--province", "77"), "no commune belongs to a province 77"),
        (("ADM002", "--off", "--commune", "00001"), "commune"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(url, arguments, told):
    result = run("rules", "set", *arguments, "--reason", WHY)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_setting_needs_a_reason(url):
    assert "10 characters" in run("rules", "set", "ADM002", "--off", "--reason", "vì thế").stderr
