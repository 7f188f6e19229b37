"""Whole collections as streams: chunk by chunk in the order of their keys, flat in memory.

Each chunk takes a connection and gives it back before it is sent, so a slow reader holds none.
"""

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.ogc.formats import CSV, GEOJSON_SEQ, Format
from api.ogc.requests import ItemsRequest
from api.pools import Connections, connections_of
from landdb.lookups import features
from landdb.lookups.features import FeatureQuestion, Form

CHUNK: Final = 5_000
_FORMS: Final[dict[Format, Form]] = {GEOJSON_SEQ: "geojsonseq", CSV: "csv"}


async def stream_answer(request: Request, asked: ItemsRequest, question: FeatureQuestion) -> Response:
    """Give features as a GeoJSON text sequence or CSV; what is wrong with the question is told before it starts."""
    chunks = _chunks(connections_of(request), asked, question)
    first = await anext(chunks, "")

    async def told() -> AsyncIterator[bytes]:
        yield (_head(asked) + first).encode()
        async for text in chunks:
            yield text.encode()

    return StreamingResponse(told(), media_type=asked.form.content_type, headers=saved_headers(asked))


def saved_headers(asked: ItemsRequest) -> dict[str, str]:
    """Give the headers of an answer that is saved as a file; what differs by asker no cache may keep."""
    collection = asked.wanted.collection
    kept = {} if collection.is_same_for_all else {"Cache-Control": "no-store"}
    name = f'attachment; filename="{collection.id}.{asked.form.extension}"'
    return {"Content-Disposition": name, "Content-Crs": f"<{asked.wanted.system.uri}>", **kept}


async def _chunks(pool: Connections, asked: ItemsRequest, question: FeatureQuestion) -> AsyncIterator[str]:
    left, after, form = asked.limit, asked.after, _FORMS[asked.form]
    while left is None or left > 0:
        limit = CHUNK if left is None else min(left, CHUNK)
        async with pool.connection() as conn:
            found = await features.get_features(conn, question, form=form, limit=limit, after=after)
        yield found.text or ""
        if found.next_after is None:
            return
        after, left = found.next_after, left and left - found.features


def _head(asked: ItemsRequest) -> str:
    """Give the first line of a CSV file: it starts with the mark by which Excel knows Unicode."""
    if asked.form is not CSV:
        return ""
    names = ["id", *(told.name for told in asked.wanted.collection.returned), "geometry"]
    return "\ufeff" + ",".join(names) + "\r\n"
