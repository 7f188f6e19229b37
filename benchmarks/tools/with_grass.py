"""GRASS: what v.in.ogr makes of the polygons; areas of several categories overlap, areas of none are gaps."""

import subprocess
import tempfile
from pathlib import Path

import pyogrio
import shapely

from benchmarks.tools.answers import SRID, Answer, Ground, areal, program, write_units

_COMMANDS = (
    "v.in.ogr input=units.geojson output=units snap=-1 -o",
    "v.out.ogr input=units layer=2 type=area output=overlaps.gpkg format=GPKG",
    "v.centroids input=units output=filled layer=3",
    "v.out.ogr input=filled layer=3 type=area output=gaps.gpkg format=GPKG",
)


def find(ground: Ground) -> Answer | None:
    """Give overlaps and enclosed gaps, without names; None where GRASS is not installed (apt install grass-core)."""
    tool = program("GRASS", "grass")
    if tool is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_units(ground, folder / "units.geojson", only_valid=True)
        (folder / "run.sh").write_text("\n".join(_COMMANDS) + "\n", "utf-8")
        command = [tool, "--tmp-location", f"EPSG:{SRID}", "--exec", "bash", "run.sh"]
        subprocess.run(command, cwd=folder, check=False, capture_output=True)
        found = []
        for kind, file in (("overlap", "overlaps.gpkg"), ("gap", "gaps.gpkg")):
            if (folder / file).exists():
                shapes = shapely.from_wkb(pyogrio.raw.read(folder / file)[2])
                found += areal(kind, shapes, [frozenset()] * len(shapes))
    told = subprocess.run([tool, "--config", "version"], check=True, capture_output=True, text=True)
    return Answer(f"GRASS {told.stdout.strip()}", "; ".join(_COMMANDS), found)
