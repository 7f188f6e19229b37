"""mapshaper: the mosaic of all polygons, each face with the polygons that it came from."""

import json
import subprocess
import tempfile
from pathlib import Path

import shapely
from shapely.geometry import shape

from benchmarks.tools.answers import Answer, Ground, areal, program, write_units

_COMMAND = "mapshaper units.geojson -mosaic calc='n = count(), units = collect(unit)' -o mosaic.geojson"


def find(ground: Ground) -> Answer | None:
    """Give overlaps and enclosed gaps; None where mapshaper is not installed (npm install mapshaper)."""
    tool = program("MAPSHAPER", "mapshaper")
    if tool is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_units(ground, folder / "units.geojson")
        arguments = ["units.geojson", "-mosaic", "calc=n = count(), units = collect(unit)", "-o", "mosaic.geojson"]
        subprocess.run([tool, *arguments, "precision=0.0001"], cwd=folder, check=True, capture_output=True)
        faces = json.loads((folder / "mosaic.geojson").read_text("utf-8"))["features"]
    version = subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    found = []
    for face in faces:
        units = face["properties"].get("units") or []
        if len(units) == 1:
            continue
        kind = "overlap" if len(units) > 1 else "gap"
        geometry: shapely.Geometry = shape(face["geometry"])
        found += areal(kind, [geometry], [ground.named(units)])
    return Answer(f"mapshaper {version}", _COMMAND, found)
