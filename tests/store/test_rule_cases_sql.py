"""The named situations of the statement rules: rows in, expected findings out, on a real PostGIS."""

import itertools
import tomllib
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from landdb.domain import geohash
from landdb.domain.crs import to_wgs84
from landdb.domain.finding import Finding
from landdb.validators.catalogue import load_catalogue
from landdb.validators.statements import check_statements

pytestmark = pytest.mark.db

CASES = Path(__file__).parents[1] / "cases"
CORNER = (500_000.0, 2_300_000.0)
ZONE = 9208
HOME, ABROAD = "99010", "99011"

Case = dict[str, Any]


def statement_rules() -> list[str]:
    return [rule.rule_id for rule in load_catalogue().rules.values() if rule.sql]


def cases() -> list[Any]:
    return [
        pytest.param(rule_id, case, id=f"{rule_id}: {case['name']}")
        for rule_id in statement_rules()
        for case in tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
    ]


class World:
    """One situation as rows; `ids` are what findings call parties and certificates."""

    def __init__(self, conn: psycopg.Connection, case: Case) -> None:
        self.conn = conn
        self.ids: dict[str, int] = {}
        self.parcels: dict[str, int] = {}
        self.sheets: dict[tuple[int, str], int] = {}
        self.numbers = itertools.count(1)
        self.batch = self.add_batch("a.gpkg")
        self.home, self.abroad = self.add_commune(HOME), self.add_commune(ABROAD)
        for noun in ("sheet", "parcel", "use", "party", "right", "rejected"):
            for item in case.get(noun, []):
                getattr(self, f"add_{noun}")(**item)

    def one(self, statement: str, *values: Any) -> Any:
        row = self.conn.execute(statement, values).fetchone()
        assert row is not None
        return row[0]

    def hash(self) -> bytes:
        return sha256(str(next(self.numbers)).encode()).digest()

    def add_commune(self, code: str) -> int:
        return self.one(
            """INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to)
            VALUES (%s, 'Thử', 'thu', 'xã', '25', '2025-07-01', 'infinity') RETURNING commune_id""",
            code,
        )

    def add_batch(self, file_name: str) -> int:
        return self.one(
            """INSERT INTO staging.import_batch (file_name, file_sha256, file_bytes, file_format, actor, state)
            VALUES (%s, '', 1, 'GPKG', 'test', 'DONE') RETURNING batch_id""",
            file_name,
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
    ) -> None:
        ground = frame and native(frame)
        self.sheets[commune or self.home, no] = self.one(
            """INSERT INTO cadastre.sheet (commune_id, sheet_no, scale_denominator, srid, is_listed, frame, batch_id)
            VALUES (%s, %s, %s, %s, %s, ST_GeomFromWKB(%s, %s), %s) RETURNING sheet_id""",
            *(commune or self.home, no, scale or None, ZONE, int(listed), ground and ground.wkb, frame_srid),
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
    ) -> None:
        commune = self.abroad if abroad else self.home
        sheet_no, _, parcel_no = key.partition("/")
        if (commune, sheet_no) not in self.sheets:
            self.add_sheet(sheet_no, commune=commune)
        place = 20 * len(self.parcels)
        ground = None if fault else native(box or [place, 0, place + 20, 20])
        if code_at is not None:
            code = geohash.encode(*degrees(code_at))
        self.parcels[key] = self.one(
            """INSERT INTO cadastre.parcel (commune_id, sheet_id, parcel_no, parcel_code, registered_area_m2,
                legal_area_m2, computed_area_m2, geom, geom_4326, geom_fault, batch_id, source_row, delivered_hash)
            VALUES (%s, %s, %s, %s, %s, %s, %s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s, %s, 1, %s)
            RETURNING parcel_id""",
            *(commune, self.sheets[commune, sheet_no], parcel_no, code, registered, legal),
            *(ground and ground.area, ground and ground.wkb, ZONE, ground and wgs84(ground).wkb),
            *(fault, self.batch, self.hash()),
        )

    def add_use(self, parcel: str, *, code: str = "ONT", area: float | None = None, fault: str | None = None) -> None:
        self.conn.execute(
            """INSERT INTO cadastre.land_use (parcel_id, ordinal, land_use_code, land_use_raw, land_use_fault, area_m2,
                batch_id)
            SELECT %(parcel)s, 1 + count(*), nullif(%(code)s, ''), %(code)s, %(fault)s, %(area)s, %(batch)s
            FROM cadastre.land_use WHERE parcel_id = %(parcel)s""",
            {"parcel": self.parcels[parcel], "code": code, "fault": fault, "area": area, "batch": self.batch},
        )

    def add_party(
        self,
        name: str,
        *,
        id: str | None = None,  # noqa: A002 - the word of the case file
        id_fault: str | None = None,
        tax_fault: str | None = None,
        org_fault: str | None = None,
    ) -> None:
        self.ids[name] = self.one(
            """INSERT INTO party.party (party_key, content_index, party_kind, name_masked, name_index, id_kind,
                citizen_id_index, citizen_id_fault, tax_code_fault, org_no_fault, key_id, batch_id)
            VALUES (%s, %s, 'NATURAL', '*', %s, 'CITIZEN_ID', %s, %s, %s, %s, 'k', %s) RETURNING party_id""",
            *(self.hash(), self.hash(), name.encode(), id and id.encode(), id_fault, tax_fault, org_fault),
            self.batch,
        )

    def add_right(
        self,
        parcels: list[str],
        holders: list[dict[str, str]],
        *,
        kind: str = "USE_RIGHT",
        group: str = "INDIVIDUAL",
        certificate: str | None = None,
        serial_fault: str | None = None,
    ) -> None:
        baunit = self.one(
            """INSERT INTO registry.baunit (commune_id, baunit_key)
            SELECT commune_id, %s FROM cadastre.parcel WHERE parcel_id = %s RETURNING baunit_id""",
            *(self.hash().hex(), self.parcels[parcels[0]]),
        )
        for parcel in parcels:
            self.conn.execute(
                "INSERT INTO registry.baunit_parcel (baunit_id, parcel_id, batch_id) VALUES (%s, %s, %s)",
                [baunit, self.parcels[parcel], self.batch],
            )
        if certificate is not None:
            self.ids[certificate] = self.one(
                """INSERT INTO registry.certificate (baunit_id, commune_id, serial_fault, batch_id)
                VALUES (%s, %s, %s, %s) RETURNING certificate_id""",
                *(baunit, self.home, serial_fault, self.batch),
            )
        rrr = self.one(
            """INSERT INTO registry.rrr (baunit_id, rrr_kind, holder_group, batch_id)
            VALUES (%s, %s, %s, %s) RETURNING rrr_id""",
            *(baunit, kind, group, self.batch),
        )
        for holder in holders:
            share = Fraction(holder["share"]) if "share" in holder else None
            self.conn.execute(
                """INSERT INTO registry.share (rrr_id, party_id, numerator, denominator, batch_id)
                VALUES (%s, %s, %s, %s, %s)""",
                [rrr, self.ids[holder["party"]], *(share.as_integer_ratio() if share else (None, None)), self.batch],
            )

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


