"""What other validators find on the conformance kit: ``python -m benchmarks.compare_tools [DATABASE_URL]``.

Each is asked as it is commonly used; classes are taken coarsely, names are not asked for, findings repeated at one
fault are not held against a tool. Tools are optional: GRASS (apt install grass-core), QGIS (apt install qgis, then
QGIS_PYTHON=/usr/bin/python3), mapshaper (npm install mapshaper, then MAPSHAPER=…/mapshaper), geoplanar (pip install
geoplanar, then GEOPLANAR_PYTHON=…/python), PostGIS (the URL of a server). What is missing is left out and said.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.markdown import table
from benchmarks.tools import with_geoplanar, with_geos, with_grass, with_mapshaper, with_postgis, with_qgis
from benchmarks.tools.answers import Answer, Ground, read_ground
from landdb import __version__
from landdb.conformance.answer_sheet import read_answers
from landdb.conformance.expected import Planted
from landdb.conformance.judged import judge
from landdb.conformance.kit import PARCELS_PER_ROUND, make_planted, write_kit
from landdb.conformance.scoring import Score, ToolFinding, score

PAGE = Path(__file__).parents[1] / "docs/conformance.md"
BEGIN, END = "<!-- comparison: begin -->", "<!-- comparison: end -->"
Ask = Callable[[Ground], Answer | None]


def run(url: str | None, parcels: int, seed: int) -> dict[str, Any]:
    """Ask every tool that is installed, print and keep the result."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_kit(folder, parcels=parcels, seed=seed, two_zones=False)
        planted, _ = read_answers(folder)
        ground = read_ground(folder)
        tools = _tools(url, parcels, seed)
        asked = {tool: _ask(ask, ground, planted) for tool, ask in tools.items()}
    absent = [tool for tool, told in asked.items() if told is None]
    told = {tool: result for tool, result in asked.items() if result is not None}
    result = {
        "parcels": parcels,
        "seed": seed,
        "faults": len(planted),
        "machine": measure.host(),
        "absent": absent,
        "tools": told,
    }
    measure.show(f"{parcels:,} parcels, {len(planted)} faults", [_row(tool, one) for tool, one in told.items()])
    print("not installed:", ", ".join(absent) or "none")
    measure.write("compare_tools", result)
    write_page(result)
    return result


def write_page(result: dict[str, Any]) -> None:
    """Write the comparison into docs/conformance.md, between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{_page(result)}\n\n{END}{after}", "utf-8")


def _page(result: dict[str, Any]) -> str:
    tools = result["tools"]
    head = ("tool", "version", "expected", "found", "right", "invented", "recall", "seconds")
    names = ("version", "expected", "found", "right_class", "invented", "recall", "wall_s")
    rows = [(tool, *(one[name] for name in names)) for tool, one in tools.items()]
    expected = {kind: counts[0] for kind, counts in next(iter(tools.values()))["kinds"].items() if counts[0]}
    by_kind = [
        (kind.replace("_", " "), count, *(one["kinds"][kind][1] for one in tools.values()))
        for kind, count in sorted(expected.items())
    ]
    asked = "\n".join(f"- {tool}: `{one['command']}`" for tool, one in tools.items())
    told = (
        f"{result['parcels']:,} parcels, seed {result['seed']}, {result['faults']} faults, "
        f"{result['machine']['measured_at'][:10]}; seconds of wall clock on a busy machine, reading and writing "
        f"included. Not installed: {', '.join(result['absent']) or 'none'}."
    )
    kinds = table(("expected and found under the right class", "expected", *tools), by_kind)
    return f"{told}\n\n{table(head, rows)}\n\nAsked:\n\n{asked}\n\n{kinds}"


def _tools(url: str | None, parcels: int, seed: int) -> dict[str, Ask]:
    def landdb(_: Ground) -> Answer:
        fabric = make_planted(parcels, seed, max(1, parcels // PARCELS_PER_ROUND), two_zones=False)
        return Answer(f"landdb {__version__}", "landdb check, array rules", judge(fabric.communes))

    return {
        "landdb": landdb,
        "GEOS": with_geos.find,
        "PostGIS, ST_Overlaps": lambda ground: with_postgis.find_overlaps_only(url, ground) if url else None,
        "PostGIS, ST_Relate and union": lambda ground: with_postgis.find_by_relate(url, ground) if url else None,
        "QGIS Processing": with_qgis.find,
        "GRASS": with_grass.find,
        "mapshaper": with_mapshaper.find,
        "geoplanar": with_geoplanar.find,
    }


def _ask(ask: Ask, ground: Ground, planted: list[Planted]) -> dict[str, Any] | None:
    started = time.perf_counter()
    answer = ask(ground)
    if answer is None:
        return None
    wall_s = round(time.perf_counter() - started, 1)
    nameless = [ToolFinding(found.rule_id, found.place) for found in answer.findings]
    scored = score([_nameless(fault) for fault in planted], nameless)
    return {
        "version": answer.version,
        "command": answer.command,
        "wall_s": wall_s,
        "findings": len(answer.findings),
        **scored.total(),
        "kinds": _by_kind(scored),
    }


def _nameless(fault: Planted) -> Planted:
    expected = tuple(replace(one, names=frozenset(), any_of=frozenset()) for one in fault.expected)
    return replace(fault, expected=expected)


def _by_kind(scored: Score) -> dict[str, list[int]]:
    """Give for each kind how many findings were expected, and how many came under the right class."""
    kinds: dict[str, list[int]] = {}
    for tally in scored.tallies.values():
        counts = kinds.setdefault(tally.kind, [0, 0])
        counts[0] += tally.expected
        counts[1] += tally.right_class
    return kinds


def _row(tool: str, one: dict[str, Any]) -> dict[str, Any]:
    names = ("version", "findings", "expected", "found", "right_class", "invented", "repeated", "wall_s")
    return {"tool": tool, **{name: one[name] for name in names}}


def main() -> None:
    """Read the command line and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url", nargs="?")
    parser.add_argument("--parcels", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    run(asked.database_url, asked.parcels, asked.seed)


if __name__ == "__main__":
    main()
