"""Provinces, communes and their succession: the packaged lists into the database, and lookups by code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg.rows import class_row

from landdb.codelists import load as load_list
from landdb.domain.text import fold
from landdb.errors import NotFound
from landdb.store.statements import load

SINCE_EVER = "-infinity"
FOR_EVER = "infinity"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune in force: its keys, and a point and size to judge coordinates by (degrees, km²)."""

    commune_id: int
    commune_code: str
    name: str
    kind: str
    province_code: str
    lon: float | None
    lat: float | None
    area_km2: float | None


def load_lists(conn: psycopg.Connection) -> int:
    """Fill empty admin tables from the packaged lists; gives how many communes were entered."""
    present = conn.execute("SELECT EXISTS (SELECT FROM admin.commune WHERE NOT is_local)").fetchone()
    if present and present[0]:
        return 0
    with conn.cursor().copy("COPY admin.province (province_code, name, valid_from, valid_to) FROM STDIN") as copy:
        for row in load_list("provinces"):
            copy.write_row((row["province_code"], row["name"], *_validity(row)))
    entered = 0
    with conn.cursor().copy(load("admin_units")["copy_communes"]) as copy:
        for entered, row in enumerate(load_list("communes"), start=1):  # noqa: B007 - counted for the caller
            copy.write_row(
                (
                    row["commune_code"],
                    row["name"],
                    fold(row["name"]),
                    row["kind"],
                    row["district_name"] or None,
                    row["province_code"],
                    *_validity(row),
                    row["lon"] or None,
                    row["lat"] or None,
                    row["area_km2"] or None,
                )
            )
    _load_succession(conn)
    return entered


def _load_succession(conn: psycopg.Connection) -> None:
    pairs = load_list("commune_succession")
    conn.execute(
        load("admin_units")["insert_succession"],
        {
            "old_codes": [row["old_commune_code"] for row in pairs],
            "new_codes": [row["new_commune_code"] for row in pairs],
            "divided": [row["is_divided"] == "true" for row in pairs],
        },
    )


def _validity(row: dict[str, str]) -> tuple[str, str]:
    return row["valid_from"] or SINCE_EVER, row["valid_to"] or FOR_EVER


def get_commune(conn: psycopg.Connection, commune_code: str) -> Commune:
    """Give the commune in force under this code; raises NotFound."""
    with conn.cursor(row_factory=class_row(Commune)) as cursor:
        found = cursor.execute(load("admin_units")["get_commune"], {"commune_code": commune_code}).fetchone()
    if found is None:
        raise NotFound(
            f"no commune {commune_code} is in force",
            remedy="look it up: landdb commune list NAME; or register it: landdb commune add CODE NAME",
        )
    return found


def list_codes(conn: psycopg.Connection, commune_ids: Sequence[int]) -> list[str]:
    """Give the codes of these communes."""
    return [code for (code,) in conn.execute(load("admin_units")["list_codes"], {"commune_ids": list(commune_ids)})]


def list_communes(conn: psycopg.Connection, *, name: str | None = None, with_parcels: bool = False) -> list[Commune]:
    """Give the communes in force whose name contains `name` (accents do not matter), by code."""
    with conn.cursor(row_factory=class_row(Commune)) as cursor:
        parameters = {"name": f"%{fold(name)}%" if name else None, "with_parcels": with_parcels}
        return cursor.execute(load("admin_units")["list_communes"], parameters).fetchall()


def add_commune(conn: psycopg.Connection, commune: Commune, *, valid_from: date) -> bool:
    """Enter a commune; tells whether it is new. One in force under this code stays as it is."""
    entered = conn.execute(
        load("admin_units")["add_commune"],
        {
            "commune_code": commune.commune_code,
            "name": commune.name,
            "name_folded": fold(commune.name),
            "kind": commune.kind,
            "province_code": commune.province_code,
            "valid_from": valid_from,
            "lon": commune.lon,
            "lat": commune.lat,
            "area_km2": commune.area_km2,
        },
    )
    return entered.rowcount == 1
