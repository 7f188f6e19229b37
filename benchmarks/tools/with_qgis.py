"""QGIS through its Processing framework, in the Python that it is installed for (QGIS_PYTHON)."""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from benchmarks.tools.answers import Answer, Ground, areal, write_units
from landdb.conformance.scoring import ToolFinding

_SCRIPT = """
import sys
sys.path.append("/usr/share/qgis/python/plugins")
from qgis.core import Qgis, QgsApplication
app = QgsApplication([], False)
app.initQgis()
from processing.core.Processing import Processing
import processing
Processing.initialize()
units, valid, border, folder = sys.argv[1:]
processing.run("qgis:checkvalidity", {"INPUT_LAYER": units, "METHOD": 2, "IGNORE_RING_SELF_INTERSECTION": False,
    "VALID_OUTPUT": "TEMPORARY_OUTPUT", "INVALID_OUTPUT": "TEMPORARY_OUTPUT", "ERROR_OUTPUT": folder + "/errors.gpkg"})
processing.run("native:union", {"INPUT": valid, "OVERLAY": None, "OUTPUT": folder + "/union.gpkg"})
processing.run("native:difference", {"INPUT": border, "OVERLAY": valid, "OUTPUT": folder + "/gaps.gpkg"})
print("QGIS", Qgis.QGIS_VERSION.split("-")[0])
"""
_TOLD = "qgis:checkvalidity, native:union of the layer with itself, native:difference of boundary and layer"


def find(ground: Ground) -> Answer | None:
    """Give validity errors, overlaps as faces that lie twice, gaps; None without QGIS_PYTHON (apt install qgis)."""
    python = os.environ.get("QGIS_PYTHON")
    if python is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / file for file in ("units.geojson", "valid.geojson", "border.geojson")]
        write_units(ground, paths[0])
        write_units(ground, paths[1], only_valid=True)
        borders = [f"border {number}" for number in range(len(ground.boundaries))]
        write_units(Ground(folder, ground.boundaries, borders, ground.boundaries), paths[2])
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        command = [python, "-c", _SCRIPT, *map(str, paths), name]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        errors, union, gaps = (_shapes(folder / f"{kind}.gpkg") for kind in ("errors", "union", "gaps"))
    found = [ToolFinding("invalid", point) for point in errors]
    twice, lies = np.unique(shapely.to_wkb(shapely.normalize(union)), return_counts=True)
    faces = shapely.from_wkb(twice[lies > 1])
    found += areal("overlap", faces, [frozenset()] * len(faces))
    found += areal("gap", gaps, [frozenset()] * len(gaps))
    return Answer(ran.stdout.strip().splitlines()[-1], _TOLD, found)


def _shapes(path: Path) -> np.ndarray:
    read: np.ndarray = shapely.from_wkb(pyogrio.raw.read(path)[2])
    return read[~shapely.is_empty(read)]
