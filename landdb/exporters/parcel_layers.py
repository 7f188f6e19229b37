"""Parcels → a GeoPackage with one layer for each zone, in the words that landdb itself imports."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyogrio.raw import write_arrow

_SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("commune_code", "sheet_no", "parcel_no", "parcel_code", "old_sheet_no",
                                           "old_parcel_no", "address", "land_use")),
        ("registered_area_m2", pa.float64()),
        ("legal_area_m2", pa.float64()),
        ("scale_denominator", pa.int64()),
        ("geom", pa.binary()),
    ]
)  # fmt: skip


def write_parcel_layers(rows: Sequence[Mapping[str, Any]], target: Path) -> int:
    """Write the parcels, sorted by `srid`, and give how many; an existing file is replaced. No holder is in it."""
    target.unlink(missing_ok=True)
    for srid, members in groupby(rows, key=lambda row: int(row["srid"])):
        table = pa.Table.from_pylist([{name: row[name] for name in _SCHEMA.names} for row in members], schema=_SCHEMA)
        write_arrow(
            table,
            target,
            layer=f"parcels_{srid}",
            driver="GPKG",
            geometry_name="geom",
            geometry_type="Unknown",
            crs=f"EPSG:{srid}",
            append=target.exists(),
        )
    return len(rows)
