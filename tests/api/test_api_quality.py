"""How good a commune's data are, told by the API: numbers for everyone, pages by role."""

import datetime as dt
import time

import anyio
import factories
import psycopg
import pytest
import worlds

from api.pages import MOST_WAITING
from landdb.quality import Numbers, load_formula, load_scheme, record
from landdb.reporting import POLICY

pytestmark = [pytest.mark.anyio, pytest.mark.db]
DAY = dt.date(2026, 11, 26)


@pytest.fixture(scope="module")
def scored(api_world):
    """Keep two days of scores, the second without the campaign."""
    with psycopg.connect(api_world.url) as conn:
        communes = [factories.commune_id(conn, factories.PHONG_CHAU)]
        record(conn, communes, scheme=load_scheme(), on=DAY)
        record(conn, communes, on=DAY + dt.timedelta(days=1))
    yield api_world
    with psycopg.connect(api_world.url) as conn:
        conn.execute("DELETE FROM quality.score")


async def test_a_score_comes_with_the_numbers_that_it_is_computed_from(client, scored):
    body = (await client.get("/communes/07954/quality")).json()

    assert body["score"] == load_formula().score(Numbers.from_record(body["numbers"])).value
    assert sum(part["weight"] for part in body["components"]) == 100
    assert body["numbers"]["parcel_count"] == sum(body["standing"]["groups"].values())
    assert (body["scored_on"], body["standing_on"]) == ("2026-11-27", "2026-11-26")


async def test_the_trend_has_the_last_days_oldest_first(client, scored):
    whole = (await client.get("/communes/07954/quality")).json()["trend"]
    last = (await client.get("/communes/07954/quality?days=1")).json()["trend"]

    assert [day["day"] for day in whole] == ["2026-11-26", "2026-11-27"]
    assert whole[0]["groups"] is not None
    assert whole[1]["groups"] is None
    assert last == whole[1:]
    assert whole[0]["errors"] > 0


async def test_a_commune_that_was_never_scored_says_so_and_an_unknown_one_is_not_found(client):
    never = await client.get("/communes/07900/quality")

    assert (never.status_code, never.json()["score"], never.json()["trend"]) == (200, None, [])
    assert (await client.get("/communes/99999/quality")).status_code == 404
    assert (await client.get("/communes/99999/report")).status_code == 404


async def test_a_page_comes_with_the_policy_that_lets_its_own_style_and_script_run(client, scored):
    response = await client.get("/communes/07954/report?lang=en")

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.headers["content-security-policy"].startswith(POLICY)
    assert response.headers["content-language"] == "en"
    assert 'lang="en"' in response.text


async def test_findings_about_holders_are_listed_for_staff_of_the_commune_only(client, issue, scored):
    async def page(headers: dict[str, str] | None = None) -> str:
        return (await client.get("/communes/07954/report", headers=headers)).text

    assert "TEN001" not in await page()
    assert "TEN001" not in await page(issue("analyst"))
    assert "TEN001" not in await page(issue("clerk", "07900"))
    assert "TEN001" in await page(issue("clerk", "07954"))


async def test_what_staff_see_is_kept_by_no_cache_and_names_nobody(client, issue, scored):
    response = await client.get("/communes/07954/report", headers=issue("clerk"))

    assert response.headers["cache-control"] == "no-store"
    for personal in (*worlds.SECRET_NUMBERS, *worlds.SECRET_NAMES, worlds.ORGANISATION, "party:"):
        assert personal not in response.text


async def test_pages_never_take_the_connections_that_questions_need(client, scored, monkeypatch):
    async def got() -> None:
        statuses.append((await client.get("/communes/07954/report")).status_code)

    statuses: list[int] = []
    monkeypatch.setattr("landdb.reporting.commune_page", lambda *_, **__: time.sleep(0.3) or "page")
    async with anyio.create_task_group() as tasks:
        for _ in range(12):
            tasks.start_soon(got)
        await anyio.sleep(0.1)
        assert (await client.get("/communes/07954/quality")).status_code == 200

    assert statuses.count(200) == 1 + MOST_WAITING
    assert set(statuses) == {200, 503}
