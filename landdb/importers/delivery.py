"""The parent's side of reading: put the file before a child, tell it what to do, take its rows."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from landdb.errors import ImportRefused
from landdb.importers import Delivery, DeliveryDescription, ImportJob, LayerDescription, wire
from landdb.importers.maps.profile import PACKAGED
from landdb.importers.reader_process import ReaderProcess, printable, waiting_reader
from landdb.importers.walls import sandbox

# Batches of some megabytes come and go: the system keeps their memory ready, Arrow's own allocator fetches it anew.
pa.set_memory_pool(pa.system_memory_pool())

_DESCRIPTION: Final = b"landdb.description"
_SIGXCPU: Final = -24


@contextmanager
def read_by_child(job: ImportJob, waiting: ReaderProcess | None) -> Iterator[Delivery]:
    """Give the delivery that the waiting child reads, or a fresh one."""
    profile_text = _profile_text(job)
    also_skip: Sequence[str] = ()
    for process in (waiting, None):
        with ExitStack() as stack:
            reading = _Reading(process or stack.enter_context(waiting_reader(job.path, also_skip)), job)
            delivery = reading.open(profile_text)
            if delivery is not None:
                yield delivery
                return
            also_skip = reading.unknown_drivers
    raise ImportRefused("UNSAFE_READER", "The geometry library has drivers that cannot be switched off.")


def _profile_text(job: ImportJob) -> str | None:
    """Give the text of a profile that is a file of the caller's; packaged ones are known by name."""
    if job.profile is None or job.profile in PACKAGED or not job.profile.endswith(".toml"):
        return None
    try:
        return Path(job.profile).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused("UNKNOWN_PROFILE", "The profile cannot be read.", remedy="Check its path.") from error


class _Reading:
    """One delivery read by one child."""

    def __init__(self, process: ReaderProcess, job: ImportJob) -> None:
        self._process = process
        self._job = job
        self._too_slow = False

    @property
    def unknown_drivers(self) -> tuple[str, ...]:
        """The drivers that the child met and did not know."""
        return self._process.unknown_drivers

    def open(self, profile_text: str | None) -> Delivery | None:
        """Give the delivery once the child has described it; None when it met unknown drivers."""
        staged = self._process.staged()
        job = asdict(self._job) | {"path": None, "columns": dict(self._job.columns)}
        self._process.ask({"job": job, "profile_text": profile_text})
        reader = self._within_wall(lambda: pa.ipc.open_stream(pa.PythonFile(self._process.rows, mode="r")))
        if reader is None:
            self._finish()
            return None
        description = _described(reader.schema, self._process.notes)
        if not reader.schema.equals(wire.SCHEMAS[description.kind], check_metadata=False):
            raise _crashed()
        return Delivery(description, self._batches(reader), staged.sha256)

    def _within_wall(self, read: Callable[[], Any]) -> Any:
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
            timer.join()  # a kill that has begun is over, and said, before its cause is asked for

    def _kill_silent(self) -> None:
        self._too_slow = True
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
        status = self._process.wait()
        if (told := self._process.refused) is not None:
            code, reason, remedy = (printable(str(told.get(name))) for name in ("code", "reason", "remedy"))
            raise ImportRefused(code, reason, remedy=remedy if told.get("remedy") else None)
        if self._too_slow or status == _SIGXCPU:
            raise ImportRefused(
                "TOO_MUCH_WORK", "Reading the file takes far longer than an honest file of this size.",
                remedy="Export the layer again, or split it.",
            )  # fmt: skip
        if status != 0 and not self.unknown_drivers:
            raise _crashed()


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
