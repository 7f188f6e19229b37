"""The reading child: a file and a job on stdin, staged rows as an Arrow stream on stdout, refusals and notes on stderr.

Run by `reader_process.py` as `python -m landdb.importers.child` inside an empty job folder. It locks itself in,
loads its libraries and waits until it is told of the copy of a delivered file in its folder, then of its job.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from landdb.errors import ImportRefused, LanddbError
from landdb.importers import MAX_BYTES_PER_FILE
from landdb.importers.walls import sandbox
from landdb.importers.walls.drivers import UnknownDrivers

#: Exit statuses the parent knows; any other end is a crash.
REFUSED = 3
UNKNOWN_DRIVERS = 4
_OBJECTS_BETWEEN_COLLECTIONS = 200_000

_LONGEST_MESSAGE = 1_500
#: Loaded, with what it stands on, while the parent has other things to do.
_WANTED_BY_MOST = "landdb.importers.maps.features"


def main() -> int:
    """Read one delivery; the exit status says how it ended."""
    sys.meta_path.insert(0, _WithoutPandas())
    # A short life that makes millions of objects and hardly a cycle: looking for cycles all the time gains nothing.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    stream = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up among the rows
    _lock_in()
    try:
        importlib.import_module(_WANTED_BY_MOST)
        _read(stream)
    except UnknownDrivers as drivers:
        _tell({"unknown_drivers": drivers.names})
        return UNKNOWN_DRIVERS
    except ImportRefused as refused:
        return _refuse(refused.code, refused.reason, refused.remedy)
    except MemoryError:
        return _refuse_memory()
    except LanddbError as error:
        return _refuse("READING_FAILED", error.message, error.remedy)
    except Exception as error:  # noqa: BLE001 - the message may quote the file, so only its kind and place leave
        if "bad_alloc" in str(error):
            return _refuse_memory()
        return _refuse(
            "READING_FAILED", f"The file broke off the reading ({_place(error)}).", "Export the layer again."
        )
    return 0


class _WithoutPandas:
    """Says at once that there is no pandas: Arrow asks again for every array, and all along the import path."""

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> None:
        """Raise ModuleNotFoundError for pandas, give nothing for any other module."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _lock_in() -> None:
    """Enter the sandbox, with the time that the largest file may take, and tell the parent."""
    for name in sandbox.enter(Path.cwd(), sandbox.Limits.for_size(MAX_BYTES_PER_FILE)):
        _tell({"note": f"This machine offers no {name} to the import sandbox."})
    _tell({"is_ready": True})


def _read(stream: int) -> None:
    """Read the file that the parent tells of, in no more time than it may take; nothing when no job follows."""
    from landdb.importers.reading import look_at, read_into

    if shown := _told():
        if narrow := shown.get("limits"):
            sandbox.narrow(sandbox.Limits(**narrow))
        else:
            sandbox.limit_time(sandbox.Limits.for_size(shown["delivered_bytes"]))
        delivered = look_at(shown)
        if request := _told():
            read_into(stream, delivered, request, note=lambda text: _tell({"note": _cut(text)}))


def _told() -> dict[str, Any]:
    """Give the next thing that the parent tells, nothing when it has no more to say."""
    told: dict[str, Any] = json.loads(sys.stdin.buffer.readline() or b"{}")
    return told


def _tell(message: dict[str, Any]) -> None:
    sys.stderr.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def _refuse(code: str, reason: str, remedy: str | None) -> int:
    _tell({"refused": {"code": code, "reason": _cut(reason), "remedy": remedy and _cut(remedy)}})
    return REFUSED


def _refuse_memory() -> int:
    return _refuse("TOO_MUCH_MEMORY", "Reading the file needs more memory than an import may use.", "Split the file.")


def _cut(text: str) -> str:
    """Give a message no longer than one reads: the layers and columns that it names come without end."""
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]} …"


def _place(error: BaseException) -> str:
    """Give the kind of an error and the line of ours it came through."""
    line, trace = "", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if Path(__file__).parent in path.parents:
            line = f" at {path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{line}"


if __name__ == "__main__":
    sys.exit(main())
