"""Whether the service lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Request, Response

from api import errors
from api.answers import Shape
from api.dependencies import NoQuery, PublicConnection
from api.responses import problems

router = APIRouter(tags=["health"])

_ONLY = {status: told for status, told in problems().items() if status != 401}


class Health(Shape):
    """Whether the service works."""

    status: Literal["ok"]


@router.get("/healthz", response_model=Health, responses={400: _ONLY[400]})
async def alive(_none: NoQuery) -> Response:
    """Tell that the process answers; the database is not asked."""
    return Response('{"status": "ok"}', media_type="application/json")


@router.get("/readyz", response_model=Health, responses=_ONLY)
async def ready(request: Request, conn: PublicConnection, _none: NoQuery) -> Response:
    """Tell whether the database answers and has the schema that this program knows."""
    cursor = await conn.execute("SELECT version_num FROM public.alembic_version")
    row = await cursor.fetchone()
    if row is None or row[0] != request.app.state.schema_revision:
        return errors.problem(errors.UNAVAILABLE, errors.request_id_of(request), reason="OTHER_SCHEMA")
    return Response('{"status": "ok"}', media_type="application/json")
