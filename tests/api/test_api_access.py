"""Signing in and out, tokens for services, and how fast the end of a right is felt."""

import datetime as dt
import time

import callers
import jwt
import psycopg
import pytest
import worlds
from cryptography.hazmat.primitives.asymmetric import ed25519

from landdb.access import totp
from landdb.access.accounts import add_account, set_authenticator, set_password, subject_of
from landdb.access.clients import add_client
from landdb.access.clients import subject_of as client_of
from landdb.access.signing import AUDIENCE, SigningKeys, signing_file
from landdb.domain.dates import today
from landdb.store.access import accounts, mandates
from landdb.store.access.mandates import Mandate

pytestmark = [pytest.mark.anyio, pytest.mark.db]

PASSWORD = "một câu dài dễ nhớ"
PAGE = {"X-Landdb-Csrf": "1"}
#: A server looks for changes once a second.
FELT_S = 1.2


@pytest.fixture(scope="module")
def people(api_world) -> None:
    """Enter a clerk of Phong Châu, one with an authenticator, and one for each test that ends an account."""
    with psycopg.connect(api_world.url) as conn:
        for name in ("an", "binh", "chi", "dung", "em"):
            mandate = Mandate("clerk", f"clerk {name}", "UBND xã Thử", ["07954"])
            add_account(conn, name, PASSWORD, mandate, by="tests")
        agreement = callers.agree(conn)
        mandate = Mandate("service", "tax office", agreement=agreement)
        assert add_client(conn, "tax-2", mandate, by="tests") is not None


@pytest.fixture
def link(api_world):
    with psycopg.connect(api_world.url, autocommit=True) as conn:
        yield conn


async def sign_in(client, account: str, **more):
    return await client.post("/session", json={"account": account, "password": PASSWORD, **more})


async def test_a_session_is_a_cookie_that_scripts_cannot_read_and_foreign_pages_cannot_use(client, people, api_world):
    answer = await sign_in(client, "an")
    assert (answer.status_code, answer.json()["role"], answer.json()["communes"]) == (200, "clerk", ["07954"])
    cookie = answer.headers["set-cookie"]
    assert all(told in cookie for told in ("landdb_session=", "HttpOnly", "SameSite=strict", "Path=/"))
    assert answer.headers["cache-control"] == "no-store"
    found = await client.get(f"/parcels/{api_world.couple}")
    assert found.json()["parcels"][0]["rights"][0]["party"]["name_masked"]
    assert (await client.get("/session")).json()["expires_at"] == answer.json()["expires_at"]
    search = {"citizen_id": worlds.SECRET_NUMBERS[0], "purpose": "land tax notice", "case_ref": "HS-1"}
    foreign = await client.post("/persons/search", json=search)
    assert (foreign.status_code, foreign.json()["reason"]) == (403, "CSRF")
    assert (await client.delete("/session")).status_code == 403
    assert (await client.post("/persons/search", json=search, headers=PAGE)).status_code == 200
    kept = client.cookies["landdb_session"]
    assert (await client.delete("/session", headers=PAGE)).status_code == 204
    assert "landdb_session" not in client.cookies
    assert (await client.get("/session")).json()["role"] == "public"
    client.cookies["landdb_session"] = kept
    assert (await client.get(f"/parcels/{api_world.couple}")).status_code == 401, "an ended session is not the public"
    told = await client.get("/session")
    assert (told.json()["role"], told.headers["set-cookie"].count("Max-Age=0")) == ("public", 1)


async def test_the_signed_in_person_gets_a_token_for_a_program(client, people, api_world):
    assert (await client.post("/session/token", headers=PAGE)).status_code == 401
    await sign_in(client, "an")
    assert (await client.post("/session/token")).status_code == 403
    token = (await client.post("/session/token", headers=PAGE)).json()
    client.cookies.clear()
    header = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await client.get("/session", headers=header)).json()["actor"] == "clerk an"
    assert token["expires_in"] <= 600


async def test_a_session_ends_when_nobody_uses_it(client, people, link):
    await sign_in(client, "an")
    link.execute("UPDATE access.session SET seen_at = seen_at - interval '31 minutes' WHERE ended_at IS NULL")
    link.execute("UPDATE access.revision SET revision = revision + 1")
    time.sleep(FELT_S)
    assert (await client.get("/findings")).status_code == 401


