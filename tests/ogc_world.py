"""A small world for features: parcels in two zones and two communes, with a past, and something in every collection."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import factories
import psycopg
import shapely

from landdb.store.vault import Vault

OTHER_ZONE = 9210
VIET_TRI = "07900"
SERIAL = "AC 00099001"
ADDRESSES = ("Xóm Đồng Thử", "xóm đông thu", "Khu 7", "Khu 17", None)
LABELS = ("ONT", "ONT+CLN", "HNK", "LUC", None)
CODES = (["ONT"], ["ONT", "CLN"], ["HNK"], ["LUC"], None)


@dataclass(frozen=True, slots=True)
class OgcWorld:
    """What was seeded: parcels in the main zone, those of another zone, one that was enlarged on a later day."""

    url: str
    sheet: factories.Sheet
    parcels: tuple[int, ...]
    abroad: tuple[int, ...]
    enlarged: int
    unusable: int
    land_object: int


def seed(url: str, vault: Vault) -> OgcWorld:
    """Give the world, committed at `url`."""
    with psycopg.connect(url) as conn:
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, "7", batch=batch)
        parcels = tuple(_add(conn, sheet, place, batch) for place in range(25))
        other = factories.add_sheet(conn, "8", code=VIET_TRI, batch=batch, srid=OTHER_ZONE, scale=500)
        abroad = tuple(factories.add_parcel(conn, other, str(no), place=no, batch=batch) for no in range(1, 6))
        unusable = _add(conn, sheet, 30, batch)
        conn.execute(
            """UPDATE cadastre.parcel SET geom = NULL, geom_4326 = NULL, geom_fault = 'SELF_INTERSECTION'
            WHERE parcel_id = %s""",
            [unusable],
        )
        land_object = factories.add_object(conn, sheet, "ROAD", factories.square(sheet, 40), batch=batch)
        _add_boundary(conn, sheet, batch)
        owner = factories.add_party(conn, vault, "Nguyễn Văn Ảo", citizen_id="099085000123", batch=batch)
        factories.add_right(conn, parcels[:2], {owner: Fraction(1)}, serial=SERIAL, batch=batch)
        for rule_id, parcel in (("GEO004", parcels[0]), ("TEN001", parcels[1])):
            factories.add_finding(conn, factories.PHONG_CHAU, rule_id, parcel=parcel)
        _give_finding_a_shape(conn, sheet)
    enlarged = parcels[3]
    with psycopg.connect(url) as conn:
        conn.execute(
            "UPDATE cadastre.parcel SET legal_area_m2 = 4000, valid_from = %s WHERE parcel_id = %s",
            [dt.date(2026, 3, 1), enlarged],
        )
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("ANALYZE")
    return OgcWorld(url, sheet, parcels, abroad, enlarged, unusable, land_object)


def _add(conn: psycopg.Connection, sheet: factories.Sheet, place: int, batch: int) -> int:
    """Add a parcel whose values differ from those of its neighbours."""
    turn = place % len(ADDRESSES)
    parcel = factories.add_parcel(
        conn, sheet, str(place + 1), place=place, batch=batch, code=f"w7jq2m4k{place:04d}" if place % 2 else None,
        valid_from=factories.DAY_ONE + dt.timedelta(days=place),
    )  # fmt: skip
    conn.execute(
        """UPDATE cadastre.parcel SET address = %s, land_use_label = %s, land_use_codes = %s, legal_area_m2 = %s,
            registered_area_m2 = %s
        WHERE parcel_id = %s""",
        [ADDRESSES[turn], LABELS[turn], CODES[turn], 100.0 * (place + 1), None if place % 3 else 400.5, parcel],
    )
    return parcel


def _add_boundary(conn: psycopg.Connection, sheet: factories.Sheet, batch: int) -> None:
    x, y = sheet.corner
    native = shapely.box(x - 500, y - 500, x + 3000, y + 500)
    degrees = factories.in_degrees(sheet, native)
    conn.execute(
        """INSERT INTO admin.commune_boundary (commune_id, geom, geom_4326, batch_id)
        VALUES (%s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s)""",
        [sheet.commune_id, native.wkb, sheet.srid, degrees.wkb, batch],
    )


def _give_finding_a_shape(conn: psycopg.Connection, sheet: factories.Sheet) -> None:
    conn.execute(
        "UPDATE quality.finding SET geom = ST_GeomFromWKB(%s, %s) WHERE rule_id = 'GEO004'",
        [factories.square(sheet, 0, side=5.0).wkb, sheet.srid],
    )
