"""Grounds to repair, without a database: squares around a corner, and one of them drawn amiss."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.repairs.neighbourhood import Neighbourhood, Unit
from landdb.repairs.target import Target, check_around
from landdb.validators.catalogue import load_catalogue

X, Y = 500_000.0, 2_300_000.0
SRID = 9208


def ground(*corners: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon([(X + x, Y + y) for x, y in corners])


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def parcel(number: int, geom: BaseGeometry | None, **facts: Any) -> Unit:
    defaults: dict[str, Any] = {
        "version": 1,
        "commune_id": 1,
        "scale_denominator": 500,
        "drawn_since": dt.date(2025, 8, 1),
    }
    return Unit(unit_id=number, is_parcel=True, key=f"1/{number}", geom=geom, **{**defaults, **facts})


def road(number: int, geom: BaseGeometry) -> Unit:
    return Unit(unit_id=number, is_parcel=False, version=1, commune_id=1, key=f"road:Main#{number}", geom=geom)


def squares(*, rows: int = 3, columns: int = 3, side: float = 20.0) -> dict[int, shapely.Polygon]:
    """Give squares by number, from 1, row by row from the south; corners are shared."""
    return {
        row * columns + column + 1: box(column * side, row * side, (column + 1) * side, (row + 1) * side)
        for row in range(rows)
        for column in range(columns)
    }


def neighbourhood(
    grounds: Mapping[int, BaseGeometry | None],
    facts: Mapping[int, dict[str, Any]] | None = None,
    roads: tuple[Unit, ...] = (),
) -> Neighbourhood:
    units = [parcel(number, geom, **(facts or {}).get(number, {})) for number, geom in grounds.items()]
    return Neighbourhood(1, SRID, (*units, *roads))


def targets(near: Neighbourhood) -> list[Target]:
    """Give every fault of a ground as a repair's target."""
    return [
        Target(number, f.rule_id, f.subject, f.parcel_id, f.other_parcel_id, f.geometry)
        for number, f in enumerate(check_around(near, load_catalogue()), start=1)
    ]
