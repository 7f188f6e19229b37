"""Numbers and codes for new parcels: after the sheet's highest, never one that was given before."""

from collections.abc import Iterator, Sequence

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
    wanted = [code_candidates(parcel, srid) for parcel in parcels]
    codes = [next(candidates, None) for candidates in wanted]
    # Hardly ever taken, so the first choices are asked about together.
    taken = register_ground.known_codes(conn, [code for code in codes if code is not None])
    chosen: list[str] = []
    for first, candidates in zip(codes, wanted, strict=True):
        is_free = first is not None and first not in taken and first not in chosen
        code = first if is_free else _free_code(conn, candidates, taken={*taken, *chosen})
        if code is None:
            raise Refused(notice("NO_CODE_LEFT"))
        chosen.append(code)
    return chosen


def _free_code(conn: psycopg.Connection, candidates: Iterator[str], *, taken: set[str]) -> str | None:
    for candidate in candidates:
        if candidate not in taken and not register_ground.known_codes(conn, [candidate]):
            return candidate
    return None
