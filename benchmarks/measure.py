"""What every benchmark shares: medians, a description of the machine, results as a file and as a table."""

import datetime as dt
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent
DATA, RESULTS = FOLDER / "data", FOLDER / "results"


def median(values: Sequence[float]) -> float:
    """Give the median, rounded to the microsecond when the values are milliseconds."""
    return round(statistics.median(values), 3)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)


def machine(conn: psycopg.Connection) -> dict[str, Any]:
    """Give what the figures were measured on; the load tells what else it had to do."""
    row = conn.execute(
        "SELECT current_setting('server_version'), default_version, current_setting('shared_buffers'),"
        " current_setting('fsync') FROM pg_available_extensions WHERE name = 'postgis'"
    ).fetchone()
    postgres, postgis, buffers, fsync = row if row else (None,) * 4
    return {**host(), "postgresql": postgres, "postgis": postgis, "shared_buffers": buffers, "fsync": fsync}


def host() -> dict[str, Any]:
    """Give the part of it that no database has to do with."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "measured_at": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "load_average": load(),
    }


def load() -> float:
    """Give the mean number of processes that wanted to run during the last minute."""
    return round(os.getloadavg()[0], 1)


def write(name: str, result: Mapping[str, Any]) -> None:
    """Keep a benchmark's result under benchmarks/results."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", "utf-8")


def read(name: str) -> dict[str, Any] | None:
    """Give a benchmark's last result, None when it was never run."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return None
    result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return result


def show(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table; numbers stand right."""
    table = Table(title=title, title_justify="left")
    for name in rows[0]:
        is_number = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(name, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console(width=None if os.isatty(1) else 200).print(table)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
