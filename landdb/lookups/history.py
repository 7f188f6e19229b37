"""What became of a parcel: versions with who, when and why, ancestors and descendants over any number of steps."""

import json
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import NotFound
from landdb.lookups.parcels import number
from landdb.lookups.viewpoint import Viewpoint
from landdb.store import lookups as store

NOW: Final = Viewpoint()
#: Steps of lineage that an answer follows; nobody splits a parcel a hundred times over.
MOST_GENERATIONS: Final = 100


async def parcel_history(
    conn: psycopg.AsyncConnection[Any], parcel_id: int, *, generations: int = MOST_GENERATIONS, view: Viewpoint = NOW
) -> bytes:
    """Give the history of a parcel, in force or gone, as JSON; clerks are named to staff only. Raises NotFound."""
    asked = {"parcel_id": parcel_id, "generations": generations, "staff": view.audience == "staff"}
    body = await store.ask_json(conn, "parcel_history", asked)
    if body is None:
        raise NotFound("there is no such parcel", remedy="look it up by commune, sheet and parcel number")
    return body


@dataclass(frozen=True, slots=True)
class ParcelState:
    """The tag of a parcel's state, and the JSON to send."""

    tag: str
    body: bytes


async def parcel_state(conn: psycopg.AsyncConnection[Any], parcel_id: int) -> ParcelState:
    """Give the tag that tells the state of a parcel and all that hangs on it; raises NotFound when it is gone."""
    rows = await store.ask_rows(conn, "tags", {"parcel_ids": [parcel_id]})
    if not rows:
        raise NotFound("no such parcel is in force", remedy="it may have been split or merged: ask for its history")
    told = {"parcel_id": parcel_id, "tag": rows[0]["tag"], "since": rows[0]["since"].isoformat()}
    return ParcelState(told["tag"], json.dumps(told).encode())


async def find_former(conn: psycopg.AsyncConnection[Any], commune_code: str, sheet_no: str, parcel_no: str) -> int:
    """Give the parcel that has this number, or had it last; raises NotFound."""
    key = {
        "commune_code": normalise_commune_code(commune_code),
        "sheet_no": number("sheet", sheet_no),
        "parcel_no": number("parcel", parcel_no),
    }
    rows = await store.ask_rows(conn, "find_by_number", key)
    if not rows:
        raise NotFound("no parcel ever had this number", remedy="perhaps an older number: landdb lookup old")
    return int(rows[0]["parcel_id"])
