"""A street of parcels with holders for tests of the change door, and changes written as short as possible."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import factories
import numpy as np
import psycopg
import shapely

from landdb.domain.crs import reprojected
from landdb.registration import Clerk, parse_change, register
from landdb.store import register_subjects
from landdb.store.vault import Vault

MAY = dt.date(2026, 5, 4)
CLERK = Clerk("clerk-1")
DOCUMENT = {"kind": "DECISION", "reference": "QĐ 12/2026/QĐ-UBND"}
NAMES = ("Nguyễn Văn Ảo", "Trần Thị Bịa", "Lê Văn Giả")
NUMBERS = ("099085000123", "099190000456", "099088000789")


@dataclass(frozen=True, slots=True)
class Street:
    """Squares of 20 m in a row, numbered from 1; the first two held by An alone, the third by both in halves."""

    batch: int
    sheet: factories.Sheet
    parcels: tuple[int, ...]
    an: int
    binh: int


_sheets = itertools.count(1000)


def fresh_sheet() -> str:
    """Give a sheet number that no test used, for databases that tests share and commit to."""
    return str(next(_sheets))


def build(
    conn: psycopg.Connection, vault: Vault, *, count: int = 4, code: str = factories.PHONG_CHAU, sheet_no: str = "12"
) -> Street:
    batch = factories.add_batch(conn)
    sheet = factories.add_sheet(conn, sheet_no, batch=batch, code=code)
    parcels = tuple(
        factories.add_parcel(conn, sheet, str(place + 1), place=place, batch=batch, land_use="ODT")
        for place in range(count)
    )
    conn.execute("UPDATE cadastre.parcel SET registered_area_m2 = 400 WHERE sheet_id = %s", [sheet.sheet_id])
    an, binh = (
        factories.add_party(conn, vault, name, citizen_id=number, batch=batch)
        for name, number in zip(NAMES[:2], NUMBERS[:2], strict=True)
    )
    factories.add_right(conn, [parcels[0]], {an: Fraction(1)}, serial=_serial("CB", sheet_no), batch=batch)
    factories.add_right(conn, [parcels[1]], {an: Fraction(1)}, serial=_serial("CC", sheet_no), batch=batch)
    halves = {an: Fraction(1, 2), binh: Fraction(1, 2)}
    factories.add_right(
        conn, [parcels[2]], halves, serial=_serial("CD", sheet_no), holder_group="CO_USERS", batch=batch
    )
    return Street(batch, sheet, parcels, an, binh)


def _serial(letters: str, sheet_no: str) -> str:
    return f"{letters} {123456 if sheet_no == '12' else 200000 + int(sheet_no)}"


def request(kind: str, parcels: list[int], terms: Mapping[str, Any] | None = None, **others: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "parcels": [{"parcel_id": parcel} for parcel in parcels],
        "valid_from": MAY.isoformat(),
        "document": DOCUMENT,
        "terms": dict(terms or {}),
        **others,
    }


def apply(
    conn: psycopg.Connection, vault: Vault, asked: Mapping[str, Any], *, clerk: Clerk = CLERK, dry_run: bool = False
) -> dict[str, Any]:
    change = parse_change(asked, find_parcel=lambda *key: register_subjects.find_parcel(conn, *key))
    return register(conn, vault, change, clerk, dry_run=dry_run)


def in_zone(geometry: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    """Give a drawing in another zone's system, to the millimetre."""
    return shapely.transform(geometry, lambda xy: np.round(reprojected(xy, source, target), 3))


def halving_line(street: Street, place: int = 0, *, at: float = 10.0) -> dict[str, Any]:
    """Give the terms that cut the square at a place from south to north, `at` metres from its western edge."""
    x, y = street.sheet.corner
    east = x + 20.0 * place + at
    return {"line": [[east, y - 1], [east, y + 21]]}


def drawing(
    street: Street, ring: Sequence[Sequence[float]], *, sheet_no: str = "12", code: str = factories.PHONG_CHAU,
    **others: Any,
) -> dict[str, Any]:  # fmt: skip
    """Give a first registration by An on new ground, drawn in metres from the corner of the street's sheet."""
    x, y = street.sheet.corner
    place = {"commune": code, "sheet": sheet_no, "ring": [[x + east, y + north] for east, north in ring]}
    terms = {"holders": [{"party": {"party_id": street.an}}], "holder_group": "INDIVIDUAL", "ground": place}
    return request("first_registration", [], terms, **others)
