"""How many planted faults landdb finds under the right rule, and what it invents.

``python -m benchmarks.accuracy --parcels 5000 --seeds 6`` makes a fabric for each seed, judges it clean, plants
faults of every kind and size, and judges it again. Exit code 1 when anything is missed, misnamed or invented.
"""

import argparse
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks import measure
from landdb.conformance.commune import make_fabric
from landdb.conformance.judged import judge
from landdb.conformance.planting import PlantedFabric, plant
from landdb.conformance.province import PARCELS_PER_COMMUNE
from landdb.conformance.scoring import Score, Tally, score

#: A fabric has at least so many communes, so that there are seams.
FEWEST_COMMUNES = 4


@dataclass(slots=True)
class Outcome:
    """What all seeds gave together."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    missed: int = 0
    misnamed: int = 0
    invented: int = 0
    invented_on_clean: int = 0

    @property
    def is_perfect(self) -> bool:
        """Tell whether everything was found under its right name, and nothing else."""
        silent = all(tally.right_severity == tally.expected for tally in self.tallies.values())
        return silent and not (self.missed or self.misnamed or self.invented or self.invented_on_clean)


def run(parcels: int, seeds: range, each: int) -> dict[str, Any]:
    """Judge a fabric for each seed, clean and with faults; give and keep the result."""
    communes = max(FEWEST_COMMUNES, round(parcels / PARCELS_PER_COMMUNE))
    outcome = Outcome()
    started = time.monotonic()
    fabric = None
    for seed in seeds:
        fabric = _one(outcome, seed, parcels, communes, each)
        print(f"seed {seed}: {time.monotonic() - started:.0f} s")
    result = _result(outcome, parcels, seeds, communes, fabric)
    measure.show(f"{parcels:,} parcels, {len(seeds)} seeds", result["kinds"])
    print("\n".join(outcome.lines))
    measure.write(f"accuracy_{parcels}", result)
    return result


def _one(outcome: Outcome, seed: int, parcels: int, communes: int, each: int) -> PlantedFabric:
    clean = list(make_fabric(seed, parcels, communes=communes))
    natural = plant(clean, seed, kinds=())
    on_clean = score(natural.planted, judge(clean))
    outcome.invented_on_clean += len(on_clean.invented)
    outcome.lines += [f"seed {seed}, clean: invented {one.rule_id} {sorted(one.names)}" for one in on_clean.invented]
    fabric = plant(clean, seed, each=each, two_zones=True)
    _add(outcome, seed, score(fabric.planted, judge(fabric.communes)))
    return fabric


def _add(outcome: Outcome, seed: int, scored: Score) -> None:
    """Add one seed's score, and a line for each thing that went wrong."""
    for key, tally in scored.tallies.items():
        total = outcome.tallies.setdefault(key, Tally(*key))
        for name in ("planted", "expected", "found", "right_class", "right_severity", "broken_silence"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    outcome.missed += len(scored.missed)
    outcome.misnamed += len(scored.misnamed)
    invented = [*scored.invented, *scored.repeated]
    outcome.invented += len(invented)
    at = f"seed {seed}:"
    outcome.lines += [
        f"{at} missed {expected.rule_id} {fault.kind} {fault.size} {sorted(expected.names | expected.any_of)[:4]}"
        f" at {expected.place.representative_point().wkt}, {expected.place.area:.4f} m², width {expected.width_m}"
        for fault, expected in scored.missed
    ]
    outcome.lines += [
        f"{at} {fault.kind} {fault.size}: {expected.rule_id} was called {finding.rule_id} {sorted(finding.names)}"
        for fault, expected, finding in scored.misnamed
    ]
    outcome.lines += [
        f"{at} invented {one.rule_id} {sorted(one.names)} at {one.place.representative_point().wkt}" for one in invented
    ]


def _result(
    outcome: Outcome, parcels: int, seeds: range, communes: int, fabric: PlantedFabric | None
) -> dict[str, Any]:
    kinds = [tally.as_row() for tally in outcome.tallies.values()]
    return {
        "parcels": parcels,
        "communes": communes,
        "seeds": list(seeds),
        "faults": sum(tally.planted for tally in outcome.tallies.values()),
        "findings_expected": sum(tally.expected for tally in outcome.tallies.values()),
        "missed": outcome.missed,
        "misnamed": outcome.misnamed,
        "invented": outcome.invented,
        "invented_on_clean": outcome.invented_on_clean,
        "perfect": outcome.is_perfect,
        "kinds_without_rule": list(fabric.without_rule) if fabric else [],
        "kinds": kinds,
    }


def main() -> None:
    """Read the command line, judge and say how well it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, default=6, help="how many fabrics, from --first-seed on")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=0, help="faults of each kind and size; 0: as many as fit well")
    asked = parser.parse_args()
    each = asked.each or max(1, asked.parcels // 2_000)
    result = run(asked.parcels, range(asked.first_seed, asked.first_seed + asked.seeds), each)
    wrong = ("missed", "misnamed", "invented", "invented_on_clean")
    told = ", ".join(f"{name.replace('_', ' ')} {result[name]}" for name in wrong)
    print(f"{result['faults']:,} faults, {result['findings_expected']:,} findings expected: {told}")
    sys.exit(0 if result["perfect"] else 1)


if __name__ == "__main__":
    main()
