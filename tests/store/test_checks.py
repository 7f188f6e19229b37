"""A checked commune: ground from the database, findings with a life of their own across runs."""

from dataclasses import replace
from typing import Any

import factories
import numpy as np
import psycopg
import pytest
import shapely

from landdb import triage
from landdb.domain.crs import from_wgs84, to_wgs84
from landdb.domain.dates import today
from landdb.domain.finding import Finding
from landdb.errors import ConfigurationError, NotFound
from landdb.validators.catalogue import catalogue_hash, load_catalogue
from landdb.validators.runner import RunResult, check_commune

pytestmark = pytest.mark.db

PHU_THO, VINH_PHUC = 9208, 5897
COVERAGE = ["COV"]


@pytest.fixture
def batch(conn: psycopg.Connection) -> int:
    return factories.add_batch(conn)


@pytest.fixture
def sheet(conn: psycopg.Connection, batch: int) -> factories.Sheet:
    """Give a sheet whose squares lie in the middle of its commune."""
    added = factories.add_sheet(conn, "12", batch=batch, scale=500)
    place = conn.execute("SELECT lon, lat FROM admin.commune WHERE commune_id = %s", [added.commune_id]).fetchone()
    assert place is not None
    x, y = from_wgs84(added.srid)([place[0]], [place[1]])
    return replace(added, corner=(round(float(x[0])), round(float(y[0]))))


def redraw(conn: psycopg.Connection, parcel: int, ground: shapely.Geometry, srid: int) -> None:
    """Give a parcel another polygon, as a new delivery would."""
    wgs84 = shapely.transform(ground, lambda xy: np.column_stack(to_wgs84(srid)(xy[:, 0], xy[:, 1])))
    conn.execute(
        """UPDATE cadastre.parcel SET geom = ST_GeomFromWKB(%s, %s), geom_4326 = ST_GeomFromWKB(%s, 4326)
        WHERE parcel_id = %s""",
        [ground.wkb, srid, wgs84.wkb, parcel],
    )


def overlapping(conn: psycopg.Connection, sheet: factories.Sheet, batch: int) -> tuple[int, int]:
    """Give two parcels of which the first reaches half a metre into the second."""
    first, second = (factories.add_parcel(conn, sheet, str(n), place=n, batch=batch) for n in (1, 2))
    west, south, east, north = factories.square(sheet, 1).bounds
    redraw(conn, first, shapely.box(west, south, east + 0.5, north), sheet.srid)
    return first, second


def states(conn: psycopg.Connection, rule_id: str = "COV001") -> list[str]:
    rows = conn.execute(
        "SELECT state FROM quality.finding WHERE rule_id = %s ORDER BY finding_id", [rule_id]
    ).fetchall()
    return [state for (state,) in rows]


def coverage(result: RunResult) -> list[Finding]:
    return [finding for finding in result.findings if finding.rule_id.startswith("COV")]


