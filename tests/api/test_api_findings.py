"""Findings over HTTP: the list, the map layer, one with its history, decisions by role."""

import factories
import psycopg
import pytest
import worlds

from api.finding_answers import GEO_JSON

pytestmark = [pytest.mark.db, pytest.mark.anyio]

#: Findings stay once they are committed, so they lie in the commune that other tests do not count in.
REASON = {"reason": "agreed on the ground, minutes 12"}


@pytest.fixture
def finding(api_world) -> int:
    with psycopg.connect(api_world.url) as conn:
        return factories.add_finding(conn, worlds.VIET_TRI, "COV001", parcel=api_world.foreign)


@pytest.fixture
def tenure(api_world) -> int:
    with psycopg.connect(api_world.url) as conn:
        return factories.add_finding(conn, worlds.VIET_TRI, "TEN001", parcel=api_world.foreign)


async def test_a_list_is_filtered_and_paged(client, finding):
    answer = (await client.get("/findings?rule=COV&commune=07900&limit=1")).json()
    assert answer["findings"][0]["rule_id"] == "COV001"
    assert answer["findings"][0]["parcels"][0]["parcel_no"] == "1"
    after = (await client.get(f"/findings?rule=COV&commune=07900&after={answer['next']}")).json()
    assert answer["findings"][0] not in after["findings"]


@pytest.mark.parametrize(("query", "accept"), [("f=geojson", "*/*"), ("", GEO_JSON)])
async def test_a_map_layer_is_asked_for_by_f_or_by_accept(client, finding, query, accept):
    answer = await client.get(f"/findings?{query}", headers={"Accept": accept})
    assert answer.headers["content-type"] == GEO_JSON
    assert answer.headers["vary"] == "Accept, Authorization, Cookie"
    assert {feature["type"] for feature in answer.json()["features"]} == {"Feature"}
    plain = await client.get("/findings?f=json", headers={"Accept": GEO_JSON})
    assert plain.headers["content-type"] == "application/json"


async def test_who_works_on_what_is_asked_by_staff_only(client, issue, finding):
    assert (await client.get("/findings?unassigned=true")).status_code == 403
    assert (await client.get("/findings?assigned_to=An", headers=issue("service"))).status_code == 403
    assert (await client.get("/findings?unassigned=true", headers=issue("analyst"))).status_code == 200


async def test_a_decision_carries_the_name_from_the_token(client, issue, finding):
    analyst = issue("analyst")
    accepted = await client.post(f"/findings/{finding}/accept", json=REASON, headers=analyst)
    assert accepted.status_code == 200
    assert accepted.json()["finding"]["state"] == "accepted"
    assert accepted.json()["waiver"]["actor"] == "analyst-1"
    told = [
        ("comment", {"text": "seen on site"}),
        ("assign", {"to": "Lê Thị Thu"}),
        ("revoke", {"note": "they disagree after all"}),
    ]
    for decision, body in told:
        answer = await client.post(
            f"/findings/{finding}/{decision}", json=body, headers=issue("clerk", worlds.VIET_TRI)
        )
        assert answer.status_code == 200
    events = answer.json()["events"]
    assert [(e["actor"], e["kind"]) for e in events[1:]] == [
        ("analyst-1", "accepted"), ("clerk-1", "commented"), ("clerk-1", "assigned"), ("clerk-1", "revoked"),
    ]  # fmt: skip
    public = (await client.get(f"/findings/{finding}")).json()
    assert (public["finding"]["state"], public["events"], public["finding"]["assigned_to"]) == ("open", None, None)


@pytest.mark.parametrize("decision", ["accept", "revoke", "assign", "comment"])
async def test_decisions_are_for_clerks_and_analysts_of_the_commune(client, issue, finding, decision):
    body = {"accept": REASON, "revoke": {}, "assign": {"to": None}, "comment": {"text": "x"}}[decision]
    path = f"/findings/{finding}/{decision}"
    assert (await client.post(path, json=body)).status_code == 401
    for role in ("service", "auditor"):
        assert (await client.post(path, json=body, headers=issue(role))).status_code == 403
    elsewhere = await client.post(path, json=body, headers=issue("clerk", factories.PHONG_CHAU))
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (403, "OTHER_COMMUNE")


async def test_a_finding_about_rights_is_unknown_to_whom_may_not_see_it(client, issue, tenure):
    assert (await client.get(f"/findings/{tenure}")).status_code == 404
    path = f"/findings/{tenure}/accept"
    assert (await client.post(path, json=REASON, headers=issue("analyst"))).status_code == 404
    assert (await client.post(path, json=REASON, headers=issue("clerk", worlds.VIET_TRI))).status_code == 200


async def test_a_refused_decision_says_why_and_changes_nothing(client, issue, finding):
    clerk = issue("clerk")
    short = await client.post(f"/findings/{finding}/accept", json={"reason": "short"}, headers=clerk)
    assert (short.status_code, short.json()["faults"][0]["field"]) == (400, "body.reason")
    number = {"reason": f"asked for by {worlds.SECRET_NUMBERS[0]}"}
    personal = await client.post(f"/findings/{finding}/accept", json=number, headers=clerk)
    assert (personal.status_code, personal.json()["faults"]) == (
        400,
        [{"field": "reason", "reason": "PERSONAL_NUMBER"}],
    )
    assert worlds.SECRET_NUMBERS[0] not in personal.text
    past = await client.post(f"/findings/{finding}/accept", json=REASON | {"until": "2020-01-01"}, headers=clerk)
    assert past.json()["faults"] == [{"field": "until", "reason": "IN_THE_PAST"}]
    conflict = await client.post(f"/findings/{finding}/revoke", json={}, headers=clerk)
    assert (conflict.status_code, conflict.json()["reason"]) == (409, "NOT_ACCEPTED")
    assert (await client.get(f"/findings/{finding}", headers=clerk)).json()["finding"]["state"] == "open"
    assert (await client.post("/findings/999999/comment", json={"text": "x"}, headers=clerk)).status_code == 404


async def test_the_trend_of_a_commune_has_a_point_per_check(client, finding):
    answer = (await client.get("/findings/trend?commune=07900")).json()
    assert answer["commune"] == "07900"
    assert (await client.get("/findings/trend")).status_code == 400


async def test_findings_of_a_day_before_the_first_check_are_none(client, issue):
    now = (await client.get("/findings?valid_at=2100-01-01", headers=issue("clerk"))).json()["findings"]
    before = (await client.get("/findings?valid_at=2020-01-01", headers=issue("clerk"))).json()["findings"]
    assert (len(now) > 0, before) == (True, [])
    wrong = await client.get("/findings?known_at=yesterday")
    assert wrong.status_code == 400
