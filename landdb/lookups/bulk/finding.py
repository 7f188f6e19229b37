"""Many keys → the parcels that each means, one statement for each kind of key."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landdb.lookups.bulk.keys import Key, Kind
from landdb.lookups.old_numbers import OldAnswer, find_old_numbers
from landdb.lookups.parcels import MOST_CANDIDATES, Connection
from landdb.lookups.resolution import Candidate, Status, status_of
from landdb.lookups.viewpoint import Viewpoint
from landdb.store import lookups as store

#: Parcels of one certificate or person that a line lists.
MOST_PARCELS: Final = 50


@dataclass(frozen=True, slots=True)
class Meant:
    """What one key means: how certain, why not, which parcels, and for an old number where it may be."""

    status: Status
    reason: str | None
    parcel_ids: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()


async def find_many(
    conn: Connection, keys: Mapping[int, Key], *, view: Viewpoint, persons: Mapping[int, bytes]
) -> dict[int, Meant]:
    """Give what each key means, by its place. `persons` are blind indexes of people whose record is committed."""
    meant: dict[int, Meant] = {}
    for kind, finder in _FINDERS.items():
        places = [place for place, key in keys.items() if key.kind == kind]
        if places:
            meant |= await finder(conn, places, [keys[place].value for place in places], view)
    if persons:
        places = list(persons)
        rows = await _rows(conn, "many_persons", view, keys=list(persons.values()), limit=MOST_PARCELS)
        meant |= _judged(places, rows, missing=None, several=None)
    return meant


async def _numbers(conn: Connection, places: Sequence[int], keys: Sequence[Any], view: Viewpoint) -> dict[int, Meant]:
    wanted = {
        "commune_codes": [key.commune_code for key in keys],
        "sheet_nos": [key.sheet_no for key in keys],
        "parcel_nos": [key.parcel_no for key in keys],
    }
    meant = _judged(places, await _rows(conn, "many_numbers", view, **wanted), missing="UNKNOWN_PARCEL", several=None)
    lost = [at for at, place in enumerate(places) if meant[place].status == "NOT_FOUND"]
    if not lost:
        return meant
    where = {name: [wanted[name][at] for at in lost] for name in ("commune_codes", "sheet_nos")}
    for row in await _rows(conn, "many_missing", view, **where):
        meant[places[lost[row["place"] - 1]]] = Meant("NOT_FOUND", _why_missing(row))
    return meant


def _why_missing(row: Mapping[str, Any]) -> str:
    if not row["has_commune"]:
        return "UNKNOWN_COMMUNE"
    return "UNKNOWN_PARCEL" if row["has_sheet"] else "UNKNOWN_SHEET"


def _simple(
    question: str, missing: str, several: str | None, limit: int
) -> Callable[[Connection, Sequence[int], Sequence[Any], Viewpoint], Awaitable[dict[int, Meant]]]:
    """Give a finder for keys that are one value."""

    async def find(conn: Connection, places: Sequence[int], keys: Sequence[Any], view: Viewpoint) -> dict[int, Meant]:
        rows = await _rows(conn, question, view, keys=list(keys), limit=limit)
        return _judged(places, rows, missing=missing, several=several)

    return find


async def _points(conn: Connection, places: Sequence[int], keys: Sequence[Any], view: Viewpoint) -> dict[int, Meant]:
    lons, lats = ([key[axis] for key in keys] for axis in (0, 1))
    rows = await _rows(conn, "many_points", view, lons=lons, lats=lats, limit=MOST_CANDIDATES)
    return _judged(places, rows, missing="NO_PARCEL_HERE", several="ON_A_BOUNDARY")


async def _old(conn: Connection, places: Sequence[int], keys: Sequence[Any], view: Viewpoint) -> dict[int, Meant]:
    answers = await find_old_numbers(conn, keys, view=view)
    return {place: _of_old(answer) for place, answer in zip(places, answers, strict=True)}


def _of_old(answer: OldAnswer) -> Meant:
    resolved = [one.parcel_id for one in answer.located if one.parcel_id is not None and answer.status == "RESOLVED"]
    return Meant(answer.status, answer.reason, tuple(resolved), answer.located)


async def _rows(conn: Connection, question: str, view: Viewpoint, **wanted: Any) -> list[dict[str, Any]]:
    return await store.ask_rows(conn, question, {**view.parameters(), **wanted}, as_of=view.as_of)


def _judged(
    places: Sequence[int], rows: Iterable[Mapping[str, Any]], *, missing: str | None, several: str | None
) -> dict[int, Meant]:
    """Give what each place means from (place, parcel, subject) rows; places in rows count from 1."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["place"] - 1, []).append(row)
    return {place: _judge(found.get(at, []), missing, several) for at, place in enumerate(places)}


def _judge(rows: Sequence[Mapping[str, Any]], missing: str | None, several: str | None) -> Meant:
    status = status_of(len({row["subject_id"] for row in rows}))
    reason = {"NOT_FOUND": missing, "AMBIGUOUS": several, "RESOLVED": None}[status]
    if len(rows) == MOST_PARCELS and reason is None:
        reason = "MORE_PARCELS"
    return Meant(status, reason, tuple(dict.fromkeys(row["parcel_id"] for row in rows)))


_FINDERS: Final[
    dict[Kind, Callable[[Connection, Sequence[int], Sequence[Any], Viewpoint], Awaitable[dict[int, Meant]]]]
] = {
    "number": _numbers,
    "old": _old,
    "id": _simple("many_ids", "UNKNOWN_PARCEL", None, MOST_PARCELS),
    "code": _simple("many_codes", "UNKNOWN_CODE", "CODE_CARRIED_TWICE", MOST_PARCELS),
    "serial": _simple("many_serials", "UNKNOWN_SERIAL", "SERIAL_CARRIED_TWICE", MOST_PARCELS),
    "point": _points,
}
