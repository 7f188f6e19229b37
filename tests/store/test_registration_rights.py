"""Transfers, mortgages, papers and the rules of the law, on the real database."""

import datetime as dt
from fractions import Fraction

import factories
import pytest
import registers
from registers import MAY, NAMES, NUMBERS, apply, halving_line, request

from landdb.domain.dates import today
from landdb.errors import AccessDenied, InvalidValue, KeyReused
from landdb.registration import Clerk
from landdb.store import register_subjects
from landdb.validators.runner import check_commune

pytestmark = pytest.mark.db


@pytest.fixture
def street(conn, vault):
    return registers.build(conn, vault)


def holders(conn, parcel_id):
    (subject,) = register_subjects.read_subjects(conn, [parcel_id])
    return {held.party_id: held.share for right in subject.use_rights for held in right.holders}


def refused(outcome):
    assert outcome["result"] == "REFUSED"
    assert outcome["transaction_id"] is None
    return outcome["refusing"]


def test_a_part_of_a_share_changes_hands_exactly(conn, vault, street):
    move = {"from": street.an, "to": {"party_id": street.binh}, "share": "1/3"}
    outcome = apply(conn, vault, request("transfer", [street.parcels[2]], {"moves": [move]}))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    assert holders(conn, street.parcels[2]) == {street.an: Fraction(1, 6), street.binh: Fraction(5, 6)}


def test_a_buyer_who_is_not_on_record_is_sealed_and_known_again(conn, vault, street):
    buyer = {"name": NAMES[2], "citizen_id": NUMBERS[2], "birth": "1988"}
    for parcel in street.parcels[:2]:
        outcome = apply(conn, vault, request("transfer", [parcel], {"moves": [{"to": buyer}]}))
        assert outcome["result"] == "APPROVED", outcome["refusing"]
        assert NAMES[2] not in str(outcome)
        assert NUMBERS[2] not in str(outcome)
    assert holders(conn, street.parcels[0]) == holders(conn, street.parcels[1])
    kept = conn.execute("SELECT details::text, request_enc FROM registry.transaction").fetchall()
    assert all(NUMBERS[2] not in details and request_enc is None for details, request_enc in kept)


def test_heirs_share_what_one_left_and_nobody_else_changes(conn, vault, street):
    heirs = [
        {"to": {"name": f"Nguyễn Thị {name}", "birth": "1990"}, "from": street.an, "share": "1/6"}
        for name in ("Lan", "Mai", "Cúc")
    ]
    asked = request("inheritance", [street.parcels[2]], {"moves": heirs}, acknowledge=["PER006"])
    outcome = apply(conn, vault, asked)
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    after = holders(conn, street.parcels[2])
    assert street.an not in after
    assert sorted(after.values()) == [Fraction(1, 6)] * 3 + [Fraction(1, 2)]


def test_an_exchange_moves_two_parcels_in_one_transaction(conn, vault, street):
    apply(conn, vault, request("transfer", [street.parcels[1]], {"moves": [{"to": {"party_id": street.binh}}]}))
    moves = [{"parcel": 0, "to": {"party_id": street.binh}}, {"parcel": 1, "to": {"party_id": street.an}}]
    outcome = apply(conn, vault, request("exchange", list(street.parcels[:2]), {"moves": moves}))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    assert holders(conn, street.parcels[0]) == {street.binh: 1}
    assert holders(conn, street.parcels[1]) == {street.an: 1}


def test_a_certificate_whose_parcels_all_change_hands_at_once_ends_with_its_right(conn, vault, street):
    split = apply(conn, vault, request("split", [street.parcels[0]], halving_line(street)))
    halves = [row["parcel_id"] for row in split["numbers"]]
    moves = [{"parcel": at, "to": {"party_id": street.binh}} for at in (0, 1)]
    outcome = apply(conn, vault, request("exchange", halves, {"moves": moves}))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    assert [holders(conn, half) for half in halves] == [{street.binh: 1}] * 2
    check_commune(conn, street.sheet.commune_id)
    assert conn.execute("SELECT subject FROM quality.finding WHERE rule_id = 'TEN011'").fetchall() == []


