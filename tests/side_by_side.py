"""Runs all tests in two lanes at once, each a pytest of its own with its own PostgreSQL; fails when one of them does.

On a server that is given (LANDDB_TEST_DATABASE_URL) one lane waits for the other.
Within a lane the order stays that of the folders, so that a failure is seen again by running the lane alone:

    .venv/bin/pytest tests/api
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent
# About as long as everything else together; the rest is the other lane, so that no new folder is forgotten.
FIRST = {"api", "golden", "hostile"}


def lanes() -> list[list[Path]]:
    """Give the folders with tests, lane by lane."""
    folders = sorted({path.parent for path in HERE.glob("*/test_*.py")})
    return [[folder for folder in folders if (folder.name in FIRST) is first] for first in (True, False)]


def _run(folders: list[Path], arguments: list[str], codes: list[int]) -> None:
    label = folders[0].name
    command = [sys.executable, "-m", "pytest", *arguments, *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as lane:
        for line in lane.stdout or ():
            print(f"{label:<4}| {line}", end="", flush=True)
    codes.append(lane.returncode)


def main() -> int:
    """Give the worst exit code of the lanes; arguments go to every pytest."""
    codes: list[int] = []
    running = [threading.Thread(target=_run, args=(folders, sys.argv[1:], codes)) for folders in lanes()]
    for lane in running:
        lane.start()
        if "LANDDB_TEST_DATABASE_URL" in os.environ:  # the logins of the API are those of the whole server
            lane.join()
    for lane in running:
        lane.join()
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main())
