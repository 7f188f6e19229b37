"""Deliveries over HTTP: a file is received, understood, corrected, imported, and its rejects read."""

import io
import threading
import uuid
from pathlib import Path as FilePath
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Path, Query, Request, Response

from api.access import Caller
from api.dependencies import Importer, NoQuery
from api.import_answers import ImportAnswer, ImportList, RejectList
from api.import_requests import ImportCorrection, ImportQuery, file_name
from api.responses import TOKEN, problems
from api.writing import change
from landdb import uploads
from landdb.errors import InvalidValue, NotFound
from landdb.exporters.rejected_rows import write_rejected_rows
from landdb.uploads import Inbox, Sender

router = APIRouter(prefix="/imports", tags=["imports"])

ImportId = Annotated[
    uuid.UUID,
    Path(description="`import_id` of the answer to the file", examples=["0b6f0c1e-3f2a-4c57-9d0e-5a1f7c2b9e11"]),
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_REJECTS = 10_000
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}}


@router.post(
    "", status_code=201, response_model=ImportAnswer, responses=problems(403, 413), openapi_extra={**TOKEN, **_FILE}
)
async def receive(
    asked: Annotated[ImportQuery, Query()],
    request: Request,
    asking: Importer,
    name: Annotated[
        str,
        Header(
            alias="X-Landdb-File-Name",
            max_length=600,
            description="delivered name, percent-encoded UTF-8",
            examples=["thua%20dat.zip"],
        ),
    ],
) -> dict[str, Any]:
    """Receive a file and tell how it would be read: format, layers, columns; or why not. Stores none of it."""
    inbox: Inbox = request.app.state.inbox
    upload_id, plain = uuid.uuid4(), uploads.plain_name(file_name(name))
    path = await anyio.to_thread.run_sync(inbox.place, upload_id, plain)
    try:
        if not await _written(request, path):
            raise InvalidValue("body", "EMPTY", remedy="send the file's bytes as the body")
        sender, wanted = _sender(asking), asked.wanted()
        return _told(await change(request, lambda conn: uploads.receive(conn, path, upload_id, sender, wanted)))
    except BaseException:
        inbox.remove(upload_id)
        raise


@router.get("", response_model=ImportList, responses=problems(403), openapi_extra=TOKEN)
async def list_imports(request: Request, asking: Importer, _: NoQuery) -> dict[str, Any]:
    """List the caller's files, newest first."""
    rows = await change(request, lambda conn: uploads.list_uploads(conn, _sender(asking)))
    return {"imports": [_told(row) for row in rows]}


@router.get("/{import_id}", response_model=ImportAnswer, responses=problems(403, 404), openapi_extra=TOKEN)
async def get_import(import_id: ImportId, request: Request, asking: Importer, _: NoQuery) -> dict[str, Any]:
    """Tell how far an import is, and what it brought."""
    return _told(await change(request, lambda conn: uploads.get_upload(conn, import_id, _sender(asking))))


@router.put("/{import_id}", response_model=ImportAnswer, responses=problems(403, 404, 409), openapi_extra=TOKEN)
async def correct(
    import_id: ImportId, body: ImportCorrection, request: Request, asking: Importer, _: NoQuery
) -> dict[str, Any]:
    """Say anew how the file is to be read, and see how it would be."""
    sender = _sender(asking)
    path = await _place(request, import_id, sender)
    return _told(await change(request, lambda conn: uploads.correct(conn, path, import_id, sender, body.wanted())))


@router.post(
    "/{import_id}/start", status_code=202, response_model=ImportAnswer, responses=problems(403, 404, 409),
    openapi_extra=TOKEN,
)  # fmt: skip
async def start(import_id: ImportId, request: Request, asking: Importer, _: NoQuery) -> dict[str, Any]:
    """Begin the import; it goes on when the caller leaves. All of the file is stored, or nothing."""
    sender, state = _sender(asking), request.app.state
    path = await _place(request, import_id, sender)
    begun = await anyio.to_thread.run_sync(uploads.begin, state.database_url, state.vault, path, import_id, sender)
    threading.Thread(target=begun.run, name=f"import-{import_id}", daemon=True).start()
    return _told(await change(request, lambda conn: uploads.get_upload(conn, import_id, sender)))


@router.post(
    "/{import_id}/cancel", status_code=202, response_model=ImportAnswer, responses=problems(403, 404),
    openapi_extra=TOKEN,
)  # fmt: skip
async def cancel(import_id: ImportId, request: Request, asking: Importer, _: NoQuery) -> dict[str, Any]:
    """Call a running import off; it takes everything back."""
    return _told(await change(request, lambda conn: uploads.cancel(conn, import_id, _sender(asking))))


@router.get("/{import_id}/rejects", response_model=RejectList, responses=problems(403, 404), openapi_extra=TOKEN)
async def list_rejects(import_id: ImportId, request: Request, asking: Importer, _: NoQuery) -> dict[str, Any]:
    """List the rows that were put into quarantine, each with its reason and what to do; at most 10,000."""
    return {"rejects": await _rejects(request, import_id, asking, MOST_REJECTS)}


@router.get(
    "/{import_id}/rejects.xlsx", response_class=Response,
    responses={200: {"content": {XLSX: _BINARY}}, **problems(403, 404)}, openapi_extra=TOKEN,
)  # fmt: skip
async def rejects_as_workbook(import_id: ImportId, request: Request, asking: Importer, _: NoQuery) -> Response:
    """Give the rows in quarantine as a workbook."""
    rows = await _rejects(request, import_id, asking, 1_000_000)
    book = io.BytesIO()
    await anyio.to_thread.run_sync(write_rejected_rows, rows, book)
    headers = {"Content-Disposition": f'attachment; filename="rejects-{import_id}.xlsx"', "Cache-Control": "no-store"}
    return Response(book.getvalue(), media_type=XLSX, headers=headers)


async def _written(request: Request, path: FilePath) -> int:
    """Write the body to the file as it comes; gives its length."""
    length = 0
    async with await anyio.open_file(path, "xb") as file:
        async for chunk in request.stream():
            length += await file.write(chunk)
    return length


async def _place(request: Request, import_id: uuid.UUID, sender: Sender) -> FilePath:
    """Give where the file lies; raises NotFound when it is somebody else's or is gone."""
    known = await change(request, lambda conn: uploads.get_upload(conn, import_id, sender))
    path: FilePath = request.app.state.inbox.place(import_id, known["file_name"])
    if not path.exists():
        raise NotFound("the file is not kept any more", remedy="send it again")
    return path


async def _rejects(request: Request, import_id: uuid.UUID, asking: Caller, limit: int) -> list[dict[str, Any]]:
    return await change(request, lambda conn: uploads.list_rejects(conn, import_id, _sender(asking), limit=limit))


def _sender(asking: Caller) -> Sender:
    return Sender(asking.actor, asking.communes)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ImportAnswer.model_fields if name != "import_id"}
    return {"import_id": row["upload_id"], **told}
