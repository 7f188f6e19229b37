"""How much memory an import takes, and how much more when the file is four times as large.

``python -m benchmarks.import_memory DATABASE_URL``. Counted are the importing process and its reading child,
looked at from outside fifty times a second; the server is not counted.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import psycopg

from benchmarks import databases, measure
from benchmarks.import_file import communes_of, import_with_landdb, replicated

SIZES = (100_000, 400_000)


def run(url: str, sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Measure, print and keep the result."""
    with psycopg.connect(url) as conn:
        result: dict[str, Any] = {"machine": measure.machine(conn)}
    result["imports"] = [_import(url, parcels) for parcels in sizes]
    first, last = result["imports"][0], result["imports"][-1]
    result["ratio_parcels"] = round(last["parcels"] / first["parcels"], 2)
    result["ratio_peak"] = round(last["peak_mib"] / first["peak_mib"], 2)
    result["load_average_after"] = measure.load()
    measure.write("import_memory", result)
    show(result)
    return result


def show(result: dict[str, Any]) -> None:
    """Print the peaks and their ratio."""
    measure.show("Memory of an import, MiB", result["imports"])
    print(f"{result['ratio_parcels']} times the parcels take {result['ratio_peak']} times the memory")


def _import(url: str, parcels: int) -> dict[str, Any]:
    path = replicated(parcels)
    with databases.landdb_template(url, communes_of(path)) as template, databases.fresh(url, template) as made:
        took = import_with_landdb(made, path, watched=True)
    return {
        "parcels": parcels,
        "file_mb": round(path.stat().st_size / 1e6),
        "peak_mib": round(took.peak_mib),
        "importing_process_mib": round(took.parent_mib),
        "reading_child_mib": round(took.child_mib),
        "import_s": round(took.import_s, 1),
    }


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args()
    run(asked.database_url, asked.sizes)


if __name__ == "__main__":
    main()