def test_one_parcel_of_a_certificate_is_sold_without_the_others(conn, vault, street):
    split = apply(conn, vault, request("split", [street.parcels[0]], halving_line(street)))
    kept, sold = (row["parcel_id"] for row in split["numbers"])
    move = {"moves": [{"to": {"party_id": street.binh}}]}
    outcome = apply(conn, vault, request("transfer", [sold], move))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    assert holders(conn, kept) == {street.an: 1}
    assert holders(conn, sold) == {street.binh: 1}
    (subject,) = register_subjects.read_subjects(conn, [sold])
    assert subject.certificates == ()


@pytest.mark.parametrize(
    ("share", "code"),
    [("2/3", "SHARE_TOO_LARGE"), ("1/1000000001", None)],
)
def test_a_share_that_cannot_be_given_is_refused(conn, vault, street, share, code):
    move = {"from": street.an, "to": {"party_id": street.binh}, "share": share}
    asked = request("transfer", [street.parcels[2]], {"moves": [move]})
    if code is None:
        with pytest.raises(InvalidValue):
            apply(conn, vault, asked)
    else:
        assert refused(apply(conn, vault, asked)) == [code]


def test_a_stranger_gives_nothing_away(conn, vault, street):
    move = {"from": street.binh, "to": {"party_id": street.an}}
    assert refused(apply(conn, vault, request("gift", [street.parcels[0]], {"moves": [move]}))) == ["NOT_A_HOLDER"]


def test_a_household_as_new_holder_must_be_acknowledged_by_name(conn, vault, street):
    terms = {"moves": [{"to": {"party_id": street.binh}}], "holder_group": "HOUSEHOLD"}
    asked = request("transfer", [street.parcels[0]], terms)
    assert refused(apply(conn, vault, asked)) == ["HOUSEHOLD_HOLDER"]
    assert apply(conn, vault, asked | {"acknowledge": ["HOUSEHOLD_HOLDER"]})["result"] == "APPROVED"


@pytest.mark.parametrize(("kind", "code"), [("block", "BLOCKED"), ("dispute", "DISPUTED")])
def test_a_blocked_or_disputed_parcel_refuses_and_says_why(conn, vault, street, kind, code):
    parcel = street.parcels[0]
    laid = apply(conn, vault, request(kind, [parcel], {"reference": "CV 7/2026"}))
    for asked in (
        request("split", [parcel], halving_line(street)),
        request("transfer", [parcel], {"moves": [{"to": {"party_id": street.binh}}]}),
        request("mortgage", [parcel], {"lender": {"party_id": street.binh}, "reference": "HĐTC 1"}),
    ):
        outcome = apply(conn, vault, asked)
        assert refused(outcome) == [code]
        assert "CV 7/2026" in outcome["notices"][0]["message"]["vi"]
    end = {"block": "unblock", "dispute": "dispute_end"}[kind]
    lifted = apply(conn, vault, request(end, [parcel], {"transaction_id": laid["transaction_id"]}))
    assert lifted["result"] == "APPROVED"
    assert apply(conn, vault, request("split", [parcel], halving_line(street)))["result"] == "APPROVED"


