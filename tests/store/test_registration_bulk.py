"""Hundreds of changes from one table: previewed as a whole, row by row or all or none, each row answered for."""

import csv
import json

import factories
import psycopg
import pytest
import python_calamine
import registers
from registers import CLERK
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.errors import InvalidValue
from landdb.registration.bulk import register_rows, rows_of, to_request
from landdb.store import register_subjects
from landdb.store.vault import Vault

pytestmark = pytest.mark.db

HEADINGS = ("kind", "commune", "sheet", "parcel", "document.kind", "document.reference", "valid_from", "terms.field",
            "terms.value")  # fmt: skip


@pytest.fixture
def street(fresh_database, monkeypatch, tmp_path):
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    vault = Vault.make(tmp_path / "landdb.key")
    with psycopg.connect(fresh_database) as conn:
        conn.execute("INSERT INTO party.sealing_key (key_id) VALUES (%s)", [vault.key_id])
        return registers.build(conn, vault)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)


def correction(parcel, field="address", value="Xóm 9"):
    return ("correction", factories.PHONG_CHAU, "12", parcel, "DECISION", "QĐ 1/2026", "2026-05-04", field, value)


def table(tmp_path, *rows):
    file = tmp_path / "changes.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])
    return str(file)


def addresses(url):
    with psycopg.connect(url) as conn:
        return dict(conn.execute("SELECT parcel_no, address FROM cadastre.parcel").fetchall())


def test_rows_are_made_one_by_one_and_the_bad_ones_say_why(street, fresh_database, tmp_path):
    out = tmp_path / "result.xlsx"
    rows = [correction("1"), correction("99"), correction("2", "legal_area_m2", "x"), correction("3")]
    result = run("register", "bulk", table(tmp_path, *rows), "--out", str(out))
    assert result.exit_code == 1, result.stderr
    told = json.loads(result.stdout)
    assert [(row["row_no"], row["result"]) for row in told] == [
        (2, "APPROVED"), (3, "INVALID"), (4, "INVALID"), (5, "APPROVED"),
    ]  # fmt: skip
    assert addresses(fresh_database)["1"] == "Xóm 9"
    assert addresses(fresh_database)["2"] == "Xóm 1"
    book = python_calamine.load_workbook(str(out)).get_sheet_by_index(0).to_python()
    assert [line[1] for line in book] == ["result", "APPROVED", "INVALID", "INVALID", "APPROVED"]


def test_one_bad_row_takes_all_back_when_asked(street, fresh_database, tmp_path):
    file = table(tmp_path, correction("1"), correction("99"))
    told = json.loads(run("register", "bulk", file, "--all-or-none").stdout)
    assert [row["result"] for row in told] == ["TAKEN_BACK", "INVALID"]
    assert set(addresses(fresh_database).values()) == {"Xóm 1"}


def test_a_preview_of_the_whole_table_changes_nothing(street, fresh_database, tmp_path):
    told = json.loads(run("register", "bulk", table(tmp_path, correction("1"), correction("2")), "--dry-run").stdout)
    assert [row["result"] for row in told] == ["PREVIEW", "PREVIEW"]
    assert set(addresses(fresh_database).values()) == {"Xóm 1"}


def test_a_row_sees_what_the_rows_before_it_did(conn, vault):
    street = registers.build(conn, vault)
    place = {"commune": factories.PHONG_CHAU, "sheet": 12.0, "document.kind": "DECISION"}
    split = {"kind": "split", "parcel": 1.0, "valid_from": "2026-05-04", "document.reference": "QĐ 1"}
    merge = {"kind": "merge", "parcel": "5,6", "valid_from": "2026-05-05", "document.reference": "QĐ 2"}
    rows = [(2, place | split | {"terms.edge": 0.0, "terms.ratio": "[1, 1]"}), (3, place | merge)]
    results = register_rows(
        conn, vault, rows, CLERK, find_parcel=lambda *key: register_subjects.find_parcel(conn, *key)
    )
    assert [(row.result, row.numbers) for row in results] == [("APPROVED", "12/5, 12/6"), ("APPROVED", "12/7")]
    assert street.parcels


def test_cells_go_where_their_heading_says():
    row = {
        "kind": "gift",
        "parcel_id": 7.0,
        "terms.moves": '[{"to": {"party_id": 3}}]',
        "reason": " ",
        "acknowledge": "A, B",
    }
    assert to_request(row) == {
        "kind": "gift", "acknowledge": ["A", "B"], "parcels": [{"parcel_id": 7}],
        "terms": {"moves": [{"to": {"party_id": 3}}]},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "reason"),
    [([], "EMPTY"), ([(1, ["a"])], "NO_KIND_COLUMN"), ([(1, ["kind"])] + [(n, ["x"]) for n in range(2, 5003)],
                                                       "TOO_MANY_ROWS")],
)  # fmt: skip
def test_a_table_that_is_none_is_refused(lines, reason):
    with pytest.raises(InvalidValue) as fault:
        list(rows_of(lines))
    assert fault.value.reason == reason
