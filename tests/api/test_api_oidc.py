"""Signing in at an identity provider: who comes back as whom, and all the ways to come back as somebody else."""

import dataclasses
import socket
import time
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pytest
import worlds
from cryptography.hazmat.primitives.asymmetric import ed25519
from oidc_provider import CLIENT, SECRET, providing

from api.app import create_app
from landdb.access.accounts import add_account
from landdb.access.oidc import LONGEST_ATTEMPT_S
from landdb.store.access import mandates
from landdb.store.access.mandates import Mandate, Subject

pytestmark = [pytest.mark.anyio, pytest.mark.db]

PAGE = {"X-Landdb-Csrf": "1"}
CALLBACK = "/auth/oidc/callback"
CLERK = Mandate("clerk", "clerk Thử", "UBND xã Thử", ["07954"])


@pytest.fixture(scope="module")
def provider(api_world):
    """Give a provider that knows a clerk of ours, somebody unknown here, and a citizen."""
    with providing() as made:
        made.people = {
            "clerk": {"sub": "5d1f-clerk"},
            "stranger": {"sub": "account:oidc-local"},
            "citizen": {"sub": "8c2e", "citizen_id": worlds.SECRET_NUMBERS[0]},
        }
        with psycopg.connect(api_world.url) as conn:
            mandates.grant(conn, Subject(made.issuer, "5d1f-clerk"), CLERK, by="tests")
            add_account(conn, "oidc-local", "một câu dài dễ nhớ", CLERK, by="tests")
        yield made


@pytest.fixture(scope="module")
def oidc_settings(api_settings, provider, tmp_path_factory):
    file = provider.settings_file(tmp_path_factory.mktemp("oidc"), citizen_id_claim="citizen_id")
    return dataclasses.replace(api_settings, oidc_issuers=file)


@asynccontextmanager
async def serving(settings):
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://landdb") as asking,
    ):
        yield asking


@pytest.fixture
async def client(oidc_settings):
    async with serving(oidc_settings) as asking:
        yield asking


async def at_provider(client, provider, name, **query) -> dict[str, str]:
    """Give what the provider sends back with somebody who began here and signed in there."""
    begun = await client.get("/auth/oidc/start", params={"issuer": provider.issuer, **query})
    assert begun.status_code == 303
    async with httpx.AsyncClient() as there:
        sent = await there.post(begun.headers["location"], data={"name": name})
    assert sent.headers["location"].startswith(f"http://landdb{CALLBACK}?")
    return dict(parse_qsl(urlsplit(sent.headers["location"]).query))


async def refusal(client, answer) -> dict:
    """Give why nobody was signed in, as the page is told once."""
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/sign-in")
    assert "landdb_session" not in client.cookies
    told = (await client.get("/auth/oidc")).json()["refusal"]
    assert (await client.get("/auth/oidc")).json()["refusal"] is None
    return told


