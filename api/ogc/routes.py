"""The addresses of OGC API Features, as plain Starlette endpoints: nothing stands between a request and its SQL."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api.dependencies import caller
from api.ogc import answers, documents, pages
from api.ogc.files import KINDS, file_answer
from api.ogc.formats import HTML, JSON_FG, METADATA, Format, chosen
from api.ogc.links import OPENAPI_30, Place
from api.ogc.requests import ItemRequest, only, parse_item, parse_items
from api.ogc.streams import stream_answer
from api.openapi_30 import to_30
from api.pools import connections_of
from landdb.errors import NotFound
from landdb.lookups import features
from landdb.lookups.features import FeatureQuestion

_SCHEMA_JSON: Final = "application/schema+json"
Endpoint = Callable[[Request], Awaitable[Response]]


async def items(request: Request) -> Response:
    """Give a page of features, or all of them as a stream or a file."""
    collection = features.get_collection(request.path_params["collection_id"])
    asking = await caller(request)
    asked = parse_items(request, collection, asking)
    if asked.form in KINDS:
        return await file_answer(request, asked)
    question = FeatureQuestion.of(asked.wanted)
    if asked.form.is_bulk:
        return await stream_answer(request, asked, question)
    form: features.Form = "jsonfg" if asked.form is JSON_FG else "geojson"
    seen = () if asked.form is HTML else answers.seen_tags(request, collection)
    async with connections_of(request).connection() as conn:
        found = await features.get_features(
            conn, question, form=form, limit=asked.page_size, after=asked.after, seen=seen
        )
    place = Place.of(request)
    if asked.form is not HTML:
        return answers.page_answer(request, asked, found, place, asking)
    told = {"features": json.loads(f"[{found.text}]"), "links": answers.page_links(asked, found, place)}
    return pages.features(told, collection, place)


async def item(request: Request) -> Response:
    """Give one feature."""
    collection = features.get_collection(request.path_params["collection_id"])
    key = _key(request.path_params["feature_id"])
    asking = await caller(request)
    asked = parse_item(request, collection, asking)
    form: features.Form = "jsonfg" if asked.form is JSON_FG else "geojson"
    seen = () if asked.form is HTML else answers.seen_tags(request, collection)
    async with connections_of(request).connection() as conn:
        found = await features.get_feature(conn, FeatureQuestion.of(asked.wanted), key, form=form, seen=seen)
    place = Place.of(request)
    return _item_page(asked, found, place) if asked.form is HTML else (
        answers.item_answer(request, asked, found, place, asking)
    )  # fmt: skip


async def landing(request: Request) -> Response:
    """Give the landing page."""
    form = _metadata(request)
    place = Place.of(request)
    document = documents.landing(place)
    return pages.landing(document, place) if form is HTML else _json(document)


async def conformance(request: Request) -> Response:
    """Give the conformance classes."""
    form = _metadata(request)
    document = documents.conformance(Place.of(request))
    return pages.conformance(document) if form is HTML else _json(document)


async def collection_list(request: Request) -> Response:
    """Give all collections."""
    form = _metadata(request)
    place = Place.of(request)
    document = documents.collection_list(place, await request.app.state.facts.get(), features.collections())
    return pages.collections(document, place) if form is HTML else _json(document)


async def collection(request: Request) -> Response:
    """Give one collection."""
    known = features.get_collection(request.path_params["collection_id"])
    form = _metadata(request)
    document = documents.collection(Place.of(request), known, await request.app.state.facts.get())
    return pages.collection(document, known) if form is HTML else _json(document)


async def queryables(request: Request) -> Response:
    """Give what filters may ask about in a collection."""
    known = features.get_collection(request.path_params["collection_id"])
    form = _metadata(request)
    document = documents.queryables(Place.of(request), known)
    return pages.queryables(document, known) if form is HTML else _json(document, _SCHEMA_JSON)


async def schema(request: Request) -> Response:
    """Give what a feature of a collection has."""
    known = features.get_collection(request.path_params["collection_id"])
    only(request, "f")
    return _json(documents.schema(Place.of(request), known), _SCHEMA_JSON)


async def functions(request: Request) -> Response:
    """Give the functions that filters may call."""
    form = _metadata(request)
    document = documents.functions(Place.of(request))
    return pages.functions(document) if form is HTML else _json(document)


async def api(request: Request) -> Response:
    """Give the description of the whole API: OpenAPI 3.0, or as a page."""
    form = _metadata(request)
    if form is HTML:
        return pages.operations(request.app.openapi())
    kept = request.app.state
    if not hasattr(kept, "openapi_30"):
        kept.openapi_30 = to_30(request.app.openapi())
    return _json(kept.openapi_30, OPENAPI_30)


class _NamedRoute(Route):
    """A route that the log and the metrics can name, as FastAPI's own are."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, child if match is Match.NONE else {**child, "route": self}


def routes() -> list[Route]:
    """Give the routes, the most asked first."""
    told: tuple[tuple[str, Endpoint], ...] = (
        ("/collections/{collection_id}/items", items),
        ("/collections/{collection_id}/items/{feature_id}", item),
        ("/collections/{collection_id}/queryables", queryables),
        ("/collections/{collection_id}/schema", schema),
        ("/collections/{collection_id}", collection),
        ("/collections", collection_list),
        ("/conformance", conformance),
        ("/functions", functions),
        ("/api", api),
        ("/", landing),
    )
    return [_NamedRoute(path, endpoint, methods=["GET", "HEAD"]) for path, endpoint in told]


def _key(text: str) -> int:
    """Give the key that an address names; what is no key leads nowhere."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFound("there is no such feature")
    return int(text)


def _item_page(asked: ItemRequest, found: tuple[str, str | None], place: Place) -> Response:
    document = {**json.loads(found[1] or "{}"), "links": answers.item_links(asked, place)}
    return pages.feature(document, asked.wanted.collection)


def _metadata(request: Request) -> Format:
    query = only(request, "f")
    return chosen(METADATA, query.get("f"), request.headers.get("accept", "*/*"))


def _json(document: Mapping[str, Any], media_type: str = "application/json") -> Response:
    body = json.dumps(document, ensure_ascii=False)
    return Response(body, headers={"Vary": "Accept, Authorization"}, media_type=media_type)
