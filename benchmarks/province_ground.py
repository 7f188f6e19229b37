"""The ground of the benchmark's province: communes, sheets, parcels, uses, and where old numbers went."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import psycopg
import shapely

from benchmarks.bulk import copy_columns, ewkb
from benchmarks.replicate import SHEETS_PER_TILE, SRID, Place, Tile, other_layers, parcel_layer, places
from landdb.domain import crs
from landdb.store import admin_units
from landdb.store.statements import load
from sample_gis.papers import ParcelRecord

FIRST_OLD_CODE = 80001
IN_FORCE = dt.date(2025, 7, 1)
RECORDED = dt.datetime(2025, 7, 15, tzinfo=dt.UTC)
VERSION = {"valid_from": IN_FORCE.isoformat(), "recorded_at": RECORDED.isoformat()}
#: Of five old communes three have a crosswalk of sheets, one of parcels; in one the parcels carry old numbers.
BY_SHEET, BY_PARCEL = (0, 1, 2), 3


@dataclass(frozen=True, slots=True)
class Plot:
    """One tile with its place: what was a commune of its own before the merger."""

    number: int
    place: Place
    count: int

    @property
    def old_code(self) -> str:
        """The code of the commune that it was."""
        return str(FIRST_OLD_CODE + self.number)

    def sheet_id(self, sheet_no: int) -> int:
        """Give the identity of a sheet of the tile."""
        return self.number * SHEETS_PER_TILE + sheet_no


@dataclass(frozen=True, slots=True)
class Ground:
    """The parcels of one commune: identities from `first_parcel_id` on, and the area that papers state."""

    commune_id: int
    commune_code: str
    first_parcel_id: int
    legal_m2: list[float]


def plan(tiles: list[Tile], parcels: int, communes: int) -> dict[str, list[Plot]]:
    """Give the plots of every commune; together they hold exactly `parcels` parcels."""
    result: dict[str, list[Plot]] = {}
    left = parcels
    for number, place in enumerate(places(tiles, parcels, communes)):
        count = min(left, len(place.tile.survey.parcels))
        if not count:
            break
        result.setdefault(place.code, []).append(Plot(number, place, count))
        left -= count
    return result


def register(conn: psycopg.Connection, plots: dict[str, list[Plot]]) -> dict[str, int]:
    """Enter the communes and what they were before; gives their identities by code."""
    for code, own in plots.items():
        east, north = np.mean([plot.place.offset for plot in own], axis=0)
        lon, lat = crs.to_wgs84(SRID)([east], [north])
        commune = admin_units.Commune(0, code, f"Mẫu {code}", "xã", "25", float(lon[0]), float(lat[0]), 3.0 * len(own))
        admin_units.add_commune(conn, commune, valid_from=IN_FORCE)
    texts = load("province", package="benchmarks")
    pairs = [(plot.old_code, code) for code, own in plots.items() for plot in own]
    names = {"old_codes": [old for old, _ in pairs], "new_codes": [new for _, new in pairs]}
    conn.execute(texts["insert_old_communes"], names)
    conn.execute(texts["insert_succession"], names)
    return dict(conn.execute(texts["commune_ids"], {"codes": list(plots)}).fetchall())


def copy_ground(
    conn: psycopg.Connection, plots: dict[str, list[Plot]], batch_id: int, done: Callable[[int], None]
) -> Iterator[Ground]:
    """Store commune after commune and give what papers need of each."""
    first = 1
    for code, commune_id in register(conn, plots).items():
        legal: list[float] = []
        start = first
        for plot in plots[code]:
            _copy_sheets(conn, plot, commune_id, batch_id)
            legal += _copy_parcels(conn, plot, commune_id, first, batch_id)
            _copy_objects(conn, plot, commune_id, batch_id)
            _copy_crosswalk(conn, plot, code, batch_id)
            first += plot.count
        _copy_boundary(conn, plots[code], commune_id, batch_id)
        done(first - 1)
        yield Ground(commune_id, code, start, legal)


def _lonlat(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(crs.to_wgs84(SRID)(xy[:, 0], xy[:, 1]))


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _copy_sheets(conn: psycopg.Connection, plot: Plot, commune_id: int, batch_id: int) -> None:
    sheets = plot.place.tile.survey.fabric.sheets
    frames = shapely.transform(np.array([sheet.frame for sheet in sheets]), plot.place.moved)
    columns = {
        "sheet_id": [plot.sheet_id(sheet.sheet_no) for sheet in sheets],
        "commune_id": commune_id,
        "sheet_no": [str(plot.place.first_sheet + sheet.sheet_no) for sheet in sheets],
        "scale_denominator": [sheet.scale for sheet in sheets],
        "srid": SRID,
        "frame": ewkb(frames, SRID),
        "frame_4326": ewkb(shapely.transform(frames, _lonlat), 4326),
        "is_listed": 1,
        "batch_id": batch_id,
    }
    copy_columns(conn, ("cadastre", "sheet"), columns)


def _copy_parcels(conn: psycopg.Connection, plot: Plot, commune_id: int, first: int, batch_id: int) -> list[float]:
    """Store the parcels of a plot with their uses; gives their legal areas."""
    layer = parcel_layer(plot.place, plot.count)
    records = list(plot.place.tile.survey.parcels.values())[: plot.count]
    shapes = np.array(layer.shapes, dtype=object)
    _, _, parcel_nos, codes, registered, legal, labels, addresses = map(list, zip(*layer.rows, strict=True))
    has_old = plot.number % 5 > BY_PARCEL
    columns = {
        "parcel_id": list(range(first, first + plot.count)),
        "commune_id": commune_id,
        "sheet_id": [plot.sheet_id(int(record.sheet_no)) for record in records],
        "parcel_no": parcel_nos,
        "parcel_code": codes,
        "old_sheet_no": [record.sheet_no if has_old else None for record in records],
        "old_parcel_no": [record.parcel_no if has_old else None for record in records],
        "address": addresses,
        "land_use_label": labels,
        "land_use_codes": ["{" + str(label).replace("+", ",") + "}" for label in labels],
        "registered_area_m2": registered,
        "legal_area_m2": legal,
        "computed_area_m2": shapely.area(shapes).tolist(),
        "geom": ewkb(shapes, SRID),
        "geom_4326": ewkb(shapely.transform(shapes, _lonlat), 4326),
        "batch_id": batch_id,
        "source_row": list(range(first, first + plot.count)),
        "delivered_hash": [_hash(f"{plot.number} {record.key}") for record in records],
        **VERSION,
    }
    copy_columns(conn, ("cadastre", "parcel"), columns)
    _copy_uses(conn, records, first, batch_id)
    return legal


def _copy_uses(conn: psycopg.Connection, records: list[ParcelRecord], first: int, batch_id: int) -> None:
    uses = [(first + n, k, use) for n, record in enumerate(records) for k, use in enumerate(record.uses, start=1)]
    columns = {
        "parcel_id": [parcel_id for parcel_id, _, _ in uses],
        "ordinal": [ordinal for _, ordinal, _ in uses],
        "land_use_code": [use.code for _, _, use in uses],
        "land_use_raw": [use.code for _, _, use in uses],
        "area_m2": [use.area_m2 for _, _, use in uses],
        "origin": "CNQ-CTT",
        "term": "Lâu dài",
        "batch_id": batch_id,
        **VERSION,
    }
    copy_columns(conn, ("cadastre", "land_use"), columns)


def _copy_objects(conn: psycopg.Connection, plot: Plot, commune_id: int, batch_id: int) -> None:
    layer = next(other_layers(plot.place, plot.count))
    shapes = np.array(layer.shapes, dtype=object)
    columns = {
        "commune_id": commune_id,
        "object_kind": [str(kind) for _, kind, _ in layer.rows],
        "object_name": [name for _, _, name in layer.rows],
        "computed_area_m2": shapely.area(shapes).tolist(),
        "geom": ewkb(shapes, SRID),
        "geom_4326": ewkb(shapely.transform(shapes, _lonlat), 4326),
        "batch_id": batch_id,
        "source_row": list(range(1, len(shapes) + 1)),
        "delivered_hash": [_hash(f"{plot.number} object {number}") for number in range(len(shapes))],
        **VERSION,
    }
    copy_columns(conn, ("cadastre", "land_object"), columns)


def _copy_boundary(conn: psycopg.Connection, plots: list[Plot], commune_id: int, batch_id: int) -> None:
    parts = [shapely.transform(plot.place.tile.survey.fabric.boundary, plot.place.moved) for plot in plots]
    whole = [shapely.union_all(parts)]
    columns = {
        "commune_id": [commune_id],
        "geom": ewkb(whole, SRID),
        "geom_4326": ewkb(shapely.transform(np.array(whole), _lonlat), 4326),
        "batch_id": batch_id,
    }
    copy_columns(conn, ("admin", "commune_boundary"), columns)


def _copy_crosswalk(conn: psycopg.Connection, plot: Plot, code: str, batch_id: int) -> None:
    """Say where old sheets, or old parcels, went; one old sheet in twenty had two scales, thus two successors."""
    turn = plot.number % 5
    rows: list[tuple[str, str | None, str, str | None]] = []
    sheets = [sheet.sheet_no for sheet in plot.place.tile.survey.fabric.sheets]
    first = plot.place.first_sheet
    if turn in BY_SHEET:
        rows = [(str(no), None, str(first + no), None) for no in sheets]
        rows += [(str(no), None, str(first + no % 9 + 1), None) for no in sheets if plot.sheet_id(no) % 20 == 3]
    elif turn == BY_PARCEL:
        records = list(plot.place.tile.survey.parcels.values())[: plot.count]
        rows = [(r.sheet_no, r.parcel_no, str(first + int(r.sheet_no)), r.parcel_no) for r in records]
    if not rows:
        return
    old_sheets, old_parcels, new_sheets, new_parcels = map(list, zip(*rows, strict=True))
    columns = {
        "old_commune_code": plot.old_code,
        "old_sheet_no": old_sheets,
        "old_parcel_no": old_parcels,
        "commune_code": code,
        "sheet_no": new_sheets,
        "parcel_no": new_parcels,
        "batch_id": batch_id,
        "delivered_hash": [_hash(f"{plot.old_code} {row}") for row in rows],
    }
    copy_columns(conn, ("cadastre", "sheet_crosswalk"), columns)
