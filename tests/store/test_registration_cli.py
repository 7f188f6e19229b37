"""landdb register, history, changes: what a clerk types, what is printed, and the exit codes."""

import json
from pathlib import Path

import factories
import psycopg
import pyogrio
import pytest
import registers
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.store.vault import Vault

pytestmark = pytest.mark.db

DOCUMENT = ("--document", "DECISION:QĐ 12/2026", "--valid-from", "2026-05-04")


@pytest.fixture
def street(fresh_database, monkeypatch, tmp_path):
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    vault = Vault.make(tmp_path / "landdb.key")
    with psycopg.connect(fresh_database) as conn:
        conn.execute("INSERT INTO party.sealing_key (key_id) VALUES (%s)", [vault.key_id])
        return registers.build(conn, vault)


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments, input=text)


def place(*parcels: str) -> tuple[str, ...]:
    return (factories.PHONG_CHAU, "12", *parcels)


def test_a_split_is_previewed_then_made_then_traced(street):
    asked = ("register", "split", *place("1"), "--edge", "0", "--ratio", "1:1", *DOCUMENT)
    preview = run(*asked, "--dry-run")
    assert preview.exit_code == 0, preview.stderr
    assert json.loads(preview.stdout)["result"] == "PREVIEW"
    made = run(*asked)
    assert json.loads(made.stdout)["result"] == "APPROVED", made.stdout
    told = json.loads(run("history", *place("1")).stdout)
    assert [edge["kind"] for edge in told["lineage"]] == ["split", "split"]
    assert told["transactions"][0]["document"]["reference"] == "QĐ 12/2026"
    child = json.loads(run("history", *place("5")).stdout)
    assert {parcel["parcel_no"] for parcel in child["parcels"]} == {"1", "5"}


def test_a_refused_change_ends_with_1_and_says_why(street):
    laid = run("register", "lay", "block", *place("1"), "--reference", "CV 7/2026", *DOCUMENT)
    assert laid.exit_code == 0, laid.stderr
    refused = run("register", "split", *place("1"), "--edge", "0", *DOCUMENT)
    assert refused.exit_code == 1
    assert "BLOCKED" in refused.stderr
    number = str(json.loads(laid.stdout)["transaction_id"])
    lifted = run("register", "lay", "unblock", *place("1"), "--transaction", number, *DOCUMENT)
    assert lifted.exit_code == 0, lifted.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("split", *place("1"), *DOCUMENT), "ONE_WAY_TO_CUT"),
        (("split", *place("1"), "--line", "x", *DOCUMENT), "NOT_POINTS"),
        (("split", *place("1"), "--edge", "9", *DOCUMENT), "NO_SUCH_EDGE"),
        (("split", *place("99"), "--edge", "0", *DOCUMENT), "no parcel 12/99 is in force"),
        (("merge", *place("1", "2"), "--document", "QĐ 1"), "NO_KIND"),
        (("transfer", *place("1"), "--to", "999999", *DOCUMENT), "no such party"),
        (("approve", "77"), "no transaction 77"),
    ],
)
def test_bad_input_is_told_by_field_and_remedy(street, arguments, told):
    result = run("register", *arguments)
    assert result.exit_code == 2, result.stdout
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_change_comes_from_a_file_or_from_standard_input(street, tmp_path: Path):
    buyer = {"name": registers.NAMES[2], "citizen_id": registers.NUMBERS[2]}
    request = registers.request("transfer", [street.parcels[0]], {"moves": [{"to": buyer}]})
    file = tmp_path / "transfer.json"
    file.write_text(json.dumps(request), encoding="utf-8")
    assert json.loads(run("register", "apply", str(file), "--dry-run").stdout)["result"] == "PREVIEW"
    made = run("register", "apply", "-", text=json.dumps(request))
    assert json.loads(made.stdout)["result"] == "APPROVED"
    assert registers.NUMBERS[2] not in made.stdout + made.stderr
    broken = run("register", "apply", "-", text="{")
    assert (broken.exit_code, "NOT_JSON" in broken.stderr) == (2, True)


