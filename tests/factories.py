"""Rows for tests: communes, sheets, parcels, sealed parties, rights, certificates and findings.

People are invented; their numbers begin with 099, which was issued to nobody. Polygons are squares laid out
from a corner near the commune, in the sheet's own system.
"""

import datetime as dt
import itertools
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from landdb.domain.crs import from_wgs84, to_wgs84
from landdb.domain.masking import mask_digits, mask_name
from landdb.domain.text import fold_name
from landdb.store.sealing import party_cell
from landdb.store.vault import Vault

PHONG_CHAU = "07954"
PHU_THO_ZONE = 9208
DAY_ONE = dt.date(2025, 8, 1)

_ROWS_OF_SHEETS = 150
_rows = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stored map sheet, and the corner that its squares are laid out from."""

    sheet_id: int
    commune_id: int
    srid: int
    corner: tuple[float, float]


def one(conn: psycopg.Connection, statement: str, *values: Any) -> Any:
    row = conn.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def commune_id(conn: psycopg.Connection, code: str, *, on: dt.date = DAY_ONE) -> int:
    return one(
        conn,
        "SELECT commune_id FROM admin.commune WHERE commune_code = %s AND daterange(valid_from, valid_to) @> %s",
        code,
        on,
    )


def add_batch(conn: psycopg.Connection, file_name: str = "sample.gpkg", *, document: str | None = None) -> int:
    source_id = document and one(
        conn,
        "INSERT INTO registry.source (source_kind, reference) VALUES ('HANDOVER', %s) RETURNING source_id",
        document,
    )
    return one(
        conn,
        """INSERT INTO staging.import_batch (file_name, file_sha256, file_bytes, file_format, actor, source_id, state)
        VALUES (%s, %s, 1, 'GPKG', 'test', %s, 'DONE') RETURNING batch_id""",
        file_name,
        sha256(file_name.encode()).digest(),
        source_id,
    )


def add_sheet(
    conn: psycopg.Connection,
    sheet_no: str,
    *,
    code: str = PHONG_CHAU,
    batch: int,
    scale: int | None = 1000,
    srid: int = PHU_THO_ZONE,
) -> Sheet:
    commune = commune_id(conn, code)
    lon, lat = conn.execute("SELECT lon, lat FROM admin.commune WHERE commune_id = %s", [commune]).fetchone()
    x, y = from_wgs84(srid)([lon], [lat])
    sheet_id = one(
        conn,
        """INSERT INTO cadastre.sheet (commune_id, sheet_no, scale_denominator, srid, batch_id)
        VALUES (%s, %s, %s, %s, %s) RETURNING sheet_id""",
        commune,
        sheet_no,
        scale,
        srid,
        batch,
    )
    # a thousandth test's sheet must still lie in Vietnam
    row = next(_rows) % _ROWS_OF_SHEETS
    return Sheet(sheet_id, commune, srid, (round(float(x[0])) + 1000.0 * row, round(float(y[0]))))


def next_row() -> int:
    """Give a number that no other row has."""
    return next(_rows)


def in_degrees(sheet: Sheet, native: shapely.Geometry) -> shapely.Geometry:
    """Give a geometry of the sheet's system in longitude and latitude."""
    return shapely.transform(native, lambda xy: np.column_stack(to_wgs84(sheet.srid)(xy[:, 0], xy[:, 1])))


def redraw(conn: psycopg.Connection, parcel: int, sheet: Sheet, native: shapely.Geometry) -> None:
    """Give a parcel another polygon, in its sheet's system."""
    wgs84 = in_degrees(sheet, native)
    conn.execute(
        """UPDATE cadastre.parcel SET geom = ST_GeomFromWKB(%s, %s), geom_4326 = ST_GeomFromWKB(%s, 4326),
            computed_area_m2 = %s
        WHERE parcel_id = %s""",
        [native.wkb, sheet.srid, wgs84.wkb, native.area, parcel],
    )


def add_object(conn: psycopg.Connection, sheet: Sheet, kind: str, native: shapely.Geometry, *, batch: int) -> int:
    """Give the identity of a new land-occupying object, drawn in the sheet's system."""
    wgs84 = in_degrees(sheet, native)
    return one(
        conn,
        """INSERT INTO cadastre.land_object (commune_id, object_kind, computed_area_m2, geom, geom_4326, batch_id,
            source_row, delivered_hash)
        VALUES (%s, %s, %s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s, %s, %s) RETURNING land_object_id""",
        *(sheet.commune_id, kind, native.area, native.wkb, sheet.srid, wgs84.wkb, batch),
        *(next(_rows), secrets.token_bytes(16)),
    )


