"""The reading child as a process: started before it is known how the file shall be read, ended whatever happens.

Starting takes longer than reading a commune's map. So whoever knows that a file will come starts its child first, and
does the rest of its own work while the child locks itself in, loads its libraries and looks at the file. This module
is light for the same reason: it can be imported before anything else.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from landdb.errors import ImportRefused
from landdb.importers.walls import sandbox

if TYPE_CHECKING:
    from landdb.importers.staging_folder import StagedFile

_LONGEST_LINE: Final = 64 << 10
_MOST_LINES: Final = 500
#: Batches are megabytes; through the pipe's usual 64 KiB both sides would take turns far more often.
_PIPE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a file before anybody has looked at it."""

    limits: sandbox.Limits | None = None  # of the reading; None: what a delivery of its size may use
    otherwise: str | None = None  # format of a file whose bytes tell none


class ReaderProcess:
    """One child process with its folder: a file is put before it, it hears how to read it and answers with rows."""

    def __init__(self, path: Path, also_skip: Sequence[str] = (), *, expected: Expected = Expected()) -> None:
        self.path = path
        self._expected = expected
        self.folder = Path(tempfile.mkdtemp(prefix="landdb-import-"))
        self.refused: dict[str, Any] | None = None
        self.unknown_drivers: tuple[str, ...] = ()
        self.notes: list[str] = []
        self._is_ready = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "landdb.importers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
            cwd=self.folder,
            env=sandbox.environment(self.folder),
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._listener.start()
        self._staged: StagedFile | None = None
        self._unusable: ImportRefused | None = None
        self._stager = threading.Thread(target=self._stage, args=(also_skip,), daemon=True)
        self._stager.start()

    @property
    def rows(self) -> IO[bytes]:
        """The stream that the child writes its rows to."""
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        return self._process.stdout

    def await_walls(self) -> None:
        """Return when the child has locked itself in, or has ended; files are put before it only then."""
        self._is_ready.wait(sandbox.WALL_SECONDS)

    def staged(self) -> StagedFile:
        """Give the copy of the file that lies before the child; raises what making it raised."""
        self._stager.join()
        if self._unusable is not None:
            raise self._unusable
        assert self._staged is not None  # noqa: S101 - it is either there or unusable
        return self._staged

    def ask(self, request: Mapping[str, Any]) -> None:
        """Tell the child how to read its file; it hears this once."""
        self._tell(request)

    def _stage(self, also_skip: Sequence[str]) -> None:
        """Put the file before the child once that has locked itself in, and tell it so."""
        from landdb.importers.staging_folder import stage

        self.await_walls()
        try:
            self._staged = staged = stage(self.path, self.folder)
        except ImportRefused as refused:
            self._unusable = refused
        except OSError:
            self._unusable = ImportRefused(
                "FILE_NOT_COPIED", "The file cannot be read, or not be copied for reading.",
                remedy="Check who may read it, and the space left for temporary files.",
            )  # fmt: skip
        else:
            told = {"file": str(staged.path), "label": staged.label, "delivered_bytes": staged.size}
            self._tell(told | {"also_skip": list(also_skip)} | asdict(self._expected))

    def _tell(self, message: Mapping[str, Any]) -> None:
        stdin = self._process.stdin
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended, or is being ended
            if stdin is not None:
                stdin.write(json.dumps(message).encode() + b"\n")
                stdin.flush()

    def wait(self) -> int | None:
        """Give the exit status; None when the child does not end."""
        try:
            status = self._process.wait(sandbox.WALL_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        self._listener.join(5)
        return status

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()

    def end(self) -> None:
        """End the child and remove its folder."""
        self._process.kill()
        self._process.wait()
        self._listener.join(5)
        self._stager.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listen(self, stderr: IO[bytes]) -> None:
        """Keep what the child says in our form; whatever else libraries print may quote the file and is dropped."""
        kept = 0
        while line := stderr.readline(_LONGEST_LINE):
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                if isinstance(message, dict) and kept < _MOST_LINES:
                    self._keep(message)
                    kept += 1
        self._is_ready.set()

    def _keep(self, message: dict[str, Any]) -> None:
        if message.get("is_ready"):
            self._is_ready.set()
        if isinstance(message.get("note"), str):
            self.notes.append(printable(message["note"]))
        if isinstance(message.get("refused"), dict):
            self.refused = message["refused"]
        if isinstance(message.get("unknown_drivers"), list):
            self.unknown_drivers = tuple(str(name) for name in message["unknown_drivers"])


@contextmanager
def waiting_reader(
    path: Path, also_skip: Sequence[str] = (), *, expected: Expected = Expected()
) -> Iterator[ReaderProcess]:
    """Give a child that has this file before it and waits for its job; it and its folder are gone after the block."""
    process = ReaderProcess(path, also_skip, expected=expected)
    try:
        yield process
    finally:
        process.end()


@contextmanager
def waiting_readers(paths: Sequence[Path]) -> Iterator[Iterator[ReaderProcess]]:
    """Give a child for each of the files in turn; each is started while the caller is busy with the one before."""
    started = [ReaderProcess(path) for path in paths[:1]]

    def one_by_one() -> Iterator[ReaderProcess]:
        for number in range(len(paths)):
            started.extend(ReaderProcess(path) for path in paths[number + 1 : number + 2])
            yield started[number]
            started[number].end()

    try:
        yield one_by_one()
    finally:
        for process in started:
            process.end()


def printable(text: str) -> str:
    """Give the text without what would act on a terminal: it quotes layers and columns as they were delivered."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)
