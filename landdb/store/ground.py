"""Ground for the rules to look at."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, LiteralString, NamedTuple

import psycopg

from landdb.domain.box import Box
from landdb.errors import NotFound
from landdb.store.statements import load, render

#: Along a meridian, the shortest anywhere in Vietnam.
_METRES_PER_DEGREE: Final = 110_574.0
_UNIT_PARTS: Final = ("gathered", "codes", "parcel_unit", "object_unit")


@dataclass(frozen=True, slots=True)
class UnitColumns:
    """Units by column; an object has the parcel id -1.

    `wkb` holds all geometries end to end, each in its own `srid` and `wkb_bytes` long.
    """

    commune_id: Sequence[int] = ()
    parcel_id: Sequence[int] = ()
    unit_key: Sequence[str] = ()
    scale_denominator: Sequence[int] = ()
    srid: Sequence[int] = ()
    wkb_bytes: Sequence[int] = ()
    wkb: bytes = b""
    commune_codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> dict[int, str]:
        """Give the communes' codes by id."""
        return {int(commune_id): code for commune_id, code in self.commune_codes.items()}


class UnusableRow(NamedTuple):
    """A parcel whose delivered ring is no polygon, and where it is at fault."""

    parcel_id: int
    unit_key: str
    geom_fault: str
    lon: float | None
    lat: float | None
    srid: int


class BoundaryRow(NamedTuple):
    """A commune's boundary as WKB."""

    srid: int
    geom: bytes


class CommuneRow(NamedTuple):
    """What the rules need to know of a commune."""

    commune_code: str
    lon: float | None
    lat: float | None
    area_km2: float | None


@dataclass(frozen=True, slots=True)
class CommuneGround:
    """The current ground of one commune as stored."""

    commune_id: int
    commune: CommuneRow
    units: UnitColumns
    unusable: list[UnusableRow]
    boundary: BoundaryRow | None


def get_commune(conn: psycopg.Connection, commune_id: int) -> CommuneRow:
    """Give one commune; raises NotFound."""
    row = conn.execute(load("ground")["commune"], {"commune_id": commune_id}).fetchone()
    if row is None:
        raise NotFound("there is no such commune")
    return CommuneRow(*row)


def read_ground(conn: psycopg.Connection, commune_id: int) -> CommuneGround:
    """Give everything on a commune's ground; it comes over the wire in binary, as one row."""
    with conn.cursor(binary=True) as cursor:
        row = cursor.execute(_units_statement("units"), {"commune_id": commune_id}).fetchone()
    return CommuneGround(
        commune_id=commune_id,
        commune=get_commune(conn, commune_id),
        units=UnitColumns() if row is None else UnitColumns(*row),
        unusable=list_unusable(conn, commune_id),
        boundary=find_boundary(conn, commune_id),
    )


def list_unusable(conn: psycopg.Connection, commune_id: int) -> list[UnusableRow]:
    """Give a commune's parcels whose delivered ring is no polygon."""
    return [UnusableRow(*row) for row in conn.execute(load("ground")["unusable_parcels"], {"commune_id": commune_id})]


def find_boundary(conn: psycopg.Connection, commune_id: int) -> BoundaryRow | None:
    """Give a commune's boundary, None when none was delivered."""
    with conn.cursor(binary=True) as cursor:
        row = cursor.execute(load("ground")["boundary"], {"commune_id": commune_id}).fetchone()
    return None if row is None else BoundaryRow(*row)


class CommuneNotes(NamedTuple):
    """What judging a few parcels needs to know of their commune."""

    commune_id: int
    boundary: BoundaryRow | None
    misplaced_sheets: Sequence[str]
    has_unusable: bool


def read_units_near(
    conn: psycopg.Connection, boxes: Sequence[Box], *, commune_ids: Sequence[int] | None = None
) -> UnitColumns:
    """Give the units of these communes, of any when none are named, whose envelopes meet one of the boxes."""
    named = None if commune_ids is None else list(commune_ids)
    return _read_units(conn, "units_near", boxes, {"commune_ids": named})


def read_units_around(conn: psycopg.Connection, boxes: Sequence[Box], *, margin_m: float) -> UnitColumns:
    """Give all units within a margin of the envelope that the boxes and the parcels meeting them have in common."""
    margin_lat = margin_m / _METRES_PER_DEGREE
    margin_lon = margin_lat / math.cos(math.radians(boxes[0].north))
    return _read_units(conn, "units_around", boxes, {"margin_lat": margin_lat, "margin_lon": margin_lon})


def _read_units(
    conn: psycopg.Connection, question: str, boxes: Sequence[Box], more: Mapping[str, object]
) -> UnitColumns:
    west, south, east, north = (list(side) for side in zip(*boxes, strict=True))
    values = {"west": west, "south": south, "east": east, "north": north, **more}
    with conn.cursor(binary=True) as cursor:
        row = cursor.execute(_units_statement(question), values).fetchone()
    return UnitColumns() if row is None else UnitColumns(*row)


@cache
def _units_statement(question: str) -> LiteralString:
    """Give the text of a question for units; what is told of a unit is written once."""
    texts = load("ground")
    return render(texts[question], {name: texts[name] for name in _UNIT_PARTS})


def list_notes(conn: psycopg.Connection, commune_ids: Sequence[int]) -> list[CommuneNotes]:
    """Give the notes about communes."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(load("ground")["of_communes"], {"commune_ids": list(commune_ids)})
        return [
            CommuneNotes(commune_id, None if geom is None else BoundaryRow(srid, geom), *rest)
            for commune_id, srid, geom, *rest in rows
        ]


def list_communes_near(conn: psycopg.Connection, box: Box, *, beside: Collection[int]) -> list[int]:
    """Give the communes with parcels in a box, other than those named."""
    values = {**box._asdict(), "commune_ids": list(beside)}
    return sorted(commune_id for (commune_id,) in conn.execute(load("ground")["communes_near"], values))


def count_parcels(conn: psycopg.Connection, commune_id: int) -> int:
    """Give the number of parcels of a commune, usable or not."""
    row = conn.execute(load("ground")["count_parcels"], {"commune_id": commune_id}).fetchone()
    return 0 if row is None else int(row[0])
