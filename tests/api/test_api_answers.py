"""What the API answers: places for everyone, holders for those who may, and nobody's name to the wrong reader."""

import json

import callers
import factories
import psycopg
import pytest
import worlds

from landdb.domain.fields import FIELDS

pytestmark = [pytest.mark.anyio, pytest.mark.db]

SEARCH = {"citizen_id": worlds.SECRET_NUMBERS[0], "purpose": "land tax notice", "case_ref": "HS-17"}


async def test_a_parcel_is_found_by_number_code_point_certificate_and_id(client, api_world):
    lon, lat = factories.lonlat(api_world.sheet, *factories.middle(api_world.sheet, 0))
    east, north = factories.middle(api_world.sheet, 0)
    for path in (
        "/parcels?commune=07954&sheet=012&parcel=1",
        "/parcels/by-code/w7jq2m4k5n01",
        f"/parcels/at?lon={lon}&lat={lat}",
        f"/parcels/at?x={north}&y={east}&srid=9208&axes=NE",
        "/certificates/ab12345678",
        f"/parcels/{api_world.couple}",
    ):
        response = await client.get(path)
        body = response.json()
        assert (response.status_code, body["status"]) == (200, "RESOLVED"), path
        assert [parcel["parcel_id"] for parcel in body["parcels"]] == [api_world.couple]
        assert body["parcels"][0]["rights"][0]["party"] is None


async def test_a_box_is_read_in_pages(client, api_world):
    lon, lat = factories.lonlat(api_world.sheet, *factories.middle(api_world.sheet, 1))
    bbox = f"{lon - 0.1:.6f},{lat - 0.1:.6f},{lon + 0.1:.6f},{lat + 0.1:.6f}"
    first = (await client.get("/parcels/in-box", params={"bbox": bbox, "limit": 2})).json()
    assert [feature["id"] for feature in first["features"]] == [api_world.couple, api_world.shared]
    second = (await client.get("/parcels/in-box", params={"bbox": bbox, "limit": 2, "after": first["next"]})).json()
    assert second["features"][0]["id"] == api_world.plain


async def test_an_old_number_lists_its_candidates(client):
    body = (await client.get("/parcels/old?commune=07945&sheet=7")).json()
    assert (body["status"], [candidate["sheet_no"] for candidate in body["candidates"]]) == (
        "AMBIGUOUS",
        ["150", "156"],
    )


async def test_a_commune_code_is_read_on_the_asked_day(client):
    assert (await client.get("/communes/07954?valid_at=2025-06-30")).json()["name"] == "Phú Hộ"
    assert (await client.get("/communes/07954")).json()["name"] == "Phong Châu"
    listed = (await client.get("/communes?province=25&limit=1000")).json()["communes"]
    assert len(listed) == 148


async def test_findings_come_with_their_sentence_and_tenure_only_for_staff(client, issue):
    public = (await client.get("/findings?commune=07954")).json()["findings"]
    assert [finding["rule_id"] for finding in public] == ["GEO004"]
    staff = (await client.get("/findings?commune=07954", headers=issue("clerk", "07954"))).json()["findings"]
    assert [finding["rule_id"] for finding in staff] == ["GEO004", "TEN001"]
    elsewhere = (await client.get("/findings?commune=07954", headers=issue("clerk", "00004"))).json()["findings"]
    assert [finding["rule_id"] for finding in elsewhere] == ["GEO004"]


async def test_a_clerk_sees_masked_holders_and_nothing_may_cache_them(client, api_world, issue):
    response = await client.get(f"/parcels/{api_world.couple}", headers=issue("clerk", "07954"))
    holders = [right["party"] for right in response.json()["parcels"][0]["rights"]]
    assert {holder["citizen_id_masked"] for holder in holders} == {"*********123", "*********456"}
    assert response.headers["cache-control"] == "no-store"
    analyst = await client.get(f"/parcels/{api_world.couple}", headers=issue("analyst"))
    assert analyst.json()["parcels"][0]["rights"][0]["party"] is None


