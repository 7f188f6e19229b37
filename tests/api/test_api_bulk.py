"""Thousands of keys in one call: each with its own answer, in order; people recorded one by one."""

import json

import callers
import factories
import psycopg
import pytest
import worlds

from landdb.lookups import bulk

pytestmark = [pytest.mark.anyio, pytest.mark.db]

PERSON = {"citizen_id": worlds.SECRET_NUMBERS[0], "purpose": "land tax notice", "case_ref": "HS-17"}


async def ask(client, keys, *, headers=None, **asked):
    response = await client.post("/lookups", json=keys, headers=headers, params=asked)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def told(answers):
    return [(one["status"], one["reason"], [parcel["parcel_id"] for parcel in one["parcels"]]) for one in answers]


async def test_every_kind_of_key_is_answered_in_order_with_its_own_status(client, api_world):
    lon, lat = factories.lonlat(api_world.sheet, *factories.middle(api_world.sheet, 0))
    east, north = factories.middle(api_world.sheet, 1)
    keys = [
        {"commune": "07954", "sheet": "012", "parcel": 1},
        {"commune": "7954", "sheet": 12, "parcel": "2"},
        {"parcel_id": api_world.plain},
        {"code": "W7JQ2M4K5N01"},
        {"code": "w7jq2m4k5n77"},
        {"serial": "ab12345678"},
        {"serial": "AD 22222222"},
        {"lon": lon, "lat": lat},
        {"x": north, "y": east, "srid": 9208, "axes": "NE"},
        {"old_commune": "07945", "old_sheet": "7", "old_parcel": "5", "scale": 500},
        {"old_commune": "07945", "old_sheet": "7", "old_parcel": "5"},
        {"commune": "07954", "sheet": "12", "parcel": "999"},
        {"commune": "07954", "sheet": "999", "parcel": "1"},
        {"commune": "99999", "sheet": "1", "parcel": "1"},
        {"lon": 105.9, "lat": 10.1},
        {"serial": "ZZ 99999999"},
    ]
    couple, shared, plain = api_world.couple, api_world.shared, api_world.plain
    assert told(await ask(client, keys, fields="areas")) == [
        ("RESOLVED", None, [couple]),
        ("RESOLVED", None, [shared]),
        ("RESOLVED", None, [plain]),
        ("RESOLVED", None, [couple]),
        ("AMBIGUOUS", "CODE_CARRIED_TWICE", list(api_world.twins)),
        ("RESOLVED", None, [couple]),
        ("AMBIGUOUS", "SERIAL_CARRIED_TWICE", [plain, api_world.foreign]),
        ("RESOLVED", None, [couple]),
        ("RESOLVED", None, [shared]),
        ("RESOLVED", None, [api_world.old["150"]]),
        ("AMBIGUOUS", "SEVERAL_SHEETS", []),
        ("NOT_FOUND", "UNKNOWN_PARCEL", []),
        ("NOT_FOUND", "UNKNOWN_SHEET", []),
        ("NOT_FOUND", "UNKNOWN_COMMUNE", []),
        ("NOT_FOUND", "NO_PARCEL_HERE", []),
        ("NOT_FOUND", "UNKNOWN_SERIAL", []),
    ]


async def test_a_bulk_answer_is_what_the_single_question_gives(client, api_world, issue):
    clerk = issue("clerk")
    keys = [{"commune": "07954", "sheet": "12", "parcel": number} for number in ("1", "2", "3")]
    many = await ask(client, keys, headers=clerk)
    for key, one in zip(keys, many, strict=True):
        single = (await client.get("/parcels", params=key, headers=clerk)).json()
        assert (one["status"], one["parcels"]) == (single["status"], single["parcels"])
    past = await ask(client, keys, valid_at="2025-09-01", fields="areas,rights")
    single = (
        await client.get("/parcels", params={**keys[0], "valid_at": "2025-09-01", "fields": "areas,rights"})
    ).json()
    assert past[0]["parcels"] == single["parcels"]


