"""Declare once: does a person hold rights here, and which? Exactly the agreed fields, of that person only."""

import callers
import psycopg
import pytest
import worlds

pytestmark = [pytest.mark.anyio, pytest.mark.db]

CHECK = {"citizen_id": worlds.SECRET_NUMBERS[0], "purpose": "land tax notice", "case_ref": "HS-20"}


async def check(client, headers, **asked):
    response = await client.post("/holders/check", json={**CHECK, **asked}, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    return response.json()


async def test_a_clerk_learns_which_rights_the_person_holds_and_nothing_of_others(client, api_world, issue):
    answer = await check(client, issue("clerk", "07954"))
    assert answer["holds_rights"]
    held = {parcel["parcel_id"]: parcel["rights_held"] for parcel in answer["parcels"]}
    assert held.keys() == {api_world.couple, api_world.shared}
    assert [(right["rrr_kind"], right["share"]) for right in held[api_world.shared]] == [("USE_RIGHT", "1/3")]
    assert held[api_world.couple][0]["certificate"]["serial"] == "AB 12345678"
    assert worlds.ORGANISATION not in str(answer)
    assert all("rights" not in parcel for parcel in answer["parcels"])


async def test_unknown_elsewhere_and_without_rights_look_alike(client, issue):
    nothing = {"holds_rights": False, "as_of": None, "next": None, "parcels": []}
    clerk, elsewhere = issue("clerk", "07954"), issue("clerk", worlds.VIET_TRI)
    assert await check(client, clerk, citizen_id="099301999999") == nothing
    assert await check(client, elsewhere) == nothing
    assert await check(client, clerk, communes=[worlds.VIET_TRI]) == nothing
    assert await check(client, clerk, communes=["00004"]) == nothing


async def test_a_service_gets_exactly_the_agreed_fields(client, api_world, issue):
    with psycopg.connect(api_world.url) as conn:
        code = callers.agree(conn, "TEST-DECLARE", fields=["areas", "rights"])
        bare = callers.agree(conn, "TEST-YES-NO", fields=["areas"])
    answer = await check(client, issue("service", agreement=code), communes=["07954"])
    identity = {"parcel_id", "parcel_code", "parcel_no", "commune", "sheet", "old_numbers", "withheld"}
    for parcel in answer["parcels"]:
        assert parcel.keys() == identity | {"areas", "rights_held"}
        assert {(right["share"], right["certificate"]) for right in parcel["rights_held"]} == {(None, None)}
    yes_or_no = await check(client, issue("service", agreement=bare))
    assert all("rights_held" not in parcel for parcel in yes_or_no["parcels"])


async def test_every_question_is_recorded_found_or_not_and_only_some_may_ask(client, api_world, issue):
    await check(client, issue("clerk"), citizen_id="099301999998", case_ref="HS-21")
    with psycopg.connect(api_world.url) as conn:
        record = "SELECT question, purpose, case_ref FROM audit.access ORDER BY access_id DESC LIMIT 1"
        assert conn.execute(record).fetchone() == ("rights-held-by-citizen-id", "land tax notice", "HS-21")
    for headers, status in ((None, 401), (issue("analyst"), 403), (issue("auditor"), 403)):
        assert (await client.post("/holders/check", json=CHECK, headers=headers)).status_code == status
    curious = await client.post("/holders/check", json={**CHECK, "purpose": "curiosity"}, headers=issue("service"))
    assert (curious.status_code, curious.json()["reason"]) == (403, "PURPOSE")
