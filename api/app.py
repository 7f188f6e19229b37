"""The only assembly: `uvicorn --factory api.app:create_app`."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import anyio
import anyio.to_thread
from fastapi import Depends, FastAPI

from api import errors, filling, metrics, page, pages
from api.admission import Admission
from api.answers import ProblemAnswer
from api.dependencies import each_parameter_once
from api.desk import open_desk
from api.door import Door
from api.drawing import tile_desk
from api.lanes import Lane
from api.middleware import RequestFrame
from api.ogc import files as ogc_files
from api.ogc import openapi as ogc_openapi
from api.ogc import routes as ogc_routes
from api.ogc.facts import KnownFacts
from api.pools import open_pools
from api.rates import Buckets
from api.responses import SECURITY_SCHEMES
from api.routes import (
    accountability,
    certificates,
    communes,
    extracts,
    findings,
    health,
    imports,
    lookups,
    oauth,
    oidc,
    parcels,
    persons,
    proposals,
    search,
    sessions,
    styles,
    tiles,
    transactions,
)
from api.writing import writing_pool
from landdb import cluster
from landdb.access.context import Signer
from landdb.auditing import AuditKey, audit_key_file, keep_sealed, witness_file
from landdb.cartography.rendering import keep_rendered
from landdb.domain import search as search_words
from landdb.errors import ConfigurationError
from landdb.reporting.extract import Seal, seal_file
from landdb.settings import Settings
from landdb.store import migrate
from landdb.store.connection import checked_url, connect
from landdb.store.logins import login_urls
from landdb.store.sealing_key import open_vault
from landdb.store.vault import Vault
from landdb.uploads import Inbox

DESCRIPTION: Final = (
    "Parcels, communes, certificates and findings of the open land-parcel database. Answers by place hold no"
    " person for the public; what is withheld is named in `withheld`. Errors are RFC 9457 problems."
)

_ROUTES: Final = (
    parcels, certificates, persons, communes, findings, health, proposals, transactions, sessions, oauth, oidc,
    search, tiles, styles, extracts, accountability, lookups, imports,
)  # fmt: skip


def create_app(settings: Settings | None = None) -> FastAPI:
    """Give the application; its lifespan starts the private cluster when no database is given."""
    chosen = settings or Settings.from_environment()
    # uvicorn's own access log writes whole paths; ours writes the route's pattern.
    logging.getLogger("uvicorn.access").disabled = True
    app = FastAPI(
        title="landdb",
        version=version("landdb"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(chosen),
        dependencies=[Depends(each_parameter_once)],
        redirect_slashes=False,
    )
    # Asked most, matched first.
    app.router.routes.extend(ogc_routes.routes())
    for module in _ROUTES:
        app.include_router(module.router)
    app.state.page = page.load()
    app.include_router(page.router)
    errors.install(app)
    app.state.door = Door(chosen.limits, _buckets(chosen))
    app.add_middleware(Admission, door=app.state.door)
    app.add_middleware(RequestFrame)
    _describe(app)
    return app


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = await anyio.to_thread.run_sync(cluster.ensure_url, settings)
        await anyio.to_thread.run_sync(search_words.load)
        app.state.schema_revision = migrate.head()
        app.state.database_url = url
        urls = app.state.login_urls = login_urls(settings, checked_url(url))
        app.state.vault = await anyio.to_thread.run_sync(_open_vault, url, settings.key_file)
        app.state.seal = await anyio.to_thread.run_sync(Seal.make, seal_file(settings.key_file))
        app.state.inbox = Inbox(settings.home / "uploads")
        app.state.signer = Signer.of(app.state.vault)
        async with (
            open_pools(urls, app.state.signer, settings.limits) as app.state.pools,
            writing_pool(urls["writer"]) as app.state.writing_pool,
            open_desk(urls["desk"], settings, app.state.vault) as app.state.desk,
            tile_desk(urls["tiles"], app.state.pools.of("public")) as app.state.tile_desk,
        ):
            app.state.pool = app.state.pools.of("public")
            app.state.facts = KnownFacts(app.state.pool)
            app.state.file_lane = Lane(ogc_files.AT_ONCE, ogc_files.QUEUE_S, most_waiting=ogc_files.MOST_WAITING)
            app.state.page_lane = Lane(pages.AT_ONCE, pages.QUEUE_S, most_waiting=pages.MOST_WAITING)
            app.state.table_lane = Lane(filling.AT_ONCE, filling.QUEUE_S, most_waiting=filling.MOST_WAITING)
            app.state.unsealed_age_s = 0.0
            served = metrics.served(settings.metrics_port, lambda: _readings(app))
            with _rendering(url, settings), _sealing(app, url, settings), served:
                yield

    return lifespan


def _buckets(settings: Settings) -> Buckets:
    """Give the counts of askers; several workers count together."""
    return Buckets(settings.home / "run" / "askers" if settings.limits.workers > 1 else None)


def _readings(app: FastAPI) -> list[metrics.Reading]:
    """Give what the metrics tell about the present."""
    stats = {**app.state.pools.stats(), "changes": app.state.writing_pool.get_stats()}
    return [
        *metrics.of_lanes(app.state.door),
        metrics.of_pools(stats),
        metrics.of_seal(app.state.unsealed_age_s),
    ]


@contextmanager
def _rendering(url: str, settings: Settings) -> Iterator[None]:
    """Render what changes in the background while the block runs; several processes share the work."""
    stop = Event()
    if settings.renders:
        limit = {"most_tile_bytes": settings.tile_cache_mb * 2**20}
        Thread(target=keep_rendered, args=(url, stop), kwargs=limit, name="rendering", daemon=True).start()
    yield
    stop.set()


@contextmanager
def _sealing(app: FastAPI, url: str, settings: Settings) -> Iterator[None]:
    """Seal the record of access in the background while the block runs; several processes take turns."""
    stop = Event()

    def told(age_s: float) -> None:
        app.state.unsealed_age_s = age_s

    if settings.seals:
        key = AuditKey.make(audit_key_file(settings.key_file))
        arguments = (url, key, witness_file(settings.home), stop, told)
        Thread(target=keep_sealed, args=arguments, name="sealing", daemon=True).start()
    yield
    stop.set()


def _open_vault(url: str, key_file: Path) -> Vault:
    """Give the vault of the database; raises ConfigurationError when schema or key file are not its own."""
    with connect(url, application_name="landdb-api") as conn:
        if migrate.current(conn) != migrate.head():
            raise ConfigurationError(
                "the database has another schema than this program", remedy="start the API with `landdb serve`"
            )
        vault = open_vault(conn, key_file)
        Signer.of(vault).install(conn)
        return vault


def _describe(app: FastAPI) -> None:
    """Make the OpenAPI document say what is true: 400 problems instead of FastAPI's 422, and the token."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
            components = document["components"]
            for name in ("HTTPValidationError", "ValidationError"):
                components["schemas"].pop(name, None)
            components["schemas"][ProblemAnswer.__name__] = ProblemAnswer.model_json_schema()
            components["securitySchemes"] = SECURITY_SCHEMES
            ogc_openapi.describe(document)
        return app.openapi_schema or generate()

    app.openapi = openapi  # type: ignore[method-assign]
