"""Clear values leave for a purpose, on record, within a quota; and the citizen is told."""

import dataclasses
import datetime as dt
from contextlib import asynccontextmanager

import factories
import httpx
import psycopg
import pytest
import worlds

from api.app import create_app
from landdb import lookups
from landdb.lookups import reveals
from landdb.store import audit, statements

pytestmark = [pytest.mark.anyio, pytest.mark.db]

WANTED = {"fields": ["citizen_id", "name"], "purpose": "REGISTRATION", "case_ref": "HS-2026-0017"}


@pytest.fixture(scope="module")
def parties(api_world) -> dict[str, int]:
    """Give the world's parties by kind: the person whose token a citizen has, another one, an organisation."""
    with psycopg.connect(api_world.url) as conn:
        ids = [row[0] for row in conn.execute("SELECT party_id FROM party.party ORDER BY party_id LIMIT 3")]
    return dict(zip(("one", "other", "organisation"), ids, strict=True))


def records(world) -> list[tuple]:
    with psycopg.connect(world.url) as conn:
        return conn.execute(
            "SELECT question, party_id, fields, purpose, case_ref, legal_basis FROM audit.access ORDER BY access_id"
        ).fetchall()


async def test_a_clerk_sees_clear_values_and_the_record_is_there(client, issue, api_world, parties):
    before = records(api_world)
    answer = await client.post(f"/parties/{parties['one']}/reveal", json=WANTED, headers=issue("clerk", "07954"))
    told = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert told["values"] == {"name": worlds.SECRET_NAMES[0], "citizen_id": worlds.SECRET_NUMBERS[0]}
    assert told["withheld"] == []
    (added,) = records(api_world)[len(before) :]
    assert added[:5] == ("reveal", parties["one"], ["name", "citizen_id"], "REGISTRATION", "HS-2026-0017")
    assert "101/2024" in added[5]
    assert told["quota"][0]["used_hour"] >= 1


async def test_fields_that_the_purpose_does_not_need_are_named_and_withheld(client, issue, api_world, parties):
    wanted = WANTED | {"fields": ["name", "tax_code", "residence"], "purpose": "DATA_QUALITY"}
    told = (await client.post(f"/parties/{parties['one']}/reveal", json=wanted, headers=issue("clerk"))).json()
    assert told["values"] == {"name": worlds.SECRET_NAMES[0]}
    assert [one["field"] for one in told["withheld"]] == ["tax_code", "residence"]
    before = records(api_world)
    none = await client.post(
        f"/parties/{parties['one']}/reveal", json=wanted | {"fields": ["tax_code"]}, headers=issue("clerk")
    )
    assert (none.status_code, none.json()["reason"]) == (403, "PURPOSE")
    assert records(api_world) == before


async def test_an_unknown_party_and_one_of_other_communes_look_alike_and_both_are_recorded(
    client, issue, api_world, parties
):
    stranger = issue("clerk", "07969")
    before = len(records(api_world))
    answers = [
        await client.post(f"/parties/{party}/reveal", json=WANTED, headers=stranger)
        for party in (parties["one"], 987654321)
    ]
    bodies = [{**answer.json(), "request_id": None} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert bodies[0] == bodies[1]
    assert len(records(api_world)) == before + 2


@pytest.mark.parametrize("role", ["analyst", "auditor", "service", "citizen", "administrator", None])
async def test_nobody_else_sees_clear_values(client, issue, api_world, parties, role):
    before = len(records(api_world))
    headers = issue(role) if role else {}
    answer = await client.post(f"/parties/{parties['one']}/reveal", json=WANTED, headers=headers)
    assert answer.status_code == (403 if role else 401)
    assert len(records(api_world)) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "CURIOSITY"}, "purpose"),
        ({"purpose": "vì tò mò"}, "body.purpose"),
        ({"fields": ["password"]}, "body.fields.?"),
        ({"fields": []}, "body.fields"),
        ({"case_ref": ""}, "body.case_ref"),
    ],
)
async def test_a_question_without_a_lawful_purpose_or_a_case_is_refused(client, issue, parties, change, field):
    answer = await client.post(f"/parties/{parties['one']}/reveal", json=WANTED | change, headers=issue("clerk"))
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["field"] == field


