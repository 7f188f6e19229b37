"""What commands refuse before they touch a database, and how they tell what went wrong."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.cli.output import explained_errors
from landdb.domain.dates import today
from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give settings under which a command that goes as far as the database is noticed."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", "garbage with a top secret")
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)


def test_a_url_that_names_no_database_is_told_without_being_repeated(no_database):
    result = run("commune", "list")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "LANDDB_DATABASE_URL cannot be read" in result.stderr
    assert "postgresql://user@host:5432/name" in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", "x.gpkg", "--axes", "foo"), "'auto', 'EN', 'NE'"),
        (("import", "x.gpkg", "--kind", "foo"), "'auto', 'features', 'holdings', 'crosswalk'"),
        (("lookup", "point", "105", "21", "--axes", "foo"), "'EN', 'NE'"),
        (("import", "x.gpkg", "--valid-from", str(today() + timedelta(days=1))), "this day is still to come"),
        (("commune", "add", "12a", "Thử"), "a commune code has five digits"),
    ],
)
def test_an_argument_that_cannot_be_meant_is_refused_with_what_can(no_database, arguments, told):
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_today_is_a_day_from_which_a_delivery_can_be_in_force(no_database):
    assert "still to come" not in run("import", "x.gpkg", "--valid-from", str(today())).stderr


def test_the_help_lists_what_can_be_chosen(no_database):
    text = run("import", "--help").stdout
    assert "auto|EN|NE" in text
    assert "auto|features|holdings|crosswalk" in text


@pytest.mark.parametrize("name", ["holders.csv", "map.gpkg"])
def test_a_profile_that_nobody_knows_is_refused_for_tables_too(tmp_path, name):
    file = tmp_path / name
    file.write_text("commune,sheet,parcel,name\n07954,1,2,Mẫu\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as refused, open_delivery(ImportJob(file, profile="nonsense")):
        pass
    assert refused.value.code == "UNKNOWN_PROFILE"
    assert "pl3" in (refused.value.remedy or "")


@pytest.mark.db
def test_what_the_database_refuses_is_told_in_one_line_without_the_row(conn, capsys):
    conn.execute("CREATE TEMPORARY TABLE t (secret text, needed text NOT NULL)")
    with pytest.raises(typer.Exit, match="2"), explained_errors():
        conn.execute("INSERT INTO t (secret) VALUES ('099085000123')")
    told = capsys.readouterr().err.replace("\n", " ")
    assert "NotNullViolation, SQLSTATE 23502" in told
    assert ".t.needed" in told
    assert "099085000123" not in told
    assert "Failing row" not in told


def test_a_lost_connection_is_told_without_the_drivers_text(capsys):
    with pytest.raises(typer.Exit, match="2"), explained_errors():
        raise psycopg.OperationalError("server closed the connection: 099085000123")
    assert "OperationalError" in (told := capsys.readouterr().err)
    assert "099085000123" not in told
