"""The reading child: a job on stdin, staged rows as an Arrow stream on stdout, refusals and notes on stderr.

Run by `delivery.py` as `python -m landdb.importers.child` inside a job folder that holds a copy of the
delivered file. Everything that touches foreign bytes happens after `sandbox.enter`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from landdb.errors import ImportRefused, LanddbError
from landdb.importers.walls import sandbox
from landdb.importers.walls.drivers import UnknownDrivers

#: Exit statuses the parent knows; any other end is a crash.
REFUSED = 3
UNKNOWN_DRIVERS = 4
_OBJECTS_BETWEEN_COLLECTIONS = 200_000

_LONGEST_MESSAGE = 1_500


def main() -> int:
    """Read one delivery; the exit status says how it ended."""
    # A short life that makes millions of objects and hardly a cycle: looking for cycles all the time gains nothing.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    stream = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up among the rows
    for name in sandbox.enter(Path.cwd(), sandbox.Limits.for_size(request["delivered_bytes"])):
        _tell({"note": f"This machine offers no {name} to the import sandbox."})
    try:
        from landdb.importers.reading import read_into

        read_into(stream, request, note=lambda text: _tell({"note": _cut(text)}))
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
