"""Legal changes by API: who may, on which state, once, and what the service says when not."""

import json

import psycopg
import pytest
import registers
from registers import NAMES, NUMBERS, halving_line, request

from landdb.store import decisions

pytestmark = [pytest.mark.db, pytest.mark.anyio]


@pytest.fixture
def street(api_world):
    with psycopg.connect(api_world.url) as conn:
        return registers.build(conn, api_world.vault, sheet_no=registers.fresh_sheet())


@pytest.fixture
def clerk(issue):
    return issue("clerk")


async def tag(client, parcel):
    answer = await client.get(f"/parcels/{parcel}/state")
    assert answer.headers["etag"] == f'"{answer.json()["tag"]}"'
    return answer.headers["etag"]


async def test_a_split_is_previewed_and_made_on_the_state_that_was_seen(client, street, clerk):
    parcel = street.parcels[0]
    asked = request("split", [parcel], halving_line(street))
    preview = await client.post("/transactions?dry_run=true", json=asked, headers=clerk)
    assert (preview.status_code, preview.json()["result"]) == (200, "PREVIEW"), preview.text
    missing = await client.post("/transactions", json=asked, headers=clerk)
    assert missing.status_code == 428
    seen = clerk | {"If-Match": await tag(client, parcel)}
    made = await client.post("/transactions", json=asked, headers=seen)
    assert (made.status_code, made.json()["result"]) == (200, "APPROVED"), made.text
    gone = await client.post("/transactions", json=asked, headers=seen)
    assert gone.status_code == 404
    history = (await client.get(f"/parcels/{parcel}/history")).json()
    assert [edge["parent_id"] for edge in history["lineage"]] == [parcel, parcel]
    assert history["transactions"][0]["actor"] is None
    told = (await client.get(f"/parcels/{parcel}/history", headers=clerk)).json()
    assert told["transactions"][0]["actor"] == "clerk-1"


async def test_a_clerk_who_saw_an_older_state_gets_412(client, street, clerk):
    parcel = street.parcels[1]
    seen = clerk | {"If-Match": await tag(client, parcel)}
    block = request("block", [parcel], {"reference": "CV 7"})
    assert (await client.post("/transactions", json=block, headers=seen)).status_code == 200
    stale = await client.post("/transactions", json=block, headers=seen)
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:landdb:problem:stale")


async def test_a_refusal_names_its_codes(client, street, clerk):
    parcel = street.parcels[1]
    block = request("block", [parcel], {"reference": "CV 7"})
    await client.post("/transactions", json=block, headers=clerk | {"If-Match": await tag(client, parcel)})
    asked = request("split", [parcel], halving_line(street, 1))
    refused = await client.post("/transactions", json=asked, headers=clerk | {"If-Match": await tag(client, parcel)})
    assert refused.status_code == 409
    assert [fault["reason"] for fault in refused.json()["faults"]] == ["BLOCKED"]


async def test_one_key_acts_once_and_belongs_to_one_request(client, street, clerk):
    parcel = street.parcels[2]
    seen = clerk | {"If-Match": await tag(client, parcel), "Idempotency-Key": f"HS-{parcel}"}
    asked = request("block", [parcel], {"reference": "CV 7"})
    first = await client.post("/transactions", json=asked, headers=seen)
    again = await client.post("/transactions", json=asked, headers=seen)
    assert first.json() == again.json()
    other = request("block", [parcel], {"reference": "CV 8"})
    assert (await client.post("/transactions", json=other, headers=seen)).status_code == 409


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("analyst", 403), ("service", 403), ("auditor", 403)])
async def test_only_clerks_change_the_register(client, street, issue, role, status):
    headers = {} if role is None else issue(role)
    asked = request("block", [street.parcels[0]], {"reference": "CV 7"})
    assert (await client.post("/transactions?dry_run=true", json=asked, headers=headers)).status_code == status


async def test_a_clerk_of_another_commune_is_refused(client, street, issue):
    asked = request("block", [street.parcels[0]], {"reference": "CV 7"})
    answer = await client.post("/transactions?dry_run=true", json=asked, headers=issue("clerk", "07900"))
    assert (answer.status_code, answer.json()["reason"]) == (403, "OTHER_COMMUNE")


