"""One import in a process of its own: says on its last line, as JSON, how long it took and what was counted.

``python -m benchmarks.import_once DATABASE_URL FILE KEY_FILE``; the communes must be registered. As in the command
line, the reading child is started before anything else. Told is the time since then.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from landdb.importers.reader_process import ReaderProcess, waiting_reader

#: A province in one file is more than an import accepts by itself.
MAX_VERTICES = 50_000_000


def main() -> None:
    """Import the file that the command line names."""
    start = time.perf_counter()
    url, path, key_file = sys.argv[1:]
    with waiting_reader(Path(path)) as waiting:
        counts = _import(url, Path(path), Path(key_file), waiting)
        took = time.perf_counter() - start
    print(json.dumps({"import_s": took, "counts": counts}))


def _import(url: str, path: Path, key_file: Path, waiting: ReaderProcess) -> dict[str, int]:
    from landdb import pipeline
    from landdb.importers import ImportJob
    from landdb.store.connection import connect
    from landdb.store.vault import Vault

    vault = Vault.make(key_file)
    with connect(url, application_name="landdb-benchmark") as conn, conn.transaction():
        job = ImportJob(path=path, max_vertices=MAX_VERTICES)
        result = pipeline.ingest(conn, job, vault, pipeline.Handover("benchmark"), waiting=waiting)
    return asdict(result.counts)


if __name__ == "__main__":
    main()