def test_mortgages_are_ranked_and_go_with_every_part_when_the_lender_agrees(conn, vault, street):
    parcel = street.parcels[0]
    for number in ("HĐTC 1", "HĐTC 2"):
        terms = {"lender": {"name": "Ngân hàng Thử", "org_no": "0100684378"}, "reference": number}
        assert apply(conn, vault, request("mortgage", [parcel], terms))["result"] == "APPROVED"
    asked = request("split", [parcel], halving_line(street))
    assert refused(apply(conn, vault, asked)) == ["MORTGAGED"]
    outcome = apply(conn, vault, asked | {"lender_consent": "CV 3/2026/NHT"})
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    children = [row["parcel_id"] for row in outcome["numbers"]]
    for child in register_subjects.read_subjects(conn, children):
        assert [(row.rank, row.reference) for row in child.restrictions] == [(1, "HĐTC 1"), (2, "HĐTC 2")]
    origin = child.restrictions[0].origin_id
    released = apply(conn, vault, request("mortgage_release", children, {"transaction_id": origin}))
    assert released["result"] == "APPROVED"
    (first, _) = register_subjects.read_subjects(conn, children)
    assert [(row.rank, row.reference) for row in first.restrictions] == [(2, "HĐTC 2")]
    again = apply(conn, vault, request("mortgage_release", children, {"transaction_id": origin}))
    assert refused(again) == ["NOT_IN_FORCE"]


def test_a_first_registration_opens_right_uses_and_certificate(conn, vault, street):
    terms = {
        "holders": [{"party": {"party_id": street.an}}, {"party": {"party_id": street.binh}}],
        "holder_group": "COUPLE",
        "uses": [{"code": "ODT", "area_m2": 300, "term": "Lâu dài"}, {"code": "CLN", "area_m2": 100}],
        "certificate": {"serial": "aa00112233", "registry_no": "VP 00001", "issued_on": "2026-05-04"},
    }
    outcome = apply(conn, vault, request("first_registration", [street.parcels[3]], terms))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    (subject,) = register_subjects.read_subjects(conn, [street.parcels[3]])
    assert [paper.serial for paper in subject.certificates] == ["AA 00112233"]
    assert subject.use_rights[0].certificate_id == subject.certificates[0].certificate_id
    assert refused(apply(conn, vault, request("first_registration", [street.parcels[3]], terms))) == ["HAS_RIGHT"]


def test_shares_of_a_first_right_must_make_one(conn, vault, street):
    terms = {"holders": [{"party": {"party_id": street.an}, "share": "1/2"}], "holder_group": "CO_USERS"}
    outcome = apply(conn, vault, request("first_registration", [street.parcels[3]], terms))
    assert refused(outcome) == ["SHARES_NOT_ONE"]
    assert "1/2" in outcome["notices"][0]["message"]["en"]


def test_rural_residential_land_has_no_place_in_a_ward(conn, vault, street):
    asked = request("change_of_use", [street.parcels[0]], {"uses": [{"code": "ONT", "area_m2": 400}]})
    assert refused(apply(conn, vault, asked)) == ["RESIDENTIAL_CODE"]
    asked = request("change_of_use", [street.parcels[0]], {"uses": [{"code": "BHK", "area_m2": 400}]})
    assert refused(apply(conn, vault, asked)) == ["UNKNOWN_USE"]
    asked = request("change_of_use", [street.parcels[0]], {"uses": [{"code": "TMD", "area_m2": 400}]})
    assert apply(conn, vault, asked)["result"] == "APPROVED"


def test_a_certificate_is_lost_and_issued_anew(conn, vault, street):
    parcel = street.parcels[0]
    assert apply(conn, vault, request("certificate_loss", [parcel]))["result"] == "APPROVED"
    new = {"serial": "AA 00112244", "registry_no": "VP 00044", "issued_on": "2026-05-04"}
    outcome = apply(conn, vault, request("certificate_reissue", [parcel], new))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    (subject,) = register_subjects.read_subjects(conn, [parcel])
    assert [paper.serial for paper in subject.certificates] == ["AA 00112244"]
    taken = apply(conn, vault, request("certificate_reissue", [street.parcels[1]], new))
    assert refused(taken) == ["SERIAL_TAKEN"]
    wrong = apply(conn, vault, request("certificate_reissue", [parcel], {"serial": "X1"}))
    assert refused(wrong) == ["SERIAL_MALFORMED"]
    none = apply(conn, vault, request("certificate_cancellation", [street.parcels[3]]))
    assert refused(none) == ["NO_CERTIFICATE"]


