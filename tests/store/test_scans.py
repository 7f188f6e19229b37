"""Scans noted from a folder: what their names say, what is signed, what nobody should see, and the rules on them."""

import json
from pathlib import Path

import factories
import psycopg
import pytest
from typer.testing import CliRunner, Result

from landdb.cli import app
from landdb.domain.scan_names import read_scan_name
from landdb.importers.scans import read_scans
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db

SIGNED = b"%PDF-1.7\n1 0 obj <</Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 3]>> endobj\n%%EOF"
PLAIN = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF"


@pytest.mark.parametrize(
    ("name", "serial", "kind", "kept"),
    [
        ("AB123456-GCN.pdf", "AB 123456", "CERTIFICATE", "AB123456-GCN.pdf"),
        ("ab 123456_gcn_2.PDF", "AB 123456", "CERTIFICATE", "AB123456-GCN-2.pdf"),
        ("BĐ123456-GT.pdf", "BĐ 123456", "PAPERS", "BĐ123456-GT.pdf"),
        ("AA12345678.jpg", "AA 12345678", "CERTIFICATE", "AA12345678-GCN.jpg"),
        ("AB123456-GCN Mau Van Thu.pdf", "AB 123456", "CERTIFICATE", None),
        ("Mau Van Thu.pdf", None, "OTHER", None),
        ("AB1234567-GCN.pdf", None, "OTHER", None),
    ],
)
def test_a_name_says_serial_and_kind_and_is_kept_only_in_its_usual_form(name, serial, kind, kept):
    read = read_scan_name(name)
    assert (read.serial, read.kind, read.kept) == (serial, kind, kept)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scans = tmp_path / "quet"
    (scans / "dot 1").mkdir(parents=True)
    (scans / "BA123456-GCN.pdf").write_bytes(SIGNED)
    (scans / "dot 1" / "BA123457-GCN.pdf").write_bytes(PLAIN)
    (scans / "dot 1" / "Mau Van Thu.pdf").write_bytes(PLAIN + b" ")
    (scans / "BA123456-GCN.jpg").write_bytes(SIGNED)
    (scans / "ghi chu.txt").write_text("x")
    (scans / "link.pdf").symlink_to(scans / "BA123456-GCN.pdf")
    return scans


def test_a_folder_gives_its_scans_and_nothing_else(folder):
    files = {file.file_name: file for file in read_scans(folder)}
    assert [files[name].is_signed for name in ("BA123456-GCN.pdf", "BA123457-GCN.pdf", "BA123456-GCN.jpg")] == [
        True, False, False,
    ]  # fmt: skip
    assert len(files) == 4
    assert not any("Thu" in name for name in files)


def test_a_signature_across_two_blocks_is_found(tmp_path):
    (tmp_path / "BA123456-GCN.pdf").write_bytes(b"%PDF" + b" " * ((1 << 20) - 8) + SIGNED)
    assert next(read_scans(tmp_path)).is_signed


@pytest.fixture
def url(fresh_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Give the database that commands of this test work on."""
    monkeypatch.setenv("LANDDB_DATABASE_URL", fresh_database)
    monkeypatch.setenv("LANDDB_KEY_FILE", str(tmp_path / "landdb.key"))
    return fresh_database


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)


def test_noting_a_folder_lets_the_rules_tell_what_is_missing_untied_and_unsigned(url, folder):
    with psycopg.connect(url) as conn:
        commune, batch = factories.commune_id(conn, "07954"), factories.add_batch(conn)
        for number in ("123456", "123457", "123458"):
            baunit = factories.one(
                conn,
                "INSERT INTO registry.baunit (commune_id, baunit_key) VALUES (%s, %s) RETURNING baunit_id",
                *(commune, number),
            )
            conn.execute(
                """INSERT INTO registry.certificate (baunit_id, commune_id, serial, registry_no, batch_id)
                VALUES (%s, %s, %s, %s, %s)""",
                [baunit, commune, f"BA {number}", f"CH {number}", batch],
            )
    assert json.loads(run("scans", "note", "07954", str(folder)).stdout) == {"new": 4, "replaced": 0, "known": 0}
    (folder / "dot 1" / "BA123457-GCN.pdf").write_bytes(PLAIN + b"\n")
    assert json.loads(run("scans", "note", "07954", str(folder)).stdout) == {"new": 0, "replaced": 1, "known": 3}
    (row,) = json.loads(run("scans", "list", "07954").stdout)
    assert (row["scans"], row["certificates"], row["signed"], row["tied_to_a_certificate"]) == (4, 3, 1, 3)
    with psycopg.connect(url) as conn:
        found = check_commune(conn, commune, rules=["DOC"]).findings
        told = [(finding.rule_id, finding.details.get("reason")) for finding in found]
        assert told == [("DOC001", "MISSING"), ("DOC003", "NO_SERIAL_IN_NAME"), ("DOC004", None)]
        stored = conn.execute("SELECT string_agg(file_name, ' ') FROM registry.scan").fetchone()[0]
        assert "Thu" not in stored


def test_no_folder_and_no_commune_are_told(url, tmp_path):
    missing = run("scans", "note", "07954", str(tmp_path / "nowhere"))
    assert (missing.exit_code, "no such folder" in missing.stderr) == (2, True)
    assert run("scans", "note", "00001", str(tmp_path)).exit_code == 2
