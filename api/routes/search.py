"""The search box: a typed text into parcels and communes. Its text is never logged; people are not searched here."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.dependencies import AnyCaller, Connection
from api.responses import OPTIONAL_TOKEN, answered, problems
from api.schemas import CommuneCode, Strict
from api.search_answers import SearchAnswer, SuggestionsAnswer
from landdb import lookups
from landdb.lookups import Viewpoint

router = APIRouter(prefix="/search", tags=["search"])


class SearchQuery(Strict):
    """A text as a person types it."""

    q: Annotated[
        str,
        Field(
            max_length=1000,
            description="numbers of sheet and parcel, present or old, with or without a commune; a certificate's"
            " serial; a parcel code; coordinates in VN-2000 or WGS 84; a link of a map",
            examples=["tờ 12 thửa 345 xã Đông Anh"],
        ),
    ]
    commune: Annotated[CommuneCode | None, Field(description="the commune that the asker works in")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 20


@router.get("", response_model=SearchAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def search(asked: Annotated[SearchQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give how the text was understood and what it finds; with several readings, the questions to ask back."""
    view = Viewpoint(audience=asking.rights.audience, communes=asking.communes)
    body = await lookups.search(conn, asked.q, commune_code=asked.commune, limit=asked.limit, view=view)
    return answered(body, asking)


@router.get("/suggestions", response_model=SuggestionsAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def suggestions(asked: Annotated[SearchQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give parcels and communes that a text which is still being typed may lead to."""
    body = await lookups.suggest(conn, asked.q, commune_code=asked.commune, limit=min(asked.limit, 20))
    return answered(body, asking)
