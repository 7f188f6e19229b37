"""OGC API – Tiles: map tiles of everything together or of one collection, and what there is to know about them.

Tiles hold no person and are the same for everyone; they never look at a token.
"""

import gzip
import re
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from api.dependencies import NoQuery
from api.responses import problems
from api.schemas import Strict
from landdb.cartography import tilesets
from landdb.cartography.tiles import TileDesk
from landdb.domain.tile_grid import DEEPEST, Tile
from landdb.domain.tile_layers import COLLECTIONS
from landdb.errors import InvalidValue, NotFound

router = APIRouter(tags=["tiles"])

Collection = Annotated[Literal["communes", "parcels", "sheets", "land-objects", "findings"], Path(examples=["parcels"])]
Matrix = Annotated[int, Path(ge=0, le=DEEPEST, description="zoom", examples=[14])]
Position = Annotated[int, Path(ge=0, lt=1 << DEEPEST, examples=[7199])]

#: A copy may be kept, but not shown before it was asked whether it holds still: that costs no drawing.
_CACHING: Final = {"Cache-Control": "public, max-age=0, must-revalidate", "Vary": "Accept-Encoding"}
_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_TILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Mapbox Vector Tile",
        "content": {tilesets.MVT: {"schema": {"type": "string", "format": "binary"}}},
    },
    204: {"description": "nothing lies there"},
    304: {"description": "as the asker has it"},
}


class TileQuery(Strict):
    """In which form a tile is wanted."""

    f: Annotated[Literal["mvt"] | None, Field(description="the one form that tiles have")] = None


class DatasetTileQuery(TileQuery):
    """Which collections are wanted in the tile."""

    collections: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z-]{1,20}(,[a-z-]{1,20}){0,4}$",
            description="some of them, by comma; all by default",
            examples=["parcels,sheets"],
        ),
    ] = None

    def chosen(self) -> tuple[str, ...]:
        """Give the collections in their own order; raises InvalidValue for one that there is not."""
        wanted = set(self.collections.split(",")) if self.collections else set(COLLECTIONS)
        if wanted - set(COLLECTIONS):
            raise InvalidValue("query.collections", "UNKNOWN_COLLECTION", remedy=f"of {', '.join(COLLECTIONS)}")
        return tuple(name for name in COLLECTIONS if name in wanted)


def _desk(request: Request) -> TileDesk:
    desk: TileDesk = request.app.state.tile_desk
    return desk


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


Desk = Annotated[TileDesk, Depends(_desk)]
Base = Annotated[str, Depends(_base)]


@router.get("/tileMatrixSets", responses=problems())
async def list_matrix_sets(_: NoQuery, base: Base) -> JSONResponse:
    """Give the tile matrix sets: WebMercatorQuad."""
    return JSONResponse(tilesets.matrix_sets(base))


@router.get("/tileMatrixSets/WebMercatorQuad", responses=problems())
async def matrix_set(_: NoQuery) -> JSONResponse:
    """Give the definition of WebMercatorQuad."""
    return JSONResponse(tilesets.matrix_set())


@router.get("/tiles", responses=problems())
async def list_tilesets(_: NoQuery, base: Base) -> JSONResponse:
    """Give the tilesets of everything together."""
    return JSONResponse(tilesets.tilesets(base, None))


@router.get("/tiles/WebMercatorQuad", responses=problems())
async def tileset(_: NoQuery, base: Base, desk: Desk) -> JSONResponse:
    """Give the layers of the tileset with their fields, and the ground that it covers."""
    return JSONResponse(tilesets.tileset(base, None, await desk.get_extent()))


@router.get("/tiles/WebMercatorQuad/tilejson.json", responses=problems())
async def tilejson(asked: Annotated[DatasetTileQuery, Query()], base: Base, desk: Desk) -> JSONResponse:
    """Give the TileJSON of everything together, or of some collections."""
    return JSONResponse(tilesets.tilejson(base, asked.chosen(), await desk.get_extent()))


@router.get("/tiles/WebMercatorQuad/{z}/{row}/{col}", response_class=Response, responses={**problems(404), **_TILE})
async def dataset_tile(
    z: Matrix, row: Position, col: Position, asked: Annotated[DatasetTileQuery, Query()], request: Request, desk: Desk
) -> Response:
    """Give a tile with all layers, or those of some collections; row from the north, column from the west."""
    return await _answer(request, desk, Tile(z, col, row), asked.chosen())


@router.get("/collections/{collection}/tiles", responses=problems(404))
async def list_collection_tilesets(collection: Collection, _: NoQuery, base: Base) -> JSONResponse:
    """Give the tilesets of a collection."""
    return JSONResponse(tilesets.tilesets(base, collection))


@router.get("/collections/{collection}/tiles/WebMercatorQuad", responses=problems(404))
async def collection_tileset(collection: Collection, _: NoQuery, base: Base, desk: Desk) -> JSONResponse:
    """Give the layers of a collection's tileset, and the ground that it covers."""
    return JSONResponse(tilesets.tileset(base, collection, await desk.get_extent()))


@router.get("/collections/{collection}/tiles/WebMercatorQuad/tilejson.json", responses=problems(404))
async def collection_tilejson(collection: Collection, _: NoQuery, base: Base, desk: Desk) -> JSONResponse:
    """Give the TileJSON of a collection."""
    return JSONResponse(tilesets.tilejson(base, (collection,), await desk.get_extent()))


@router.get(
    "/collections/{collection}/tiles/WebMercatorQuad/{z}/{row}/{col}",
    response_class=Response,
    responses={**problems(404), **_TILE},
)
async def collection_tile(
    collection: Collection,
    z: Matrix,
    row: Position,
    col: Position,
    asked: Annotated[TileQuery, Query()],
    request: Request,
    desk: Desk,
) -> Response:
    """Give a tile of a collection; row from the north, column from the west."""
    del asked
    return await _answer(request, desk, Tile(z, col, row), (collection,))


async def _answer(request: Request, desk: TileDesk, tile: Tile, collections: tuple[str, ...]) -> Response:
    if not tile.exists:
        raise NotFound("the grid has no such tile", remedy="row and column are smaller than 2 to the power of the zoom")
    known = _TAG.findall(request.headers.get("if-none-match", ""))
    found = await desk.get_tile(tile, collections, known=known)
    headers = {"ETag": f'W/"{found.etag}"', **_CACHING}
    if found.omitted:
        headers["Landdb-Omitted"] = f"parcels={found.omitted}; the smallest, since the tile was full"
    if found.body is None:
        return Response(status_code=304, headers=headers)
    if not found.body:
        return Response(status_code=204, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(found.body), headers=headers, media_type=tilesets.MVT)
    return Response(found.body, headers={**headers, "Content-Encoding": "gzip"}, media_type=tilesets.MVT)
