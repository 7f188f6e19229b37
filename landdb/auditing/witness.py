"""The file of seals outside the database: what a second organisation keeps, and what verification believes.

One JSON object a line: number of the seal, its signed note, the records it sealed and their leaf hashes. It holds no
personal value. A copy without `access_ids` and `leaves` still tells that something was changed, and under which seal.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landdb.domain.merkle import HASH_BYTES
from landdb.errors import ConfigurationError, InvalidValue


@dataclass(frozen=True, slots=True)
class Witness:
    """A seal as the file tells it; `access_ids` and `leaves` are None in a copy of the roots alone."""

    seal_id: int
    checkpoint: str
    access_ids: Sequence[int] | None = None
    leaves: Sequence[bytes] | None = None

    def to_line(self) -> str:
        """Give the line of the file."""
        told: dict[str, Any] = {"seal_id": self.seal_id, "checkpoint": self.checkpoint}
        if self.access_ids is not None and self.leaves is not None:
            told |= {"access_ids": list(self.access_ids), "leaves": base64.b64encode(b"".join(self.leaves)).decode()}
        return json.dumps(told) + "\n"

    @classmethod
    def parse(cls, line: str) -> "Witness":
        """Give the seal of a line; raises ValueError."""
        told = json.loads(line)
        seal_id, checkpoint = int(told["seal_id"]), str(told["checkpoint"])
        if "leaves" not in told:
            return cls(seal_id, checkpoint)
        joined = base64.b64decode(told["leaves"], validate=True)
        leaves = [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
        access_ids = [int(one) for one in told["access_ids"]]
        if len(leaves) != len(access_ids):
            raise ValueError("as many leaves as records are needed")
        return cls(seal_id, checkpoint, access_ids, leaves)


def witness_file(home: Path) -> Path:
    """Give where this installation keeps its seals outside the database."""
    return home / "audit" / "seals.jsonl"


def read_witnesses(file: Path) -> Iterator[Witness]:
    """Give the seals of a file in their order; raises InvalidValue with the line's number for what is none."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Witness.parse(line)
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidValue(
                    f"{file.name} line {number}", "NOT_A_SEAL", remedy="give the file unchanged"
                ) from error


def last_witness(file: Path) -> Witness | None:
    """Give the newest seal of the file, None when it has none."""
    if not file.exists() or not (line := _last_line(file)):
        return None
    try:
        return Witness.parse(line)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"the last line of {file} is no seal", remedy="a write was broken off: take the line out, then seal again"
        ) from error


@contextmanager
def appending(file: Path) -> Iterator["Appender"]:
    """Give the file to append to, for this process alone; what was written is on disk when the block ends."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield Appender(stream)
        stream.flush()
        os.fsync(stream.fileno())


@dataclass(frozen=True, slots=True)
class Appender:
    """Writes seals behind those that are there."""

    _stream: Any

    def add(self, witness: Witness) -> None:
        """Write one seal."""
        self._stream.write(witness.to_line())


def _last_line(file: Path) -> str:
    with file.open("rb") as stream:
        at = stream.seek(0, os.SEEK_END)
        tail = b""
        while at > 0 and tail.count(b"\n") < 2:
            step = min(at, 1 << 16)
            at = stream.seek(at - step)
            tail = stream.read(step) + tail
    lines = tail.splitlines()
    return lines[-1].decode("utf-8") if lines else ""
