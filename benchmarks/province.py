"""A database as large as a province, with holders: 781,000 parcels of 148 communes (Phú Thọ), all invented.

``python -m benchmarks.province DATABASE_URL`` fills an empty database. Rows go straight into the final tables
by COPY; only the sealing of people is that of an import. The same numbers give the same rows every time,
except the ciphertexts. The keys lie in benchmarks/data/landdb.key, or where LANDDB_KEY_FILE says.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import psycopg

from benchmarks.bulk import continue_identities, without_indexes, without_walls
from benchmarks.province_ground import RECORDED, Plot, copy_ground, plan
from benchmarks.province_holders import Counted, copy_holders
from benchmarks.replicate import Tile
from landdb.store import batches, migrate, rendering
from landdb.store.batches import Counts, Delivered
from landdb.store.statements import load
from landdb.store.vault import Vault
from sample_gis import fabric
from sample_gis.recipes import RECIPES
from sample_gis.records import surveyed

PARCELS, COMMUNES = 781_000, 148
DATA = Path(__file__).parent / "data"
GROUND = (
    ("cadastre", "sheet"), ("cadastre", "parcel"), ("cadastre", "land_use"), ("cadastre", "land_object"),
    ("cadastre", "sheet_crosswalk"), ("admin", "commune_boundary"),
)  # fmt: skip
HOLDERS = (
    ("party", "party"), ("registry", "baunit"), ("registry", "certificate"), ("registry", "baunit_parcel"),
    ("registry", "rrr"), ("registry", "share"),
)  # fmt: skip


class Clock:
    """Says what is being done, how far it is, and how long it has taken."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._told = 0.0

    def say(self, text: str) -> None:
        """Tell a step."""
        print(f"{time.monotonic() - self._start:6.0f} s  {text}", flush=True)

    def count(self, rows: int) -> None:
        """Tell the rows so far, every ten seconds."""
        if time.monotonic() - self._told > 10:
            self._told = time.monotonic()
            self.say(f"  … {rows:,} rows")


def key_file() -> Path:
    """Give the file with the keys that the benchmark's people are sealed with."""
    given = os.environ.get("LANDDB_KEY_FILE")
    return Path(given) if given else DATA / "landdb.key"


def build(url: str, parcels: int, communes: int) -> Counted:
    """Fill the empty database at `url` and give how many holders and papers it has."""
    clock = Clock()
    migrate.upgrade(url)
    clock.say("schema ready; drawing the sample communes")
    plots = plan([Tile.of(surveyed(fabric.build(recipe))) for recipe in RECIPES], parcels, communes)
    with psycopg.connect(url, application_name="landdb-benchmark") as conn:
        _require_empty(conn)
        counted = _fill(conn, plots, parcels, clock)
        clock.say(f"{counted.parties:,} parties, {counted.papers:,} papers, {counted.shares:,} shares; now the past")
        _add_past(conn)
        rendering.begin_anew(conn)
    with psycopg.connect(url, autocommit=True) as conn:
        clock.say("vacuum and analyze")
        conn.execute("VACUUM (ANALYZE)")
    clock.say("done")
    return counted


def _require_empty(conn: psycopg.Connection) -> None:
    row = conn.execute(load("province", package="benchmarks")["is_empty"]).fetchone()
    if row is None or not row[0]:
        sys.exit("this database has parcels already: give the benchmark an empty one")


def _fill(conn: psycopg.Connection, plots: dict[str, list[Plot]], parcels: int, clock: Clock) -> Counted:
    vault = Vault.make(key_file())
    conn.execute("SET synchronous_commit = off")
    conn.execute("SET landdb.areas_noted_by = 'sheet'")  # 781,000 parcels are noted at once, at the end
    map_batch, paper_batch = _begin(conn, "ban-do.gpkg"), _begin(conn, "so-dia-chinh.xlsx")
    with without_indexes(conn, GROUND):
        clock.say(f"{parcels:,} parcels in {len(plots)} communes")
        grounds = list(copy_ground(conn, plots, map_batch, clock.count))
        clock.say("indexes of the ground")
    conn.commit()
    with without_walls(conn, HOLDERS), without_indexes(conn, HOLDERS):
        clock.say("holders and papers")
        counted = copy_holders(conn, grounds, paper_batch, vault, clock.count)
        clock.say("indexes of the holders")
    batches.finish(conn, map_batch, Counts(stored=parcels))
    batches.finish(conn, paper_batch, Counts(stored=counted.shares))
    continue_identities(conn, (*GROUND, *HOLDERS))
    conn.commit()
    return counted


def _begin(conn: psycopg.Connection, file_name: str) -> int:
    delivered = Delivered(file_name, bytes(32), 0, "GPKG", None, {})
    return batches.begin(conn, delivered, actor="benchmark", document="BBBG-99/2025")


def _add_past(conn: psycopg.Connection) -> None:
    """Give some parcels and shares an earlier version, and some parcels findings."""
    texts = load("province", package="benchmarks")
    for name in ("revise_parcels", "transfer_shares", "insert_runs", "insert_run_communes", "insert_findings"):
        conn.execute(texts[name], {"at": RECORDED})


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--parcels", type=int, default=PARCELS)
    parser.add_argument("--communes", type=int, default=COMMUNES)
    asked = parser.parse_args()
    build(asked.database_url, asked.parcels, asked.communes)


if __name__ == "__main__":
    main()
