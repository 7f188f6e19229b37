"""Numbers and codes for new parcels: after the sheet's highest, never one that was given before."""

from collections.abc import Sequence

import psycopg
from shapely.geometry import Polygon

from landdb.domain.parcel_codes import code_candidates
from landdb.registration.notices import Refused, notice
from landdb.store import register_ground


def next_numbers(conn: psycopg.Connection, sheet_id: int, count: int) -> list[str]:
    """Give the numbers that follow the highest that the sheet ever gave."""
    last = register_ground.last_number(conn, sheet_id)
    return [str(last + offset) for offset in range(1, count + 1)]


def next_codes(conn: psycopg.Connection, parcels: Sequence[Polygon], srid: int) -> list[str]:
    """Give a code per parcel, of its pole of inaccessibility or as near to it as no code was issued yet."""
    codes: list[str] = []
    for parcel in parcels:
        code = _free_code(conn, parcel, srid, taken=set(codes))
        if code is None:
            raise Refused(notice("NO_CODE_LEFT"))
        codes.append(code)
    return codes


def _free_code(conn: psycopg.Connection, parcel: Polygon, srid: int, *, taken: set[str]) -> str | None:
    for candidate in code_candidates(parcel, srid):
        if candidate not in taken and not register_ground.known_codes(conn, [candidate]):
            return candidate
    return None
