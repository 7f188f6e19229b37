"""Features as a file: written by a worker thread into a file of its own, sent, and gone."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import anyio.from_thread
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from api.lanes import Lane
from api.ogc.formats import FLATGEOBUF, GEOPACKAGE, GEOPARQUET, Format
from api.ogc.requests import ItemsRequest
from api.ogc.streams import CHUNK, saved_headers
from api.pools import Connections, connections_of
from landdb.lookups import features
from landdb.lookups.feature_files import FileKind, Rows, write_file
from landdb.lookups.features import CRS84, FeatureQuestion

KINDS: Final[dict[Format, FileKind]] = {FLATGEOBUF: "fgb", GEOPACKAGE: "gpkg", GEOPARQUET: "parquet"}
#: Writing takes a core for its while; more at a time would starve the questions of others.
AT_ONCE: Final = 1
MOST_WAITING: Final = 4
QUEUE_S: Final = 60.0


class _OwnFile(FileResponse):
    """A file that is removed once it was sent, or could not be."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)


async def file_answer(request: Request, asked: ItemsRequest) -> Response:
    """Give the features as a file; raises Crowded when too many are being made already."""
    # Files hold the longitude first, whatever the order of the system's axes.
    asked = replace(asked, wanted=replace(asked.wanted, system=_east_first(asked)))
    pages = _Pages(connections_of(request), asked, FeatureQuestion.of(asked.wanted))
    await pages.begin()
    with tempfile.NamedTemporaryFile(prefix="landdb-", suffix=f".{asked.form.extension}", delete=False) as made:
        target = Path(made.name)
    target.unlink()
    lane: Lane = request.app.state.file_lane
    await lane.enter()
    try:
        await anyio.to_thread.run_sync(write_file, target, KINDS[asked.form], asked.wanted, pages.rows())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        lane.leave()
    return _OwnFile(target, media_type=asked.form.media_type, headers=saved_headers(asked))


def _east_first(asked: ItemsRequest) -> features.Crs:
    return CRS84 if asked.wanted.system.is_degrees else asked.wanted.system


class _Pages:
    """Rows chunk by chunk, asked by the event loop for the thread that writes them."""

    def __init__(self, pool: Connections, asked: ItemsRequest, question: FeatureQuestion) -> None:
        self._pool = pool
        self._question = question
        self._left = asked.limit
        self._after = asked.after
        self._ahead: Rows = ()

    async def begin(self) -> None:
        """Ask for the first chunk, so that what is wrong with the question is told before a file is begun."""
        self._ahead = await self._next()

    def rows(self) -> Iterator[Rows]:
        """Give the chunks; called by the thread that writes."""
        while self._ahead:
            yield self._ahead
            self._ahead = anyio.from_thread.run(self._next)

    async def _next(self) -> Rows:
        limit = CHUNK if self._left is None else min(self._left, CHUNK)
        if limit == 0:
            return ()
        async with self._pool.connection() as conn:
            rows = await features.list_rows(conn, self._question, limit=limit, after=self._after)
        if rows:
            self._after = rows[-1]["feature_id"]
        self._left = None if self._left is None else self._left - len(rows)
        return rows
