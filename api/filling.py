"""Tables that come over the network: read in the sandbox of imports, few at a time, and given back filled."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import anyio
from fastapi import Request

from api.bodies import OtherMediaType
from api.lanes import Lane
from api.lookup_answers import CSV, MOST_TABLE_ROWS, XLSX
from landdb.errors import InvalidValue
from landdb.lookups.bulk import Connections, fill_table

#: Each is a process of its own for as long as its table is read.
AT_ONCE: Final = 2
MOST_WAITING: Final = 8
QUEUE_S: Final = 30.0
_SUFFIXES: Final = {CSV: ".csv", XLSX: ".xlsx"}


async def filled(request: Request, connections: Connections, *, commune_code: str | None) -> bytes:
    """Give the table of the body with its answers, as XLSX; raises what stands against the table, or Crowded."""
    suffix = _suffix(request.headers.get("content-type", ""))
    table = await request.body()
    if not table:
        raise InvalidValue("body", "EMPTY", remedy="send the table's bytes as the body")
    lane: Lane = request.app.state.table_lane
    await lane.enter()
    try:
        with TemporaryDirectory(prefix="landdb-table-") as name:
            source, target = Path(name) / f"table{suffix}", Path(name) / "filled.xlsx"
            await anyio.Path(source).write_bytes(table)
            await fill_table(
                connections,
                source,
                target,
                commune_code=commune_code,
                most_rows=MOST_TABLE_ROWS,
                refuses_people=True,
            )
            return await anyio.Path(target).read_bytes()
    finally:
        lane.leave()


def _suffix(content_type: str) -> str:
    """Give the ending of a table of this media type; raises OtherMediaType when it is none."""
    try:
        return _SUFFIXES[content_type.partition(";")[0].strip().lower()]
    except KeyError:
        raise OtherMediaType(remedy=f"send the table as {CSV} or as {XLSX}") from None
