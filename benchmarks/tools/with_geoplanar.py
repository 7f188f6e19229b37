"""geoplanar, in a Python of its own (GEOPLANAR_PYTHON), because it brings geopandas."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import shapely

from benchmarks.tools.answers import Answer, Ground, areal, write_units
from landdb.conformance.scoring import ToolFinding

_SCRIPT = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import geopandas, geoplanar
units = geopandas.read_file(sys.argv[1])
pairs = [(int(units.unit[a]), int(units.unit[b])) for a, b in zip(*geoplanar.overlaps(units)) if a < b]
inner = [(int(units.unit[a]), int(units.unit[b])) for a, b in geoplanar.missing_interiors(units)]
edges = geoplanar.non_planar_edges(units).adjacency
edges = [(int(units.unit[a]), int(units.unit[b])) for (a, b), weight in edges.items() if weight]
gaps = [geometry.wkt for geometry in geoplanar.gaps(units)]
print(json.dumps({"version": geoplanar.__version__, "pairs": pairs, "inner": inner, "edges": edges, "gaps": gaps}))
"""


def find(ground: Ground) -> Answer | None:
    """Give overlaps, gaps and edges that meet without sharing vertices; None without GEOPLANAR_PYTHON."""
    python = os.environ.get("GEOPLANAR_PYTHON")
    if python is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "units.geojson"
        write_units(ground, path, only_valid=True)
        ran = subprocess.run([python, "-c", _SCRIPT, str(path)], check=True, capture_output=True, text=True)
    said = json.loads(ran.stdout.splitlines()[-1])
    pairs = sorted({(min(pair), max(pair)) for pair in (*said["pairs"], *said["inner"])})
    shared = [shapely.intersection(ground.geoms[one], ground.geoms[other]) for one, other in pairs]
    found = areal("overlap", shared, [ground.named(pair) for pair in pairs])
    gaps = [shapely.from_wkt(text) for text in said["gaps"]]
    found += areal("gap", gaps, [frozenset()] * len(gaps))
    for one, other in sorted({(min(pair), max(pair)) for pair in said["edges"]}):
        line = shapely.intersection(ground.geoms[one].boundary, ground.geoms[other].boundary)
        found.append(ToolFinding("mismatch", line, ground.named([one, other])))
    return Answer(f"geoplanar {said['version']}", "overlaps, missing_interiors, gaps, non_planar_edges", found)
