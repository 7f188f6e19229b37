"""The whole coverage check of a province beside GEOS and PostGIS, from the same polygons in one run.

``python -m benchmarks.coverage_speed [DATABASE_URL]``. Without a database PostGIS is left out. On one core:

- GEOS: ``shapely.coverage_invalid_edges(gap_width=2.5)`` over one array of all polygons;
- landdb: fabrics from the same polygons, then overlaps, gaps of every width, vertices, seams, commune borders;
- PostGIS: ``ST_Relate(a, b, '2********')`` over pairs of a GiST self-join, of 50,000 parcels, or all when asked.

CPU seconds are user and system of the process, for PostGIS of its backend. GEOS and landdb are measured in turn, the
order changing every round; medians count. The variants are measured once.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import shapely

from benchmarks import coverage_fabrics, coverage_postgis, measure
from landdb.conformance.commune import FabricCommune
from landdb.conformance.judged import to_commune_fabric
from landdb.domain.finding import Finding
from landdb.validators.checks import check_fabrics
from landdb.validators.worker import settle_in

PARCELS = 781_000
SMALL = 50_000
GAP_WIDTH_M = 2.5
#: One commune that an analyst watches.
LATENCY_PARCELS = 5_000
LATENCY_ROUNDS = 15
Result = TypeVar("Result")


@dataclass(slots=True)
class Times:
    """CPU and wall seconds of one contender, round by round."""

    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], Result]) -> Result:
        """Give what the work gives, timed."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        self.cpu_s.append(round(time.process_time() - cpu, 3))
        self.wall_s.append(round(time.perf_counter() - wall, 3))
        return result

    def summary(self) -> dict[str, Any]:
        """Give the medians and all rounds."""
        medians = {"cpu_s": measure.median(self.cpu_s), "wall_s": measure.median(self.wall_s)}
        return {**medians, "rounds_cpu_s": self.cpu_s, "rounds_wall_s": self.wall_s}


def check(communes: Sequence[FabricCommune]) -> list[Finding]:
    """Give landdb's coverage findings on communes, from their polygons."""
    return check_fabrics([to_commune_fabric(commune) for commune in communes])


def in_turn(communes: Sequence[FabricCommune], rounds: int, *, with_geos: bool) -> dict[str, Any]:
    """Give the times of GEOS and landdb on the same polygons, and what each found."""
    whole = np.concatenate([np.concatenate([commune.parcels, commune.objects]) for commune in communes])
    geos, landdb = Times(), Times()
    found: dict[str, Any] = {}

    def run_geos() -> None:
        edges = geos.measure(lambda: shapely.coverage_invalid_edges(whole, gap_width=GAP_WIDTH_M))
        found["geos_polygons_with_bad_edges"] = int((~shapely.is_empty(edges)).sum())

    def run_landdb() -> None:
        findings = landdb.measure(lambda: check(communes))
        found["landdb_findings"] = dict(Counter(finding.rule_id for finding in findings))

    for round_ in range(rounds):
        contenders = [run_geos, run_landdb] if with_geos else [run_landdb]
        for contender in contenders if round_ % 2 == 0 else contenders[::-1]:
            contender()
    result: dict[str, Any] = {
        "parcels": sum(len(commune.parcels) for commune in communes),
        "vertices": int(shapely.get_num_coordinates(whole).sum()),
        "largest_polygon_vertices": int(shapely.get_num_coordinates(whole).max()),
        "landdb": landdb.summary(),
        **found,
    }
    if with_geos:
        result["geos"] = geos.summary()
        result["ratio_cpu"] = round(result["landdb"]["cpu_s"] / result["geos"]["cpu_s"], 3)
    return result


def latency() -> dict[str, Any]:
    """Give how long one commune takes from polygons to findings."""
    communes = coverage_fabrics.load(LATENCY_PARCELS)
    times = Times()
    for _ in range(LATENCY_ROUNDS):
        times.measure(lambda: check(communes))
    return {"parcels": sum(len(commune.parcels) for commune in communes), **times.summary()}


def run(url: str | None, parcels: int, rounds: int, variants: Sequence[str], *, relate_all: bool) -> dict[str, Any]:
    """Measure, print and keep the result."""
    result: dict[str, Any] = {"machine": measure.host(), "gap_width_m": GAP_WIDTH_M}
    check(coverage_fabrics.load(LATENCY_PARCELS))  # compiles what is compiled at first use
    result["latency"] = latency()
    if url:
        result["postgis"] = coverage_postgis.relate(url, parcels if relate_all else min(SMALL, parcels))
        print(result["postgis"], flush=True)
    for variant in variants:
        communes = coverage_fabrics.load(parcels, variant)
        plain = variant == "plain"
        result[variant] = in_turn(communes, rounds if plain else 1, with_geos=plain)
        print(f"{variant}: {result[variant]}", flush=True)
        measure.write("coverage_speed", {**result, "load_average_after": measure.load()})
    if url:
        per_parcel = result["postgis"]["cpu_s"] / result["postgis"]["parcels"]
        result["ratio_postgis"] = round(result["plain"]["landdb"]["cpu_s"] / (per_parcel * parcels), 4)
    result["load_average_after"] = measure.load()
    measure.write("coverage_speed", result)
    return result


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url", nargs="?")
    parser.add_argument("--parcels", type=int, default=PARCELS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--relate-all", action="store_true", help="PostGIS over all parcels: minutes")
    names = coverage_fabrics.VARIANTS
    parser.add_argument("--variants", nargs="+", choices=names, default=names)
    asked = parser.parse_args()
    settle_in()  # as every worker of a check over many communes does
    run(asked.database_url, asked.parcels, asked.rounds, asked.variants, relate_all=asked.relate_all)


if __name__ == "__main__":
    main()
