"""Why a row can be quarantined: stable codes, each with its field, its reason and its remedy in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reject:
    """Why one delivered row is quarantined; the sentences are English and carry no value of the row."""

    code: str
    field: str | None
    reason: str
    remedy: str


#: Longer keys are text in the wrong column; PostgreSQL indexes none of more than 2,700 bytes.
LONGEST_KEY: Final = 200

_ALL: Final = (
    Reject(
        "MISSING_COMMUNE", "commune_code", "The row names no commune.",
        "Fill the commune column, or import the file with --commune.",
    ),
    Reject(
        "UNKNOWN_COMMUNE_CODE_FORM", "commune_code", "The commune code is not a number of up to five digits.",
        "Write the five-digit code of the commune, such as 07954.",
    ),
    Reject(
        "MISSING_SHEET_NO", "sheet_no", "The row has no map sheet number.",
        "Fill the sheet column, or import the file with --sheet.",
    ),
    Reject("MISSING_PARCEL_NO", "parcel_no", "The row has no parcel number.", "Fill the parcel number as on the map."),
    Reject(
        "KEY_TOO_LONG", "parcel_no", "A number or code of this row is longer than 200 characters.",
        "Look for text in the wrong column, and write the number alone.",
    ),
    Reject("NO_GEOMETRY", "geom", "The row has no geometry.", "Draw the parcel, or deliver the row as a table."),
    Reject(
        "UNREADABLE_GEOMETRY", "geom", "The geometry cannot be decoded.",
        "Open the file in QGIS, repair this feature and export the layer again.",
    ),
    Reject(
        "RING_NOT_CLOSED", "geom", "A ring does not end where it begins.",
        "Close the boundary in the drawing and export the layer again.",
    ),
    Reject(
        "NOT_FINITE", "geom", "A coordinate is not a number or is infinite.",
        "Delete the broken vertex and export the layer again.",
    ),
    Reject(
        "OUTSIDE_CRS", "geom", "The geometry lies where this coordinate system is not used.",
        "Check the coordinate system of the file (--crs), or the misplaced vertex.",
    ),
    Reject(
        "TOO_MANY_VERTICES", "geom", "The geometry has more than 100,000 vertices.",
        "Split or simplify the feature.",
    ),
    Reject(
        "NOT_A_POLYGON", "geom", "The geometry is a point or an open line, not an area.",
        "Deliver the layer of closed boundaries.",
    ),
)  # fmt: skip

REJECTS: Final[dict[str, Reject]] = {reject.code: reject for reject in _ALL}
