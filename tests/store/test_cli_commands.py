"""Commands on a real database: what they print, and the exit code that scripts rely on."""

import datetime as dt
import json
from pathlib import Path

import factories
import psycopg
import pytest
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.domain.dates import today
from landdb.store import admin_units

pytestmark = pytest.mark.db


@pytest.fixture
def url(fresh_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Give the database that commands of this test work on."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    return fresh_database


@pytest.fixture
def parcel(url: str) -> int:
    """Give a stored parcel 12/1 of Phong Châu."""
    with psycopg.connect(url) as conn:
        batch = factories.add_batch(conn)
        return factories.add_parcel(conn, factories.add_sheet(conn, "12", batch=batch), "1", batch=batch)


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments, input=text)


def holders(tmp_path: Path, *lines: str, header: str = "commune;sheet;parcel;name") -> str:
    file = tmp_path / "holders.csv"
    file.write_text("\n".join((header, *lines)), encoding="utf-8")
    return str(file)


def test_a_lost_key_file_is_not_replaced_but_asked_for(url, parcel, tmp_path):
    key_file, file = tmp_path / "landdb.key", holders(tmp_path, "07954;12;1;Mẫu Văn Thử")
    assert run("import", file).exit_code == 0
    kept = key_file.read_text()
    key_file.unlink()
    for command in (("import", file), ("lookup", "person", "--purpose", "p", "--case-ref", "c"), ("serve",)):
        result = run(*command, text="099085000123\n")
        assert result.exit_code == 2
        assert "restore the key file from its backup" in result.stderr
        assert not key_file.exists()
    key_file.write_text(kept)
    key_file.chmod(0o600)
    assert run("import", file).exit_code == 0


def test_a_key_file_of_another_database_is_refused(url, parcel, tmp_path, monkeypatch):
    file = holders(tmp_path, "07954;12;1;Mẫu Văn Thử")
    assert run("import", file).exit_code == 0
    other = tmp_path / "other.key"
    factories.Vault.make(other)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(other))
    result = run("import", file)
    assert result.exit_code == 2
    assert "is not the one that seals this database" in result.stderr


def test_a_list_of_holders_without_their_kind_is_stored(url, parcel, tmp_path):
    assert run("import", holders(tmp_path, "07954;12;1;Mẫu Văn Thử")).exit_code == 0
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT holder_group FROM registry.rrr").fetchall() == [("INDIVIDUAL",)]


def test_a_file_of_which_nothing_could_be_used_ends_with_one(url, parcel, tmp_path):
    result = run("import", holders(tmp_path, "07954;12;77;Mẫu Văn Thử"))
    assert result.exit_code == 1
    assert "nothing was stored" in result.stderr
    assert json.loads(result.stdout)[0]["counts"]["rejected"] == 1
    half = holders(tmp_path, "07954;12;77;Mẫu Văn Thử", "07954;12;1;Mẫu Văn Thử")
    assert (run("import", half).exit_code, run("import", half).exit_code) == (0, 0)


def test_rejected_rows_can_be_taken_to_a_spreadsheet(url: str, parcel: int, tmp_path: Path) -> None:
    given = holders(tmp_path, "07954;12;=1+1;Mẫu Văn Thử")
    batch = json.loads(run("import", given).stdout)[0]["batch_id"]
    result = run("rejects", str(batch), "--csv", str(tmp_path / "rejects.csv"))
    text = (tmp_path / "rejects.csv").read_text("utf-8-sig")
    assert "1 rejected rows" in result.stderr
    assert '"PARCEL_NOT_FOUND"' in text
    assert '"\'=1+1"' in text
    assert "Mẫu Văn Thử" not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("findings", "list", "99999"), "no commune 99999 is in force"),
        (("rejects", "999"), "there is no batch 999"),
        (("client", "add", "x1", "--role", "analyst", "--commune", "123"), "no commune 00123 is in force"),
        (("client", "add", "x1", "--role", "analyst", "--commune", "Phong Châu"), "NOT_A_COMMUNE_CODE"),
    ],
)
def test_what_does_not_exist_is_said_to_be_missing(url, arguments, told):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_mandate_keeps_the_commune_in_five_digits(url):
    assert run("client", "add", "gis-office", "--role", "analyst", "--commune", "7954").exit_code == 0
    assert json.loads(run("client", "list").stdout)[0]["commune_codes"] == ["07954"]


