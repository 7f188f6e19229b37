"""Four eyes and deadlines: nothing happens before the second person says so."""

import datetime as dt

import factories
import pytest
import registers
from registers import CLERK, NAMES, NUMBERS, apply, halving_line, request

from landdb.errors import AccessDenied, InvalidValue, StaleState
from landdb.registration import Clerk, amend, approve, ask_supplement, parse_change, register, reject, submit
from landdb.store import decisions, register_subjects

pytestmark = pytest.mark.db

HEAD = Clerk("head-1")


@pytest.fixture
def street(conn, vault):
    built = registers.build(conn, vault)
    decisions.set_rule(conn, commune_id=built.sheet.commune_id, kind="transfer", needs_second=True)
    return built


def sale(street, **others):
    moves = {"moves": [{"to": {"name": NAMES[2], "citizen_id": NUMBERS[2]}}]}
    return request("transfer", [street.parcels[0]], moves, **others)


def holder_count(conn, street):
    (subject,) = register_subjects.read_subjects(conn, [street.parcels[0]])
    return {held.party_id for right in subject.use_rights for held in right.holders}


def state(conn, transaction_id):
    row = conn.execute("SELECT state, approver FROM registry.transaction WHERE transaction_id = %s", [transaction_id])
    return row.fetchone()


def test_a_submitted_change_has_no_effect_until_another_person_approves_it(conn, vault, street):
    submitted = apply(conn, vault, sale(street))
    assert submitted["result"] == "SUBMITTED"
    assert submitted["rights"]
    assert holder_count(conn, street) == {street.an}
    number = submitted["transaction_id"]
    with pytest.raises(AccessDenied):
        approve(conn, vault, number, registers.CLERK)
    outcome = approve(conn, vault, number, HEAD)
    assert outcome["result"] == "APPROVED", outcome["notices"]
    assert holder_count(conn, street) != {street.an}
    assert state(conn, number) == ("APPROVED", "head-1")
    with pytest.raises(InvalidValue):
        approve(conn, vault, number, HEAD)


def test_the_waiting_request_is_sealed_and_gone_after_the_decision(conn, vault, street):
    number = apply(conn, vault, sale(street))["transaction_id"]
    sealed, details = conn.execute("SELECT request_enc, details::text FROM registry.transaction").fetchone()
    assert NUMBERS[2].encode() not in bytes(sealed)
    assert NUMBERS[2] not in details
    reject(conn, number, HEAD, "Hồ sơ thiếu hợp đồng công chứng")
    assert conn.execute("SELECT request_enc FROM registry.transaction").fetchone() == (None,)
    assert holder_count(conn, street) == {street.an}


def test_a_change_goes_back_for_a_supplement_and_comes_again(conn, vault, street):
    number = apply(conn, vault, sale(street))["transaction_id"]
    with pytest.raises(InvalidValue):
        ask_supplement(conn, number, HEAD, "thiếu")
    ask_supplement(conn, number, HEAD, "Thiếu bản sao hợp đồng")
    with pytest.raises(InvalidValue):
        approve(conn, vault, number, HEAD)
    submit(conn, number, registers.CLERK)
    assert approve(conn, vault, number, HEAD)["result"] == "APPROVED"


def test_what_stands_against_it_by_then_refuses_the_approval(conn, vault, street):
    number = apply(conn, vault, sale(street))["transaction_id"]
    apply(conn, vault, request("block", [street.parcels[0]], {"reference": "CV 9"}))
    outcome = approve(conn, vault, number, HEAD)
    assert (outcome["result"], outcome["refusing"]) == ("REFUSED", ["BLOCKED"])
    assert state(conn, number) == ("SUBMITTED", None)


def test_a_parcel_that_changed_since_it_was_looked_at_refuses_the_approval(conn, vault, street):
    tag = register_subjects.list_tags(conn, street.parcels)[street.parcels[0]][0]
    asked = sale(street) | {"parcels": [{"parcel_id": street.parcels[0], "tag": tag}]}
    number = apply(conn, vault, asked)["transaction_id"]
    apply(conn, vault, request("certificate_loss", [street.parcels[0]]))
    with pytest.raises(StaleState):
        approve(conn, vault, number, HEAD)


def test_other_kinds_and_other_communes_are_approved_at_once(conn, vault, street):
    assert apply(conn, vault, request("certificate_loss", [street.parcels[0]]))["result"] == "APPROVED"
    decisions.set_rule(conn, commune_id=None, kind=None, needs_second=True)
    assert apply(conn, vault, request("certificate_loss", [street.parcels[1]]))["result"] == "SUBMITTED"
    decisions.set_rule(conn, commune_id=None, kind="certificate_loss", needs_second=False)
    assert apply(conn, vault, request("certificate_loss", [street.parcels[2]]))["result"] == "APPROVED"


def test_what_is_due_and_overdue_is_listed_most_urgent_first(conn, vault, street):
    number = apply(conn, vault, sale(street))["transaction_id"]
    today = dt.date.today()  # noqa: DTZ011
    (row,) = decisions.list_due(conn, factories.PHONG_CHAU, on=today, within_days=30)
    assert (row["transaction_id"], row["is_overdue"]) == (number, False)
    (row,) = decisions.list_due(conn, factories.PHONG_CHAU, on=today + dt.timedelta(days=60), within_days=0)
    assert row["is_overdue"]


def test_a_draft_asks_for_something_else_and_keeps_its_number_and_deadline(conn, vault, street):
    line = request("split", [street.parcels[0]], halving_line(street))
    draft = register(conn, vault, parse(line), CLERK, draft=True)
    number, due = draft["transaction_id"], draft["due_on"]
    other = request("split", [street.parcels[0]], {"edge": 0, "ratio": [1, 3]}, reason="đo lại")
    told = amend(conn, vault, number, parse(other), CLERK)
    assert (told["result"], told["transaction_id"], told["due_on"]) == ("DRAFT", number, due)
    assert conn.execute("SELECT reason, due_on::text FROM registry.transaction").fetchone() == ("đo lại", due)
    submit(conn, number, CLERK)
    done = approve(conn, vault, number, HEAD)
    assert sorted(round(row["after_m2"]) for row in done["areas"] if row["after_m2"]) == [100, 300]


def test_a_change_sent_back_is_amended_and_submitted_again(conn, vault, street):
    number = apply(conn, vault, sale(street))["transaction_id"]
    with pytest.raises(InvalidValue, match="IS_SUBMITTED"):
        amend(conn, vault, number, parse(sale(street)), CLERK)
    ask_supplement(conn, number, HEAD, "Thiếu bản sao hợp đồng")
    told = amend(conn, vault, number, parse(sale(street) | {"reason": "đã bổ sung"}), CLERK)
    assert told["result"] == "NEEDS_SUPPLEMENT"
    submit(conn, number, CLERK)
    assert approve(conn, vault, number, HEAD)["result"] == "APPROVED"


def test_only_its_clerk_amends_a_change_and_not_into_another_kind(conn, vault, street):
    draft = register(conn, vault, parse(sale(street)), CLERK, draft=True)
    with pytest.raises(AccessDenied, match="OTHER_CLERK"):
        amend(conn, vault, draft["transaction_id"], parse(sale(street)), HEAD)
    block = request("block", [street.parcels[0]], {"reference": "CV 9"})
    with pytest.raises(InvalidValue, match="OF_ANOTHER_CHANGE"):
        amend(conn, vault, draft["transaction_id"], parse(block), CLERK)


def parse(asked):
    return parse_change(asked, find_parcel=lambda *_: 0)