@pytest.mark.parametrize("name", ["an", "nobody", "' OR 1=1 --", "AN"])
async def test_a_wrong_password_and_an_unknown_name_look_alike(client, people, name, link):
    link.execute("DELETE FROM access.failed_sign_in")
    answers = [await client.post("/session", json={"account": name, "password": "no"}) for _ in range(7)]
    assert [answer.json()["reason"] for answer in answers] == ["WRONG"] * 5 + ["BLOCKED"] * 2
    assert {answer.status_code for answer in answers} == {401}
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert (await sign_in(client, name)).json()["reason"] == "BLOCKED", "the right password does not help either"
    link.execute("DELETE FROM access.failed_sign_in")


async def test_a_block_grows_to_a_quarter_of_an_hour_and_signing_in_forgets_it(client, people, link):
    link.execute("DELETE FROM access.failed_sign_in")
    waits = []
    for _ in range(14):
        await client.post("/session", json={"account": "an", "password": "no"})
        row = link.execute(
            "SELECT extract(EPOCH FROM blocked_until - last_at)::int FROM access.failed_sign_in"
        ).fetchone()
        waits.append(row[0])
        link.execute("UPDATE access.failed_sign_in SET blocked_until = now() - interval '1 second'")
    assert waits[:9] == [None] * 4 + [30, 60, 120, 240, 480]
    assert set(waits[9:]) == {900}
    assert (await sign_in(client, "an")).status_code == 200
    assert link.execute("SELECT count(*) FROM access.failed_sign_in").fetchone() == (0,)


async def test_an_authenticator_is_asked_and_its_code_works_once(client, people, link, api_world):
    secret = set_authenticator(link, api_world.vault, "binh")
    assert (await sign_in(client, "binh")).json()["reason"] == "CODE_NEEDED"
    assert (await sign_in(client, "binh", totp="000000")).json()["reason"] == "WRONG"
    code = totp.code_at(secret, int(time.time()) // totp.STEP_S)
    assert (await sign_in(client, "binh", totp=code)).status_code == 200
    assert (await sign_in(client, "binh", totp=code)).json()["reason"] == "WRONG"


@pytest.mark.parametrize("ended", ["lock", "passwd", "revoke"])
async def test_the_end_of_a_right_is_felt_within_a_second_by_session_and_token(client, people, link, key_file, ended):
    name = {"lock": "chi", "passwd": "dung", "revoke": "em"}[ended]
    time.sleep(1.1)  # tokens are dated in whole seconds
    await sign_in(client, name)
    token = callers.header(key_file, subject_of(name))
    assert (await client.get("/session")).json()["role"] == "clerk"
    assert (await client.get("/changes", headers=token)).status_code == 200
    time.sleep(1.1)
    if ended == "lock":
        accounts.set_locked(link, name, is_locked=True)
    elif ended == "passwd":
        set_password(link, name, PASSWORD + "!")
    else:
        mandates.revoke(link, subject_of(name), by="tests")
    time.sleep(FELT_S)
    assert (await client.get("/findings")).status_code == 401
    assert (await client.get("/changes", headers=token)).status_code == 401


async def ask_token(client, data, **options):
    return await client.post("/oauth/token", data=data, **options)


async def test_a_client_changes_its_secret_for_a_token(client, people, link):
    secret = add_client(link, "notary", Mandate("service", "notary", agreement=callers.agree(link)), by="tests")
    form = {"grant_type": "client_credentials"}
    basic = await ask_token(client, form, auth=("notary", secret))
    posted = await ask_token(client, form | {"client_id": "notary", "client_secret": secret})
    for answer in (basic, posted):
        assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")
        assert answer.headers["cache-control"] == "no-store"
    header = {"Authorization": f"Bearer {basic.json()['access_token']}"}
    assert (await client.get("/session", headers=header)).json()["actor_org"] == "Chi cục Thử"
    for wrong in (
        {"auth": ("notary", "wrong")},
        {"auth": ("nobody", secret)},
        {"auth": ("tax-2", secret)},
        {},
        {"headers": {"Authorization": "Basic %%%"}},
        {"headers": {"Authorization": f"Bearer {secret}"}},
    ):
        refused = await ask_token(client, form, **wrong)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    accounts.revoke_client(link, "notary")
    time.sleep(FELT_S)
    assert (await client.get("/changes", headers=header)).status_code == 401
    assert (await ask_token(client, form, auth=("notary", secret))).status_code == 401


@pytest.mark.parametrize(
    "data",
    [{}, {"grant_type": "password"}, "grant_type=client_credentials&grant_type=x", "grant_type", "&" * 100, "\xff="],
)
async def test_a_form_that_is_none_is_told_as_oauth_tells_it(client, data):
    options = {"data": data} if isinstance(data, dict) else {"content": data.encode("latin-1")}
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/oauth/token", headers=typed, **options)
    assert (answer.status_code, answer.json()["error"] in ("invalid_request", "unsupported_grant_type")) == (400, True)


async def test_a_client_signs_instead_of_keeping_a_secret_and_each_assertion_counts_once(client, people, link):
    key = ed25519.Ed25519PrivateKey.generate()
    public = jwt.get_algorithm_by_name("EdDSA").to_jwk(key.public_key(), as_dict=True)
    mandate = Mandate("service", "bank", agreement=callers.agree(link))
    assert add_client(link, "bank", mandate, by="tests", public_key=public) is None

    async def shown(signer=key, **changed) -> int:
        now = int(time.time())
        claims = {"iss": "bank", "sub": "bank", "aud": AUDIENCE, "jti": f"assertion-{now}", "exp": now + 60} | changed
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, signer, "EdDSA"),
        }
        return (await ask_token(client, form)).status_code

    assert await shown(jti="first-one") == 200
    assert await shown(jti="first-one") == 401
    assert await shown(jti="addressed", aud="http://landdb/oauth/token") == 200
    assert await shown(jti="elsewhere", aud="https://evil.example/token") == 401
    assert await shown(jti="other-key", signer=ed25519.Ed25519PrivateKey.generate()) == 401
    assert await shown(jti="long-lived", exp=int(time.time()) + 3600) == 401
    assert await shown(jti="another", iss="notary") == 401
    assert await shown(jti="short") == 401
    assert await shown(jti="secret-one", sub="tax-2", iss="tax-2") == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "landdb_abc", "Ü", "a" * 9000])
