"""The commands that give people files and figures: what they print, write and exit with."""

import csv
import json
from pathlib import Path

import factories
import psycopg
import pytest
from factories import PHONG_CHAU
from typer.testing import CliRunner, Result

from landdb.cli import app

pytestmark = pytest.mark.db


@pytest.fixture
def url(fresh_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Give a database with two parcels of Phong Châu that overlap, for the commands of this test."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    with psycopg.connect(fresh_database) as conn:
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, "12", batch=batch)
        one, other = (
            factories.add_parcel(conn, sheet, no, place=place, batch=batch) for place, no in enumerate(("1", "2"))
        )
        factories.add_finding(conn, PHONG_CHAU, "COV001", parcel=one, other=other)
    return fresh_database


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)


def test_quality_without_a_command_shows_scores_and_keeps_them(url):
    result = run("quality", PHONG_CHAU)

    (commune,) = json.loads(result.stdout)["communes"]
    assert (commune["commune"], commune["numbers"]["parcel_count"]) == (PHONG_CHAU, 2)
    assert commune["standing"]["groups"] == {"1": 0, "2": 0, "3": 2}
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT score FROM quality.score").fetchall() == [(commune["score"],)]


def test_the_trend_lists_the_scored_days(url):
    run("quality", PHONG_CHAU)
    with psycopg.connect(url) as conn:
        conn.execute(
            """INSERT INTO quality.score (commune_id, scored_on, formula, score, numbers, components)
            SELECT commune_id, scored_on - 7, 'an older one', 1, numbers, components FROM quality.score"""
        )

    before, now = json.loads(run("quality", "trend", PHONG_CHAU).stdout)

    assert before["score"] == now["score"]
    assert (before["groups"], now["groups"]) == (None, "1:0 2:0 3:2")
    assert now["errors"] == 1


def test_unmet_fields_and_groups_come_as_csv(url):
    unmet, parcels = (
        list(csv.DictReader(run("quality", what, PHONG_CHAU, "--csv").stdout.splitlines()))
        for what in ("unmet", "parcels")
    )

    assert {row["reason"] for row in unmet} >= {"OPEN_ERROR", "RIGHT_MISSING", "PARCEL_CODE_MISSING"}
    assert [(row["parcel_no"], row["group"]) for row in parcels] == [("1", "3"), ("2", "3")]


def test_findings_go_to_standard_output_or_to_a_file_by_its_ending(url, tmp_path):
    piped = run("export", "findings", PHONG_CHAU, "--format", "geojson", "--out", "-")
    filed = run("export", "findings", PHONG_CHAU, "--out", str(tmp_path / "new" / "found.sarif.json"))

    assert [feature["properties"]["rule"] for feature in json.loads(piped.stdout)["features"]] == ["COV001"]
    assert filed.exit_code == 0
    assert json.loads((tmp_path / "new" / "found.sarif.json").read_text("utf-8"))["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "findings", PHONG_CHAU, "--out", "found.txt"), "does not say which form"),
        (("export", "findings", PHONG_CHAU, "--out", "-", "--format", "xlsx"), "needs a file"),
        (("export", "findings", PHONG_CHAU, "--out", "a.csv", "--rule", "XYZ"), "no rule is called XYZ"),
        (("quality", "--province", "77"), "no commune of province 77 holds parcels"),
        (("quality", PHONG_CHAU, "--scheme", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("report", "99999", "--out", "pages"), "no commune 99999 is in force"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_code_2(url, arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = run(*arguments)

    assert result.exit_code == 2
    assert told in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".key"] == []


def test_a_report_is_one_page_for_a_commune_and_tells_where_to_begin(url, tmp_path):
    result = run("report", PHONG_CHAU, "--out", str(tmp_path / "pages"))

    assert result.stdout.strip() == str(tmp_path / "pages" / "07954.html")
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["07954.html"]


def test_a_check_keeps_the_score_of_the_day(url):
    result = run("check", PHONG_CHAU)

    (commune,) = json.loads(result.stdout)
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT score, standing FROM quality.score").fetchall() == [(commune["score"], None)]
