"""How many keys a second a bulk lookup answers, and how long the search box takes, on the province.

``python -m benchmarks.services DATABASE_URL`` asks the doors that the API asks, over one connection. Beside every
kind of key stands the number asked one by one.
"""

import argparse
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from benchmarks import measure
from benchmarks.lookups import SESSION
from landdb import lookups
from landdb.lookups import Viewpoint, bulk

KEYS, SINGLE, ROUNDS = 10_000, 400, 7
RESULTS = Path(__file__).parent / "results" / "services.json"
FIELDS: dict[str, frozenset[str] | None] = {"identity": frozenset(), "areas": frozenset({"areas"}), "whole": None}
_PARCELS = """SELECT p.parcel_id, c.commune_code, s.sheet_no, p.parcel_no, p.parcel_code,
    ST_X(ST_PointOnSurface(p.geom_4326)), ST_Y(ST_PointOnSurface(p.geom_4326)),
    ST_X(ST_PointOnSurface(p.geom)), ST_Y(ST_PointOnSurface(p.geom))
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE p.parcel_id % 78 = 5 AND p.geom IS NOT NULL"""
_SERIALS = "SELECT serial FROM registry.certificate WHERE serial IS NOT NULL AND certificate_id % 60 = 3 LIMIT 10000"
_OLD = """SELECT old_commune_code, old_sheet_no, old_parcel_no
FROM cadastre.sheet_crosswalk ORDER BY md5(crosswalk_id::text)"""


async def keys_of(conn: psycopg.AsyncConnection[Any]) -> dict[str, list[dict[str, Any]]]:
    """Give keys of every kind, in no order."""
    parcels = await (await conn.execute(_PARCELS)).fetchall()
    random.Random(1).shuffle(parcels)
    parcels = parcels[:KEYS]
    serials = await (await conn.execute(_SERIALS)).fetchall()
    old = await (await conn.execute(f"{_OLD} LIMIT {KEYS}")).fetchall()
    return {
        "number": [{"commune": row[1], "sheet": row[2], "parcel": row[3]} for row in parcels],
        "identity": [{"parcel_id": row[0]} for row in parcels],
        "code": [{"code": row[4]} for row in parcels if row[4]],
        "point": [{"lon": row[5], "lat": row[6]} for row in parcels],
        "serial": [{"serial": row[0]} for row in serials],
        "old number": [{"old_commune": row[0], "old_sheet": row[1], "old_parcel": row[2] or "5"} for row in old],
    }


async def measure_bulk(conn: psycopg.AsyncConnection[Any], lines: Sequence[dict[str, Any]], view: Viewpoint) -> float:
    """Give keys a second."""
    keys = [bulk.read_key(line) for line in lines]

    @asynccontextmanager
    async def connections() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        yield conn

    start = time.perf_counter()
    async for _ in lookups.answer_many(connections, keys, view=view):
        pass
    return len(keys) / (time.perf_counter() - start)


async def measure_single(conn: psycopg.AsyncConnection[Any], lines: Sequence[dict[str, Any]]) -> float:
    """Give numbers a second, asked one by one."""
    start = time.perf_counter()
    for line in lines[:SINGLE]:
        await lookups.parcels_by_number(conn, line["commune"], line["sheet"], line["parcel"])
    return min(SINGLE, len(lines)) / (time.perf_counter() - start)


async def measure_search(conn: psycopg.AsyncConnection[Any]) -> list[dict[str, Any]]:
    """Give the milliseconds of typed texts of every kind."""
    row = (await (await conn.execute(_PARCELS + " LIMIT 1 OFFSET 5000")).fetchall())[0]
    _, commune, sheet, parcel, code, lon, lat, east, north = row
    asked: list[tuple[str, str | None]] = [
        (f"tờ {sheet} thửa {parcel} mã xã {commune}", None), (f"{sheet}/{parcel}", commune),
        (f"{sheet}/{parcel}", None), (parcel, commune), (parcel, None), (f"tờ cũ {sheet} thửa {parcel}", commune),
        (code, None), (f"{lat}, {lon}", None), (f"{north:.2f} {east:.2f}", None),
        (f"{north:.2f} {east:.2f}", commune), ("khu 3", commune), ("Tân An", None), ("phong chaau", None),
        ("tờ 7 thửa 98 Dũng Liệt", None),
    ]  # fmt: skip
    told = []
    for text, here in asked:
        for name, door in (("search", lookups.search), ("suggest", lookups.suggest)):
            taken = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                body = await door(conn, text, commune_code=here)
                taken.append((time.perf_counter() - start) * 1000)
            status = json.loads(body).get("status")
            told.append({"door": name, "text": text, "commune": here, "status": status,
                         "first_ms": round(taken[0], 1), "median_ms": measure.median(taken[1:])})  # fmt: skip
    return told


async def run(url: str) -> dict[str, Any]:
    """Give all figures."""
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, prepare_threshold=0, options=SESSION
    ) as conn:
        keys = await keys_of(conn)
        speeds: dict[str, Any] = {"number, one by one": {"whole": round(await measure_single(conn, keys["number"]))}}
        for kind, lines in keys.items():
            speeds[kind] = {
                name: round(await measure_bulk(conn, lines, Viewpoint(audience="staff", wanted=fields)))
                for name, fields in FIELDS.items()
            }
            print(kind, speeds[kind], flush=True)
        return {"keys_per_second": speeds, "search": await measure_search(conn)}


def main() -> None:
    """Measure and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    figures = uvloop.run(run(parser.parse_args().database_url))
    RESULTS.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    slowest = max(figures["search"], key=lambda one: one["median_ms"])
    print(f"slowest text: {slowest}")


if __name__ == "__main__":
    main()