async def test_a_ticket_opens_nothing_before_its_record_is_committed_nor_twice_nor_late(api_world, parties):
    asker, reason = audit.Asker("clerk", "clerk"), audit.Reason("REGISTRATION", "1")
    about = {"asker": asker, "reason": reason, "request_id": "r", "question": "reveal", "fields": ["name"]}
    async with await psycopg.AsyncConnection.connect(api_world.url, autocommit=True) as conn:
        async with conn.transaction(force_rollback=True):
            async with conn.transaction():
                recorded = await audit.record_access(conn, party_id=parties["one"], **about)
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not committed"):
                await audit.open_ticket(conn, recorded.ticket)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no valid ticket"):
            await audit.open_ticket(conn, recorded.ticket)
        recorded = await audit.record_access(conn, party_id=parties["one"], **about)
        row = await audit.open_ticket(conn, recorded.ticket)
        assert row["name"] is not None
        assert row["citizen_id"] is None
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="was used"):
            await audit.open_ticket(conn, recorded.ticket)
        search = await audit.record_access(conn, party_id=parties["one"], **about | {"question": "other"})
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await audit.open_ticket(conn, search.ticket)


async def test_clear_values_stop_when_the_record_is_not_sealed_and_masked_ones_go_on(
    api_settings, issue, api_world, parties
):
    async with limited(api_settings, seal_stale_s=0.05) as client:
        clerk = issue("clerk")
        await client.post(f"/parties/{parties['one']}/reveal", json=WANTED, headers=clerk)
        before = len(records(api_world))
        stale = await client.post(f"/parties/{parties['one']}/reveal", json=WANTED, headers=clerk)
        masked = await client.get(f"/parcels/{api_world.couple}", headers=clerk)
    assert (stale.status_code, stale.json()["type"]) == (503, "urn:landdb:problem:seal-stale")
    assert len(records(api_world)) == before
    assert "*********123" in masked.text


@asynccontextmanager
async def limited(api_settings, **limits):
    settings = dataclasses.replace(api_settings, limits=dataclasses.replace(worlds.GENEROUS, **limits))
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://landdb") as asking,
    ):
        yield asking


async def test_quotas_count_reveals_and_searches_of_a_person_and_of_the_whole_office(server, template_database, vault):
    with factories.database(server, template_database) as url:
        world = worlds.seed(url, vault)
        with psycopg.connect(url) as conn:
            audit.set_quota(conn, "person", "*", per_hour=2, per_day=10)
            audit.set_quota(conn, "organisation", "office", per_hour=5, per_day=3 + 2)
            party = conn.execute("SELECT min(party_id) FROM party.party").fetchone()[0]
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            asked = [await outcome(conn, world, party, actor) for actor in ("a", "a", "a", "b", "b", "c", "d")]
            left = await audit.list_used(conn, audit.Asker("a", "clerk", "office"))
            await conn.execute("UPDATE audit.quota SET per_hour = 0, per_day = 0 WHERE name = '*'")
            assert await outcome(conn, world, party, "e", org=None) == "person"
    assert asked == ["answered", "answered", "person", "answered", "answered", "answered", "organisation"]
    assert [(quota.scope, quota.used_hour) for quota in left] == [("person", 2), ("organisation", 5)]


async def outcome(conn, world, party: int, actor: str, *, org: str | None = "office") -> str:
    asker = audit.Asker(actor, "clerk", org)
    try:
        await reveals.reveal_party(
            conn, party, fields=["name"], vault=world.vault, asker=asker, reason=lookups.Reason("REGISTRATION", "1"),
            request_id="r", communes=None,
        )  # fmt: skip
    except lookups.QuotaUsedUp as used_up:
        return used_up.quota.scope if 0 < used_up.retry_after_s <= 86_401 else "at the wrong time"
    return "answered"