def test_a_correction_keeps_the_old_and_the_new_value_and_why(conn, vault, street):
    terms = {"field": "legal_area_m2", "value": 400.2}
    asked = request("correction", [street.parcels[0]], terms, reason="Đo lại theo hồ sơ 2026")
    outcome = apply(conn, vault, asked)
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    kept = conn.execute("SELECT details -> 'corrected', reason FROM registry.transaction").fetchone()
    assert kept == ({"field": "legal_area_m2", "old": 400, "new": 400.2}, "Đo lại theo hồ sơ 2026")
    assert refused(apply(conn, vault, asked)) == ["UNCHANGED"]


def test_the_state_recovers_ground_and_every_right_ends_by_name(conn, vault, street):
    outcome = apply(conn, vault, request("recovery", [street.parcels[2]]))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    assert [(row["what"], row["action"]) for row in outcome["rights"]] == [
        ("USE_RIGHT", "ended"),
        ("CERTIFICATE", "ended"),
    ]
    (subject,) = register_subjects.read_subjects(conn, [street.parcels[2]])
    assert (subject.rights, subject.certificates) == ((), ())
    assert [(use.land_use_code, use.area_m2) for use in subject.uses] == [("CGT", 400)]


def test_sheets_of_a_merged_commune_get_new_numbers_and_keep_their_old_keys(conn, vault, street):
    terms = {"from_commune": factories.PHONG_CHAU, "to_commune": "07900", "sheets": {"12": "212"}}
    outcome = apply(conn, vault, request("unit_change", [], terms))
    assert outcome["result"] == "APPROVED", outcome["refusing"]
    found = register_subjects.find_parcel(conn, "07900", "212", "3")
    assert found == street.parcels[2]
    (subject,) = register_subjects.read_subjects(conn, [found])
    assert (subject.old_sheet_no, subject.old_parcel_no) == ("12", "3")
    assert holders(conn, found) == {street.an: Fraction(1, 2), street.binh: Fraction(1, 2)}
    crosswalk = conn.execute("SELECT old_commune_code, old_sheet_no, sheet_no FROM cadastre.sheet_crosswalk").fetchall()
    assert crosswalk == [(factories.PHONG_CHAU, "12", "212")]
    assert refused(apply(conn, vault, request("unit_change", [], terms))) == ["NUMBER_TAKEN"]


def test_dates_ahead_and_before_the_last_change_are_refused(conn, vault, street):
    asked = request("split", [street.parcels[0]], halving_line(street))
    ahead = (today() + dt.timedelta(days=1)).isoformat()
    assert refused(apply(conn, vault, asked | {"valid_from": ahead})) == ["DATE_AHEAD"]
    apply(conn, vault, request("certificate_loss", [street.parcels[0]]))
    before = (MAY - dt.timedelta(days=1)).isoformat()
    block = request("block", [street.parcels[0]], {"reference": "CV 1"}, valid_from=before)
    assert refused(apply(conn, vault, block)) == ["BEFORE_LAST_CHANGE"]


def test_a_clerk_changes_his_own_commune_only(conn, vault, street):
    with pytest.raises(AccessDenied):
        apply(conn, vault, request("certificate_loss", [street.parcels[0]]), clerk=Clerk("clerk-2", ("07900",)))


def test_a_key_belongs_to_one_request(conn, vault, street):
    apply(conn, vault, request("certificate_loss", [street.parcels[0]], idempotency_key="K1"))
    with pytest.raises(KeyReused):
        apply(conn, vault, request("certificate_loss", [street.parcels[1]], idempotency_key="K1"))


def test_a_field_that_is_not_known_is_never_dropped_in_silence(conn, vault, street):
    with pytest.raises(InvalidValue) as fault:
        apply(conn, vault, request("merge", list(street.parcels[:2]), {"line": []}))
    assert (fault.value.field, fault.value.reason) == ("terms", "UNKNOWN_FIELD")
