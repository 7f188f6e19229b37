"""Re-project a sheet that was read in the wrong zone, or with its axes swapped, to the zone it is kept in."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landdb.domain.crs import from_wgs84, to_wgs84
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood


def in_true_place(geom: BaseGeometry, candidate: Mapping[str, Any], srid: int) -> BaseGeometry:
    """Give a polygon whose numbers are of the candidate's zone and axis order in the sheet's own zone."""

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        east_north = xy if candidate["axes"] == "EN" else xy[:, ::-1]
        if candidate["srid"] == srid:
            return np.ascontiguousarray(east_north)
        lon, lat = to_wgs84(int(candidate["srid"]))(east_north[:, 0], east_north[:, 1])
        return np.stack(from_wgs84(srid)(lon, lat), axis=1)

    moved: BaseGeometry = shapely.orient_polygons(shapely.transform(geom, convert))
    return moved


def propose_reprojection(
    near: Neighbourhood, parcels: Sequence[int], sheet_no: str, candidate: Mapping[str, Any]
) -> Draft:
    """Give the draft that brings these units, all of one sheet, from the candidate's zone to their own."""
    redrawn: dict[int, BaseGeometry | None] = {
        unit: in_true_place(near.geom(unit), candidate, near.srid) for unit in parcels
    }
    values = {
        "giver": sheet_no,
        "count": str(len(redrawn)),
        "source": f"EPSG:{candidate['srid']}",
        "target": f"EPSG:{near.srid}",
        "axes": str(candidate["axes"]),
        "distance_km": f"{candidate['distance_km']:.1f}",
    }
    reason = "AXES_SWAPPED" if candidate["axes"] == "NE" else "WRONG_MERIDIAN"
    return Draft("REPROJECT_SHEET", redrawn, reason, values=values)
