"""The doctor names what is wrong and how to mend it, and never changes or leaks anything."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest

from landdb import cluster, doctor
from landdb.cluster import Installation
from landdb.doctor import Check, examine
from landdb.errors import ClusterError
from landdb.settings import Settings

NEWEST = Installation(Path("/opt/pg/bin"), (15, 18), "3.3.2")


@pytest.fixture
def settings(tmp_path):
    return Settings.from_environment({"LANDDB_HOME": str(tmp_path / "home")})


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    monkeypatch.setattr(cluster, "find_installation", lambda: NEWEST)


def named(checks: list[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def disk(free: int) -> SimpleNamespace:
    return SimpleNamespace(total=100 << 30, used=0, free=free)


def test_a_machine_before_the_first_command_has_no_fault_and_nothing_is_made(settings):
    checks = examine(settings)
    assert [check for check in checks if check.grave and not check.ok] == []
    assert named(checks, "cluster").detail.startswith("not made yet")
    assert named(checks, "database").remedy == "landdb db start"
    assert not settings.home.exists()


def test_every_check_that_fails_says_how_to_mend_it(settings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk(free=0))
    settings.key_file.parent.mkdir(parents=True)
    settings.key_file.touch(mode=0o644)
    failing = [check for check in examine(settings) if not check.ok]
    assert {"disk", "key file"} <= {check.name for check in failing}
    assert all(check.remedy for check in failing)


def test_missing_programs_are_a_fault_with_the_apt_command(settings, monkeypatch):
    def nothing() -> Installation:
        raise ClusterError("not installed", remedy=cluster.binaries.INSTALL_REMEDY)

    monkeypatch.setattr(cluster, "find_installation", nothing)
    found = named(examine(settings), "programs")
    assert found.grave
    assert found.remedy == "apt-get install --no-install-recommends postgresql-15 postgresql-15-postgis-3"


def test_a_release_with_known_holes_is_advice_to_upgrade(settings, monkeypatch):
    monkeypatch.setattr(cluster, "find_installation", lambda: Installation(NEWEST.folder, (15, 13), "3.3.2"))
    found = named(examine(settings), "PostgreSQL")
    assert (found.ok, found.grave) == (False, False)
    assert "--only-upgrade postgresql-15" in (found.remedy or "")


@pytest.mark.parametrize(
    ("free_gib", "ok", "grave"), [(50, True, True), (8, False, False), (4, False, True), (0, False, True)]
)
def test_a_filling_disk_is_advice_first_and_a_fault_below_five_percent(settings, monkeypatch, free_gib, ok, grave):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk(free=free_gib << 30))
    found = named(examine(settings), "disk")
    assert (found.ok, found.grave) == (ok, grave)


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_a_key_file_that_others_can_read_is_a_fault(settings, mode, ok):
    settings.key_file.parent.mkdir(parents=True)
    settings.key_file.touch()
    settings.key_file.chmod(mode)
    found = named(examine(settings), "key file")
    assert found.ok is ok
    assert ok or found.remedy == f"chmod 600 {settings.key_file}"


def test_a_wrong_conversion_is_a_fault(settings, monkeypatch):
    assert named(examine(settings), "coordinates").ok
    monkeypatch.setattr(doctor, "to_wgs84", lambda _srid: lambda _x, _y: ([105.3152], [21.4140]))
    assert not named(examine(settings), "coordinates").ok


def test_missing_walls_of_the_sandbox_are_named(settings, monkeypatch):
    said = subprocess.CompletedProcess([], 0, stdout="Landlock\n")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: said)
    found = named(examine(settings), "sandbox")
    assert (found.ok, found.grave) == (False, False)
    assert "Landlock" in found.detail


@pytest.mark.parametrize("url", ["postgresql://u:top secret@127.0.0.1/x", "postgresql://u:top-secret@127.0.0.1:1/x"])
def test_a_database_that_does_not_answer_is_a_fault_without_its_password(settings, url):
    checks = examine(Settings(settings.home, url, settings.key_file))
    found = named(checks, "database")
    assert found.grave
    assert not found.ok
    assert "secret" not in str(checks)


@pytest.mark.db
def test_the_database_tells_its_version_extensions_schema_and_what_is_switched_off(settings, database_url):
    checks = examine(Settings(settings.home, database_url, settings.key_file))
    for name in ("database", "extensions", "schema", "server clock"):
        assert named(checks, name).ok, name
    with psycopg.connect(database_url) as conn:
        durable = conn.execute("SHOW fsync").fetchone() == ("on",)
    assert named(checks, "durability").ok is durable


@pytest.mark.db
def test_an_old_schema_and_an_empty_database_are_told_apart(settings, fresh_database):
    with psycopg.connect(fresh_database) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '0000'")
    checks = examine(Settings(settings.home, fresh_database, settings.key_file))
    assert "revision 0000" in named(checks, "schema").detail
    empty = urlsplit(fresh_database)._replace(path="/template1").geturl()
    checks = examine(Settings(settings.home, empty, settings.key_file))
    assert named(checks, "schema").detail.startswith("empty")
