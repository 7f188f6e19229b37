"""Only the GDAL driver of the detected format is registered; anything else in the process is a refusal.

GDAL offers no allow-list per opened file, and what a driver named by the *content* can do (read another
file, call the network) is the main danger of foreign files. So the child tells GDAL to drop every driver
known to us (`gdal_drivers.csv`) before it is loaded, and looks at what is left. A GDAL that has drivers we
have never heard of makes the parent start the child once more with those names added.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from landdb.errors import ImportRefused

#: format → the one driver that reads it; a format that is missing here never reaches GDAL
DRIVER: Final[dict[str, str]] = {
    "GPKG": "GPKG",
    "SHP": "ESRI Shapefile",
    "GEOJSON": "GeoJSON",
    "GEOJSONSEQ": "GeoJSONSeq",
    "GML": "GML",
    "FGB": "FlatGeobuf",
    "DXF": "DXF",
    "DGN": "DGN",
    "EDIGEO": "EDIGEO",
}


class UnknownDrivers(Exception):
    """The installed GDAL registers drivers that are missing in our list."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(names))


def register_only(file_format: str, *, also_skip: Sequence[str] = ()) -> None:
    """Load GDAL with exactly one file driver, or raise."""
    if "pyogrio" in sys.modules:
        raise ImportRefused("UNSAFE_READER", "The geometry library was loaded before it was locked down.")
    allowed = {DRIVER[file_format], "MEM"}
    table = files("landdb.importers.walls").joinpath("gdal_drivers.csv").read_text("utf-8")
    known = {row["driver"] for row in csv.DictReader(table.splitlines())} | set(also_skip)
    os.environ["GDAL_SKIP"] = ",".join(sorted(known - allowed))
    import pyogrio

    registered = set(pyogrio.list_drivers())
    if registered - allowed:
        raise UnknownDrivers(sorted(registered - allowed))
    if DRIVER[file_format] not in registered:
        raise ImportRefused(
            "FORMAT_NOT_BUILT_IN",
            f"The installed geometry library cannot read {file_format}.",
            remedy="Deliver a GeoPackage, or install a build of GDAL with this driver.",
        )
