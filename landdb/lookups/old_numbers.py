"""From the number on an old certificate to the present parcel: RESOLVED, AMBIGUOUS or NOT_FOUND, never a guess."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from landdb.domain.identifiers import normalise_commune_code, normalise_number
from landdb.lookups.old_evidence import CrosswalkRow, OldNumber, Successor, Weighed, weigh
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
    key = {**view.parameters(), **_key(asked)}
    successors = [Successor(**row) for row in await store.ask_rows(conn, "successors", key)]
    rows = [CrosswalkRow(**row) for row in await store.ask_rows(conn, "crosswalk", key)]
    recorded = await _recorded(conn, asked, successors, key, view)
    weighed = weigh(asked, rows, recorded, successors)
    if weighed.doubt == "UNKNOWN_COMMUNE":
        weighed = replace(weighed, doubt=await _why_no_successor(conn, key))
    located = await _locate(conn, weighed.candidates, key, view)
    status, reason = _judge(asked, weighed, located)
    body = await _body(conn, asked, successors, located, key, view, status=status, reason=reason)
    return Resolution(status, body, reason, located)


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


async def _recorded(
    conn: Connection, asked: OldNumber, successors: Sequence[Successor], key: dict[str, Any], view: Viewpoint
) -> list[Candidate]:
    """Give the parcels that carry the old number themselves."""
    if asked.parcel_no is None or not successors:
        return []
    where = {**key, "commune_ids": [successor.commune_id for successor in successors]}
    rows = await store.ask_rows(conn, "recorded", where, as_of=view.as_of)
    return [Candidate(evidence="RECORDED_OLD_NUMBER", **row) for row in rows]


async def _locate(
    conn: Connection, candidates: Sequence[Candidate], key: dict[str, Any], view: Viewpoint
) -> tuple[Candidate, ...]:
    """Give the candidates with what is stored under their present numbers."""
    if not candidates:
        return ()
    where = {
        **key,
        "commune_codes": [candidate.commune_code for candidate in candidates],
        "sheet_nos": [candidate.sheet_no for candidate in candidates],
        "parcel_nos": [candidate.parcel_no for candidate in candidates],
    }
    rows = await store.ask_rows(conn, "present", where, as_of=view.as_of)
    return tuple(
        replace(
            candidate,
            commune_name=row["name"],
            commune_kind=row["kind"],
            sheet_is_stored=row["sheet_id"] is not None,
            parcel_id=row["parcel_id"],
        )
        for candidate, row in zip(candidates, rows, strict=True)
    )


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


async def _body(
    conn: Connection,
    asked: OldNumber,
    successors: Sequence[Successor],
    located: Sequence[Candidate],
    key: dict[str, Any],
    view: Viewpoint,
    *,
    status: Status,
    reason: str | None,
) -> bytes:
    parcels = b"[]"
    if status == "RESOLVED" and located[0].parcel_id is not None:
        by_id = {**key, "parcel_id": located[0].parcel_id}
        parcels = described(await store.ask_parcels(conn, "by_id", by_id, as_of=view.as_of, fields=view.fields))
    head = {
        "status": status,
        "reason": reason,
        "as_of": view.described(),
        "asked": asdict(asked),
        "old_communes": await store.ask_rows(conn, "old_names", key),
        "successors": [
            {"code": successor.commune_code, "name": successor.name, "kind": successor.kind}
            | {"is_divided": successor.is_divided, "has_crosswalk": successor.has_crosswalk}
            for successor in successors
        ],
        "candidates": [candidate.to_json() for candidate in located],
    }
    return envelope(head, "parcels", parcels)
