"""Role × route × {own, foreign, absent}, from the OpenAPI document: who is answered, and what no answer may hold.

A route without a row in ROUTES fails here: say whom it is for before it goes out.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import callers
import factories
import psycopg
import pytest
import worlds

from api.app import create_app
from landdb.domain.masking import mask_digits, mask_name

pytestmark = [pytest.mark.anyio, pytest.mark.db, pytest.mark.slow]

#: Everybody who may come, and the communes of their mandate.
ROLES = {
    "public": (),
    "citizen": (),
    "clerk": (factories.PHONG_CHAU,),
    "analyst": (),
    "service": (factories.PHONG_CHAU,),
    "auditor": (),
    "administrator": (),
}
SUBJECTS = ("own", "foreign", "absent")
#: Whose holders each role sees, masked; nobody sees any in clear.
SEE_OWN = frozenset({"citizen", "clerk", "service"})

ANYONE = frozenset(ROLES)
SIGNED_IN = ANYONE - {"public"}
WORKERS = frozenset({"clerk", "analyst"})
CLERK = frozenset({"clerk"})
HOLDERS = frozenset({"clerk", "service"})


@dataclass(frozen=True, slots=True)
class Row:
    """Whom a route is for, and how to ask it about something of one's own, of another commune, of nowhere.

    `is_document`: gives invented serials as examples. `reveals`: clear values, of one's own commune. `subjects`: values
    for {} in query and body, by subject; what a path's parameters stand for comes from `paths`.
    """

    roles: frozenset[str] = ANYONE
    query: str = ""
    body: dict | list | None = None
    names_holders: bool = False
    is_document: bool = False
    reveals: bool = False
    subjects: dict[str, str] = field(default_factory=dict)


BOX = "bbox=104,20,107,23"
TILE = {"own": "14/7192/12985", "foreign": "14/7190/12985", "absent": "14/0/0"}
REASON = {"purpose": "land tax notice", "case_ref": "HS-1"}
ROUTES = {
    **{
        f"GET {path}": Row()
        for path in (
            "/", "/conformance", "/collections", "/functions", "/communes", "/healthz", "/readyz", "/session",
            "/.well-known/jwks.json", "/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", "/tiles",
            "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/tilejson.json", "/tiles/WebMercatorQuad/{z}/{row}/{col}",
            "/collections/{collection}/tiles", "/collections/{collection}/tiles/WebMercatorQuad",
            "/collections/{collection}/tiles/WebMercatorQuad/tilejson.json",
            "/collections/{collection}/tiles/WebMercatorQuad/{z}/{row}/{col}", "/communes/{code}",
            "/communes/{code}/quality", "/communes/{code}/report", "/findings", "/findings/{finding_id}",
            "/parcels/{parcel_id}/state", "/parcels/{parcel_id}/history",
        )
    },
    **{
        f"GET /collections/{name}{rest}": Row(query="limit=1000" if rest == "/items" else "")
        for name in ("parcels", "sheets", "communes", "land-objects", "certificate-extents", "findings")
        for rest in ("", "/items", "/items/{featureId}", "/queryables", "/schema")
    },
    "GET /api": Row(is_document=True),
    "GET /collections/certificate-extents/items": Row(query="limit=1000", names_holders=True),
    "GET /collections/certificate-extents/items/{featureId}": Row(names_holders=True),
    "GET /parcels": Row(query="{}", names_holders=True, subjects={
        "own": "commune=07954&sheet=12&parcel=1", "foreign": "commune=07900&sheet=1&parcel=1",
        "absent": "commune=07954&sheet=12&parcel=999"}),
    "GET /parcels/old": Row(query="commune=07945&sheet=7&parcel=5", names_holders=True),
    "GET /parcels/at": Row(query="lon=105.3&lat=21.4", names_holders=True),
    "GET /parcels/in-box": Row(query=BOX),
    "GET /parcels/by-code/{code}": Row(names_holders=True),
    "GET /parcels/{parcel_id}": Row(names_holders=True),
    "GET /certificates/{serial}": Row(names_holders=True),
    "POST /persons/search": Row(HOLDERS, names_holders=True, body={"citizen_id": "{}", **REASON}, subjects={
        "own": worlds.SECRET_NUMBERS[0], "foreign": worlds.SECRET_NUMBERS[1], "absent": "099301999999"}),
    "GET /organisations/{org_no}/parcels": Row(HOLDERS, names_holders=True),
    "GET /findings/trend": Row(query="commune=07954"),
    "POST /findings/{finding_id}/accept": Row(WORKERS, body={"reason": "agreed on the ground, minutes 12"}),
    "POST /findings/{finding_id}/revoke": Row(WORKERS, body={"note": "looked at again on the ground"}),
    "POST /findings/{finding_id}/assign": Row(WORKERS, body={"to": "an"}),
    "POST /findings/{finding_id}/comment": Row(WORKERS, body={"text": "looked at"}),
    "GET /communes/{code}/proposals": Row(WORKERS),
    "POST /communes/{code}/proposals": Row(WORKERS, body={"finding_id": 10**12}),
    "GET /proposals/{proposal_id}": Row(WORKERS),
    "POST /proposals/{proposal_id}/accept": Row(CLERK, body={}),
    "POST /proposals/{proposal_id}/undo": Row(CLERK, body={"reason": "the owner showed another survey"}),
    "POST /proposals/{proposal_id}/refuse": Row(WORKERS, body={"reason": "a survey is under way there"}),
    "POST /transactions": Row(CLERK, query="dry_run=true", body={
        "kind": "block", "parcels": [{"parcel_id": "{}"}], "terms": {"reference": "CV 1"}, "reason": "CV 1, court",
        "document": {"kind": "DECISION", "reference": "CV 1"}},
        subjects={"own": "couple", "foreign": "foreign", "absent": "absent"}),
    **{
        f"POST /transactions/{{transaction_id}}/{act}": Row(
            CLERK, body={"note": "not now, see the file"} if note else None)
        for act, note in (("approve", False), ("reject", True), ("supplement", True), ("submit", False))
    },
    "PUT /transactions/{transaction_id}": Row(CLERK, body={
        "kind": "block", "parcels": [{"parcel_id": 1}], "terms": {"reference": "CV 1"}, "reason": "CV 1, court",
        "document": {"kind": "DECISION", "reference": "CV 1"}}),
    "GET /changes": Row(SIGNED_IN),
    "POST /holders/check": Row(HOLDERS, body={"citizen_id": "{}", **REASON}, names_holders=True, subjects={
        "own": worlds.SECRET_NUMBERS[0], "foreign": worlds.SECRET_NUMBERS[1], "absent": "099301999999"}),
    "POST /imports": Row(WORKERS),
    "GET /imports": Row(WORKERS),
    "PUT /imports/{import_id}": Row(WORKERS, body={}),
    **{
        operation: Row(WORKERS)
        for operation in (
            "GET /imports/{import_id}", "GET /imports/{import_id}/rejects", "GET /imports/{import_id}/rejects.xlsx",
            "POST /imports/{import_id}/cancel", "POST /imports/{import_id}/start")
    },
    "GET /purposes": Row(),
    "GET /styles/landdb": Row(),
    "GET /extracts/key": Row(),
    "GET /extracts/{code}": Row(),
    "POST /extracts/check": Row(),
    "GET /parcels/{parcel_id}/extract.pdf": Row(names_holders=True),
    "GET /parcels/{parcel_id}/sketch.svg": Row(),
    "GET /me/accesses": Row(frozenset({"citizen"})),
    "GET /me/quota": Row(SIGNED_IN),
    "POST /lookups": Row(names_holders=True, body=[{"parcel_id": "{}"}], subjects={
        "own": "couple", "foreign": "foreign", "absent": "absent"}),
    "POST /lookups/workbook": Row(),
    "POST /parties/{party_id}/reveal": Row(CLERK, body={
        "fields": ["name", "citizen_id"], "purpose": "REGISTRATION", "case_ref": "HS-1"}, reveals=True),
    "POST /session": Row(body={"account": "nobody", "password": "nothing of the kind"}),
    "DELETE /session": Row(),
    "POST /session/token": Row(frozenset()),
    "POST /oauth/token": Row(),
    "GET /search": Row(query="q={}", subjects={
        "own": "AB 12345678", "foreign": "AD 22222222", "absent": "XY 00000001"}),
    "GET /search/suggestions": Row(query="q={}", subjects={
        "own": "AB 12345678", "foreign": "AD 2222", "absent": "XY 0"}),
}  # fmt: skip


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
