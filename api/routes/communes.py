"""Communes in force on a day."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.access import PUBLIC
from api.dependencies import Connection, page
from api.place_answers import CommuneAnswer, CommuneList
from api.responses import answered, problems
from api.schemas import CommuneCode, CommuneListQuery, CommuneQuery
from landdb import lookups
from landdb.errors import NotFound
from landdb.lookups import Viewpoint

router = APIRouter(prefix="/communes", tags=["communes"])


@router.get("", response_model=CommuneList, responses=problems())
async def list_communes(asked: Annotated[CommuneListQuery, Query()], conn: Connection) -> Response:
    """Give the communes in force, of a province or of a name written with or without accents."""
    body = await lookups.list_communes(
        conn,
        province_code=asked.province,
        name=asked.name,
        page=page(asked),
        view=Viewpoint(valid_at=asked.valid_at),
    )
    return answered(body, PUBLIC)


@router.get("/{code}", response_model=CommuneAnswer, responses=problems(404))
async def commune(
    code: Annotated[CommuneCode, Path()], asked: Annotated[CommuneQuery, Query()], conn: Connection
) -> Response:
    """Give the commune that the code denotes on a day, with its predecessors, successors and map sheets."""
    body = await lookups.get_commune(conn, code, view=Viewpoint(valid_at=asked.valid_at))
    if body is None:
        raise NotFound
    return answered(body, PUBLIC)
