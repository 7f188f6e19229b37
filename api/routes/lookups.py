"""Thousands of keys in one call, and the declare-once question about one person."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.access import PUBLIC, Caller
from api.dependencies import AnyCaller, Opener, viewpoint
from api.errors import request_id_of
from api.filling import filled
from api.lookup_answers import FILLED, KEYS_BODY, LINES, TABLE_BODY, XLSX, TableQuery
from api.responses import OPTIONAL_TOKEN, problems
from api.schemas import ParcelView
from landdb import lookups
from landdb.errors import AccessDenied, InvalidValue
from landdb.lookups import bulk

router = APIRouter(prefix="/lookups", tags=["lookups"])

NDJSON: Final = "application/x-ndjson"


@router.post(
    "",
    response_class=Response,
    responses={**problems(403, 413), 200: LINES},
    openapi_extra={**OPTIONAL_TOKEN, "requestBody": KEYS_BODY},
)
async def answer_keys(
    request: Request, asked: Annotated[ParcelView, Query()], asking: AnyCaller, connections: Opener
) -> Response:
    """Give an answer for each key, in the order of the keys, one line of JSON each, streamed.

    The body holds keys as a JSON array or as lines of JSON; each is an object with the members of one kind of key. A
    line that cannot be read is INVALID and stops nothing. Questions about people are recorded one by one.
    """
    keys = _keys(await request.body())
    people = bulk.asked_persons(keys)
    persons = None if not people else _persons(request, asking, {key.purpose for key in people}, len(people))
    lines = lookups.answer_many(connections, keys, view=viewpoint(asked, asking), persons=persons)
    headers = {} if asking is PUBLIC else {"Cache-Control": "no-store"}
    return StreamingResponse(lines, headers=headers, media_type=NDJSON)


@router.post(
    "/workbook",
    response_class=Response,
    responses={**problems(415), 200: FILLED},
    openapi_extra={**OPTIONAL_TOKEN, "requestBody": TABLE_BODY},
)
async def fill_workbook(
    request: Request, asked: Annotated[TableQuery, Query()], _: AnyCaller, connections: Opener
) -> Response:
    """Fill a table: its rows as they are, in order, and beside each the parcel that its numbers name.

    Columns are known by their headings: Mã xã, Số tờ, Số thửa; Số phát hành; Mã định danh thửa đất; Tờ cũ, Thửa cũ. The
    answer is the public one, whoever asks, and holds no formula; a table with a column of citizens' numbers is refused.
    """
    book = await filled(request, connections, commune_code=asked.commune)
    headers = {"Content-Disposition": 'attachment; filename="ket_qua.xlsx"', "Cache-Control": "no-store"}
    return Response(book, media_type=XLSX, headers=headers)


def _keys(body: bytes) -> list[bulk.Key | bulk.Fault]:
    """Give the keys of a body; raises InvalidValue for none and for too many."""
    start = body[:64].lstrip()[:1]
    lines = _array(body) if start == b"[" else [_object(line) for line in body.splitlines() if line.strip()]
    if not 0 < len(lines) <= bulk.MOST_KEYS:
        raise InvalidValue("body", "NO_KEYS" if not lines else "TOO_MANY_KEYS", remedy=f"1 to {bulk.MOST_KEYS} keys")
    return [line if isinstance(line, bulk.Fault) else bulk.read_key(line) for line in lines]


def _array(body: bytes) -> list[Any]:
    read = _object(body)
    if not isinstance(read, list):
        raise InvalidValue("body", "NOT_JSON", remedy="a JSON array of keys, or one key a line")
    return read


def _object(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return bulk.Fault("key", "NOT_JSON")


def _persons(request: Request, asking: Caller, purposes: set[str], people: int) -> bulk.Persons:
    """Give what questions about people need; raises AccessDenied for who may not ask them, or not for this purpose."""
    if not asking.rights.may_search_holders:
        raise AccessDenied("ND101-61", remedy="people are asked about by clerks and agreed services only")
    if people > bulk.MOST_PERSONS:
        raise InvalidValue("body", "TOO_MANY_PERSONS", remedy=f"at most {bulk.MOST_PERSONS} people in one call")
    for purpose in purposes:
        asking.check_purpose(purpose)
    return bulk.Persons(request.app.state.vault, asking.asker, request_id_of(request))
