"""The built page: whole, served as browsers want it, and asking nobody but its own server."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from web_paths import DIST, WEB

from api import page


@pytest.fixture
async def client():
    app = FastAPI()
    app.state.page = page.load()
    app.include_router(page.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://landdb") as asking:
        yield asking


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def test_every_built_file_is_the_one_of_the_manifest(manifest):
    for name, expected in manifest.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == expected
    assert {"index.html", "THIRD_PARTY_LICENSES.txt"} <= manifest.keys()


def test_the_document_names_no_other_server_and_holds_no_script_or_style_of_its_own(manifest):
    document = (DIST / "index.html").read_text("utf-8")
    assert "://" not in document
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", document)


def test_the_lock_names_no_registry():
    assert "://" not in re.sub(r'"(url|funding)": *"[^"]*"', "", (WEB / "package-lock.json").read_text("utf-8"))


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/app", "/app/findings", "/p/12", "/p/99001/1/12"])
async def test_every_address_of_the_page_gives_the_document_under_its_policy(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.anyio
async def test_files_keep_for_good_and_come_compressed_to_those_who_take_it(client, manifest):
    for name in (name for name in manifest if name.startswith("assets/")):
        packed = await client.get(f"/app/{name}", headers={"accept-encoding": "gzip, br"})
        plain = await client.get(f"/app/{name}", headers={"accept-encoding": "br;q=0"})
        assert "immutable" in packed.headers["cache-control"]
        assert packed.headers["content-encoding"] == "br"
        assert "content-encoding" not in plain.headers
        assert plain.content == (DIST / name).read_bytes()
        wanted = "text/css" if name.endswith("css") else "text/javascript"
        assert plain.headers["content-type"].startswith(wanted)


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["none.js", "%2e%2e/index.html", "%2e%2e/manifest.json", "maplibre-gl-6.17.0"])
async def test_nothing_else_can_be_fetched(client, path):
    assert (await client.get(f"/app/assets/{path}")).status_code == 404


@pytest.mark.anyio
async def test_a_page_that_was_not_built_says_what_to_do():
    app = FastAPI()
    app.state.page = {}
    app.include_router(page.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://landdb") as asking:
        answer = await asking.get("/app")
    assert answer.status_code == 503
    assert "make page" in answer.json()["remedy"]


def test_sources_stay_short_and_hold_no_markup_strings():
    for source in (WEB / "src").rglob("*.ts"):
        text = source.read_text("utf-8")
        assert len(text.splitlines()) <= 300, source.name
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(", text), source.name


def test_the_wheel_would_carry_the_page(manifest):
    settings = (Path(WEB).parents[1] / "pyproject.toml").read_text("utf-8")
    assert 'api = ["web/dist/**"]' in settings
