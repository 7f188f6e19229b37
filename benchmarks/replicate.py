"""A map of any size for measuring: the invented communes side by side, mirrored in turn, as one GeoPackage.

``python -m benchmarks.replicate --parcels 100000 OUT.gpkg`` writes parcels, objects, sheets and communes, and beside
it OUT.communes.csv to register the communes with. Memory stays that of one tile, whatever the size.
"""

import argparse
import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.domain import crs, geohash
from sample_gis import fabric
from sample_gis.layers import Layer, append_gpkg
from sample_gis.papers import Survey
from sample_gis.recipes import RECIPES
from sample_gis.records import surveyed

SRID = 9208
WEST_M, SOUTH_M = 520000.0, 2345000.0  # old Phú Thọ
PARCELS_PER_COMMUNE = 5277  # Phú Thọ: 781,000 parcels in 148 communes
FIRST_CODE = 90001
SHEETS_PER_TILE = 10
MARGIN_M = 20.0
MIRRORS = ((1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0))
PARCEL_COLUMNS = (
    "maXa", "soHieuToBanDo", "soThuTuThua", "maThuaDat", "dienTich", "dienTichPhapLy", "kyHieuMucDichSuDung", "diaChi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """One invented commune around the origin: its survey and the pole of each parcel."""

    survey: Survey
    poles: NDArray[np.float64]

    @classmethod
    def of(cls, survey: Survey) -> "Tile":
        """Give the tile of a survey."""
        grounds = [record.geom for record in survey.parcels.values()]
        circles = [shapely.maximum_inscribed_circle(ground, tolerance=0.05) for ground in grounds]
        return cls(survey, np.array([circle.coords[0] for circle in circles]))


@dataclass(frozen=True, slots=True)
class Place:
    """Where one tile goes: commune and sheet numbers, mirroring, and the offset in metres."""

    code: str
    first_sheet: int
    tile: Tile
    mirror: tuple[float, float]
    offset: tuple[float, float]

    def moved(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the coordinates at this place, on the 1 mm grid."""
        centre = np.array(self.tile.survey.fabric.recipe.centre)
        moved: NDArray[np.float64] = np.round((xy - centre) * self.mirror + self.offset, 3)
        return moved


def places(tiles: list[Tile], parcels: int, communes: int) -> Iterator[Place]:
    """Lay enough tiles for `parcels` in rows; the tiles of a commune lie beside each other."""
    mean = sum(len(tile.survey.parcels) for tile in tiles) / len(tiles)
    count = math.ceil(parcels / mean) + 1
    columns = max(1, round(math.sqrt(count * 0.75)))
    sizes = [tile.survey.fabric.recipe.size_m for tile in tiles]
    step_x = max(width for width, _ in sizes) + MARGIN_M
    step_y = max(height for _, height in sizes) + MARGIN_M
    for number in range(count):
        row, column = divmod(number, columns)
        commune = number * communes // count
        first = math.ceil(commune * count / communes)
        yield Place(
            code=str(FIRST_CODE + commune),
            first_sheet=(number - first) * SHEETS_PER_TILE,
            tile=tiles[number % len(tiles)],
            mirror=MIRRORS[number // len(tiles) % len(MIRRORS)],
            offset=(WEST_M + column * step_x, SOUTH_M + row * step_y),
        )


def parcel_layer(place: Place, limit: int) -> Layer:
    """Give at most `limit` parcels of one tile at its place."""
    records = list(place.tile.survey.parcels.values())[:limit]
    poles = place.moved(place.tile.poles[:limit])
    lon, lat = crs.to_wgs84(SRID)(poles[:, 0], poles[:, 1])
    codes = [geohash.encode(float(a), float(o)) for a, o in zip(lat, lon, strict=True)]
    rows: list[tuple[str | float | int | None, ...]] = [
        (place.code, str(place.first_sheet + int(r.sheet_no)), r.parcel_no, code, r.registered_m2, r.legal_m2,
         r.use_label, r.address)
        for r, code in zip(records, codes, strict=True)
    ]  # fmt: skip
    shapes = shapely.transform([record.geom for record in records], place.moved)
    return Layer("thua_dat", PARCEL_COLUMNS, rows, list(shapes))


def other_layers(place: Place, limit: int) -> Iterator[Layer]:
    """Give objects and sheet frames of one tile; ground of parcels beyond `limit` is water, so that nothing gapes."""
    ground = place.tile.survey.fabric
    objects = [(o.kind, o.name, o.geom) for o in ground.objects]
    objects += [("MNC", "Hồ Mẫu", record.geom) for record in list(place.tile.survey.parcels.values())[limit:]]
    things = list(shapely.transform([geom for _, _, geom in objects], place.moved))
    columns = ("maXa", "loaiDoiTuong", "ten")
    yield Layer("doi_tuong_chiem_dat", columns, [(place.code, kind, name) for kind, name, _ in objects], things)
    frames = list(shapely.transform([sheet.frame for sheet in ground.sheets], place.moved))
    numbers = [(place.code, str(place.first_sheet + sheet.sheet_no), sheet.scale) for sheet in ground.sheets]
    yield Layer("to_ban_do", ("maXa", "soHieuToBanDo", "tyLe"), list(numbers), frames)


def write(path: Path, parcels: int, communes: int) -> int:
    """Write exactly `parcels` parcels over `communes` communes; gives how many communes got ground."""
    path.unlink(missing_ok=True)
    tiles = [Tile.of(surveyed(fabric.build(recipe))) for recipe in RECIPES]
    borders: dict[str, list[shapely.Geometry]] = {}
    left = parcels
    for place in places(tiles, parcels, communes):
        if not left:
            break
        layer = parcel_layer(place, left)
        for one in (layer, *other_layers(place, left)):
            append_gpkg(path, one, SRID)
        left -= len(layer.rows)
        borders.setdefault(place.code, []).append(shapely.transform(place.tile.survey.fabric.boundary, place.moved))
    grounds = {code: shapely.union_all(parts) for code, parts in borders.items()}
    rows = [(code, f"xã Mẫu {code}") for code in grounds]
    append_gpkg(path, Layer("ranh_gioi_xa", ("maXa", "tenXa"), list(rows), list(grounds.values())), SRID)
    _write_communes(path.with_suffix(".communes.csv"), grounds)
    return len(grounds)


def _write_communes(path: Path, grounds: dict[str, shapely.Geometry]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";", lineterminator="\n")
        writer.writerow(("commune_code", "name", "kind", "province_code", "lat", "lon", "area_km2"))
        for code, ground in grounds.items():
            lon, lat = crs.to_wgs84(SRID)([ground.centroid.x], [ground.centroid.y])
            place = f"{lat[0]:.6f}", f"{lon[0]:.6f}", f"{ground.area / 1e6:.4f}"
            writer.writerow((code, f"Mẫu {code}", "xã", "25", *place))


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--communes", type=int, default=0, help="default: as many as Phú Thọ would have")
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    communes = asked.communes or max(1, round(asked.parcels / PARCELS_PER_COMMUNE))
    made = write(asked.out, asked.parcels, communes)
    print(f"{asked.out}: {asked.parcels} parcels, {made} communes")


if __name__ == "__main__":
    main()
