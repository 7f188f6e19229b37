"""landdb repairs: from a finding to a change on record and back, as a clerk types it."""

import json
from pathlib import Path

import factories
import psycopg
import pytest
import shapely
from factories import PHONG_CHAU
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def checked(fresh_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Check a commune with two parcels of which one reaches 4 cm into the other."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    with psycopg.connect(fresh_database) as conn:
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, "12", batch=batch, scale=500)
        parcels = [
            factories.add_parcel(conn, sheet, str(place), place=place, batch=batch, land_use=None) for place in (1, 2)
        ]
        west, south, east, north = factories.square(sheet, 1).bounds
        factories.redraw(conn, parcels[0], sheet, shapely.box(west, south, east + 0.04, north))
        conn.execute("UPDATE cadastre.parcel SET registered_area_m2 = NULL, legal_area_m2 = NULL")
        check_commune(conn, sheet.commune_id, rules=["COV"])


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, ["repairs", *arguments])


def told(*arguments: str) -> list[dict[str, object]]:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_proposal_is_made_listed_accepted_and_undone() -> None:
    (commune,) = told("propose", PHONG_CHAU)
    assert (commune["findings"], commune["with_proposal"], commune["acceptable"]) == (1, 1, 1)
    (listed,) = told("list", PHONG_CHAU, "--acceptable")
    shown = json.loads(run("show", str(listed["proposal_id"])).stdout)
    assert shown["changes"][0]["geom"].startswith("POLYGON")
    (accepted,) = told("accept", str(listed["proposal_id"]), "--yes")
    assert told("list", PHONG_CHAU) == []
    (undone,) = told("undo", str(accepted["transaction"]))
    assert undone["undone"] == accepted["transaction"]


def test_a_class_needs_its_limits_and_a_confirmation() -> None:
    told("propose", PHONG_CHAU)
    limits = ("--max-move-m", "0.05", "--max-area-m2", "1")
    assert run("accept", "--class", "COV002/SNAP_VERTEX", "--yes").exit_code == 2
    unconfirmed = run("accept", "--class", "COV002/SNAP_VERTEX", *limits)
    assert (unconfirmed.exit_code, "NOT_CONFIRMED" in unconfirmed.stderr) == (2, True)
    (done,) = told("accept", "--class", "COV002/SNAP_VERTEX", "--commune", PHONG_CHAU, *limits, "--yes")
    assert done["carried_out"] == 1


def test_refusals_and_unknown_numbers_say_what_to_do() -> None:
    told("propose", PHONG_CHAU)
    (listed,) = told("list", PHONG_CHAU)
    short = run("refuse", str(listed["proposal_id"]), "--reason", "no")
    assert (short.exit_code, "at least 10 characters" in short.stderr) == (2, True)
    assert run("refuse", str(listed["proposal_id"]), "--reason", "the wall stands elsewhere").exit_code == 0
    for arguments in (("show", "999"), ("accept", "999", "--yes"), ("undo", "999")):
        unknown = run(*arguments)
        assert (unknown.exit_code, "landdb repairs list" in unknown.stderr) == (2, True)