def test_an_account_is_made_granted_locked_and_ended_from_the_command_line(url):
    password = "một câu dài dễ nhớ"
    assert run("account", "add", "an", "--role", "analyst", text=password).exit_code == 0
    assert run("account", "add", "an", text=password).exit_code == 2
    assert "LENGTH" in run("account", "passwd", "an", text="short").stderr
    assert run("account", "totp", "an").stdout.splitlines()[1].startswith("otpauth://totp/landdb:an?secret=")
    assert run("account", "grant", "an", "--role", "clerk", "--commune", "7954").exit_code == 0
    assert run("account", "lock", "an").exit_code == 0
    (told,) = json.loads(run("account", "list").stdout)
    assert (told["role"], told["commune_codes"], told["is_locked"], told["has_totp"]) == (
        "clerk",
        ["07954"],
        True,
        True,
    )
    assert password not in json.dumps(told)
    assert run("account", "revoke", "an").exit_code == 0
    assert run("account", "revoke", "an").exit_code == 2
    assert "SERVICE_BY_AGREEMENT" in run("account", "grant", "an", "--role", "service").stderr
    kinds = [row["role"] for row in json.loads(run("account", "list", "--subjects", "--ended").stdout)]
    assert kinds == ["analyst", "clerk"]


def test_an_agreement_names_known_fields_and_two_years_at_most(url):
    agreed = ("agreement", "add", "TT-1", "--organisation", "Chi cục Thử", "--basis", "NĐ 101/2024", "--purpose", "tax")
    assert "UNKNOWN_FIELD" in run(*agreed, "--field", "everything", "--until", "2027-01-01").stderr
    assert "OUT_OF_RANGE" in run(*agreed, "--field", "areas", "--until", "2099-01-01").stderr
    until = str(today() + dt.timedelta(days=700))
    assert run(*agreed, "--field", "rights.party", "--until", until).exit_code == 0
    assert "EXISTS" in run(*agreed, "--field", "areas", "--until", until).stderr
    (told,) = json.loads(run("agreement", "list").stdout)
    assert told["fields"] == ["rights", "rights.party"]
    assert run("client", "add", "tax", "--agreement", "TT-1").stdout.startswith("landdb_")
    assert run("client", "token", "tax").stdout.count(".") == 2
    assert run("agreement", "end", "TT-1").exit_code == 0
    assert json.loads(run("agreement", "list").stdout) == []


def test_a_commune_is_entered_once_and_its_zone_is_asked_for(url):
    first = run("commune", "add", "99009", "Thử")
    assert first.exit_code == 0
    assert "province 00 tells no zone" in first.stderr
    again = run("commune", "add", "99009", "Khác", "--province", "25")
    assert again.exit_code == 0
    assert "in force already as xã Thử; nothing was changed" in again.stderr
    with psycopg.connect(url) as conn:
        assert admin_units.get_commune(conn, "99009").name == "Thử"
    assert "zone" not in run("commune", "add", "99010", "Thử", "--province", "25").stderr


def test_an_auditor_sees_who_asked_and_why_but_not_about_whom(url):
    for case in ("HS-1", "HS-2"):
        asked = run("lookup", "person", "--purpose", "transfer", "--case-ref", case, text="099085000123\n")
        assert asked.exit_code == 1
    listed = run("audit", "list")
    assert [row["case_ref"] for row in json.loads(listed.stdout)] == ["HS-2", "HS-1"]
    assert "099085000123" not in listed.stdout
    assert not any("subject" in name or "party" in name for name in json.loads(listed.stdout)[0])
    assert json.loads(run("audit", "list", "--actor", "nobody").stdout) == []
    assert json.loads(run("audit", "list", "--since", "2999-01-01").stdout) == []
