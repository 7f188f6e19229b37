"""Ten provinces against one: time of the coverage check, memory of its process.

``python -m benchmarks.coverage_scale``
Communes are read one by one from the kept fabric, for the larger run ten times over, each time moved aside. First
each commune's rim is taken, then each is judged with its neighbours' rims; no more than one commune's ground is held.
Every size runs in a process of its own. Reading is not counted as time, but as memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks import coverage_fabrics, measure
from landdb.conformance.commune import FabricCommune
from landdb.conformance.judged import to_commune_fabric
from landdb.conformance.storage import read_commune
from landdb.validators.borders import check_outside
from landdb.validators.catalogue import load_catalogue
from landdb.validators.checks import check_coverage, check_fabrics, units_near_of
from landdb.validators.coverage import UnitsNear
from landdb.validators.fabric import Units
from landdb.validators.rim import MARGIN_M, neighbours_seen, rim_of_fabric
from landdb.validators.rings import Geometries

PARCELS = 781_000
TIMES = 10
#: Provinces lie so far apart.
_ASIDE_M = 100_000.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a commune comes from, and which copy it is."""

    path: Path
    copy: int
    number: int

    def load(self) -> FabricCommune:
        """Give the commune at its place."""
        commune = read_commune(self.path)

        def aside(xy: np.ndarray) -> np.ndarray:
            return xy + np.array([0.0, self.copy * _ASIDE_M])

        return replace(
            commune,
            index=self.number,
            parcels=shapely.transform(commune.parcels, aside),
            objects=shapely.transform(commune.objects, aside),
            boundary=shapely.transform(commune.boundary, aside),
        )


def once(parcels: int, times: int) -> dict[str, Any]:
    """Give the CPU seconds of one run, without reading, and the most memory that this process had."""
    files = coverage_fabrics.kept(parcels)
    sources = [Source(path, copy, copy * len(files) + at) for copy in range(times) for at, path in enumerate(files)]
    catalogue = load_catalogue()
    check_fabrics([to_commune_fabric(sources[0].load())])  # compiles what is compiled at first use
    rims, boundaries, found, cpu_s = [], [], 0, 0.0
    for source in sources:
        commune = source.load()
        started = time.process_time()
        fabric = to_commune_fabric(commune)
        rims.append(rim_of_fabric(fabric, catalogue))
        boundaries.append(fabric.boundary)
        found += len(check_outside(fabric, rims[-1].segments, catalogue))
        cpu_s += time.process_time() - started
    started = time.process_time()
    boxes = shapely.box(*np.array([rim.segments.bounds() for rim in rims]).T)
    tree = shapely.STRtree(boxes)
    for own, rim in enumerate(rims):
        near = [int(one) for one in tree.query(boxes[own], predicate="dwithin", distance=MARGIN_M) if one != own]
        around = _when_asked([sources[one] for one in (own, *near)])
        seen = neighbours_seen(rim, [rims[one] for one in near])
        concerned = check_coverage(rim, seen, around, catalogue, boundary=boundaries[own])
        found += sum(finding.commune_id == rim.commune_id for finding in concerned)
    cpu_s += time.process_time() - started
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "parcels": parcels * times,
        "communes": len(sources),
        "findings": found,
        "cpu_s": round(cpu_s, 2),
        "peak_mib": round(peak_mib),
    }


def _when_asked(sources: list[Source]) -> UnitsNear:
    """Give what reads communes again when an overlap asks for their units."""

    def units_near(faces: Geometries) -> tuple[Units, Geometries]:
        nearby: Callable[[Geometries], tuple[Units, Geometries]] = units_near_of(
            [to_commune_fabric(source.load()) for source in sources]
        )
        return nearby(faces)

    return units_near


def run(parcels: int, times: int) -> dict[str, Any]:
    """Measure one province and several, print and keep the result."""
    coverage_fabrics.kept(parcels)
    result: dict[str, Any] = {"machine": measure.host()}
    result["runs"] = [_apart(parcels, copies) for copies in (1, times)]
    one, many = result["runs"]
    result["ratio_parcels"] = times
    result["ratio_cpu"] = round(many["cpu_s"] / one["cpu_s"], 2)
    result["ratio_peak"] = round(many["peak_mib"] / one["peak_mib"], 2)
    result["load_average_after"] = measure.load()
    measure.show("Coverage check of one province and of several", result["runs"])
    print(f"{times} × the parcels: {result['ratio_cpu']} × the time, {result['ratio_peak']} × the memory")
    measure.write("coverage_scale", result)
    return result


def _apart(parcels: int, times: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.coverage_scale", "--parcels", str(parcels), "--once", str(times)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=PARCELS)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--once", type=int, help="one run in this process; prints JSON")
    asked = parser.parse_args()
    if asked.once:
        print(json.dumps(once(asked.parcels, asked.once)))
    else:
        run(asked.parcels, asked.times)


if __name__ == "__main__":
    main()
