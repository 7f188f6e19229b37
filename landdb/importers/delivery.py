"""The parent's side of reading: start the child, take its rows, end it whatever happens."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa

from landdb.errors import ImportRefused
from landdb.importers import Delivery, DeliveryDescription, ImportJob, LayerDescription, wire
from landdb.importers.maps.profile import PACKAGED
from landdb.importers.staging_folder import StagedFile, stage
from landdb.importers.walls import sandbox

_DESCRIPTION: Final = b"landdb.description"
_LONGEST_LINE: Final = 64 << 10
_MOST_LINES: Final = 500
_SIGXCPU: Final = -24


@contextmanager
def running_child(job: ImportJob) -> Iterator[Delivery]:
    """Give the delivery that a fresh child reads; the child and its folder are gone afterwards."""
    profile_text = _profile_text(job)
    also_skip: Sequence[str] = ()
    for _ in range(2):
        child = _Child(job, profile_text, also_skip)
        try:
            delivery = child.open()
            if delivery is not None:
                yield delivery
                return
            also_skip = child.unknown_drivers
        finally:
            child.end()
    raise ImportRefused("UNSAFE_READER", "The geometry library has drivers that cannot be switched off.")


def _profile_text(job: ImportJob) -> str | None:
    """Give the text of a profile that is a file of the caller's; packaged ones are known by name."""
    if job.profile is None or job.profile in PACKAGED or not job.profile.endswith(".toml"):
        return None
    try:
        return Path(job.profile).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused("UNKNOWN_PROFILE", "The profile cannot be read.", remedy="Check its path.") from error


class _Child:
    """One child process with its folder."""

    def __init__(self, job: ImportJob, profile_text: str | None, also_skip: Sequence[str]) -> None:
        self._job = job
        self._folder = Path(tempfile.mkdtemp(prefix="landdb-import-"))
        self._profile_text = profile_text
        self._also_skip = also_skip
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._too_slow = False
        self._refused: dict[str, Any] | None = None
        self._notes: list[str] = []
        self.unknown_drivers: tuple[str, ...] = ()

    def open(self) -> Delivery | None:
        """Give the delivery once the child has described it; None when it met unknown drivers."""
        staged = stage(self._job.path, self._folder)
        process = self._start(staged)
        reader = self._within_wall(lambda: pa.ipc.open_stream(pa.PythonFile(process.stdout, mode="r")))
        if reader is None:
            self._finish()
            return None
        description = _described(reader.schema, self._notes)
        if not reader.schema.equals(wire.SCHEMAS[description.kind], check_metadata=False):
            raise _crashed()
        return Delivery(description, self._batches(reader))

    def _start(self, staged: StagedFile) -> subprocess.Popen[bytes]:
        request = {
            "job": asdict(self._job) | {"path": None, "columns": dict(self._job.columns)},
            "file": str(staged.path),
            "label": staged.label,
            "delivered_bytes": staged.size,
            "profile_text": self._profile_text,
            "also_skip": list(self._also_skip),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "landdb.importers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._folder,
            env=sandbox.environment(self._folder),
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._listener.start()
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:  # type: ignore[union-attr]
            stdin.write(json.dumps(request).encode())
        return self._process

    def _listen(self, stderr: IO[bytes]) -> None:
        """Keep what the child says in our form; whatever else libraries print may quote the file and is dropped."""
        kept = 0
        while line := stderr.readline(_LONGEST_LINE):
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                if isinstance(message, dict) and kept < _MOST_LINES:
                    self._keep(message)
                    kept += 1

    def _keep(self, message: dict[str, Any]) -> None:
        if isinstance(message.get("note"), str):
            self._notes.append(_printable(message["note"]))
        if isinstance(message.get("refused"), dict):
            self._refused = message["refused"]
        if isinstance(message.get("unknown_drivers"), list):
            self.unknown_drivers = tuple(str(name) for name in message["unknown_drivers"])

    def _within_wall(self, read: Any) -> Any:
        """Give what reading from the child returns; None at its end. Too long a silence kills it."""
        timer = threading.Timer(sandbox.WALL_SECONDS, self._kill_silent)
        timer.start()
        try:
            return read()
        except StopIteration:
            return None
        except (pa.ArrowInvalid, OSError):
            return None  # the stream broke off: the exit status tells why
        finally:
            timer.cancel()

    def _kill_silent(self) -> None:
        self._too_slow = True
        if self._process is not None:
            self._process.kill()

    def _batches(self, reader: Any) -> Iterator[pa.RecordBatch]:
        while (batch := self._within_wall(reader.read_next_batch)) is not None:
            try:
                batch.validate(full=True)
            except pa.ArrowInvalid as error:
                raise _crashed() from error
            yield batch.replace_schema_metadata(None)
        self._finish()

    def _finish(self) -> None:
        """Wait for the child's end and raise what it ended with."""
        if self._process is None or self._listener is None:
            return
        try:
            status = self._process.wait(sandbox.WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise _crashed() from error
        self._listener.join(5)
        if self._refused is not None:
            told = self._refused
            code, reason, remedy = (_printable(str(told.get(name))) for name in ("code", "reason", "remedy"))
            raise ImportRefused(code, reason, remedy=remedy if told.get("remedy") else None)
        if self._too_slow or status == _SIGXCPU:
            raise ImportRefused(
                "TOO_MUCH_WORK", "Reading the file takes far longer than an honest file of this size.",
                remedy="Export the layer again, or split it.",
            )  # fmt: skip
        if status != 0 and not self.unknown_drivers:
            raise _crashed()

    def end(self) -> None:
        """End the child and remove its folder."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._listener is not None:
                self._listener.join(5)
            for pipe in (self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _printable(text: str) -> str:
    """Give the text without what would act on a terminal: it quotes layers and columns as they were delivered."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)


def _described(schema: pa.Schema, notes: list[str]) -> DeliveryDescription:
    try:
        told = json.loads((schema.metadata or {})[_DESCRIPTION])
        layers = tuple(LayerDescription(**{k: _frozen(v) for k, v in layer.items()}) for layer in told.pop("layers"))
        described = DeliveryDescription(**told, layers=layers, notes=notes)
        if described.kind not in wire.SCHEMAS:
            raise _crashed()
    except (KeyError, TypeError, ValueError) as error:
        raise _crashed() from error
    return described


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _crashed() -> ImportRefused:
    return ImportRefused(
        "READER_CRASHED", "The reader broke down on this file.",
        remedy="Open the file in QGIS and export the layer as GeoPackage.",
    )  # fmt: skip
