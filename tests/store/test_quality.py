"""Scores and campaign standings from a real database."""

import datetime as dt
from fractions import Fraction

import factories
import psycopg
import pytest
from factories import PHONG_CHAU

from landdb.quality import assess, load_scheme, record, together, unmet_fields
from landdb.quality.assessing import parcel_standings
from landdb.store import quality as store

pytestmark = pytest.mark.db
SCHEME = load_scheme()


class Commune:
    """Phong Châu with a complete parcel 1, and 2 and 3 that lack things."""

    def __init__(self, conn: psycopg.Connection, folder) -> None:
        vault = factories.open_vault(folder)
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, "12", batch=batch)
        self.commune_id = sheet.commune_id
        self.complete, self.uncoded, self.bare = (
            factories.add_parcel(conn, sheet, no, place=place, batch=batch, code=code)
            for place, (no, code) in enumerate([("1", "w7jq2m4k5n01"), ("2", None), ("3", "w7jq2m4k5n03")])
        )
        person = factories.add_party(conn, vault, "Nguyễn Văn Ảo", batch=batch, citizen_id="099085000123")
        conn.execute("UPDATE party.party SET birth_year = 1985, sex = 'M', residence_enc = '\\x01'")
        for parcel, serial in ((self.complete, "AB 12345678"), (self.uncoded, "AB 12345679")):
            factories.add_right(conn, [parcel], {person: Fraction(1)}, serial=serial, batch=batch)
        conn.execute("UPDATE registry.certificate SET scan_file = 'AB12345678-GCN.pdf'")
        conn.execute("UPDATE cadastre.land_use SET origin = 'CNQ', use_form = 'RIENG', term = 'Lâu dài'")


@pytest.fixture
def commune(conn: psycopg.Connection, tmp_path) -> Commune:
    return Commune(conn, tmp_path)


def reasons_by_parcel(conn: psycopg.Connection, commune: Commune) -> dict[str, tuple[str, str]]:
    return {one.parcel_no: (one.group, one.reasons) for one in parcel_standings(conn, [commune.commune_id])}


def test_each_parcel_is_in_the_group_of_its_worst_reason(conn, commune):
    assert reasons_by_parcel(conn, commune) == {
        "1": ("1", ""),
        "2": ("2", "PARCEL_CODE_MISSING"),
        "3": ("3", "RIGHT_MISSING CERTIFICATE_MISSING"),
    }


def test_a_standing_counts_parcels_by_group_word_and_reason(conn, commune):
    standing = assess(conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id].standing

    assert standing.parcels == 3
    assert standing.groups == {"1": 1, "2": 1, "3": 1}
    assert standing.words == {"dung": 3, "du": 1, "sach": 3, "song": 3, "thong_nhat": 3, "dung_chung": 2}


def test_every_holder_that_lacks_something_is_named_by_its_path_and_never_by_name(conn, commune):
    conn.execute("UPDATE party.party SET birth_year = NULL, residence_enc = NULL")

    found = [one for one in unmet_fields(conn, [commune.commune_id]) if "|CANHAN." in one.path]

    assert sorted((one.parcel_no, one.field, one.reason) for one in found) == [
        ("1", "diaChiThuongTru", "HOLDER_RESIDENCE_MISSING"),
        ("1", "ngaySinh", "HOLDER_BIRTH_MISSING"),
        ("2", "diaChiThuongTru", "HOLDER_RESIDENCE_MISSING"),
        ("2", "ngaySinh", "HOLDER_BIRTH_MISSING"),
    ]
    assert not any(personal in repr(found) for personal in ("Ảo", "099085000123"))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE cadastre.parcel SET address = NULL", "ADDRESS_MISSING"),
        ("UPDATE cadastre.parcel SET address = normalize('Xóm Đình', NFD)", "TEXT_NOT_NFC"),
        ("UPDATE cadastre.parcel SET legal_area_m2 = NULL, registered_area_m2 = NULL", "AREA_MISSING"),
        ("UPDATE cadastre.parcel SET geom = NULL, geom_4326 = NULL, geom_fault = 'cut'", "GEOMETRY_MISSING"),
        ("DELETE FROM cadastre.land_use", "LAND_USE_MISSING"),
        ("UPDATE cadastre.land_use SET land_use_fault = 'OLD_CODE'", "LAND_USE_NOT_LISTED"),
        ("UPDATE cadastre.land_use SET use_form = NULL", "USE_FORM_MISSING"),
        ("UPDATE cadastre.land_use SET term = NULL", "TERM_MISSING"),
        ("UPDATE cadastre.land_use SET origin = NULL", "ORIGIN_MISSING"),
        ("UPDATE registry.certificate SET serial = NULL", "SERIAL_MISSING"),
        ("UPDATE registry.certificate SET registry_no = NULL", "REGISTRY_NO_MISSING"),
        ("UPDATE registry.certificate SET scan_file = NULL", "SCAN_MISSING"),
        ("DELETE FROM registry.certificate", "CERTIFICATE_MISSING"),
        ("UPDATE party.party SET sex = NULL", "HOLDER_SEX_MISSING"),
        ("UPDATE party.party SET citizen_id_enc = NULL", "HOLDER_ID_MISSING"),
        ("UPDATE party.party SET citizen_id_fault = 'CMND_OLD'", "HOLDER_ID_FAULT"),
        ("UPDATE party.party SET party_kind = 'ORGANISATION'", "ORG_NO_MISSING"),
        ("UPDATE party.party SET party_kind = 'ORGANISATION', org_no = '1', org_no_fault = 'x'", "ORG_NO_FAULT"),
    ],
)
def test_each_test_finds_what_it_is_for(conn, commune, damage, reason):
    conn.execute(damage)

    assert reasons_by_parcel(conn, commune)["1"][1].split() == [reason]