def assert_is(finding: Finding, expected: Case) -> None:
    assert expected.get("severity", finding.severity) == finding.severity
    for field in ("measure", "area_m2"):
        if field in expected:
            assert getattr(finding, field) == pytest.approx(expected[field], rel=0.005)
    for name, value in expected.get("details", {}).items():
        assert finding.details[name] == (pytest.approx(value, rel=0.01) if isinstance(value, float) else value)


@pytest.mark.parametrize(("rule_id", "case"), cases())
def test_a_named_situation_gives_exactly_its_findings(conn: psycopg.Connection, rule_id: str, case: Case) -> None:
    world = World(conn, case)
    found = check_statements(conn, [load_catalogue()[rule_id]], [world.home])
    expected = case.get("finding", [])
    assert [finding.subject for finding in found] == [item["subject"].format_map(world.ids) for item in expected]
    for finding, item in zip(found, expected, strict=True):
        assert_is(finding, item)
        assert finding.srid == ZONE
        assert finding.point is not None


@pytest.mark.parametrize(("rule_id", "case"), cases())
def test_asked_parcel_by_parcel_a_rule_says_the_same(conn: psycopg.Connection, rule_id: str, case: Case) -> None:
    world = World(conn, case)
    rule = load_catalogue()[rule_id]
    whole = check_statements(conn, [rule], [world.home])
    parts = [check_statements(conn, [rule], [world.home], parcel_ids=[one]) for one in world.parcels.values()]
    of_parcels = {finding.subject: finding for part in parts for finding in part}
    # a record in quarantine may be of no stored parcel
    assert of_parcels == {finding.subject: finding for finding in whole if finding.subject in of_parcels}
    assert all(finding.parcel_id is None for finding in whole if finding.subject not in of_parcels)


def test_every_statement_rule_has_named_situations_that_break_it_and_that_do_not() -> None:
    for rule_id in statement_rules():
        situations = tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
        assert any("finding" in case for case in situations), rule_id
        assert any("finding" not in case for case in situations), rule_id
