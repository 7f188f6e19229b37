"""Features on their way out: envelopes around the text that PostgreSQL wrote, tags, compression."""

import datetime as dt
import gzip
import json
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from api.access import PUBLIC, Caller
from api.ogc.formats import ITEM, ITEMS, JSON_FG
from api.ogc.links import Place, link, own_links
from api.ogc.requests import ItemRequest, ItemsRequest
from landdb.lookups import features
from landdb.lookups.features import Collection, FeaturePage

#: Smaller bodies are sent as they are: one packet holds them either way.
_WORTH_COMPRESSING: Final = 1_000
_FG_CORE: Final = ',"conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core"]'
_VARY: Final = "Accept, Accept-Encoding, Authorization"


def seen_tags(request: Request, collection: Collection) -> tuple[str, ...]:
    """Give the tags of this collection that the asker has."""
    told = request.headers.get("if-none-match")
    if not told:
        return ()
    mark = f'"{_mark(collection)}-'
    parts = (part.strip().removeprefix("W/") for part in told.split(",")[:20])
    return tuple(part[len(mark) : -1] for part in parts if part.startswith(mark) and part.endswith('"'))


def page_answer(request: Request, asked: ItemsRequest, found: FeaturePage, place: Place, asking: Caller) -> Response:
    """Give a page of features as GeoJSON or JSON-FG; 304 when the asker has it."""
    headers = _headers(asked.wanted.collection, found.tag, asked.wanted.system.uri, asking)
    if found.text is None:
        return Response(status_code=304, headers=headers)
    head = {
        "type": "FeatureCollection",
        "timeStamp": dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        **counted(asked, found),
        **_withheld(asked.wanted.collection, asking),
        "links": page_links(asked, found, place),
    }
    told = json.dumps(head, ensure_ascii=False)
    extra = _FG_CORE if asked.form is JSON_FG else ""
    body = f'{told[:-1]}{extra},"features":[{found.text}]}}'
    return _sent(request, body, asked.form.content_type, headers)


def item_answer(
    request: Request, asked: ItemRequest, found: tuple[str, str | None], place: Place, asking: Caller
) -> Response:
    """Give one feature as GeoJSON or JSON-FG; 304 when the asker has it."""
    tag, text = found
    headers = _headers(asked.wanted.collection, tag, asked.wanted.system.uri, asking)
    if text is None:
        return Response(status_code=304, headers=headers)
    extra = _FG_CORE if asked.form is JSON_FG else ""
    links = json.dumps(item_links(asked, place), ensure_ascii=False)
    return _sent(request, f'{text[:-1]}{extra},"links":{links}}}', asked.form.content_type, headers)


def counted(asked: ItemsRequest, found: FeaturePage) -> dict[str, int]:
    """Give how many features are in the page, and how many match where that is known without counting."""
    if asked.after == 0 and found.next_after is None:
        return {"numberMatched": found.features, "numberReturned": found.features}
    return {"numberReturned": found.features}


def page_links(asked: ItemsRequest, found: FeaturePage, place: Place) -> list[dict[str, str]]:
    """Give the links of a page: itself, its other formats, the next page, its collection."""
    collection = asked.wanted.collection
    told = own_links(place, asked.form, ITEMS)
    if found.next_after is not None:
        cursor = features.to_cursor(collection, found.next_after)
        told.append(link(place.here(asked.form, cursor=cursor), "next", asked.form.media_type, "Trang sau / next page"))
    told.append(_collection_link(collection, place))
    return told


def item_links(asked: ItemRequest, place: Place) -> list[dict[str, str]]:
    """Give the links of a feature: itself, its other formats, its collection."""
    return [*own_links(place, asked.form, ITEM), _collection_link(asked.wanted.collection, place)]


def _collection_link(collection: Collection, place: Place) -> dict[str, str]:
    return link(place.to(f"/collections/{collection.id}"), "collection", "application/json", collection.title["en"])


def _withheld(collection: Collection, asking: Caller) -> Mapping[str, Any]:
    """Name what the asker does not get, so that a missing value is not taken for a missing fact."""
    if not collection.withheld or asking.rights.audience == "staff":
        return {}
    return {"withheld": [{"field": f"properties.{name}", "reason": "ND101-61"} for name in collection.withheld]}


def _headers(collection: Collection, tag: str, crs: str, asking: Caller) -> dict[str, str]:
    kept = {} if collection.is_same_for_all or asking is PUBLIC else {"Cache-Control": "no-store"}
    return {"ETag": f'W/"{_mark(collection)}-{tag}"', "Content-Crs": f"<{crs}>", "Vary": _VARY, **kept}


@cache
def _mark(collection: Collection) -> str:
    """Give what changes when this program writes features of the collection in another way."""
    return blake2b(repr(collection).encode(), digest_size=4).hexdigest()


def _sent(request: Request, text: str, content_type: str, headers: dict[str, str]) -> Response:
    body = text.encode()
    if len(body) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1, mtime=0)
        headers = {**headers, "Content-Encoding": "gzip"}
    return Response(body, headers={**headers, "Content-Type": content_type})
