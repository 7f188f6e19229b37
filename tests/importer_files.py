"""Small delivered files, made while the tests run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

#: A place of Phú Thọ in zone 9208 (E, N).
ORIGIN = (558_400.0, 2_368_900.0)


def square(
    column: int = 0, row: int = 0, *, side: float = 10.0, origin: tuple[float, float] = ORIGIN
) -> shapely.Polygon:
    west, south = origin[0] + column * side, origin[1] + row * side
    return shapely.box(west, south, west + side, south + side)


def write_layer(
    path: Path,
    shapes: list[Any],
    attributes: Mapping[str, list[Any]],
    *,
    crs: str | None = "EPSG:9208",
    layer: str | None = None,
    append: bool = False,
    **options: Any,
) -> Path:
    """Write a layer; shapes may be geometries or WKB bytes."""
    wkb = np.array([s if isinstance(s, bytes | None) else shapely.to_wkb(s) for s in shapes], dtype=object)
    columns = [
        np.array(values, dtype=object if isinstance(values[0], str | None) else None) for values in attributes.values()
    ]
    pyogrio.raw.write(
        path, wkb, columns, list(attributes), crs=crs, geometry_type=options.pop("geometry_type", "Unknown"),
        layer=layer, append=append, **options,
    )  # fmt: skip
    return path


def vbdlis(count: int = 2, **changed: list[Any]) -> dict[str, list[Any]]:
    """Give columns as VBDLIS exports them."""
    columns: dict[str, list[Any]] = {
        "MaXa": ["7954"] * count,
        "SoHieuToBanDo": ["012"] * count,
        "SoThuTuThua": [str(number + 1) for number in range(count)],
        "DienTich": [100.0] * count,
        "DiaChi": ["Thôn 1"] * count,
        "KyHieuMucDichSuDung": ["ONT"] * count,
        "TenChu": ["Nguyễn Văn Mẫu"] * count,
    }
    return columns | changed
