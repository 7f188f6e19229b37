"""Communes in force on a day, and how good their data are."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.access import PUBLIC
from api.dependencies import AnyCaller, PublicConnection, page
from api.pages import commune_page
from api.place_answers import CommuneAnswer, CommuneList
from api.quality_answers import PAGE, QualityAnswer
from api.responses import OPTIONAL_TOKEN, answered, problems
from api.schemas import CommuneCode, CommuneListQuery, CommuneQuery, PageQuery, QualityQuery
from landdb import lookups
from landdb.errors import NotFound
from landdb.lookups import Viewpoint

router = APIRouter(prefix="/communes", tags=["communes"])


@router.get("", response_model=CommuneList, responses=problems())
async def list_communes(asked: Annotated[CommuneListQuery, Query()], conn: PublicConnection) -> Response:
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
    code: Annotated[CommuneCode, Path()], asked: Annotated[CommuneQuery, Query()], conn: PublicConnection
) -> Response:
    """Give the commune that the code denotes on a day, with its predecessors, successors and map sheets."""
    body = await lookups.get_commune(conn, code, view=Viewpoint(valid_at=asked.valid_at))
    if body is None:
        raise NotFound
    return answered(body, PUBLIC)


@router.get("/{code}/quality", response_model=QualityAnswer, responses=problems(404))
async def quality(
    code: Annotated[CommuneCode, Path()], asked: Annotated[QualityQuery, Query()], conn: PublicConnection
) -> Response:
    """Give the last score of a commune with the numbers that it is computed from, campaign standing and trend.

    Counts only, the same for everyone; without a score the commune was never checked.
    """
    body = await lookups.get_quality(conn, code, days=asked.days)
    if body is None:
        raise NotFound
    return answered(body, PUBLIC)


@router.get("/{code}/report", response_class=Response, responses={**problems(404), 200: PAGE},
            openapi_extra=OPTIONAL_TOKEN)  # fmt: skip
async def report(
    code: Annotated[CommuneCode, Path()], asked: Annotated[PageQuery, Query()], request: Request, asking: AnyCaller
) -> Response:
    """Give the report of a commune as one HTML page that needs nothing else.

    It shows things as they stand. Findings about holders and rights are listed for staff of that commune only.
    """
    return await commune_page(request, code, asked.lang, asking)
