"""One named situation of tests/cases as rows: what the statement rules are asked about."""

import itertools
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
import psycopg
import shapely

from landdb.domain import geohash
from landdb.domain.crs import to_wgs84

CORNER = (500_000.0, 2_300_000.0)
ZONE = 9208
HOME, ABROAD = "99010", "99011"
#: The nouns of a case file, in the order in which they are stored.
NOUNS = (
    "boundary", "sheet", "parcel", "object", "use", "party", "right", "restriction", "retired", "again",
    "lineage", "past", "scan", "rejected",
)  # fmt: skip

Case = dict[str, Any]
LAW = "2026-01-01"


class World:
    """One situation as rows; `ids` are what findings call parties, certificates, rights and scans."""

    def __init__(self, conn: psycopg.Connection, case: Case) -> None:
        self.conn = conn
        self.ids: dict[str, int] = {}
        self.parcels: dict[str, int] = {}
        self.sheets: dict[tuple[int, str], int] = {}
        self.numbers = itertools.count(1)
        self.batch = self.add_batch("a.gpkg")
        self.home = self.add_commune(HOME, case.get("kind", "xã"))
        self.abroad = self.add_commune(ABROAD, "xã")
        for noun in NOUNS:
            for item in case.get(noun, []):
                getattr(self, f"add_{noun}")(**item)

    def one(self, statement: str, *values: Any) -> Any:
        row = self.conn.execute(statement, values).fetchone()
        assert row is not None
        return row[0]

    def insert(self, table: str, returning: str, **values: Any) -> int:
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        return self.one(f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {returning}", *values.values())

    def hash(self) -> bytes:
        return sha256(str(next(self.numbers)).encode()).digest()

    def add_commune(self, code: str, kind: str) -> int:
        return self.insert(
            "admin.commune", "commune_id", commune_code=code, name="Thử", name_folded="thu", kind=kind,
            province_code="25", valid_from="2025-07-01", valid_to="infinity",
        )  # fmt: skip

    def add_batch(self, file_name: str) -> int:
        return self.insert(
            "staging.import_batch", "batch_id", file_name=file_name, file_sha256=b"", file_bytes=1,
            file_format="GPKG", actor="test", state="DONE",
        )  # fmt: skip

    def add_boundary(self, box: list[float], *, abroad: bool = False) -> None:
        ground = native(box)
        self.conn.execute(
            """INSERT INTO admin.commune_boundary (commune_id, geom, geom_4326, batch_id)
            VALUES (%s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s)""",
            [self.abroad if abroad else self.home, ground.wkb, ZONE, wgs84(ground).wkb, self.batch],
        )

    def add_sheet(
        self,
        no: str,
        *,
        commune: int | None = None,
        scale: int = 500,
        listed: bool = False,
        frame: list[float] | None = None,
        frame_srid: int = ZONE,
        srid: int = ZONE,
    ) -> None:
        ground = frame and native(frame)
        self.sheets[commune or self.home, no] = self.one(
            """INSERT INTO cadastre.sheet (commune_id, sheet_no, scale_denominator, srid, is_listed, frame, batch_id)
            VALUES (%s, %s, %s, %s, %s, ST_GeomFromWKB(%s, %s), %s) RETURNING sheet_id""",
            *(commune or self.home, no, scale or None, srid, int(listed), ground and ground.wkb, frame_srid),
            self.batch,
        )

    def add_parcel(
        self,
        key: str,
        *,
        box: list[float] | None = None,
        code: str | None = None,
        code_at: list[float] | None = None,
        registered: float | None = None,
        legal: float | None = None,
        fault: str | None = None,
        abroad: bool = False,
        old: str | None = None,
        address: str | None = None,
        label: str | None = None,
        label_codes: list[str] | None = None,
        since: str = LAW,
    ) -> None:
        commune = self.abroad if abroad else self.home
        sheet_no, _, parcel_no = key.partition("/")
        if (commune, sheet_no) not in self.sheets:
            self.add_sheet(sheet_no, commune=commune)
        place = 20 * len(self.parcels)
        ground = None if fault else native(box or [place, 0, place + 20, 20])
        if code_at is not None:
            code = geohash.encode(*degrees(code_at))
        old_sheet, _, old_parcel = (old or "").partition("/")
        self.parcels[key] = self.one(
            """INSERT INTO cadastre.parcel (commune_id, sheet_id, parcel_no, parcel_code, registered_area_m2,
                legal_area_m2, computed_area_m2, geom, geom_4326, geom_fault, old_sheet_no, old_parcel_no, address,
                land_use_label, land_use_codes, valid_from, batch_id, source_row, delivered_hash)
            VALUES (%s, %s, %s, %s, %s, %s, %s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s, %s, %s, %s, %s,
                %s, %s, %s, 1, %s)
            RETURNING parcel_id""",
            *(commune, self.sheets[commune, sheet_no], parcel_no, code, registered, legal),
            *(ground and ground.area, ground and ground.wkb, ZONE, ground and wgs84(ground).wkb, fault),
            *(old_sheet or None, old_parcel or None, address, label, label_codes, since, self.batch, self.hash()),
        )

    def add_object(self, name: str, *, box: list[float]) -> None:
        ground = native(box)
        self.ids["object"] = self.one(
            """INSERT INTO cadastre.land_object (commune_id, object_kind, object_name, computed_area_m2, geom,
                geom_4326, batch_id, source_row, delivered_hash)
            VALUES (%s, 'ROAD', %s, %s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s, 1, %s)
            RETURNING land_object_id""",
            *(self.home, name, ground.area, ground.wkb, ZONE, wgs84(ground).wkb, self.batch, self.hash()),
        )

    def add_use(
        self,
        parcel: str,
        *,
        code: str = "ONT",
        area: float | None = None,
        fault: str | None = None,
        expires: str | None = None,
        since: str = LAW,
    ) -> None:
        self.conn.execute(
            """INSERT INTO cadastre.land_use (parcel_id, ordinal, land_use_code, land_use_raw, land_use_fault, area_m2,
                expires_on, valid_from, batch_id)
            SELECT %(parcel)s, 1 + count(*), nullif(%(code)s, ''), %(code)s, %(fault)s, %(area)s, %(expires)s,
                %(since)s, %(batch)s
            FROM cadastre.land_use WHERE parcel_id = %(parcel)s""",
            {"parcel": self.parcels[parcel], "code": code, "fault": fault, "area": area, "batch": self.batch}
            | {"expires": expires, "since": since},
        )

    def add_party(
        self,
        name: str,
        *,
        called: str | None = None,
        kind: str = "NATURAL",
        id: str | None = None,  # noqa: A002 - the word of the case file
        id_kind: str = "CITIZEN_ID",
        id_fault: str | None = None,
        tax_fault: str | None = None,
        org: str | None = None,
        org_fault: str | None = None,
        name_fault: str | None = None,
        born: str | None = None,
        sex: str | None = None,
    ) -> None:
        self.ids[name] = self.insert(
            "party.party", "party_id", party_key=self.hash(), content_index=self.hash(), party_kind=kind,
            name_masked="*", name_index=(called or name).encode(), name_fault=name_fault,
            birth_year=born and int(born[:4]), birth_index=born.encode() if born and len(born) > 4 else None, sex=sex,
            id_kind=id_kind, citizen_id_index=id and id.encode(), citizen_id_fault=id_fault, org_no=org,
            tax_code_fault=tax_fault, org_no_fault=org_fault, key_id="k", batch_id=self.batch,
        )  # fmt: skip

    def add_right(
        self,
        parcels: list[str],
        holders: list[dict[str, str]],
        *,
        kind: str = "USE_RIGHT",
        group: str = "INDIVIDUAL",
        on: str | None = None,
        certificate: str | None = None,
        serial: str | None = None,
        serial_fault: str | None = None,
        registry: str | None = "CH 00001",
        issued: str | None = None,
        issued_raw: str | None = None,
        scan: str | None = None,
        area: float | None = None,
        since: str = LAW,
    ) -> None:
        baunit = self.ids[f"baunit of {on}"] if on else self._add_baunit(parcels, area, since)
        if certificate is not None:
            self.ids[f"baunit of {certificate}"] = baunit
            commune = self.one("SELECT commune_id FROM registry.baunit WHERE baunit_id = %s", baunit)
            self.ids[certificate] = self.insert(
                "registry.certificate", "certificate_id", baunit_id=baunit, commune_id=commune, serial=serial,
                serial_fault=serial_fault, registry_no=registry or None, issued_on=issued, issued_on_raw=issued_raw,
                scan_file=scan, batch_id=self.batch,
            )  # fmt: skip
        rrr = self.insert(
            "registry.rrr", "rrr_id", baunit_id=baunit, certificate_id=self.ids.get(certificate or on or ""),
            rrr_kind=kind, holder_group=group, batch_id=self.batch,
        )  # fmt: skip
        self.ids["right"] = rrr
        for holder in holders:
            share = Fraction(holder["share"]) if "share" in holder else None
            parts = share.as_integer_ratio() if share else (None, None)
            self.insert(
                "registry.share", "share_id", rrr_id=rrr, party_id=self.ids[holder["party"]], numerator=parts[0],
                denominator=parts[1], batch_id=self.batch,
            )  # fmt: skip

    def _add_baunit(self, parcels: list[str], area: float | None, since: str) -> int:
        baunit = self.one(
            """INSERT INTO registry.baunit (commune_id, baunit_key)
            SELECT commune_id, %s FROM cadastre.parcel WHERE parcel_id = %s RETURNING baunit_id""",
            *(self.hash().hex(), self.parcels[parcels[0]]),
        )
        for parcel in parcels:
            self.insert(
                "registry.baunit_parcel", "baunit_parcel_id", baunit_id=baunit, parcel_id=self.parcels[parcel],
                certificate_area_m2=area, valid_from=since, batch_id=self.batch,
            )  # fmt: skip
        return baunit

    def add_restriction(self, parcel: str, *, kind: str = "MORTGAGE", rank: int = 1, party: str | None = None) -> None:
        self.ids["restriction"] = self.insert(
            "registry.restriction", "restriction_id", parcel_id=self.parcels[parcel], restriction_kind=kind,
            rank=rank if kind == "MORTGAGE" else None,
            party_id=party and self.ids[party], reference="HĐ 1", origin_id=1, batch_id=self.batch,
        )  # fmt: skip

    def add_retired(self, parcel: str, *, links: bool = True) -> None:
        """Close a parcel in law, with what ties rights to it, as a split does."""
        if links:
            self.conn.execute("DELETE FROM registry.baunit_parcel WHERE parcel_id = %s", [self.parcels[parcel]])
        self.conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [self.parcels[parcel]])

    def add_again(self, key: str) -> None:
        """Give a closed parcel's number to another parcel."""
        self.add_parcel(key)

    def add_lineage(self, parent: str, child: str, *, kind: str = "split") -> None:
        transaction = self.insert(
            "registry.transaction", "transaction_id", kind=kind, commune_id=self.home, state="APPROVED", actor="test",
            valid_from=LAW, decided_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
        self.ids[f"parcel {parent}"] = self.parcels[parent]
        self.conn.execute(
            "INSERT INTO cadastre.parcel_lineage (parent_id, child_id, transaction_id, kind) VALUES (%s, %s, %s, %s)",
            [self.parcels[parent], self.parcels[child], transaction, kind],
        )

    def add_past(self, parcel: str, *, since: str, until: str, version: int = 1) -> None:
        """Put a version into history that no trigger put there."""
        self.conn.execute(
            """INSERT INTO cadastre.parcel_history
            SELECT (p).*, %s::date, 'infinity'::timestamptz
            FROM (
                SELECT jsonb_populate_record(q, jsonb_build_object('version', %s::int, 'valid_from', %s::date)) AS p
                FROM cadastre.parcel AS q WHERE q.parcel_id = %s
            ) AS v""",
            [until, version, since, self.parcels[parcel]],
        )

    def add_scan(self, file: str, *, serial: str | None = None, kind: str = "CERTIFICATE", signed: bool = True) -> None:
        self.ids["scan"] = self.insert(
            "registry.scan", "scan_id", commune_id=self.home, file_name=file, serial=serial, scan_kind=kind,
            file_sha256=self.hash(), file_bytes=1, is_signed=signed, actor="test",
        )  # fmt: skip

    def add_rejected(
        self,
        key: str,
        *,
        box: list[float] | None = None,
        reason: str = "DUPLICATE_PARCEL_NO",
        delivered_again: bool = False,
    ) -> None:
        sheet_no, _, parcel_no = key.partition("/")
        ground = native(box or [0, 0, 10, 10])
        self.conn.execute(
            """INSERT INTO staging.rejected_row (batch_id, row_no, noun, commune_code, sheet_no, parcel_no, reason_code,
                reason, remedy, geom)
            VALUES (%s, 7, 'parcel', %s, %s, %s, %s, 'why', 'what to do', ST_GeomFromWKB(%s, %s))""",
            [self.batch, HOME, sheet_no, parcel_no, reason, ground.wkb, ZONE],
        )
        if delivered_again:
            self.add_batch("a.gpkg")


def native(box: list[float]) -> shapely.Polygon:
    west, south, east, north = box
    return shapely.box(CORNER[0] + west, CORNER[1] + south, CORNER[0] + east, CORNER[1] + north)


def wgs84(ground: shapely.Polygon) -> shapely.Polygon:
    return shapely.transform(ground, lambda xy: np.column_stack(to_wgs84(ZONE)(xy[:, 0], xy[:, 1])))


def degrees(place: list[float]) -> tuple[float, float]:
    lon, lat = to_wgs84(ZONE)([CORNER[0] + place[0]], [CORNER[1] + place[1]])
    return float(lat[0]), float(lon[0])
