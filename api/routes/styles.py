"""The map's style, for MapLibre and whatever else reads its form."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.responses import problems
from api.routes.tiles import Base, Desk
from api.schemas import Strict
from landdb.cartography import style, tilesets

router = APIRouter(prefix="/styles", tags=["tiles"])


class StyleQuery(Strict):
    """In which language and which light the map is wanted."""

    lang: Literal["vi", "en"] = "vi"
    theme: Literal["light", "dark"] = "light"


@router.get("/landdb", responses=problems())
async def landdb_style(asked: Annotated[StyleQuery, Query()], base: Base, desk: Desk) -> JSONResponse:
    """Give the MapLibre style over this service's own tiles; it needs no font and no image from elsewhere."""
    bounds = await desk.get_extent() or tilesets.VIETNAM
    return JSONResponse(style.style(base, asked.lang, asked.theme, bounds))
