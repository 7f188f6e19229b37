"""The built page: whole, served as browsers want it, and asking nobody but its own server."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI
from web_paths import DIST, WEB

from api import page


class Client:
    """Asks the page's routes alone. In a thread of its own: the browser of other tests keeps a loop in this one."""

    def __init__(self, built: dict[str, page.Built]) -> None:
        self.app = FastAPI()
        self.app.state.page = built
        self.app.include_router(page.router)

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Give the answer."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(anyio.run, self._get, path, headers or {}).result()

    async def _get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://landdb") as asking:
            return await asking.get(path, headers=headers)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(page.load())


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


@pytest.mark.parametrize("path", ["/app", "/app/findings", "/p/12", "/p/99001/1/12"])
def test_every_address_of_the_page_gives_the_document_under_its_policy(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"


def test_files_keep_for_good_and_come_compressed_to_those_who_take_it(client, manifest):
    for name in (name for name in manifest if name.startswith("assets/")):
        packed = client.get(f"/app/{name}", headers={"accept-encoding": "gzip, br"})
        plain = client.get(f"/app/{name}", headers={"accept-encoding": "br;q=0"})
        assert "immutable" in packed.headers["cache-control"]
        assert packed.headers["content-encoding"] == "br"
        assert "connect-src 'self'" in packed.headers["content-security-policy"]
        assert "content-encoding" not in plain.headers
        assert plain.content == (DIST / name).read_bytes()
        wanted = "text/css" if name.endswith("css") else "text/javascript"
        assert plain.headers["content-type"].startswith(wanted)


@pytest.mark.parametrize("path", ["none.js", "%2e%2e/index.html", "%2e%2e/manifest.json", "maplibre-gl-6.17.0"])
def test_nothing_else_can_be_fetched(client, path):
    assert (client.get(f"/app/assets/{path}")).status_code == 404


def test_a_page_that_was_not_built_says_what_to_do():
    answer = Client({}).get("/app")
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