def test_an_overlap_is_stored_with_its_place_its_proof_and_what_it_was_judged_by(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    first, second = overlapping(conn, sheet, batch)
    result = check_commune(conn, sheet.commune_id, rules=COVERAGE)
    assert [(f.rule_id, f.subject) for f in result.findings] == [("COV001", "12/1|12/2")]
    assert (result.stored.new, result.stored.regressed, result.stored.fixed) == (1, 0, 0)
    row = conn.execute(
        """SELECT f.parcel_id, f.other_parcel_id, f.severity, f.state, ST_SRID(f.geom), ST_Area(f.geom), f.area_m2,
            ST_X(f.point_4326), ST_Y(f.point_4326), f.details, r.catalogue_hash, r.limits, r.tool_versions,
            c.parcel_count, r.rules || r.seam_rules
        FROM quality.finding AS f JOIN quality.rule_run AS r ON r.run_id = f.last_run_id
        JOIN quality.run_commune AS c USING (run_id)
        WHERE f.rule_id = 'COV001'"""
    ).fetchone()
    assert row is not None
    assert row[:5] == (first, second, "error", "open", PHU_THO)
    assert row[5:7] == pytest.approx((10.0, 10.0))
    east = factories.square(sheet, 2).bounds[0] + 0.25
    assert row[7:9] == pytest.approx(factories.lonlat(sheet, east, sheet.corner[1] + 10), abs=1e-6)
    assert row[9]["limits"]["scale_denominator"] == 500
    assert row[10] == catalogue_hash()
    assert row[11]["COV001"]["noise_area_m2"] == {"default": 0.01, "unit": "m2"}
    assert {"landdb", "shapely", "geos", "numpy", "postgis"} == set(row[12])
    assert (row[13], sorted(row[14])) == (2, [rule for rule in load_catalogue().rules if rule.startswith("COV")])


def test_a_finding_keeps_its_identity_until_fixed_and_regresses_when_it_is_back(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    first, _ = overlapping(conn, sheet, batch)
    sound, faulty = factories.square(sheet, 1), shapely.box(*factories.square(sheet, 1).bounds)
    faulty = shapely.box(*sound.bounds[:2], sound.bounds[2] + 0.7, sound.bounds[3])
    check_commune(conn, sheet.commune_id, rules=COVERAGE)
    again = check_commune(conn, sheet.commune_id, rules=COVERAGE)
    assert (again.stored.new, states(conn)) == (0, ["open"])
    redraw(conn, first, sound, sheet.srid)
    mended = check_commune(conn, sheet.commune_id, rules=COVERAGE)
    assert (mended.stored.fixed, states(conn)) == (1, ["fixed"])
    redraw(conn, first, faulty, sheet.srid)
    back = check_commune(conn, sheet.commune_id, rules=COVERAGE)
    assert (back.stored.new, back.stored.regressed, states(conn)) == (0, 1, ["regressed"])


def test_a_finding_survives_that_its_parcels_are_delivered_anew(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    first, second = overlapping(conn, sheet, batch)
    check_commune(conn, sheet.commune_id, rules=COVERAGE)
    before = conn.execute("SELECT finding_id, fingerprint FROM quality.finding").fetchall()
    conn.execute("DELETE FROM cadastre.land_use WHERE parcel_id = ANY(%s)", [[first, second]])
    conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = ANY(%s)", [[first, second]])
    anew = overlapping(conn, sheet, batch)
    again = check_commune(conn, sheet.commune_id, rules=COVERAGE)
    assert (again.stored.new, again.stored.fixed, states(conn)) == (0, 0, ["open"])
    assert conn.execute("SELECT finding_id, fingerprint FROM quality.finding").fetchall() == before
    assert conn.execute("SELECT parcel_id, other_parcel_id FROM quality.finding").fetchall() == [anew]


def test_a_waiver_accepts_a_finding_until_it_ends(conn: psycopg.Connection, sheet: factories.Sheet, batch: int) -> None:
    overlapping(conn, sheet, batch)
    check_commune(conn, sheet.commune_id, rules=COVERAGE)
    finding_id = factories.one(conn, "SELECT finding_id FROM quality.finding WHERE rule_id = 'COV001'")
    triage.accept(conn, [finding_id], by=triage.Decider("clerk"), reason="agreed on the ground", ends_on=today())
    assert check_commune(conn, sheet.commune_id, rules=COVERAGE).stored.states == {"accepted": 1}
    conn.execute("UPDATE quality.waiver SET ends_on = '2001-01-01'")
    assert check_commune(conn, sheet.commune_id, rules=COVERAGE).stored.states == {"open": 1}
    assert states(conn) == ["open"]


def test_rules_that_did_not_run_keep_their_findings(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    overlapping(conn, sheet, batch)
    check_commune(conn, sheet.commune_id, rules=COVERAGE)
    told: list[str] = []
    check_commune(conn, sheet.commune_id, rules=["GEO", "IDN002"], progress=told.append)
    assert states(conn) == ["open"]
    assert told == ["geometry", "IDN002"]


def test_all_rules_run_on_a_sound_commune_and_find_nothing(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    for place in range(3):
        factories.add_parcel(conn, sheet, str(place + 1), place=place, batch=batch, land_use="ODT")
    conn.execute("UPDATE cadastre.parcel SET registered_area_m2 = 400 WHERE sheet_id = %s", [sheet.sheet_id])
    result = check_commune(conn, sheet.commune_id)
    assert result.findings == ()
    assert (result.parcel_count, result.commune_code) == (3, factories.PHONG_CHAU)


def surrounded(conn: psycopg.Connection, sheet: factories.Sheet, batch: int) -> list[int]:
    """Give the nine parcels of a three by three block."""
    parcels = []
    x, y = sheet.corner
    for place in range(9):
        parcel = factories.add_parcel(conn, sheet, str(place + 1), place=place, batch=batch)
        west, south = x + 20 * (place % 3), y + 20 * (place // 3)
        redraw(conn, parcel, shapely.box(west, south, west + 20, south + 20), sheet.srid)
        parcels.append(parcel)
    return parcels


def spoil(conn: psycopg.Connection, parcel: int, lon: float, lat: float) -> None:
    """Make a parcel's ring unusable, faulty at a place."""
    conn.execute(
        """UPDATE cadastre.parcel SET geom = NULL, geom_4326 = NULL, geom_fault = 'Self-intersection',
            fault_point_4326 = ST_SetSRID(ST_MakePoint(%s, %s), 4326) WHERE parcel_id = %s""",
        [lon, lat, parcel],
    )


def test_an_unusable_ring_is_a_finding_and_names_itself_in_the_hole_it_leaves(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    parcels = surrounded(conn, sheet, batch)
    spoil(conn, parcels[4], *factories.lonlat(sheet, sheet.corner[0] + 30, sheet.corner[1] + 30))
    found = {f.rule_id: f for f in check_commune(conn, sheet.commune_id, rules=["GEO", "COV"]).findings}
    assert set(found) == {"GEO001", "COV005"}
    assert (found["GEO001"].parcel_id, found["GEO001"].details) == (parcels[4], {"reason": "Self-intersection"})
    assert found["COV005"].details["unusable_parcel_inside"] == "12/5"
    assert found["COV005"].area_m2 == pytest.approx(400)


def add_object(conn: psycopg.Connection, sheet: factories.Sheet, ground: shapely.Polygon, batch: int) -> None:
    wgs84 = shapely.transform(ground, lambda xy: np.column_stack(to_wgs84(sheet.srid)(xy[:, 0], xy[:, 1])))
    conn.execute(
        """INSERT INTO cadastre.land_object (commune_id, object_kind, computed_area_m2, geom, geom_4326, batch_id,
            source_row, delivered_hash)
        VALUES (%s, 'pond', %s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s, 1, sha256(%s))""",
        [sheet.commune_id, ground.area, ground.wkb, sheet.srid, wgs84.wkb, batch, ground.wkb],
    )


def test_a_land_occupying_object_is_ground(conn: psycopg.Connection, sheet: factories.Sheet, batch: int) -> None:
    parcels = surrounded(conn, sheet, batch)
    x, y = sheet.corner
    conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [parcels[4]])
    assert [f.rule_id for f in check_commune(conn, sheet.commune_id, rules=COVERAGE).findings] == ["COV005"]
    add_object(conn, sheet, shapely.box(x + 20, y + 20, x + 40, y + 40), batch)
    assert check_commune(conn, sheet.commune_id, rules=COVERAGE).findings == ()


def test_sheets_of_two_zones_are_compared_in_one_and_may_differ_by_a_millimetre(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    for place in (1, 2):
        factories.add_parcel(conn, sheet, str(place), place=place, batch=batch)
    other = factories.add_sheet(conn, "99", batch=batch, scale=500, srid=VINH_PHUC)
    neighbour = factories.add_parcel(conn, other, "1", place=0, batch=batch)
    east = shapely.get_coordinates(factories.square(sheet, 3))
    there = from_wgs84(VINH_PHUC)(*to_wgs84(PHU_THO)(east[:, 0], east[:, 1]))
    redraw(conn, neighbour, shapely.Polygon(np.round(np.column_stack(there), 3)), VINH_PHUC)
    assert coverage(check_commune(conn, sheet.commune_id)) == []
    moved = np.round(np.column_stack(there), 3) - [3.0, 0.0]
    redraw(conn, neighbour, shapely.Polygon(moved), VINH_PHUC)
    (found,) = coverage(check_commune(conn, sheet.commune_id))
    assert (found.rule_id, found.subject, found.srid) == ("COV013", "12/2|99/1", PHU_THO)
    assert found.width_m == pytest.approx(3.0, rel=0.01)


def add_boundary(conn: psycopg.Connection, sheet: factories.Sheet, ground: shapely.Polygon, batch: int) -> None:
    wgs84 = shapely.transform(ground, lambda xy: np.column_stack(to_wgs84(sheet.srid)(xy[:, 0], xy[:, 1])))
    conn.execute(
        """INSERT INTO admin.commune_boundary (commune_id, geom, geom_4326, batch_id)
        VALUES (%s, ST_GeomFromWKB(%s, %s), ST_GeomFromWKB(%s, 4326), %s)""",
        [sheet.commune_id, ground.wkb, sheet.srid, wgs84.wkb, batch],
    )


def test_a_loaded_boundary_is_checked_with_its_own_tolerance(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    surrounded(conn, sheet, batch)
    x, y = sheet.corner
    add_boundary(conn, sheet, shapely.box(x + 35, y, x + 200, y + 60), batch)
    found = [(f.rule_id, f.subject) for f in check_commune(conn, sheet.commune_id, rules=["COV", "ADM001"]).findings]
    assert found == [("ADM001", "12/1"), ("ADM001", "12/4"), ("ADM001", "12/7"), ("COV007", "12/3|12/6")]


def test_a_sheet_in_the_wrong_zone_names_the_right_one(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int
) -> None:
    place = factories.lonlat(sheet, *sheet.corner)
    other = factories.add_sheet(conn, "8", batch=batch, srid=PHU_THO)
    parcel = factories.add_parcel(conn, other, "1", batch=batch)
    x, y = from_wgs84(VINH_PHUC)([place[0]], [place[1]])
    redraw(conn, parcel, shapely.box(x[0], y[0], x[0] + 20, y[0] + 20), PHU_THO)
    (found,) = check_commune(conn, sheet.commune_id, rules=["ADM003"]).findings
    assert (found.subject, found.details["reason"]) == ("8", "WRONG_MERIDIAN")
    assert found.details["candidates"][0]["srid"] == VINH_PHUC


def test_an_empty_commune_is_checked_and_an_unknown_one_or_rule_is_refused(conn: psycopg.Connection) -> None:
    empty = factories.commune_id(conn, "07900")
    assert check_commune(conn, empty).findings == ()
    with pytest.raises(NotFound):
        check_commune(conn, -1)
    with pytest.raises(ConfigurationError):
        check_commune(conn, empty, rules=["COV999"])


def test_no_finding_carries_a_personal_value(
    conn: psycopg.Connection, sheet: factories.Sheet, batch: int, tmp_path: Any
) -> None:
    vault = factories.open_vault(tmp_path)
    parcel = factories.add_parcel(conn, sheet, "1", batch=batch)
    name, number = "Nguyễn Văn Ảo", "099085000123"
    party = factories.add_party(conn, vault, name, citizen_id=number, batch=batch)
    factories.add_right(conn, [parcel], {party: None}, serial="AB 12345678", batch=batch)
    conn.execute("UPDATE party.party SET citizen_id_fault = 'SEX_DISAGREES', tax_code_fault = 'BAD_LENGTH'")
    conn.execute("UPDATE registry.certificate SET serial_fault = 'MALFORMED'")
    check_commune(conn, sheet.commune_id)
    stored = conn.execute("SELECT string_agg(f::text, ' ') FROM quality.finding AS f").fetchone()
    assert stored is not None
    assert "party:" in stored[0]
    for secret in (name, "Ảo", number, "AB 12345678", "12345678"):
        assert secret not in stored[0]
