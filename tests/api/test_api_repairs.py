"""Proposed repairs over HTTP: the list, one with its evidence, decisions by role."""

import factories
import psycopg
import pytest
import shapely
import worlds

from landdb import repairs
from landdb.validators.runner import check_commune

pytestmark = [pytest.mark.db, pytest.mark.anyio]

SURVEY = {"reason": "field survey, minutes 12"}


@pytest.fixture
def proposal(api_world) -> int:
    """Give a proposal for two parcels of which one reaches five centimetres into the other."""
    with psycopg.connect(api_world.url) as conn:
        batch = factories.add_batch(conn)
        sheet = factories.add_sheet(conn, f"R{factories.next_row()}", code=worlds.VIET_TRI, batch=batch, scale=500)
        pair = [factories.add_parcel(conn, sheet, str(n), place=n, batch=batch, land_use=None) for n in (1, 2)]
        conn.execute(
            "UPDATE cadastre.parcel SET registered_area_m2 = NULL, legal_area_m2 = NULL WHERE parcel_id = ANY(%s)",
            [pair],
        )
        west, south, east, north = factories.square(sheet, 1).bounds
        factories.redraw(conn, pair[0], sheet, shapely.box(west, south, east + 0.05, north))
        check_commune(conn, sheet.commune_id, rules=["COV"])
        found = conn.execute("SELECT finding_id FROM quality.finding WHERE parcel_id = ANY(%s)", [pair]).fetchone()
        assert found is not None
        made = repairs.propose(conn, sheet.commune_id, actor="tests", finding_ids=list(found))
    return made.proposal_ids[0]


async def test_a_commune_s_proposals_are_listed_for_its_staff(client, issue, proposal):
    path = f"/communes/{worlds.VIET_TRI}/proposals"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=issue("service"))).status_code == 403
    elsewhere = await client.get(path, headers=issue("clerk", factories.PHONG_CHAU))
    assert elsewhere.json()["proposals"] == []
    listed = (await client.get(f"{path}?rule=COV&acceptable=true", headers=issue("analyst"))).json()
    (mine,) = [one for one in listed["proposals"] if one["proposal_id"] == proposal]
    assert mine["is_acceptable"]
    assert set(mine["title"]) == set(mine["evidence"]) == {"vi", "en"}


async def test_one_proposal_shows_the_ground_before_and_after(client, issue, proposal):
    answer = (await client.get(f"/proposals/{proposal}", headers=issue("clerk"))).json()
    (change,) = answer["changes"]
    assert change["before"]["type"] == change["after"]["type"] == "Polygon"
    assert change["before"] != change["after"]
    assert change["max_move_m"] == pytest.approx(0.05, abs=0.001)
    assert change["accuracy_m"] == 0.07
    assert all(condition["holds"] and condition["words"]["vi"] for condition in answer["conditions"])
    assert (await client.get("/proposals/999999", headers=issue("clerk"))).status_code == 404


async def test_only_clerks_accept_and_only_once(client, issue, proposal):
    path = f"/proposals/{proposal}/accept"
    assert (await client.post(path, json={})).status_code == 401
    assert (await client.post(path, json={}, headers=issue("analyst"))).status_code == 403
    assert (await client.post(path, json={}, headers=issue("clerk", factories.PHONG_CHAU))).status_code == 404
    clerk = issue("clerk", worlds.VIET_TRI)
    accepted = await client.post(path, json={}, headers=clerk)
    assert accepted.status_code == 200
    told = accepted.json()["proposal"]
    assert (told["state"], told["decided_by"]) == ("accepted", "clerk-1")
    assert accepted.json()["changes"][0]["before"] is not None
    again = await client.post(path, json=SURVEY, headers=clerk)
    assert (again.status_code, again.json()["reason"]) == (409, "DECIDED")


async def test_a_refusal_wants_a_reason_without_anybody_s_number(client, issue, proposal):
    path = f"/proposals/{proposal}/refuse"
    for reason in ("no", "099085000123 said so"):
        assert (await client.post(path, json={"reason": reason}, headers=issue("analyst"))).status_code == 400
    refused = await client.post(path, json=SURVEY, headers=issue("analyst"))
    assert refused.json()["proposal"]["state"] == "refused"


async def test_repairs_are_worked_out_for_one_finding_and_listed_by_it(client, issue, proposal, api_world):
    clerk = issue("clerk", worlds.VIET_TRI)
    finding = (await client.get(f"/proposals/{proposal}", headers=clerk)).json()["proposal"]["finding_id"]
    path = f"/communes/{worlds.VIET_TRI}/proposals"
    made = await client.post(path, json={"finding_id": finding}, headers=clerk)
    assert (made.status_code, made.json()["findings"], made.json()["unsolved"]) == (200, 1, [])
    listed = (await client.get(path, params={"finding": finding, "alternatives": "true"}, headers=clerk)).json()
    assert {one["finding_id"] for one in listed["proposals"]} == {finding}
    assert (await client.post(path, json={}, headers=issue("clerk", "07954"))).status_code == 404


async def test_a_repair_is_undone_once(client, issue, proposal):
    clerk = issue("clerk", worlds.VIET_TRI)
    early = await client.post(f"/proposals/{proposal}/undo", json=SURVEY, headers=clerk)
    assert (early.status_code, early.json()["reason"]) == (409, "NOT_ACCEPTED")
    accepted = await client.post(f"/proposals/{proposal}/accept", json=SURVEY, headers=clerk)
    assert accepted.json()["proposal"]["state"] == "accepted"
    undone = await client.post(f"/proposals/{proposal}/undo", json=SURVEY, headers=clerk)
    assert undone.json()["proposal"]["state"] == "undone"
    assert (await client.post(f"/proposals/{proposal}/undo", json=SURVEY, headers=clerk)).status_code in {404, 409}