def test_the_feed_is_printed_one_event_per_line_and_resumes(street):
    for parcel in ("1", "2"):
        run("register", "lay", "dispute", *place(parcel), "--reference", "TC 1", *DOCUMENT)
    lines = run("changes").stdout.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["data"]["kind"] for event in events] == ["dispute", "dispute"]
    rest = run("changes", "--after", events[0]["landdbcursor"]).stdout.splitlines()
    assert [json.loads(line)["id"] for line in rest] == [events[1]["id"]]
    assert run("changes", "--after", "x").exit_code == 2


def test_what_is_needed_to_write_a_change_is_shown(street):
    facts = {row["fact"]: row["value"] for row in json.loads(run("register", "show", *place("3")).stdout)}
    assert facts["parcel_id"] == str(street.parcels[2])
    assert facts["edge 0"].startswith("20.000 m")
    assert any("1/2" in value for fact, value in facts.items() if fact.startswith("right"))


def test_four_eyes_are_set_and_a_change_waits(street):
    assert run("register", "four-eyes", "--on", "--kind", "block").exit_code == 0
    waits = json.loads(run("register", "lay", "block", *place("1"), "--reference", "CV 7", *DOCUMENT).stdout)
    assert waits["result"] == "SUBMITTED"
    due = json.loads(run("register", "due", factories.PHONG_CHAU).stdout)
    assert [row["transaction_id"] for row in due] == [waits["transaction_id"]]
    own = run("register", "approve", str(waits["transaction_id"]))
    assert (own.exit_code, "SAME_PERSON" in own.stderr) == (2, True)
    assert run("register", "reject", str(waits["transaction_id"]), "--note", "Sai thẩm quyền ban hành").exit_code == 0


def test_a_commune_is_exported_as_it_stood_and_imported_again(street, tmp_path: Path, server, template_database):
    run("register", "split", *place("1"), "--edge", "0", "--ratio", "1:1", *DOCUMENT)
    counts = []
    for day in ("2026-05-03", "2026-05-04"):
        out = tmp_path / f"{day}.gpkg"
        result = run("export", "parcels", factories.PHONG_CHAU, "--valid-at", day, "--out", str(out))
        assert result.exit_code == 0, result.stderr
        counts.append(pyogrio.read_info(out, layer="parcels_9208")["features"])
    assert counts == [4, 5]
    with factories.database(server, template_database) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDDB_DATABASE_URL", url)
        patch.setenv("LANDDB_KEY_FILE", str(tmp_path / "then.key"))
        result = run("import", str(tmp_path / "2026-05-03.gpkg"))
        assert json.loads(result.stdout)[0]["counts"]["stored"] == 4, result.stderr
        assert run("check", factories.PHONG_CHAU, "--json").exit_code in {0, 1}


def test_a_map_older_than_a_split_does_not_bring_the_parent_back(street, fresh_database, tmp_path: Path):
    out = tmp_path / "before.gpkg"
    assert run("export", "parcels", factories.PHONG_CHAU, "--out", str(out)).exit_code == 0
    split = run("register", "split", *place("1"), "--edge", "0", "--ratio", "1:1", *DOCUMENT)
    assert split.exit_code == 0, split.stderr
    counts = json.loads(run("import", str(out)).stdout)[0]["counts"]
    assert (counts["stored"], counts["rejected"]) == (0, 1)
    with psycopg.connect(fresh_database) as conn:
        reasons = conn.execute("SELECT parcel_no, reason_code FROM staging.rejected_row").fetchall()
        numbers = {number for (number,) in conn.execute("SELECT parcel_no FROM cadastre.parcel")}
    assert reasons == [("1", "RETIRED_NUMBER")]
    assert numbers == {"2", "3", "4", "5", "6"}