async def test_a_person_is_found_by_a_clerk_who_leaves_a_record(client, api_world, issue):
    response = await client.post("/persons/search", json=SEARCH, headers=issue("clerk", "07954"))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    found = [parcel["parcel_id"] for parcel in response.json()["parcels"]]
    assert found == sorted([api_world.couple, api_world.shared])
    with psycopg.connect(api_world.url) as conn:
        record = conn.execute(
            "SELECT actor, actor_role, question, purpose, case_ref FROM audit.access WHERE request_id = %s",
            [response.headers["x-request-id"]],
        ).fetchone()
    assert record == ("clerk-1", "clerk", "parcels-by-citizen-id", "land tax notice", "HS-17")


async def test_an_unknown_person_and_one_of_another_commune_look_alike(client, issue):
    header = issue("clerk", "00004")
    known = await client.post("/persons/search", json=SEARCH, headers=header)
    unknown = await client.post("/persons/search", json=SEARCH | {"citizen_id": "099301999999"}, headers=header)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("analyst", 403), ("auditor", 403), ("service", 200)])
async def test_only_clerks_and_services_search_by_holder(client, issue, role, status):
    headers = {} if role is None else issue(role)
    assert (await client.post("/persons/search", json=SEARCH, headers=headers)).status_code == status
    response = await client.get(f"/organisations/{worlds.ORG_NO}/parcels", headers=headers)
    assert response.status_code == status
    if status == 401:
        assert response.headers["www-authenticate"].startswith("Bearer")


async def test_an_organisation_is_found_by_a_service(client, api_world, issue):
    body = (await client.get(f"/organisations/{worlds.ORG_NO}/parcels", headers=issue("service"))).json()
    assert [parcel["parcel_id"] for parcel in body["parcels"]] == [api_world.shared]


async def test_the_service_tells_whether_it_lives_and_can_answer(client):
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_the_index_page_stands_alone_and_lists_every_operation(client):
    page = await client.get("/api?f=html")
    document = (await client.get("/openapi.json")).json()
    assert all(path in page.text for path in document["paths"])
    assert "<script" not in page.text
    assert "http" not in page.text.split("<body>")[1]
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert (await client.get("/docs")).status_code == 404


async def test_every_operation_has_an_example_and_no_undeclared_error(client):
    document = (await client.get("/openapi.json")).json()
    for operations in document["paths"].values():
        for operation in operations.values():
            assert "422" not in operation["responses"]
            assert operation["responses"].keys() & {"200", "201", "202", "204"}
            required = [parameter for parameter in operation.get("parameters", []) if parameter.get("required")]
            assert all("examples" in parameter["schema"] or "example" in parameter for parameter in required), operation
    assert "examples" in json.dumps(document["components"]["schemas"]["PersonSearch"])


async def test_only_the_fields_that_were_asked_for_are_given(client, api_world, issue):
    path = f"/parcels/{api_world.couple}"
    identity = {"parcel_id", "parcel_code", "parcel_no", "commune", "sheet", "old_numbers", "withheld"}

    async def shown(fields, headers=None):
        return (await client.get(path, params={"fields": fields}, headers=headers)).json()["parcels"][0]

    assert set(await shown("areas,land_uses")) == identity | {"areas", "land_use_on_map", "land_uses"}
    assert (await shown("areas"))["withheld"] == []
    assert {one["field"] for one in (await shown("certificates"))["withheld"]} == {
        "certificates.serial",
        "certificates.registry_no",
    }
    shares_only = await shown("rights.share", issue("clerk"))
    assert all(right["party"] is None and right["certificate"] is None for right in shares_only["rights"])
    assert "provenance" not in shares_only["rights"][0]
    refused = await client.get(path, params={"fields": "owner"})
    assert (refused.status_code, refused.json()["faults"][0]["field"]) == (400, "query.fields")


async def test_a_service_gets_what_its_agreement_grants_and_the_rest_is_named(client, api_world, issue):
    with psycopg.connect(api_world.url) as conn:
        code = callers.agree(conn, "TEST-AREAS", fields=["areas", "rights", "rights.share"])
    body = (await client.get(f"/parcels/{api_world.couple}", headers=issue("service", agreement=code))).json()
    (parcel,) = body["parcels"]
    assert parcel["areas"]["legal_area_m2"] is not None
    assert "geometry" not in parcel
    assert "certificates" not in parcel
    assert {right["party"] for right in parcel["rights"]} == {None}
    ungranted = {one["field"] for one in parcel["withheld"] if one["reason"] == "AGREEMENT"}
    assert ungranted == set(FIELDS) - {"areas", "rights", "rights.share"}