async def test_a_second_person_approves_and_the_first_cannot(client, street, issue, api_world):
    with psycopg.connect(api_world.url) as conn:
        decisions.set_rule(conn, commune_id=None, kind="gift", needs_second=True)
    parcel, first = street.parcels[0], issue("clerk")
    asked = request("gift", [parcel], {"moves": [{"to": {"name": NAMES[2], "citizen_id": NUMBERS[2]}}]})
    waits = await client.post("/transactions", json=asked, headers=first | {"If-Match": await tag(client, parcel)})
    assert waits.json()["result"] == "SUBMITTED", waits.text
    assert NUMBERS[2] not in waits.text
    path = f"/transactions/{waits.json()['transaction_id']}"
    assert (await client.post(f"{path}/approve", headers=first)).status_code == 403
    note = {"note": "Thiếu hợp đồng công chứng"}
    assert (await client.post(f"{path}/supplement", json=note, headers=first)).status_code == 200
    assert (await client.post(f"{path}/submit", headers=first)).status_code == 200
    with psycopg.connect(api_world.url) as conn:
        conn.execute("UPDATE registry.transaction SET actor = 'another' WHERE state = 'SUBMITTED'")
    approved = await client.post(f"{path}/approve", headers=first)
    assert (approved.status_code, approved.json()["result"]) == (200, "APPROVED"), approved.text
    assert (await client.post(f"{path}/reject", json=note, headers=first)).status_code == 400


async def test_the_feed_resumes_and_wants_a_token(client, street, issue, clerk):
    parcel = street.parcels[3]
    for reference in ("CV 1", "CV 2"):
        asked = request("block", [parcel], {"reference": reference})
        await client.post("/transactions", json=asked, headers=clerk | {"If-Match": await tag(client, parcel)})
    assert (await client.get("/changes")).status_code == 401
    service = issue("service")
    page = (await client.get("/changes?limit=1000", headers=service)).json()
    cursor = page["events"][-2]["landdbcursor"]
    rest = (await client.get("/changes", params={"after": cursor}, headers=service)).json()
    assert rest["events"] == page["events"][-1:]
    assert (await client.get("/changes?after=1.2", headers=service)).status_code == 400


@pytest.mark.parametrize("reference", ["\x00", "x" * 501, "", "\ud800", 7.5, None, ["x"]])
async def test_texts_that_cannot_be_stored_are_refused_by_field(client, street, clerk, reference):
    asked = request("block", [street.parcels[0]], {"reference": reference})
    headers = clerk | {"Content-Type": "application/json"}
    answer = await client.post("/transactions?dry_run=true", content=json.dumps(asked), headers=headers)
    assert answer.status_code == 400, answer.text


async def test_a_change_finds_a_connection_after_the_server_cut_those_there_were(client, street, clerk, api_world):
    parcel = street.parcels[3]
    block = request("block", [parcel], {"reference": "CV 7"})
    seen = clerk | {"If-Match": await tag(client, parcel)}
    assert (await client.post("/transactions", json=block, headers=seen)).status_code == 200
    with psycopg.connect(api_world.url) as conn:
        cut = conn.execute(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = 'landdb-api-changes' AND datname = current_database()"""
        ).fetchone()
    assert cut[0] >= 1
    seen = clerk | {"If-Match": await tag(client, parcel)}
    assert (await client.post("/transactions", json=block, headers=seen)).status_code == 200


async def test_a_draft_is_amended_by_its_clerk(client, street, clerk):
    asked = request("split", [street.parcels[0]], halving_line(street))
    seen = clerk | {"If-Match": await tag(client, street.parcels[0])}
    draft = (await client.post("/transactions?draft=true", json=asked, headers=seen)).json()
    other = request("split", [street.parcels[0]], {"edge": 0, "ratio": [1, 3]})
    told = await client.put(f"/transactions/{draft['transaction_id']}", json=other, headers=seen)
    assert (told.status_code, told.json()["result"]) == (200, "DRAFT"), told.text
    assert len({round(row["after_m2"]) for row in told.json()["areas"] if row["after_m2"]}) == 2
