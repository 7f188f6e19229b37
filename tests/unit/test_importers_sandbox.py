"""What the reading child cannot do, shown from inside, and what the parent makes of a child that tries."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from importer_files import square, vbdlis, write_layer

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, delivery, open_delivery
from landdb.importers.reader_process import ReaderProcess, waiting_reader, waiting_readers
from landdb.importers.walls import sandbox
from landdb.importers.walls.drivers import DRIVER

ENTER = "import sys; from pathlib import Path; from landdb.importers.walls import sandbox; "
ENTER += "missing = sandbox.enter(Path.cwd(), sandbox.Limits.for_size(0)); "


def run_inside(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", ENTER + code],
        cwd=folder,
        env=sandbox.environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_file_outside_the_job_folder_cannot_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("of somebody else")
    secret.chmod(0o644)
    job = tmp_path / "job"
    job.mkdir()
    result = run_inside(job, f"open({str(secret)!r})")
    assert "PermissionError" in result.stderr
    assert "PermissionError" in run_inside(job, "open('/etc/passwd')").stderr


def test_what_the_machine_lacks_is_said(tmp_path: Path) -> None:
    assert set(run_inside(tmp_path, "print(*missing, sep=',')").stdout.strip().split(",")) <= {"", "network namespace"}


def test_nothing_can_be_written_outside_the_job_folder(tmp_path: Path) -> None:
    job = tmp_path / "job"
    job.mkdir()
    assert "PermissionError" in run_inside(job, f"open({str(tmp_path / 'left-behind')!r}, 'w')").stderr
    assert run_inside(job, "open('own', 'w').write('x'); print(open('own').read())").stdout == "x\n"


def test_no_socket_can_be_opened(tmp_path: Path) -> None:
    for family in ("AF_INET", "AF_INET6", "AF_UNIX"):
        result = run_inside(tmp_path, f"import socket; socket.socket(socket.{family})")
        assert "PermissionError" in result.stderr


def test_no_program_can_be_started(tmp_path: Path) -> None:
    assert "PermissionError" in run_inside(tmp_path, "import os; os.execv('/bin/true', ['true'])").stderr


def test_the_child_keeps_no_right_of_root(tmp_path: Path) -> None:
    status = run_inside(tmp_path, "print([l for l in open('/proc/self/status')] if 0 else sys.version)")
    assert status.returncode == 0
    capabilities = "import ctypes; h = (ctypes.c_uint32 * 2)(0x20080522, 0); d = (ctypes.c_uint32 * 6)(); "
    capabilities += "ctypes.CDLL(None).capget(h, d); print(list(d))"
    assert run_inside(tmp_path, capabilities).stdout.strip() == "[0, 0, 0, 0, 0, 0]"


def test_computing_time_and_memory_are_bounded(tmp_path: Path) -> None:
    code = "import resource as r; print(r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_CORE)[0])"
    assert run_inside(tmp_path, code).stdout.split() == ["60", "0"]
    assert "MemoryError" in run_inside(tmp_path, "bytearray(8 << 30)").stderr


def test_the_child_sees_nothing_of_the_parents_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDDB_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert not any("secret" in value for value in sandbox.environment(tmp_path).values())


@pytest.mark.parametrize("file_format", sorted(DRIVER))
def test_only_the_driver_of_the_format_is_registered(tmp_path: Path, file_format: str) -> None:
    code = f"from landdb.importers.walls import drivers; drivers.register_only({file_format!r}); "
    code += "import pyogrio; print(sorted(pyogrio.list_drivers()))"
    assert run_inside(tmp_path, code).stdout.strip() == str(sorted({DRIVER[file_format], "MEM"}))


def test_a_driver_we_do_not_know_is_a_refusal(tmp_path: Path) -> None:
    code = "from landdb.importers.walls import drivers; drivers.files = lambda _: Path('fake'); "
    code += "Path('fake').mkdir(); Path('fake/gdal_drivers.csv').write_text('driver\\nCSV\\n'); "
    code += "drivers.register_only('GPKG')"
    assert "UnknownDrivers" in run_inside(tmp_path, code).stderr


def test_the_parent_starts_the_child_anew_with_the_drivers_it_did_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    skipped: list[list[str]] = []
    real_open, real_tell = delivery._Reading.open, ReaderProcess._tell

    def first_time_strange(reading: delivery._Reading, profile_text: str | None) -> object:
        opened = real_open(reading, profile_text)
        if len(skipped) > 1:
            return opened
        reading._process.unknown_drivers = ("Strange",)
        return None

    def listened_to(process: ReaderProcess, message: Mapping[str, Any]) -> None:
        skipped.extend([message["also_skip"]] if "also_skip" in message else [])
        real_tell(process, message)

    monkeypatch.setattr(delivery._Reading, "open", first_time_strange)
    monkeypatch.setattr(ReaderProcess, "_tell", listened_to)
    with open_delivery(ImportJob(path)) as opened:
        assert sum(batch.num_rows for batch in opened.batches()) == 1
    assert skipped == [[], ["Strange"]]


def test_a_silent_child_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)
    monkeypatch.setattr(delivery._Reading, "_finish", _finish_patiently(delivery._Reading._finish))
    with pytest.raises(ImportRefused, match="TOO_MUCH_WORK"), open_delivery(ImportJob(path)) as opened:
        list(opened.batches())


def _finish_patiently(finish):
    def patient(child):
        sandbox.WALL_SECONDS = 10
        finish(child)

    return patient


def test_the_job_folder_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(jobs))
    with open_delivery(ImportJob(path)) as opened:
        assert list(jobs.iterdir())
        list(opened.batches())
    assert list(jobs.iterdir()) == []


def test_a_child_started_ahead_reads_what_it_is_told_later(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    with waiting_reader(path) as waiting:
        with open_delivery(ImportJob(path), waiting) as opened:
            assert sum(batch.num_rows for batch in opened.batches()) == 1
            assert opened.sha256 == hashlib.sha256(path.read_bytes()).digest()
        folder = waiting.folder
    assert not folder.exists()


def test_a_child_that_waits_is_locked_in_already_and_ends_without_a_job(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    with waiting_reader(path) as waiting:
        assert waiting.staged().size == path.stat().st_size
        status = Path(f"/proc/{waiting._process.pid}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        assert "Seccomp:\t2" in status
        waiting.ask({})
        assert waiting.wait() == 0
    assert not waiting.folder.exists()


def test_a_file_that_cannot_be_put_before_its_child_is_refused_when_its_turn_comes(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    with waiting_readers([path, tmp_path / "nowhere.gpkg"]) as readers:
        with open_delivery(ImportJob(path), next(readers)) as opened:
            assert sum(batch.num_rows for batch in opened.batches()) == 1
        with (
            pytest.raises(ImportRefused, match="FILE_NOT_FOUND"),
            open_delivery(ImportJob(tmp_path / "nowhere.gpkg"), next(readers)),
        ):
            pass
