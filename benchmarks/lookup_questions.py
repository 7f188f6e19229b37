"""The questions that are measured: each with its keys, how landdb is asked, and the plainest SQL beside it."""

import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from psycopg.rows import dict_row

from landdb import lookups
from landdb.domain.identifiers import CitizenId
from landdb.lookups import Asker, Page, Reason, Viewpoint
from landdb.store.sealing import party_cell
from landdb.store.statements import load
from landdb.store.vault import Vault

SEED = "landdb"
#: Half the side of a box that about ten parcels of the sample lie in, in metres.
HALF_BOX_M = 22.0
REASON = Reason("benchmark", "BM-1")

Key = dict[str, Any]
Connection = psycopg.AsyncConnection[Any]
Ask = Callable[[Connection, Key, Viewpoint], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by which of landdb's functions, for which keys; `peer` names a statement of lookup_peers.sql."""

    name: str
    keys: list[Key]
    ask: Ask
    peer: str


def questions(conn: psycopg.Connection, vault: Vault, count: int) -> list[Question]:
    """Give every single lookup with `count` keys drawn from the database."""
    draw = partial(_draw, conn, count)
    parcels = draw("parcels")
    holders = [_person(key, vault) for key in draw("people")]
    largest = _draw(conn, 1, "largest_organisation") * count
    return [
        Question("parcel_id", parcels, _by_id, "by_id"),
        Question("number", parcels, _by_number, "by_number"),
        Question("code", parcels, _by_code, "by_code"),
        Question("point, WGS 84", parcels, _at_point, "at_point"),
        Question("point, VN-2000", parcels, _at_vn2000, "at_point"),
        Question("box of about 10", [key | _box(key) for key in parcels], _in_box, "in_box"),
        Question("certificate serial", draw("certificates"), _by_certificate, "by_certificate"),
        Question("citizen ID, with its record", holders, partial(_by_citizen_id, vault), "by_citizen_id"),
        Question("organisation", draw("organisations"), _by_organisation, "by_organisation"),
        Question("largest organisation, a page of 50", largest, _by_organisation, "by_organisation"),
        Question("old number, sheet in crosswalk", draw("moved_sheets"), _by_old_number, "moved_sheet"),
        Question("old number, parcel in crosswalk", draw("moved_parcels"), _by_old_number, "moved_parcel"),
        Question("old number, on the parcel", draw("recorded_parcels"), _by_old_number, "recorded_parcel"),
    ]


def _draw(conn: psycopg.Connection, count: int, name: str) -> list[Key]:
    text = load("lookup_keys", package="benchmarks")[name]
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(text, {"seed": SEED, "count": count}).fetchall()


def _person(key: Key, vault: Vault) -> Key:
    """Give the key with the clear number, which only the key file opens."""
    clear = vault.unseal(key["citizen_id_enc"], cell=party_cell(bytes(key["party_key"]), "citizen_id_enc"))
    return {"citizen_id": CitizenId.parse(str(clear)), "citizen_id_index": key["citizen_id_index"]}


def _box(key: Mapping[str, Any]) -> Key:
    north = HALF_BOX_M / 111_200
    east = north / math.cos(math.radians(key["lat"]))
    lon, lat = key["lon"], key["lat"]
    return {"west": lon - east, "south": lat - north, "east": lon + east, "north": lat + north}


async def _by_id(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.get_parcel(conn, key["parcel_id"], view=view)


async def _by_number(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_by_number(conn, key["commune_code"], key["sheet_no"], key["parcel_no"], view=view)


async def _by_code(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_by_code(conn, key["parcel_code"], view=view)


async def _at_point(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_at_point(conn, key["lon"], key["lat"], view=view)


async def _at_vn2000(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_at_point(conn, key["x"], key["y"], srid=key["srid"], view=view)


async def _in_box(conn: Connection, key: Key, view: Viewpoint) -> object:
    box = key["west"], key["south"], key["east"], key["north"]
    return await lookups.parcels_in_box(conn, box, page=Page(limit=50), view=view)


async def _by_certificate(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_by_certificate(conn, key["serial"], view=view)


async def _by_organisation(conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_by_organisation(conn, key["org_no"], view=view)


async def _by_old_number(conn: Connection, key: Key, view: Viewpoint) -> object:
    old = key["old_commune_code"], key["old_sheet_no"], key["old_parcel_no"]
    return await lookups.resolve_old_number(conn, *old, view=view)


def _somebody() -> Asker:
    """Give one of so many askers that nobody's quota is used up."""
    return Asker(f"benchmark {secrets.randbelow(100_000)}", "clerk")


async def _by_citizen_id(vault: Vault, conn: Connection, key: Key, view: Viewpoint) -> object:
    return await lookups.parcels_by_citizen_id(
        conn, key["citizen_id"], vault=vault, asker=_somebody(), reason=REASON, request_id="benchmark", view=view
    )
