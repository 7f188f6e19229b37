"""What the API says when it cannot answer: a problem, never a value, never a driver's text."""

import json

import psycopg
import pytest
import worlds

from api import errors
from landdb import lookups

pytestmark = [pytest.mark.anyio, pytest.mark.db]

SECRETS = (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES)
SEARCH = {"citizen_id": worlds.SECRET_NUMBERS[0], "purpose": "land tax notice", "case_ref": "HS-17"}


@pytest.mark.parametrize(
    ("path", "faults"),
    [
        ("/parcels?commune=07954&sheet=1", [("query.parcel", "MISSING")]),
        ("/parcels?commune=07954&sheet=1&parcel=1&colour=red", [("query.colour", "EXTRA_FORBIDDEN")]),
        ("/parcels?commune=07954&sheet=1&parcel=1&099085000123=1", [("query.?", "EXTRA_FORBIDDEN")]),
        ("/parcels?commune=07954&sheet=1&sheet=2&parcel=1", [("query", "REPEATED_PARAMETER")]),
        ("/parcels?commune=07954&sheet=%00&parcel=1", [("query.sheet", "STRING_PATTERN_MISMATCH")]),
        ("/parcels?commune=00000&sheet=1&parcel=1", [("commune_code", "NOT_A_COMMUNE_CODE")]),
        ("/parcels?commune=07954&sheet=1&parcel=1&valid_at=1700000000", [("query.valid_at", "NOT_ISO_8601")]),
        (
            "/parcels?commune=07954&sheet=1&parcel=1&known_at=2026-01-01T00:00:00",
            [("query.known_at", "TIMEZONE_AWARE")],
        ),
        ("/parcels/at?lon=105", [("query", "LON_LAT_OR_X_Y_SRID")]),
        ("/parcels/at?lon=nan&lat=21", [("query.lon", "FINITE_NUMBER")]),
        ("/parcels/at?x=2369000&y=558000&srid=9208", [("axes", "AXES_LOOK_SWAPPED")]),
        ("/parcels/at?x=1&y=1&srid=3857", [("srid", "NOT_VN2000")]),
        ("/parcels/in-box?bbox=106,21,105,22", [("bbox", "NOT_A_BOX")]),
        ("/parcels/in-box?bbox=105,21,106,22&limit=1001", [("query.limit", "LESS_THAN_EQUAL")]),
        ("/parcels/99999999999999999999", [("path.parcel_id", "LESS_THAN_EQUAL")]),
        ("/healthz?x=1", [("query.x", "EXTRA_FORBIDDEN")]),
    ],
)
async def test_a_fault_in_the_request_names_the_field_and_the_reason(client, path, faults):
    response = await client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")
    assert [(fault["field"], fault["reason"]) for fault in response.json()["faults"]] == faults


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/parcels/987654321", 404),
        ("GET", "/certificates/ZZ 99999999", 404),
        ("GET", "/communes/99999", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/parcels/1", 405),
        ("DELETE", "/persons/search", 405),
    ],
)
async def test_every_refusal_is_a_problem_with_the_security_headers(client, method, path, status):
    response = await client.request(method, path)
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


async def test_an_unforeseen_failure_gives_a_reference_number_and_nothing_else(client, monkeypatch, access_log):
    async def fail(*_args, **_options):
        raise RuntimeError(f"something about {SECRETS[0]}")

    monkeypatch.setattr(lookups, "get_parcel", fail)
    response = await client.get("/parcels/1")
    assert response.status_code == 500
    assert set(response.json()) == {"type", "title", "status", "request_id"}
    logged = "\n".join(access_log)
    assert response.json()["request_id"] in logged
    assert SECRETS[0] not in logged + response.text


@pytest.mark.parametrize("error", [psycopg.errors.QueryCanceled, psycopg.OperationalError])
async def test_a_database_that_does_not_answer_is_unavailable_with_a_time_to_retry(client, monkeypatch, error):
    async def fail(*_args, **_options):
        raise error(SECRETS[0])

    monkeypatch.setattr(lookups, "get_parcel", fail)
    response = await client.get("/parcels/1")
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert SECRETS[0] not in response.text


async def test_a_body_that_is_too_large_is_refused(client, issue):
    response = await client.post("/persons/search", content=b"x" * 100_000, headers=issue("clerk"))
    assert response.status_code == errors.TOO_LARGE.status


async def test_reads_cannot_write(client, api_world):
    pool = client._transport.app.state.pool
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await conn.execute("DELETE FROM cadastre.parcel")


async def test_no_secret_leaves_in_an_answer_an_error_or_a_log_line(client, api_world, issue, access_log):
    clerk = issue("clerk")
    paths = (
        f"/parcels/{api_world.couple}?coordinates=native",
        f"/parcels/{api_world.shared}?valid_at=2025-09-01",
        "/parcels?commune=07954&sheet=12&parcel=1",
        "/certificates/AD%2022222222",
        "/parcels/in-box?bbox=104,20,106,22&limit=1000",
        f"/organisations/{worlds.ORG_NO}/parcels",
        "/findings?commune=07954",
        f"/parcels/by-code/{SECRETS[0]}",
        f"/parcels?commune={SECRETS[0]}&sheet=1&parcel=1",
        f"/communes/{SECRETS[0]}",
        f"/nowhere/{SECRETS[0]}?{SECRETS[1]}={SECRETS[0]}",
    )
    bodies = (
        json.dumps(SEARCH),
        json.dumps(SEARCH | {"citizen_id": f"{SECRETS[0]}7"}),
        json.dumps(SEARCH | {SECRETS[0]: SECRETS[0]}),
        json.dumps({"citizen_id": SECRETS[0]}),
        json.dumps({"citizen_id": [SECRETS[0]], "purpose": SECRETS[2] + "\x00", "case_ref": "1"}),
        json.dumps([SECRETS[0]]),
        f'{{"citizen_id": {SECRETS[0]}',
    )
    seen = [await client.get(path, headers=headers) for headers in ({}, clerk) for path in paths]
    typed = {"Content-Type": "application/json"}
    seen += [
        await client.post("/persons/search", content=body, headers=headers | typed)
        for headers in ({}, clerk)
        for body in bodies
    ]
    assert {response.status_code for response in seen} == {200, 400, 401, 404}
    told = "\n".join(response.text + json.dumps(dict(response.headers)) for response in seen)
    logged = "\n".join(line for line in access_log if "HTTP Request" not in line)  # httpx's own client log
    assert '"route": "/persons/search"' in logged
    for secret in SECRETS:
        assert secret not in told
        assert secret not in logged
