"""Which processes belong to a cluster. Nothing is believed of a pid alone: pids are reused, and linger as zombies.

A PostgreSQL process is ours when it runs the program `postgres` and its working folder is our data folder;
PostgreSQL changes into it at start. A zombie has no working folder left, so it never counts as alive.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

from landdb.errors import ClusterError

#: Lines of postmaster.pid, counted from 0.
PID_LINE, PORT_LINE, STATE_LINE = 0, 3, 7


def _is_ours(pid: int, data: Path) -> bool:
    process = Path("/proc") / str(pid)
    try:
        here = process.joinpath("cwd").stat()
        program = process.joinpath("exe").readlink().name
    except OSError:
        return False
    ours = data.stat()
    # "(deleted)": the package was upgraded while the server kept running.
    return (here.st_dev, here.st_ino) == (ours.st_dev, ours.st_ino) and program.split(" ")[0] == "postgres"


def _pid_file(data: Path) -> list[str]:
    try:
        return data.joinpath("postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise ClusterError("the cluster belongs to another user", remedy="choose your own LANDDB_HOME") from error


def postmaster(data: Path) -> tuple[int, int] | None:
    """Give (pid, port) of the server that is running on `data`, None when there is none."""
    lines = _pid_file(data)
    try:
        pid, port = int(lines[PID_LINE]), int(lines[PORT_LINE])
    except (IndexError, ValueError):
        return None
    return (pid, port) if _is_ours(pid, data) else None


def is_ready(data: Path) -> bool:
    """Tell whether the running server has finished its start, crash recovery included."""
    lines = _pid_file(data)
    return len(lines) > STATE_LINE and lines[STATE_LINE].strip() == "ready"


def _orphans(data: Path) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _is_ours(pid, data)]


def _end(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _wait_until_gone(data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _orphans(data):
            return True
        time.sleep(0.05)
    return False


def clear_remains(data: Path, socket_folder: Path) -> None:
    """Remove what a killed server left: its last backends, its pid file and its socket.

    PostgreSQL itself refuses to start while the pid in postmaster.pid exists at all, be it a zombie or a
    stranger. Call only when `postmaster` found none. Backends that outlive their postmaster end by
    themselves within moments, except one that is stuck in a computation; it is ended first, since a new
    server beside it would corrupt the data.
    """
    _reap(data)
    if not _wait_until_gone(data, 5):
        _end(_orphans(data), signal.SIGQUIT)
        if not _wait_until_gone(data, 5):
            _end(_orphans(data), signal.SIGKILL)
            if not _wait_until_gone(data, 30):
                raise ClusterError("backends of a killed server do not end", remedy="restart the machine")
    data.joinpath("postmaster.pid").unlink(missing_ok=True)
    for leftover in socket_folder.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _reap(data: Path) -> None:
    """Collect a dead server that became our own child, as happens when landdb is process 1 of a container."""
    lines = _pid_file(data)
    if os.getpid() == 1 and lines and lines[PID_LINE].isdigit():
        with contextlib.suppress(ChildProcessError):
            os.waitpid(int(lines[PID_LINE]), os.WNOHANG)
