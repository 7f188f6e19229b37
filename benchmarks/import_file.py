"""The map to import, made once, and an import of it watched from outside."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import DATA
from benchmarks.province import key_file
from benchmarks.replicate import PARCELS_PER_COMMUNE, write
from landdb.store.vault import Vault

#: How often the memory of an import is looked at.
EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import took: seconds since its program began and as a whole process, and its most memory, in MiB."""

    import_s: float
    process_s: float
    counts: dict[str, int]
    peak_mib: float
    parent_mib: float
    child_mib: float


def replicated(parcels: int) -> Path:
    """Give the GeoPackage with so many parcels, made when it is not there yet."""
    path = DATA / f"parcels-{parcels}.gpkg"
    if not path.with_suffix(".communes.csv").exists():
        DATA.mkdir(exist_ok=True)
        print(f"making {path.name}", flush=True)
        write(path, parcels, max(1, round(parcels / PARCELS_PER_COMMUNE)))
    return path


def communes_of(path: Path) -> Path:
    """Give the list of communes that belongs to a replicated map."""
    return path.with_suffix(".communes.csv")


def import_with_landdb(url: str, path: Path, *, watched: bool = False) -> Imported:
    """Import the file in a fresh process and give what it took; its memory only if it is watched, which costs time."""
    Vault.make(key_file())
    command = [sys.executable, "-m", "benchmarks.import_once", url, str(path), str(key_file())]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            peak, highest = _watch(process) if watched else (0, dict[int, int]())
            process.wait()
        except BaseException:
            process.kill()
            raise
        took = time.perf_counter() - start
        assert process.stdout is not None
        told = process.stdout.read().splitlines()
    if process.returncode or not told:
        raise RuntimeError("the import failed; its message is above")
    result: dict[str, Any] = json.loads(told[-1])
    parent = highest.pop(process.pid, 0)
    child = max(highest.values(), default=0)
    return Imported(result["import_s"], took, result["counts"], peak / 1024, parent / 1024, child / 1024)


def _watch(process: subprocess.Popen[str]) -> tuple[int, dict[int, int]]:
    """Give the most memory at one moment of the process with its children, and the most of each, in KiB."""
    peak, highest = 0, dict[int, int]()
    while process.poll() is None:
        now = {pid: _memory(pid) for pid in (process.pid, *_children(process.pid))}
        peak = max(peak, sum(resident for resident, _ in now.values()))
        highest |= {pid: high for pid, (_, high) in now.items() if high}
        time.sleep(EVERY_S)
    return peak, highest


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def _memory(pid: int) -> tuple[int, int]:
    """Give the resident memory of a process now and at its highest, in KiB; zeros when it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0, 0
    found = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value}
    return found.get("VmRSS", 0), found.get("VmHWM", 0)
