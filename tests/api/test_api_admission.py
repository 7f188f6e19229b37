"""At the door: rates, sizes and lanes, and what they answer."""

import asyncio
import dataclasses
from contextlib import asynccontextmanager

import httpx
import pytest
import worlds

from api.app import create_app
from landdb import lookups
from landdb.service_limits import Rate

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@asynccontextmanager
async def service(api_settings, **limits):
    """Give a client of a service with other limits than the tests' generous ones."""
    settings = dataclasses.replace(api_settings, limits=dataclasses.replace(worlds.GENEROUS, **limits))
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://landdb") as asking,
    ):
        yield asking


async def test_an_address_without_a_token_is_refused_when_it_asks_too_often(api_settings, issue):
    async with service(api_settings, public_rate=Rate(0.2, 3)) as client:
        answers = [await client.get("/communes/07954") for _ in range(4)]
        clerk = await client.get("/communes/07954", headers=issue("clerk"))
        alive = await client.get("/healthz")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers[:3]] == ["r=2", "r=1", "r=0"]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=15'
    problem = answers[3].json()
    assert problem["type"] == "urn:landdb:problem:too-many-requests"
    assert int(answers[3].headers["retry-after"]) == 5
    assert (clerk.status_code, alive.status_code) == (200, 200)


async def test_a_subject_and_an_organisation_are_counted_whatever_their_address(api_settings, issue):
    async with service(api_settings, subject_rate=Rate(0.01, 2)) as client:
        clerk, analyst = issue("clerk"), issue("analyst")
        seen = [(await client.get("/parcels/1", headers=clerk)).status_code for _ in range(3)]
        assert (await client.get("/parcels/1", headers=analyst)).status_code != 429
    assert seen[2] == 429
    assert 429 not in seen[:2]


async def test_tokens_that_are_tried_out_are_soon_refused_but_good_ones_go_on(api_settings, issue):
    async with service(api_settings, failure_rate=Rate(0.01, 3)) as client:
        clerk = issue("clerk")
        assert (await client.get("/communes/07954", headers=clerk)).status_code == 200
        assert (await client.get("/parcels/in-box?bbox=105,21,105.1,21.1", headers=clerk)).status_code == 200
        tried = [
            (await client.get("/parcels/1", headers={"Authorization": f"Bearer landdb_{number}"})).status_code
            for number in range(4)
        ]
        assert tried == [401, 401, 401, 429]
        assert (await client.get("/parcels/in-box?bbox=105,21,105.1,21.1", headers=clerk)).status_code == 200


async def test_one_class_that_fills_its_lane_leaves_the_others_theirs(api_settings, issue, monkeypatch):
    held = asyncio.Event()
    genuine = lookups.get_parcel

    async def waiting(conn, parcel_id, *, view, **options):
        if view.audience == "public":
            await held.wait()
        return await genuine(conn, parcel_id, view=view, **options)

    monkeypatch.setattr(lookups, "get_parcel", waiting)
    clerk = issue("clerk")
    async with service(api_settings, public_lane=2, queue_s=0.2) as client:
        public = [asyncio.create_task(client.get("/parcels/1")) for _ in range(2)]
        await asyncio.sleep(0.1)
        crowded = await client.get("/parcels/1")
        staff = [(await client.get("/parcels/1", headers=clerk)).status_code for _ in range(5)]
        held.set()
        await asyncio.gather(*public)
        after = await client.get("/parcels/1")
    assert (crowded.status_code, crowded.headers["retry-after"]) == (503, "2")
    assert crowded.json()["type"] == "urn:landdb:problem:crowded"
    assert staff == [200] * 5
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("path", "bytes_sent", "status"),
    [
        ("/persons/search", 65_000, 400),
        ("/persons/search", 66_000, 413),
        ("/transactions", 1_000_000, 400),
        ("/transactions", 1_100_000, 413),
    ],
)
async def test_each_path_takes_bodies_of_its_own_length(client, issue, path, bytes_sent, status):
    async def parts():
        yield b"x" * bytes_sent

    declared = await client.post(path, content=b"x" * bytes_sent, headers=issue("clerk"))
    undeclared = await client.post(path, content=parts(), headers=issue("clerk"))
    assert {declared.status_code, undeclared.status_code} == {status}


async def test_json_that_is_nested_too_deep_is_refused_before_it_is_parsed(client, issue):
    body = b'{"citizen_id":' + b"[" * 30_000
    answer = await client.post("/persons/search", content=body, headers=issue("clerk"))
    assert answer.status_code == 400
    assert answer.json()["faults"] == [{"field": "body", "reason": "NESTED_TOO_DEEP"}]


async def test_an_address_longer_than_any_is_refused(client):
    answer = await client.get(f"/parcels?commune={'0' * 9000}")
    assert (answer.status_code, answer.json()["type"]) == (414, "urn:landdb:problem:target-too-long")


async def test_an_answer_that_did_not_change_is_not_sent_again(client, api_world):
    first = await client.get(f"/parcels/{api_world.couple}")
    again = await client.get(f"/parcels/{api_world.couple}", headers={"If-None-Match": first.headers["etag"]})
    other = await client.get(f"/parcels/{api_world.plain}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert other.status_code == 200
    assert "content-length" not in again.headers


async def test_what_staff_gets_is_neither_tagged_nor_kept(client, issue, api_world):
    answer = await client.get(f"/parcels/{api_world.couple}", headers=issue("clerk"))
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