async def test_what_cannot_be_read_is_told_by_line_and_stops_nothing(client, api_world):
    lines = [
        json.dumps({"parcel_id": api_world.couple}),
        "{not json",
        "17",
        "{}",
        '{"parcel_id": 1, "code": "w7jq2m4k5n01"}',
        '{"commune": "07954", "sheet": "12"}',
        '{"commune": "07954", "sheet": "12", "parcel": "1", "099085000123": 1}',
        '{"parcel": "1"}',
        '{"code": "Nguyễn"}',
        '{"lon": true, "lat": 21}',
        '{"lon": 400, "lat": 21}',
        '{"x": 2369000, "y": 558000, "srid": 9208}',
        '{"parcel_id": 99999999999999999999999}',
        json.dumps({"parcel_id": api_world.plain}),
    ]
    response = await client.post("/lookups?fields=areas", content="\n".join(lines))
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert [(one["index"], one["status"]) for one in answers] == [
        (at, "RESOLVED" if at in (0, 13) else "INVALID") for at in range(14)
    ]
    assert [one["faults"][0]["reason"] for one in answers[1:13]] == [
        "NOT_JSON", "NOT_AN_OBJECT", "NO_KIND_OF_KEY", "MEMBERS_OF_TWO_KEYS", "NO_KIND_OF_KEY", "UNKNOWN_MEMBER",
        "MISSING", "NOT_A_PARCEL_CODE", "NOT_A_NUMBER", "OUT_OF_RANGE", "AXES_LOOK_SWAPPED", "NOT_AN_ID",
    ]  # fmt: skip
    assert "099085000123" not in response.text


async def test_more_keys_than_a_batch_keep_their_order(client, api_world):
    parcels = [api_world.couple, api_world.shared, api_world.plain]
    keys = [{"parcel_id": parcels[at % 3] if at % 7 else 987654321} for at in range(2 * bulk.BATCH + 13)]
    answers = await ask(client, keys, fields="address")
    assert [one["index"] for one in answers] == list(range(len(keys)))
    assert [one["status"] for one in answers] == ["RESOLVED" if at % 7 else "NOT_FOUND" for at in range(len(keys))]
    found = [one["parcels"][0]["parcel_id"] for one in answers if one["parcels"]]
    assert found == [key["parcel_id"] for key in keys if key["parcel_id"] != 987654321]


async def test_too_many_keys_none_and_a_broken_array_are_refused(client):
    for body, reason in (
        (json.dumps([{"parcel_id": 1}] * (bulk.MOST_KEYS + 1)), "TOO_MANY_KEYS"),
        ("[]", "NO_KEYS"),
        ("", "NO_KEYS"),
        ("[{", "NOT_JSON"),
    ):
        response = await client.post("/lookups", content=body)
        assert (response.status_code, response.json()["faults"][0]["reason"]) == (400, reason)


async def test_people_are_asked_about_by_those_who_may_and_each_is_recorded(client, api_world, issue, access_log):
    other = {**PERSON, "citizen_id": worlds.SECRET_NUMBERS[1], "case_ref": "HS-18"}
    keys = [PERSON, {"parcel_id": api_world.plain}, other, {**PERSON, "citizen_id": "099301999999"}]
    assert (await client.post("/lookups", json=keys)).status_code == 403
    assert (await client.post("/lookups", json=keys, headers=issue("analyst"))).status_code == 403
    answers = await ask(client, keys, headers=issue("clerk", "07954"), fields="areas")
    assert told(answers) == [
        ("RESOLVED", None, [api_world.couple, api_world.shared]),
        ("RESOLVED", None, [api_world.plain]),
        ("RESOLVED", None, [api_world.couple, api_world.plain]),
        ("NOT_FOUND", None, []),
    ]
    with psycopg.connect(api_world.url) as conn:
        record = "SELECT case_ref FROM audit.access ORDER BY access_id DESC LIMIT 3"
        assert [case for (case,) in conn.execute(record)] == ["HS-17", "HS-18", "HS-17"]
    told_text = json.dumps(answers) + "\n".join(line for line in access_log if "HTTP Request" not in line)
    assert not any(secret in told_text for secret in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES))


async def test_a_service_asks_about_people_for_its_agreed_purpose_only(client, issue):
    service = issue("service")
    assert PERSON["purpose"] in callers.PURPOSES
    assert (await client.post("/lookups", json=[PERSON], headers=service)).status_code == 200
    refused = await client.post("/lookups", json=[{**PERSON, "purpose": "curiosity"}], headers=service)
    assert (refused.status_code, refused.json()["reason"]) == (403, "PURPOSE")
    refused = await client.post("/persons/search", json={**PERSON, "purpose": "curiosity"}, headers=service)
    assert (refused.status_code, refused.json()["reason"]) == (403, "PURPOSE")
