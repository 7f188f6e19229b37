"""All benchmarks in one go: ``make bench``, or ``python -m benchmarks.run``.

Without LANDDB_DATABASE_URL a private cluster is made for the measurements and removed after them. With it, the
role must be allowed to make databases and extensions; existing databases are not touched.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import databases, findings, import_memory, import_speed, lookups, outputs, province, report, splits
from landdb import cluster
from landdb.settings import Settings


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a database server to measure on, for a role that may make databases."""
    settings = Settings.from_environment()
    if settings.database_url:
        yield settings.database_url
        return
    home = Path(tempfile.mkdtemp(prefix="landdb-bench-"))
    if os.geteuid() == 0:
        home.chmod(0o711)
    private = Settings.from_environment({"LANDDB_HOME": str(home)})
    try:
        cluster.start(private)
        yield cluster.admin_url(private)
    finally:
        cluster.reset(private)
        shutil.rmtree(home)


def measure_lookups(url: str, parcels: int, communes: int) -> None:
    """Build the province in a database of its own, ask it, and write what people read of it."""
    with databases.fresh(url) as made:
        province.build(made, parcels, communes)
        lookups.run(made)
        outputs.run(made)
        splits.run(made, 200)


def main() -> None:
    """Read the command line, measure and sum up."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = ("lookups", "findings", "import_speed", "import_memory")
    parser.add_argument("--only", choices=names, nargs="+", default=names)
    parser.add_argument("--parcels", type=int, default=province.PARCELS, help="of the province that is asked")
    parser.add_argument("--communes", type=int, default=province.COMMUNES)
    asked = parser.parse_args()
    steps: dict[str, Callable[[str], object]] = {
        "lookups": lambda url: measure_lookups(url, asked.parcels, asked.communes),
        "findings": findings.run,
        "import_speed": import_speed.run,
        "import_memory": import_memory.run,
    }
    with server() as url:
        for name in asked.only:
            steps[name](url)
    print(report.summary())


if __name__ == "__main__":
    main()