def square(sheet: Sheet, place: int, *, side: float = 20.0) -> shapely.Polygon:
    """Give the square at a place of the sheet's row of squares; neighbours share an edge."""
    x, y = sheet.corner
    return shapely.box(x + place * side, y, x + (place + 1) * side, y + side)


def middle(sheet: Sheet, place: int) -> tuple[float, float]:
    """Give a point inside the square, easting and northing."""
    point = square(sheet, place).centroid
    return point.x, point.y


def lonlat(sheet: Sheet, x: float, y: float) -> tuple[float, float]:
    lon, lat = to_wgs84(sheet.srid)([x], [y])
    return float(lon[0]), float(lat[0])


def add_parcel(
    conn: psycopg.Connection,
    sheet: Sheet,
    parcel_no: str,
    *,
    place: int = 0,
    batch: int,
    code: str | None = None,
    old: tuple[str, str] | None = None,
    valid_from: dt.date = DAY_ONE,
    land_use: str | None = "ONT",
) -> int:
    """Give the identity of a new square parcel with one land use."""
    native = square(sheet, place)
    wgs84 = in_degrees(sheet, native)
    row = next(_rows)
    parcel_id = one(
        conn,
        """INSERT INTO cadastre.parcel (commune_id, sheet_id, parcel_no, parcel_code, old_sheet_no, old_parcel_no,
            address, registered_area_m2, legal_area_m2, computed_area_m2, geom, geom_4326, batch_id, source_row,
            delivered_hash, valid_from)
        VALUES (%s, %s, %s, %s, %s, %s, 'Xóm 1', 400.5, 400, 400, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326),
            %s, %s, %s, %s)
        RETURNING parcel_id""",
        *(sheet.commune_id, sheet.sheet_id, parcel_no, code, *(old or (None, None))),
        *(native.wkb, sheet.srid, wgs84.wkb, batch, row, sha256(str(row).encode()).digest(), valid_from),
    )
    if land_use is not None:
        conn.execute(
            """INSERT INTO cadastre.land_use (parcel_id, ordinal, land_use_code, land_use_raw, area_m2, batch_id,
                valid_from)
            VALUES (%s, 1, %s, %s, 400, %s, %s)""",
            [parcel_id, land_use, land_use, batch, valid_from],
        )
    return parcel_id


def add_party(
    conn: psycopg.Connection,
    vault: Vault,
    name: str,
    *,
    batch: int,
    citizen_id: str | None = None,
    org_no: str | None = None,
    valid_from: dt.date = DAY_ONE,
) -> int:
    """Give the identity of a new party: an organisation when it has a number as one, else a natural person."""
    party_key = vault.index("party", f"{name}|{citizen_id or org_no}|{secrets.token_hex(4)}")
    return one(
        conn,
        """INSERT INTO party.party (party_key, content_index, party_kind, name_masked, name_enc, name_index, id_kind,
            citizen_id_masked, citizen_id_enc, citizen_id_index, org_no, key_id, batch_id, valid_from)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING party_id""",
        *(party_key, party_key, "ORGANISATION" if org_no else "NATURAL", name if org_no else mask_name(name)),
        *(vault.seal(name, cell=party_cell(party_key, "name_enc")), vault.index("name", fold_name(name))),
        *("CITIZEN_ID" if citizen_id else "MISSING", citizen_id and mask_digits(citizen_id)),
        vault.seal(citizen_id, cell=party_cell(party_key, "citizen_id_enc")),
        citizen_id and vault.index("citizen_id", citizen_id),
        *(org_no, vault.key_id, batch, valid_from),
    )


