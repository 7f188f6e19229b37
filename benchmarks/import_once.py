"""One import in a process of its own: says on its last line, as JSON, how long it took and what was counted.

``python -m benchmarks.import_once DATABASE_URL FILE KEY_FILE``; the communes must be registered.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from landdb import pipeline
from landdb.importers import ImportJob
from landdb.store.connection import connect
from landdb.store.vault import Vault

#: A province in one file is more than an import accepts by itself.
MAX_VERTICES = 50_000_000


def main() -> None:
    """Import the file that the command line names."""
    url, path, key_file = sys.argv[1:]
    vault = Vault.make(Path(key_file))
    with connect(url, application_name="landdb-benchmark") as conn:
        start = time.perf_counter()
        with conn.transaction():
            job = ImportJob(path=Path(path), max_vertices=MAX_VERTICES)
            result = pipeline.ingest(conn, job, vault, pipeline.Handover("benchmark"))
        took = time.perf_counter() - start
    print(json.dumps({"ingest_s": took, "counts": asdict(result.counts)}))


if __name__ == "__main__":
    main()
