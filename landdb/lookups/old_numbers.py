"""From the number on an old certificate to the present parcel: RESOLVED, AMBIGUOUS or NOT_FOUND, never a guess."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from landdb.domain.identifiers import normalise_commune_code, normalise_number
from landdb.lookups.old_evidence import CrosswalkRow, OldNumber, Successor, Weighed, narrow, weigh
from landdb.lookups.parcels import NOW, Connection, number
from landdb.lookups.resolution import Candidate, Resolution, Status, described, envelope
from landdb.lookups.viewpoint import Viewpoint
from landdb.store import lookups as store


async def resolve_old_number(
    conn: Connection,
    old_commune_code: str,
    old_sheet_no: str,
    old_parcel_no: str | None = None,
    *,
    scale_denominator: int | None = None,
    note: str | None = None,
    view: Viewpoint = NOW,
) -> Resolution:
    """Give where an old sheet, or a parcel on it, is today.

    Every candidate that the evidence leaves is listed; a scale or a note (which often names the commune
    before an earlier merger) can narrow them. A resolved parcel comes whole.
    """
    asked = OldNumber(
        normalise_commune_code(old_commune_code),
        number("sheet", old_sheet_no),
        normalise_number(old_parcel_no),
        scale_denominator,
        note or None,
    )
    (answer,) = await find_old_numbers(conn, [asked], view=view)
    key = {**view.parameters(), **_key(asked)}
    body = await _body(conn, answer, key, view)
    return Resolution(answer.status, body, answer.reason, answer.located)


@dataclass(frozen=True, slots=True)
class OldAnswer:
    """Where an old number is: the status, why it is not certain, the places that are left, and what it was asked of."""

    asked: OldNumber
    status: Status
    reason: str | None
    located: tuple[Candidate, ...]
    successors: tuple[Successor, ...]


async def find_old_numbers(conn: Connection, asked: Sequence[OldNumber], *, view: Viewpoint = NOW) -> list[OldAnswer]:
    """Give where many old numbers are today, in the order asked; a few statements, however many there are."""
    wanted = {
        **view.parameters(),
        "commune_codes": [one.commune_code for one in asked],
        "sheet_nos": [one.sheet_no for one in asked],
        "parcel_nos": [one.parcel_no for one in asked],
    }
    successors = await _successors(conn, asked, view)
    rows = _by_place(await store.ask_rows(conn, "many_crosswalk", wanted), CrosswalkRow)
    # What the crosswalk names needs no weaker evidence.
    open_places = {at: one for at, one in enumerate(asked) if not narrow(rows.get(at, ()), one)}
    recorded = await _recorded(conn, open_places, successors, view)
    weighed: list[Weighed] = []
    for at, one in enumerate(asked):
        result = weigh(one, rows.get(at, ()), recorded.get(at, ()), successors.get(at, ()))
        if result.doubt == "UNKNOWN_COMMUNE":
            result = replace(result, doubt=await _why_no_successor(conn, {**view.parameters(), **_key(one)}))
        weighed.append(result)
    located = await _locate(conn, weighed, view)
    return [
        OldAnswer(one, *_judge(one, result, places), places, successors.get(at, ()))
        for at, (one, result, places) in enumerate(zip(asked, weighed, located, strict=True))
    ]


Kept = TypeVar("Kept")


def _by_place(rows: Iterable[dict[str, Any]], make: Callable[..., Kept]) -> dict[int, tuple[Kept, ...]]:
    """Give the rows of each question by its place, which rows count from 1."""
    found: dict[int, list[Kept]] = {}
    for row in rows:
        place = row.pop("place") - 1
        found.setdefault(place, []).append(make(**row))
    return {place: tuple(made) for place, made in found.items()}


def _key(asked: OldNumber) -> dict[str, Any]:
    return {
        "old_commune_code": asked.commune_code,
        "old_sheet_no": asked.sheet_no,
        "old_parcel_no": asked.parcel_no,
    }


async def _why_no_successor(conn: Connection, key: dict[str, Any]) -> str:
    """Give what is true of a commune without successors: a crosswalk may be all that knows it."""
    (known,) = await store.ask_rows(conn, "old_commune", key)
    if known["has_crosswalk"]:
        return "UNKNOWN_OLD_SHEET"
    return "NO_CROSSWALK" if known["is_listed"] else "UNKNOWN_COMMUNE"


async def _successors(
    conn: Connection, asked: Sequence[OldNumber], view: Viewpoint
) -> dict[int, tuple[Successor, ...]]:
    """Give where the old communes went; each commune is followed once."""
    codes = list(dict.fromkeys(one.commune_code for one in asked))
    rows = await store.ask_rows(conn, "many_successors", {**view.parameters(), "commune_codes": codes})
    by_code = {codes[at]: found for at, found in _by_place(rows, Successor).items()}
    return {at: by_code.get(one.commune_code, ()) for at, one in enumerate(asked)}


async def _recorded(
    conn: Connection, asked: Mapping[int, OldNumber], successors: Mapping[int, Sequence[Successor]], view: Viewpoint
) -> dict[int, tuple[Candidate, ...]]:
    """Give the parcels that carry the old numbers themselves."""
    where = [
        (at + 1, successor.commune_id, one.sheet_no, one.parcel_no)
        for at, one in asked.items()
        if one.parcel_no is not None
        for successor in successors.get(at, ())
    ]
    if not where:
        return {}
    columns = dict(
        zip(("places", "commune_ids", "sheet_nos", "parcel_nos"), map(list, zip(*where, strict=True)), strict=True)
    )
    rows = await store.ask_rows(conn, "many_recorded", {**view.parameters(), **columns}, as_of=view.as_of)
    return _by_place(rows, partial(Candidate, evidence="RECORDED_OLD_NUMBER"))


async def _locate(conn: Connection, weighed: Sequence[Weighed], view: Viewpoint) -> list[tuple[Candidate, ...]]:
    """Give the candidates of each question with what is stored under their present numbers."""
    every = [candidate for one in weighed for candidate in one.candidates]
    if not every:
        return [()] * len(weighed)
    where = {
        **view.parameters(),
        "commune_codes": [candidate.commune_code for candidate in every],
        "sheet_nos": [candidate.sheet_no for candidate in every],
        "parcel_nos": [candidate.parcel_no for candidate in every],
    }
    rows = await store.ask_rows(conn, "present", where, as_of=view.as_of)
    found = iter(
        [
            replace(
                candidate,
                commune_name=row["name"],
                commune_kind=row["kind"],
                sheet_is_stored=row["sheet_id"] is not None,
                parcel_id=row["parcel_id"],
            )
            for candidate, row in zip(every, rows, strict=True)
        ]
    )
    return [tuple(islice(found, len(one.candidates))) for one in weighed]


def _judge(asked: OldNumber, weighed: Weighed, located: Sequence[Candidate]) -> tuple[Status, str | None]:
    """Give the status: one certain place is resolved, unless the parcel that should be there is not stored."""
    if not located:
        return "NOT_FOUND", weighed.doubt
    if len(located) > 1 or located[0].evidence == "SUCCESSOR" or weighed.doubt == "OLD_COMMUNE_NOT_RECORDED":
        return "AMBIGUOUS", weighed.doubt
    (only,) = located
    if asked.parcel_no is not None and only.parcel_id is None:
        return "NOT_FOUND", "PARCEL_NOT_STORED"
    if only.evidence == "UNCHANGED_COMMUNE" and not only.sheet_is_stored:
        return "NOT_FOUND", "UNKNOWN_SHEET"
    return "RESOLVED", None


async def _body(conn: Connection, answer: OldAnswer, key: dict[str, Any], view: Viewpoint) -> bytes:
    parcels = b"[]"
    if answer.status == "RESOLVED" and answer.located[0].parcel_id is not None:
        by_id = {**key, "parcel_id": answer.located[0].parcel_id}
        parcels = described(await store.ask_parcels(conn, "by_id", by_id, as_of=view.as_of, fields=view.fields))
    head = {
        "status": answer.status,
        "reason": answer.reason,
        "as_of": view.described(),
        "asked": answer.asked.told(),
        "old_communes": await store.ask_rows(conn, "old_names", key),
        "successors": [
            {"code": successor.commune_code, "name": successor.name, "kind": successor.kind}
            | {"is_divided": successor.is_divided, "has_crosswalk": successor.has_crosswalk}
            for successor in answer.successors
        ],
        "candidates": [candidate.to_json() for candidate in answer.located],
    }
    return envelope(head, "parcels", parcels)
