"""Sketches and extracts over HTTP: drawn, issued, checked; holders only for those who may see them."""

import base64

import psycopg
import pytest
import worlds

from landdb.reporting.extract import check_file
from landdb.reporting.extract.paper import read_signed

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def issued(client, parcel_id, headers=None, **query):
    response = await client.get(f"/parcels/{parcel_id}/extract.pdf", params=query, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["cache-control"] == "no-store"
    return response.content


async def test_a_sketch_shows_the_parcel_with_its_neighbours_and_nobody(client, api_world):
    response = await client.get(f"/parcels/{api_world.couple}/sketch.svg")
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
    assert response.text.startswith("<svg")
    assert "<script" not in response.text
    assert ">1</text>" in response.text  # the parcel
    assert ">2</text>" in response.text  # its neighbour
    assert not any(secret in response.text for secret in (*worlds.SECRET_NAMES, *worlds.SECRET_NUMBERS))


async def test_a_sketch_of_a_parcel_that_is_not_there_is_a_problem(client):
    response = await client.get("/parcels/999999999/sketch.svg")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


async def test_an_extract_for_the_public_tells_the_parcel_and_withholds_people(client, api_world):
    told = read_signed(await issued(client, api_world.couple))["facts"]
    assert (told["sheet_no"], told["parcel_no"], told["language"]) == ("12", "1", "vi")
    assert told["holders"] == []
    assert told["certificates"] == []
    assert told["withheld"] == ["ND101-61"]
    assert len(told["corners"]) == len(told["sides"]) == 4


async def test_an_extract_for_the_clerk_tells_masked_holders(client, api_world, issue):
    told = read_signed(await issued(client, api_world.couple, issue("clerk", "07954"), lang="en"))["facts"]
    assert len(told["holders"]) == 2
    assert {holder["share"] for holder in told["holders"]} == {"jointly"}
    assert all("*" in holder["name"] for holder in told["holders"])
    assert told["withheld"] == []


async def test_a_code_is_checked_and_a_change_since_is_told(client, api_world):
    code = read_signed(await issued(client, api_world.plain))["facts"]["code"]
    before = (await client.get(f"/extracts/{code.lower()}")).json()
    assert (before["standing"], before["parcel_id"], before["has_changed"]) == ("GENUINE", api_world.plain, False)
    with psycopg.connect(api_world.url) as conn:
        conn.execute(
            "UPDATE cadastre.parcel SET address = 'Xóm Thử', valid_from = valid_from + 1 WHERE parcel_id = %s",
            [api_world.plain],
        )
    after = (await client.get(f"/extracts/{code}")).json()
    assert (after["standing"], after["has_changed"]) == ("GENUINE", True)


async def test_a_made_up_code_is_unknown(client):
    assert (await client.get("/extracts/0000-0000-0000")).status_code == 404
    assert (await client.get("/extracts/U000-0000-0000")).status_code == 400


async def test_a_file_is_checked_as_it_was_issued(client, api_world):
    pdf = await issued(client, api_world.foreign)
    genuine = await client.post("/extracts/check", content=pdf, headers={"Content-Type": "application/pdf"})
    assert genuine.json()["standing"] == "GENUINE", genuine.text
    altered = await client.post("/extracts/check", content=pdf[:-8] + b"%%EOF \n\n")
    assert altered.json()["standing"] == "ALTERED"
    assert (await client.post("/extracts/check", content=b"GIF89a")).status_code == 400


async def test_a_file_is_checked_with_the_public_key_alone(client, api_world):
    pdf = await issued(client, api_world.foreign)
    key = (await client.get("/extracts/key")).json()
    public = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
    assert check_file(pdf, public).standing == "GENUINE"


async def test_an_extract_as_of_a_day_before_the_parcel_is_not_found(client, api_world):
    response = await client.get(f"/parcels/{api_world.plain}/extract.pdf?valid_at=1901-01-01")
    assert response.status_code == 404
