"""Drawings for tests: DXF entities as text, DGN V7 through GDAL, and what was read from them."""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import write as write_raw

from landdb.importers import ImportJob
from landdb.importers.drawings.draw import read_drawing

EAST, NORTH = 558_400.0, 2_368_900.0
JOB: dict[str, Any] = {"crs": 9208, "commune_code": "07954", "sheet_no": "12"}


def place(x: float, y: float) -> tuple[float, float]:
    return EAST + x, NORTH + y


def pairs(points: Iterable[tuple[float, float]]) -> str:
    return "".join(f"10\n{east}\n20\n{north}\n" for east, north in (place(*point) for point in points))


def polyline(layer: str, *points: tuple[float, float], closed: bool = True) -> str:
    return f"0\nLWPOLYLINE\n8\n{layer}\n90\n{len(points)}\n70\n{int(closed)}\n{pairs(points)}"


def box(layer: str, x: float, y: float, width: float, height: float) -> str:
    return polyline(layer, (x, y), (x + width, y), (x + width, y + height), (x, y + height))


def line(layer: str, *points: tuple[float, float]) -> str:
    return polyline(layer, *points, closed=False)


def text(layer: str, x: float, y: float, words: str, kind: str = "TEXT") -> str:
    return f"0\n{kind}\n8\n{layer}\n{pairs([(x, y)])}40\n1.0\n1\n{words}\n"


def hatch(layer: str, x: float, y: float, side: float) -> str:
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    edge = f"92\n2\n72\n0\n73\n1\n93\n4\n{pairs(corners)}97\n0\n"
    return f"0\nHATCH\n8\n{layer}\n10\n0\n20\n0\n30\n0\n2\nSOLID\n70\n1\n71\n0\n91\n1\n{edge}75\n0\n76\n1\n98\n0\n"


def dxf(path: Path, *entities: str, version: str = "AC1015", encoding: str = "latin-1") -> Path:
    header = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version}\n9\n$DWGCODEPAGE\n3\nANSI_1252\n0\nENDSEC\n"
    body = "".join(entities)
    path.write_bytes(f"{header}0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n".encode(encoding))
    return path


def rows_of(path: Path, fmt: str = "DXF", **job: Any) -> list[dict[str, Any]]:
    batches = read_drawing(path, ImportJob(path, **(JOB | job)), fmt)
    return [row for batch in batches for row in batch.to_pylist()]


def parcels(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["parcel_no"]: row for row in rows if row["noun"] == "parcel" and row["reject_code"] is None}


def area(row: dict[str, Any]) -> float:
    return round(shapely.area(shapely.from_wkb(row["geom"])), 2)


def dgn(path: Path, entities: Sequence[tuple[int, shapely.Geometry, str]]) -> Path:
    """Write a DGN V7 file; GDAL lets its fields be filled only when the file already exists."""
    options = {
        "MASTER_UNIT_NAME": "m",
        "SUB_UNIT_NAME": "mm",
        "SUB_UNITS_PER_MASTER_UNIT": "1000",
        "UOR_PER_SUB_UNIT": "1",
        "ORIGIN": "-500000,-2000000,0",
    }
    levels, geometries, texts = zip(*entities, strict=True)
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        write_raw(
            path, np.array([], dtype=object), [], [], geometry_type="Unknown", driver="DGN", dataset_options=options
        )
        fields = [np.array(levels, dtype="int32"), np.array(texts, dtype=object)]
        shapes = shapely.to_wkb(np.array(geometries, dtype=object))
        write_raw(
            path,
            shapes,
            fields,
            ["Level", "Text"],
            geometry_type="Unknown",
            driver="DGN",
            append=True,
            layer="elements",
        )
    return path


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(place(x, y))


def path_of(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([place(*point) for point in points])