async def test_a_used_up_quota_is_told_with_the_time_when_it_frees(client, issue, api_world, parties):
    with psycopg.connect(api_world.url) as conn:
        audit.set_quota(conn, "person", "clerk-1", per_hour=0, per_day=0)
    try:
        answer = await client.post(f"/parties/{parties['one']}/reveal", json=WANTED, headers=issue("clerk"))
        mine = (await client.get("/me/quota", headers=issue("clerk"))).json()
    finally:
        with psycopg.connect(api_world.url) as conn:
            conn.execute("DELETE FROM audit.quota WHERE name = 'clerk-1'")
    assert (answer.status_code, answer.json()["reason"]) == (429, "PERSON")
    assert int(answer.headers["retry-after"]) > 0
    assert mine["quota"][0]["left"] == 0


async def test_a_citizen_is_told_which_office_looked_why_and_by_which_law(client, issue, api_world, parties):
    await client.post(f"/parties/{parties['one']}/reveal", json=WANTED, headers=issue("clerk"))
    await client.post(f"/parties/{parties['other']}/reveal", json=WANTED, headers=issue("clerk"))
    search = {"citizen_id": worlds.SECRET_NUMBERS[0], "purpose": "land tax notice", "case_ref": "HS-17"}
    await client.post("/persons/search", json=search, headers=issue("clerk"))
    answer = await client.get("/me/accesses?limit=2", headers=issue("citizen"))
    first, second = answer.json()["accesses"]
    assert (first["action"]["code"], second["action"]["code"]) == ("parcels-by-citizen-id", "reveal")
    assert second["purpose"]["vi"].startswith("Đăng ký")
    assert second["fields"] == ["name", "citizen_id"]
    assert "clerk-1" not in answer.text
    following = answer.json()["next"]
    older = (await client.get(f"/me/accesses?limit=2&after={following}", headers=issue("citizen"))).json()["accesses"]
    assert all(one["access_id"] < second["access_id"] for one in older)
    with psycopg.connect(api_world.url) as conn:
        about_other = conn.execute("SELECT max(access_id) FROM audit.access WHERE party_id = %s", [parties["other"]])
        hidden = about_other.fetchone()[0]
    assert hidden not in {one["access_id"] for one in (first, second, *older)}
    assert (await client.get("/me/accesses", headers=issue("clerk"))).status_code == 403
    assert (await client.get("/me/accesses")).status_code == 401


async def test_an_embargo_keeps_a_case_from_the_list_until_its_day(client, issue, api_world, parties):
    case = WANTED | {"case_ref": "VA-2026-031", "purpose": "INVESTIGATION"}
    await client.post(f"/parties/{parties['one']}/reveal", json=case, headers=issue("clerk"))
    asker, now = audit.Asker("auditor", "operator"), dt.datetime.now(dt.UTC)

    async def listed() -> bool:
        return "VA-2026-031" in (await client.get("/me/accesses", headers=issue("citizen"))).text

    def decide(until: dt.datetime) -> None:
        with psycopg.connect(api_world.url, autocommit=True) as conn:
            audit.set_embargo(conn, asker=asker, case_ref="VA-2026-031", until=until, decision="QĐ 12", request_id="r")

    assert await listed()
    decide(now + dt.timedelta(days=30))
    assert not await listed()
    decide(now - dt.timedelta(seconds=1))
    assert await listed()
    assert records(api_world)[-1][0] == "embargo"


async def test_the_purposes_are_told_with_their_law(client):
    told = (await client.get("/purposes")).json()["purposes"]
    assert {"REGISTRATION", "INVESTIGATION", "CONSENT"} <= {one["code"] for one in told}
    assert all(one["legal_basis"] and one["fields"] and one["label"]["vi"] for one in told)


async def test_counting_what_is_used_reads_only_the_askers_own_records(api_world):
    async with await psycopg.AsyncConnection.connect(api_world.url) as conn:
        await conn.execute("SET LOCAL enable_seqscan = off")
        asker = audit.Asker("clerk-1", "clerk", "office").parameters()
        cursor = await conn.execute("EXPLAIN " + statements.load("lookup_audit")["quotas"], asker)
        plan = "\n".join(row[0] for row in await cursor.fetchall())
    assert "access_actor_at_idx" in plan
    assert "access_actor_org_at_idx" in plan
    assert "Seq Scan on access" not in plan
