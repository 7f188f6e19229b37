"""Role × route × {own, foreign, absent}, from the OpenAPI document: who is answered, and what no answer may hold.

A route without a row in ROUTES (tests/route_rights.py) fails here: say whom it is for before it goes out.
"""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import callers
import factories
import psycopg
import pytest
import worlds
from route_rights import ANYONE, REASON, ROLES, ROUTES, SEE_OWN, SUBJECTS, TILE

from api.app import create_app
from landdb.domain.masking import mask_digits, mask_name

pytestmark = [pytest.mark.anyio, pytest.mark.db, pytest.mark.slow]


def operations() -> Iterator[str]:
    for path, methods in create_app().openapi()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


OPERATIONS = sorted(operations())


def test_every_route_says_whom_it_is_for():
    missing, gone = set(OPERATIONS) - set(ROUTES), set(ROUTES) - set(OPERATIONS)
    assert not missing, f"add to ROUTES whom these are for: {sorted(missing)}"
    assert not gone, f"these are no routes any more: {sorted(gone)}"


@pytest.fixture(scope="module")
def findings(api_world) -> dict[str, int]:
    """Give a finding about ground at home and one about holders of another commune."""
    with psycopg.connect(api_world.url) as conn:
        return {
            "own": factories.add_finding(conn, factories.PHONG_CHAU, "COV001", parcel=api_world.couple),
            "foreign": factories.add_finding(conn, worlds.VIET_TRI, "TEN001", parcel=api_world.foreign),
            "absent": 10**12,
        }


@pytest.fixture(scope="module")
def paths(api_world, findings) -> dict[str, dict[str, object]]:
    """Give what stands for each parameter of a path, by subject."""
    parcels = {"own": api_world.couple, "foreign": api_world.foreign, "absent": 10**12}
    nothing = dict.fromkeys(SUBJECTS, 10**12)
    with psycopg.connect(api_world.url) as conn:
        index = api_world.vault.index("citizen_id", worlds.SECRET_NUMBERS[0])
        held = conn.execute("SELECT party_id FROM party.party WHERE citizen_id_index = %s", [index]).fetchone()
        sheet = factories.add_sheet(conn, "901", code=worlds.VIET_TRI, batch=api_world.batch)
        abroad = factories.add_party(conn, api_world.vault, "Lê Thị Xa", batch=api_world.batch)
        far = factories.add_parcel(conn, sheet, "1", batch=api_world.batch)
        factories.add_right(conn, [far], {abroad: Fraction(1)}, batch=api_world.batch)
    return {
        "parcel_id": parcels,
        "finding_id": findings,
        "proposal_id": nothing,
        "transaction_id": nothing,
        "import_id": dict.fromkeys(SUBJECTS, "00000000-0000-4000-8000-000000000000"),
        "party_id": {"own": held[0], "foreign": abroad, "absent": 10**12},
        "featureId": parcels,
        "collection": dict.fromkeys(SUBJECTS, "parcels"),
        "serial": {"own": "AB 12345678", "foreign": "AD 22222222", "absent": "ZZ 99999999"},
        "org_no": {"own": worlds.ORG_NO, "foreign": "0100684379", "absent": "0100000000"},
        "code": {"own": factories.PHONG_CHAU, "foreign": worlds.VIET_TRI, "absent": "99999"},
        "parcel_code": {"own": "w7jq2m4k5n01", "foreign": "w7jq2m4k5n77", "absent": "w7jq2m4k5n99"},
        "extract_code": dict.fromkeys(SUBJECTS, "ABCDEFGHJK234567"),
        "z": dict.fromkeys(SUBJECTS, 14),
        "row": {subject: TILE[subject].split("/")[1] for subject in SUBJECTS},
        "col": {subject: TILE[subject].split("/")[2] for subject in SUBJECTS},
    }


@pytest.fixture(scope="module")
def headers(api_world, key_file) -> dict[str, dict[str, str]]:
    return {
        role: {} if role == "public" else callers.issue(api_world.url, key_file, role, *communes)
        for role, communes in ROLES.items()
    }


def asked(operation: str, subject: str, paths, world) -> dict:
    method, _, path = operation.partition(" ")
    row = ROUTES[operation]

    def valued(match: re.Match[str]) -> str:
        name = "parcel_code" if "by-code" in path else "extract_code" if "/extracts/" in path else match[1]
        return str(paths[name][subject])

    told = row.subjects.get(subject, "")
    number = {"couple": world.couple, "foreign": world.foreign, "absent": 10**12}.get(told)
    url = re.sub(r"\{(\w+)\}", valued, path) + (f"?{row.query.replace('{}', told)}" if row.query else "")
    sent = {"method": method, "url": url}
    if row.body is not None:
        told = told if number is None else number
        text = json.dumps(row.body).replace('"{}"', json.dumps(told))
        sent["json"] = json.loads(text)
    return sent


