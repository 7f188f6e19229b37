"""What answers about communes look like. Only described here, as in `answers`."""

import datetime as dt

from api.answers import CommuneName, Shape, SheetInfo


class CommuneInForce(CommuneName):
    """A commune and since when."""

    district_name: str | None
    province_code: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    lon: float | None
    lat: float | None


class CommuneList(Shape):
    """One page of communes."""

    next: str | None
    communes: list[CommuneInForce]


class Province(Shape):
    """A province by its name."""

    code: str
    name: str | None


class Relative(CommuneName):
    """A commune before or after; `is_divided`: only a part of it."""

    is_divided: bool


class CommuneAnswer(CommuneName):
    """One commune with its predecessors, successors and map sheets."""

    district_name: str | None
    province: Province
    valid_from: dt.date | None
    valid_to: dt.date | None
    lon: float | None
    lat: float | None
    area_km2: float | None
    predecessors: list[Relative]
    successors: list[Relative]
    sheets: list[SheetInfo]