async def test_who_signs_in_there_goes_on_here_with_a_session_of_ours(client, provider, access_log):
    back = await at_provider(client, provider, "clerk", return_to="/app/findings?commune=07954#17/21.4/105.1")
    answer = await client.get(CALLBACK, params={**back, "session_state": "as Keycloak adds"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/findings?commune=07954#17/21.4/105.1")
    (cookie,) = (one for one in answer.headers.get_list("set-cookie") if one.startswith("landdb_session="))
    assert all(told in cookie for told in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert answer.headers["cache-control"] == "no-store"
    told = (await client.get("/session")).json()
    assert (told["role"], told["actor"], told["communes"]) == ("clerk", "clerk Thử", ["07954"])
    assert told["provider"] == provider.issuer
    assert (await client.post("/session/token")).status_code == 403, "a foreign page cannot use it"
    token = (await client.post("/session/token", headers=PAGE)).json()["access_token"]
    assert (await client.delete("/session", headers=PAGE)).status_code == 204
    assert (await client.get("/session")).json()["role"] == "public"
    program = await client.get("/session", headers={"Authorization": f"Bearer {token}"})
    assert program.json()["actor"] == "clerk Thử"
    ended = await client.get("/auth/oidc/end", params={"issuer": provider.issuer})
    assert ended.headers["location"].startswith(f"{provider.issuer}/end?client_id={CLIENT}&")
    ours = [line for line in access_log if line.startswith("{")]
    assert any("/auth/oidc/callback" in line for line in ours)
    assert not any(secret in line for line in ours for secret in (back["code"], back["state"], "5d1f-clerk"))


async def test_an_id_token_that_is_not_for_this_sign_in_proves_nobody(client, provider):
    now = time.time()
    for spoilt in (
        {"nonce": "another"},
        {"nonce": None},
        {"alg": "none"},
        {"alg": "HS256", "key": "x" * 32},
        {"key": ed25519.Ed25519PrivateKey.generate()},
        {"aud": "land"},
        {"aud": ["land", CLIENT]},
        {"azp": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": now - 120},
        {"iat": now - 3600},
        {"header": {"typ": "at+jwt"}},
        {"sub": ""},
    ):
        back = await at_provider(client, provider, "clerk")
        provider.spoil = dict(spoilt)
        answer = await client.get(CALLBACK, params=back)
        assert (await refusal(client, answer))["reason"] == "NOT_BELIEVED", spoilt


async def test_an_answer_counts_once_and_only_in_the_browser_that_began(client, provider):
    back = await at_provider(client, provider, "clerk")
    kept = client.cookies["landdb_oidc"]
    async with httpx.AsyncClient(transport=client._transport, base_url="http://landdb") as thief:
        stolen = await thief.get(CALLBACK, params=back)
        assert (await refusal(thief, stolen))["reason"] == "START_AGAIN"
        await at_provider(thief, provider, "stranger")
        # an attempt of its own does not help: the state is another's, and with its own state the code is
        assert (await refusal(thief, await thief.get(CALLBACK, params=back)))["reason"] == "START_AGAIN"
        own = await at_provider(thief, provider, "stranger")
        injected = await thief.get(CALLBACK, params={**own, "code": back["code"]})
        assert (await refusal(thief, injected))["reason"] == "CODE_REFUSED"
    for wrong in ({"state": "x" * 43}, {"state": "é"}):
        changed = await client.get(CALLBACK, params={**back, **wrong}, headers={"Cookie": f"landdb_oidc={kept}"})
        assert (await refusal(client, changed))["reason"] == "START_AGAIN"
    fresh = await at_provider(client, provider, "clerk")
    kept = client.cookies["landdb_oidc"]
    assert (await client.get(CALLBACK, params=fresh)).headers["location"] == "/app"
    client.cookies.clear()
    replayed = await client.get(CALLBACK, params=fresh, headers={"Cookie": f"landdb_oidc={kept}"})
    assert (await refusal(client, replayed))["reason"] == "START_AGAIN"


async def test_an_answer_that_comes_too_late_or_from_another_issuer_is_refused(client, provider, monkeypatch):
    back = await at_provider(client, provider, "clerk")
    assert (await refusal(client, await client.get(CALLBACK, params={**back, "iss": "https://evil.example"})))[
        "reason"
    ] == "NOT_BELIEVED"
    back = await at_provider(client, provider, "clerk")
    now = time.time()
    monkeypatch.setattr("landdb.access.oidc.time.time", lambda: now + LONGEST_ATTEMPT_S + 1)
    late = await client.get(CALLBACK, params=back)
    monkeypatch.undo()
    assert (await refusal(client, late))["reason"] == "START_AGAIN"


async def test_nobody_is_sent_to_another_server(client, provider):
    for place in (
        "https://evil.example", "//evil.example", "/\\evil.example", "/app\\@evil.example", "/app\r\nX: y",
        "javascript:1",
        "/apple", "/app@evil.example", "/session", "", "/app/" + "a" * 600,
    ):  # fmt: skip
        answer = await client.get("/auth/oidc/start", params={"issuer": provider.issuer, "return_to": place})
        assert (answer.status_code, "location" in answer.headers) == (400, False), place
    for path in ("/auth/oidc/start", "/auth/oidc/end"):
        answer = await client.get(path, params={"issuer": "https://evil.example"})
        assert (answer.status_code, answer.json()["remedy"][:14]) == (404, "GET /auth/oidc")


async def test_somebody_unknown_here_is_told_what_to_send_and_is_nobody_of_ours_by_name(client, provider, api_world):
    answer = await client.get(CALLBACK, params=await at_provider(client, provider, "stranger"))
    assert "account:oidc-local" not in answer.headers["location"] + str(answer.headers.get_list("set-cookie"))
    told = await refusal(client, answer)
    assert (told["reason"], told["subject"]) == ("NO_MANDATE", "account:oidc-local")
    assert told["command"] == f"landdb account grant account:oidc-local --issuer {provider.issuer} --role …"
    stranger = Subject(provider.issuer, "account:oidc-local")
    with psycopg.connect(api_world.url) as conn:
        mandates.grant(conn, stranger, Mandate("analyst", "analyst Thử"), by="tests")
    await client.get(CALLBACK, params=await at_provider(client, provider, "stranger"))
    assert (await client.get("/session")).json()["role"] == "analyst"
    token = (await client.post("/session/token", headers=PAGE)).json()["access_token"]
    program = await client.get("/session", headers={"Authorization": f"Bearer {token}"})
    assert program.json()["role"] == "analyst", "never the clerk whose account has this name"
    with psycopg.connect(api_world.url) as conn:
        mandates.revoke(conn, stranger, by="tests")
    time.sleep(1.2)
    assert (await client.get("/findings")).status_code == 401


async def test_a_citizen_whom_the_provider_verifies_sees_who_looked(client, provider):
    answer = await client.get(CALLBACK, params=await at_provider(client, provider, "citizen"))
    assert answer.headers["location"] == "/app"
    assert (await client.get("/session")).json()["role"] == "citizen"
    assert (await client.get("/me/accesses")).status_code == 200
    refused = await client.post("/session/token", headers=PAGE)
    assert (refused.status_code, refused.json()["reason"]) == (403, "ROLE")


async def test_a_provider_that_refuses_is_told_kindly(client, provider):
    answer = await client.get(CALLBACK, params=await at_provider(client, provider, "nobody"))
    assert (await refusal(client, answer))["reason"] == "CANCELLED"


async def test_a_session_outlives_the_server_but_not_the_belief_in_its_provider(provider, oidc_settings, tmp_path):
    async with serving(oidc_settings) as before:
        await before.get(CALLBACK, params=await at_provider(before, provider, "clerk"))
        kept = {"Cookie": f"landdb_session={before.cookies['landdb_session']}"}
    async with serving(oidc_settings) as restarted:
        assert (await restarted.get("/session", headers=kept)).json()["actor"] == "clerk Thử"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = dataclasses.replace(provider, issuer=f"http://127.0.0.1:{taken.getsockname()[1]}")
        file = away.settings_file(tmp_path)
        async with serving(dataclasses.replace(oidc_settings, oidc_issuers=file)) as asking:
            assert (await asking.get("/session", headers=kept)).json()["role"] == "public"
            answer = await asking.get("/auth/oidc/start", params={"issuer": away.issuer})
            assert (await refusal(asking, answer))["reason"] == "PROVIDER_AWAY"
            assert SECRET not in repr(asking._transport.app.state.desk)
