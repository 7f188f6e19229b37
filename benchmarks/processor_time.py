"""Processor time of a measured program and of the database server that worked for it.

On a busy machine the clock measures the neighbours too; processor time hardly does. The server's share is what its
ended connections used, as the kernel adds it up for the postmaster, so the program must have hung up.
"""

import os
import resource
import time
from pathlib import Path
from typing import Final

import psycopg

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SECONDS_TO_HANG_UP: Final = 0.1


class ProcessorTime:
    """Counts from when it is made."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as conn:
            self._server = _parent(conn.info.backend_pid)
        time.sleep(_SECONDS_TO_HANG_UP)
        self._start = self._now()

    def used_s(self) -> float | None:
        """Give the seconds used since by child processes that were waited for and by the server; None if unknown."""
        time.sleep(_SECONDS_TO_HANG_UP)
        return None if self._server is None else round(self._now() - self._start, 2)

    def _now(self) -> float:
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + (_ended_children(self._server) if self._server else 0.0)


def _fields(pid: int) -> list[str]:
    """Give the fields of /proc/PID/stat from the third on: the second, a name, may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()


def _parent(backend_pid: int) -> int | None:
    """Give the postmaster's process; None when the server runs on another machine."""
    try:
        is_ours = "postgres" in Path(f"/proc/{backend_pid}/comm").read_text("ascii")
        return int(_fields(backend_pid)[1]) if is_ours else None
    except OSError:
        return None


def _ended_children(pid: int) -> float:
    user, system = _fields(pid)[13:15]
    return (int(user) + int(system)) / _TICKS