def test_a_community_needs_no_organisation_number(conn, commune):
    conn.execute("UPDATE party.party SET party_kind = 'ORGANISATION'")
    conn.execute("UPDATE registry.rrr SET holder_group = 'COMMUNITY'")

    assert reasons_by_parcel(conn, commune)["1"] == ("1", "")


def test_a_change_recorded_late_takes_away_live(conn, commune):
    late = dt.date.today() - dt.timedelta(days=30)  # noqa: DTZ011 - any day long past
    conn.execute(
        "UPDATE cadastre.parcel SET address = 'Xóm 2', version = 2, valid_from = %s, recorded_at = now()"
        " WHERE parcel_id = %s",
        [late, commune.complete],
    )

    assert "CHANGE_RECORDED_LATE" in reasons_by_parcel(conn, commune)["1"][1]


def test_findings_concern_both_parcels_and_lower_the_score(conn, commune):
    before = assess(conn, [commune.commune_id])[commune.commune_id]
    factories.add_finding(conn, PHONG_CHAU, "COV001", parcel=commune.complete, other=commune.uncoded)
    factories.add_finding(conn, PHONG_CHAU, "IDN002", parcel=commune.bare)
    after = assess(conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id]

    assert before.score.value == 100
    assert after.score.value < 60
    assert after.numbers.parcels_with_error == 3
    assert after.numbers.findings == {"COV001": {"error": 1}, "IDN002": {"error": 1}}
    assert reasons_by_parcel(conn, commune)["1"] == ("2", "OPEN_ERROR")
    assert after.standing.words["sach"] == 2


@pytest.mark.parametrize("state", ["accepted", "fixed"])
def test_findings_that_are_not_open_count_nowhere(conn, commune, state):
    factories.add_finding(conn, PHONG_CHAU, "COV001", parcel=commune.complete, state=state)

    assessed = assess(conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id]

    assert assessed.score.value == 100
    assert reasons_by_parcel(conn, commune)["1"] == ("1", "")


def test_a_misplaced_sheet_concerns_each_of_its_parcels(conn, commune):
    finding = factories.add_finding(conn, PHONG_CHAU, "ADM003", parcel=None)
    conn.execute("UPDATE quality.finding SET subject = '12' WHERE finding_id = %s", [finding])

    assessed = assess(conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id]

    assert assessed.numbers.parcels_with_error == 3
    assert assessed.standing.words["dung"] == 0


def test_a_day_keeps_its_last_score_and_its_standing(conn, commune):
    day = dt.date(2026, 11, 26)
    record(conn, [commune.commune_id], scheme=SCHEME, on=day)
    factories.add_finding(conn, PHONG_CHAU, "COV001", parcel=commune.complete)
    record(conn, [commune.commune_id], on=day)
    record(conn, [commune.commune_id], on=day + dt.timedelta(days=1))

    first, second = store.list_scores(conn, [commune.commune_id])

    assert first.score < 100
    assert (first.scheme, first.standing["groups"]["1"]) == ("KH515", 1)
    assert (second.scheme, second.standing) == (None, None)


def test_a_commune_without_parcels_has_no_score(conn):
    commune_id = factories.commune_id(conn, PHONG_CHAU)

    assessed = record(conn, [commune_id], scheme=SCHEME)[commune_id]

    assert assessed.score.value is None
    assert assessed.standing.parcels == 0


def test_a_finding_across_a_border_counts_for_both_communes_and_once_for_the_two_together(conn, commune):
    other = factories.commune_id(conn, "07900")
    finding = factories.add_finding(conn, PHONG_CHAU, "COV001", parcel=commune.complete)
    conn.execute(
        "UPDATE quality.finding SET commune_id = %s, other_commune_id = %s, area_m2 = 5 WHERE finding_id = %s",
        [*sorted([other, commune.commune_id]), finding],
    )

    assessed = assess(conn, [commune.commune_id, other])
    whole = together(conn, assessed)

    assert [one.numbers.findings for one in assessed.values()] == [{"COV001": {"error": 1}}] * 2
    assert whole.numbers.findings == {"COV001": {"error": 1}}
    assert whole.numbers.overlap_m2 == 5


def test_a_finding_whose_waiver_has_ended_counts_again(conn, commune):
    finding = factories.add_finding(conn, PHONG_CHAU, "COV001", parcel=commune.complete, state="accepted")
    conn.execute("UPDATE quality.finding SET accepted_until = '2026-01-31' WHERE finding_id = %s", [finding])

    assessed = assess(conn, [commune.commune_id], scheme=SCHEME)[commune.commune_id]

    assert assessed.numbers.findings == {"COV001": {"error": 1}}
    assert reasons_by_parcel(conn, commune)["1"] == ("2", "OPEN_ERROR")
