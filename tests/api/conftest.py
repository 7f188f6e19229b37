"""The application on a real database, asked in-process."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import callers
import factories
import httpx
import ogc_world as ogc_world_module
import pytest
import worlds
from ogc_world import OgcWorld
from serving import served
from worlds import World

from api.app import create_app
from landdb.settings import Settings
from landdb.store.vault import Vault


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def key_file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("api-keys") / "landdb.key"


@pytest.fixture(scope="session")
def api_world(server, template_database, key_file) -> Iterator[World]:
    with factories.database(server, template_database) as url:
        yield worlds.seed(url, Vault.make(key_file))


@pytest.fixture(scope="session")
def api_settings(api_world: World, key_file: Path) -> Settings:
    return Settings(key_file.parent, api_world.url, key_file, limits=worlds.GENEROUS)


@pytest.fixture(scope="session")
def issue(api_world: World, key_file: Path) -> Callable[..., dict[str, str]]:
    """Give a function that issues a token and gives the header that carries it."""
    return partial(callers.issue, api_world.url, key_file)


@pytest.fixture
async def client(api_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(api_settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://landdb") as asking,
    ):
        yield asking


@pytest.fixture
def access_log() -> Iterator[list[str]]:
    """Give the lines that the API logs during the test."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def ogc_world(server, template_database, tmp_path_factory) -> Iterator[OgcWorld]:
    with factories.database(server, template_database) as url:
        yield ogc_world_module.seed(url, Vault.make(tmp_path_factory.mktemp("ogc-keys") / "landdb.key"))


@pytest.fixture(scope="session")
def ogc_settings(ogc_world: OgcWorld, tmp_path_factory) -> Settings:
    key_file = next(tmp_path_factory.getbasetemp().glob("ogc-keys*/landdb.key"))
    return Settings(key_file.parent, ogc_world.url, key_file, limits=worlds.GENEROUS)


@pytest.fixture(scope="module")
def ogc_address(ogc_settings: Settings) -> Iterator[str]:
    """Give the address of a server over `ogc_world`."""
    with served(create_app(ogc_settings)) as url:
        yield url


@pytest.fixture(scope="module")
def ogc(ogc_address: str) -> Iterator[httpx.Client]:
    """Give a client of that server."""
    with httpx.Client(base_url=ogc_address, timeout=30) as asking:
        yield asking