async def test_a_token_that_is_none_is_refused_even_where_none_is_needed(client, token):
    header = {"Authorization": f"Bearer {token}".encode("latin-1")}
    answer = await client.get("/findings", headers=header)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_proved_stranger_without_a_mandate_is_nobody(client, key_file):
    stranger = callers.header(key_file, client_of("stranger"))
    assert (await client.get("/findings", headers=stranger)).status_code == 401


async def test_an_agreement_that_ends_ends_its_services(client, link, key_file):
    code = callers.agree(link, "ENDS-SOON", valid_until=today() + dt.timedelta(days=1))
    header = callers.header(key_file, callers.mandated(link, "service", agreement=code))
    assert (await client.get("/changes", headers=header)).status_code == 200
    mandates.end_agreement(link, code)
    time.sleep(FELT_S)
    assert (await client.get("/changes", headers=header)).status_code == 401


async def test_the_published_keys_verify_our_tokens(client, key_file):
    (published,) = (await client.get("/.well-known/jwks.json")).json()["keys"]
    assert "d" not in published
    token = SigningKeys.make(signing_file(key_file)).issue("account:an")
    assert jwt.decode(token, jwt.PyJWK(published).key, ["EdDSA"], audience=AUDIENCE)["sub"] == "account:an"
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]


async def test_no_answer_about_a_token_asks_the_database_twice_in_a_second(client, issue):
    register = client._transport.app.state.desk.register
    header = issue("clerk")
    await client.get("/healthz")
    await client.get("/changes", headers=header)
    asked = []
    original = register._pool.connection
    register._pool.connection = lambda *args, **options: asked.append(1) or original(*args, **options)
    started = time.monotonic()
    for _ in range(20):
        assert (await client.get("/changes", headers=header)).status_code == 200
    assert len(asked) <= 1 + (time.monotonic() - started)