def add_right(
    conn: psycopg.Connection,
    parcels: Sequence[int],
    holders: dict[int, Fraction | None],
    *,
    batch: int,
    serial: str | None = None,
    holder_group: str = "INDIVIDUAL",
    valid_from: dt.date = DAY_ONE,
) -> int:
    """Give the identity of a new use right on the parcels; a share of None is a joint holder's."""
    commune = one(conn, "SELECT commune_id FROM cadastre.parcel WHERE parcel_id = %s", parcels[0])
    baunit = one(
        conn,
        "INSERT INTO registry.baunit (commune_id, baunit_key) VALUES (%s, %s) RETURNING baunit_id",
        *(commune, f"test {secrets.token_hex(6)}"),
    )
    for parcel in parcels:
        conn.execute(
            """INSERT INTO registry.baunit_parcel (baunit_id, parcel_id, batch_id, valid_from)
            VALUES (%s, %s, %s, %s)""",
            [baunit, parcel, batch, valid_from],
        )
    certificate = serial and one(
        conn,
        """INSERT INTO registry.certificate (baunit_id, commune_id, serial, serial_raw, registry_no, issued_on,
            batch_id, valid_from)
        VALUES (%s, %s, %s, %s, 'CH 00123', '2020-05-01', %s, %s) RETURNING certificate_id""",
        *(baunit, commune, serial, serial, batch, valid_from),
    )
    rrr = one(
        conn,
        """INSERT INTO registry.rrr (baunit_id, certificate_id, rrr_kind, holder_group, batch_id, valid_from)
        VALUES (%s, %s, 'USE_RIGHT', %s, %s, %s) RETURNING rrr_id""",
        *(baunit, certificate, holder_group, batch, valid_from),
    )
    for party, share in holders.items():
        conn.execute(
            """INSERT INTO registry.share (rrr_id, party_id, role, numerator, denominator, batch_id, valid_from)
            VALUES (%s, %s, 'HOLDER', %s, %s, %s, %s)""",
            [rrr, party, share and share.numerator, share and share.denominator, batch, valid_from],
        )
    return rrr


def add_finding(
    conn: psycopg.Connection,
    code: str,
    rule_id: str,
    *,
    parcel: int | None,
    other: int | None = None,
    severity: str = "error",
    state: str = "open",
) -> int:
    commune = commune_id(conn, code)
    run = add_run(conn, commune)
    return one(
        conn,
        """INSERT INTO quality.finding (fingerprint, content_hash, rule_id, severity, state, commune_id, subject,
            parcel_id, other_parcel_id, point_4326, measure, unit, details, first_run_id, last_run_id, fixed_at)
        VALUES (%s, '', %s, %s, %s, %s, '1/1', %s, %s, ST_SetSRID(ST_MakePoint(105.2, 21.4), 4326), 1.5, 'm2',
            '{"reason": "TEST"}', %s, %s, CASE WHEN %s = 'fixed' THEN now() END) RETURNING finding_id""",
        *(secrets.token_bytes(32), rule_id, severity, state, commune, parcel, other, run, run, state),
    )


def add_run(conn: psycopg.Connection, commune: int) -> int:
    """Give the identity of a run over one commune that ran nothing."""
    run = one(
        conn,
        """INSERT INTO quality.rule_run (started_at, is_whole, rules, seam_rules, limits, catalogue_hash, tool_versions)
        VALUES (now(), true, '[]', '[]', '{}', 'x', '{}') RETURNING run_id""",
    )
    conn.execute("INSERT INTO quality.run_commune VALUES (%s, %s, 1)", [run, commune])
    return run


def add_crosswalk(
    conn: psycopg.Connection,
    old: tuple[str, str, str | None],
    new: tuple[str, str, str | None],
    *,
    batch: int,
    scale: int | None = None,
    note: str | None = None,
) -> None:
    """Enter one crosswalk row: (commune code, sheet, parcel or None for the whole sheet), old and new."""
    conn.execute(
        """INSERT INTO cadastre.sheet_crosswalk (old_commune_code, old_sheet_no, old_parcel_no, commune_code, sheet_no,
            parcel_no, scale_denominator, note, batch_id, delivered_hash)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [*old, *new, scale, note, batch, secrets.token_bytes(16)],
    )


@contextmanager
def database(server: Any, template: str) -> Iterator[str]:
    """Give the URL of an own copy of the template for a whole module; dropped afterwards."""
    name = f"{server.prefix}_{secrets.token_hex(4)}"
    try:
        yield server.create(name, template)
    finally:
        server.drop(name)


def open_vault(folder: Path) -> Vault:
    return Vault.make(folder / "landdb.key")