MASKED = (*map(mask_name, worlds.SECRET_NAMES), *map(mask_digits, worlds.SECRET_NUMBERS))
SERIALS = ("AB 12345678", "ĐA 123456", "AD 22222222")


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_who_is_answered_and_what_no_answer_holds(
    client, headers, paths, api_world, key_file, operation, access_log
):
    row = ROUTES[operation]
    told = {}
    for role in ROLES:
        for subject in SUBJECTS:
            sent = asked(operation, subject, paths, api_world)
            answer = await client.request(**sent, headers=headers[role])
            cell = f"{operation} as {role} about {subject}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500, cell
            if role not in row.roles:
                assert answer.status_code == (401 if role == "public" or not row.roles else 403), cell
            elif row.roles != ANYONE:
                # that ground of another commune exists is no secret; that somebody may not change it is told
                told_apart = subject == "foreign" and "OTHER_COMMUNE" in answer.text
                assert answer.status_code not in (401, 403) or told_apart, cell
            _assert_nothing_leaks(cell, answer, sent, row, role=role, subject=subject)
            told[role, subject] = (answer.status_code, answer.text)
    logged = "\n".join(line for line in access_log if "HTTP Request" not in line)
    assert not any(secret in logged for secret in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, *MASKED))
    if operation == "POST /persons/search":
        # known here only by land in another commune: as if nobody knew the person at all
        stranger = callers.issue(api_world.url, key_file, "clerk", "00004")
        answers = [
            await client.request(**asked(operation, subject, paths, api_world), headers=stranger)
            for subject in SUBJECTS
        ]
        assert len({(answer.status_code, answer.text) for answer in answers}) == 1


def _assert_nothing_leaks(cell, answer, sent, row, *, role, subject) -> None:
    text = answer.text + json.dumps(dict(answer.headers))
    if row.reveals and (role, subject) == ("clerk", "own"):
        assert worlds.SECRET_NUMBERS[0] in text, cell
        return
    for secret in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES):
        assert secret not in text, cell
    may_see = row.names_holders and role in SEE_OWN
    if row.is_document:
        return
    if not may_see or (subject == "foreign" and "{parcel_id}" in cell):
        echoed = json.dumps(sent, ensure_ascii=False)
        leaked = [told for told in (*MASKED, *SERIALS) if told in text and told not in echoed]
        assert not leaked, f"{leaked} in {cell}"


async def test_each_role_sees_exactly_the_holders_that_are_for_it(client, headers, api_world):
    """The same two parcels for everybody: one of Phong Châu, which the citizen holds too, and one of Việt Trì."""
    seen = {}
    for role in ROLES:
        for name, parcel in (("own", api_world.couple), ("foreign", api_world.foreign)):
            answer = (await client.get(f"/parcels/{parcel}", headers=headers[role])).json()["parcels"][0]
            parties = {right["party"]["name_masked"] for right in answer["rights"] if right["party"]}
            seen[role, name] = (len(parties), bool(answer["withheld"]))
            serials = [one["serial"] for one in answer["certificates"] if one["serial"]]
            assert bool(serials) == bool(parties), (role, name)
    holders = {key for key, (count, _) in seen.items() if count}
    assert holders == {(role, "own") for role in SEE_OWN}
    assert all(named == (key not in holders) for key, (_, named) in seen.items())


async def test_a_service_asks_for_the_purposes_of_its_agreement_only(client, api_world, issue):
    body = {"citizen_id": worlds.SECRET_NUMBERS[0], **REASON}
    service = issue("service")
    assert (await client.post("/persons/search", json=body, headers=service)).status_code == 200
    refused = await client.post("/persons/search", json=body | {"purpose": "curiosity"}, headers=service)
    assert (refused.status_code, refused.json()["reason"]) == (403, "PURPOSE")


async def test_a_mandate_and_its_agreement_must_both_allow_a_commune(client, api_world, key_file):
    with psycopg.connect(api_world.url) as conn:
        code = callers.agree(conn, "ONE-COMMUNE", communes=[worlds.VIET_TRI])
    ask = partial(callers.issue, api_world.url, key_file, "service", agreement=code)
    for communes, seen in (((), False), ((factories.PHONG_CHAU,), False), ((worlds.VIET_TRI,), False)):
        answer = await client.get(f"/parcels/{api_world.couple}", headers=ask(*communes))
        assert bool(answer.json()["parcels"][0]["rights"][0]["party"]) is seen, communes
    answer = await client.get(f"/parcels/{api_world.foreign}", headers=ask())
    assert answer.json()["parcels"][0]["rights"][0]["party"]
