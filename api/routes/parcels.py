"""Parcels by working key, by code, by old number, at a point and in a box."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.answers import BoxAnswer, OldNumberAnswer, ParcelAnswer
from api.dependencies import AnyCaller, Connection, page, viewpoint
from api.responses import OPTIONAL_TOKEN, answered, problems, resource
from api.schemas import BoxQuery, NumberQuery, OldNumberQuery, ParcelView, PointQuery
from landdb import lookups

router = APIRouter(prefix="/parcels", tags=["parcels"])

ParcelId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
Code = Annotated[str, Path(pattern="^[0-9b-hjkmnp-zB-HJKMNP-Z]{12}$", examples=["w7jq2m4k5n01"])]


@router.get("", response_model=ParcelAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def parcels_by_number(asked: Annotated[NumberQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give the parcel under commune, sheet and parcel number; the commune code is read on the asked day."""
    view = viewpoint(asked, asking)
    found = await lookups.parcels_by_number(conn, asked.commune, asked.sheet, asked.parcel, view=view)
    return answered(found.body, asking)


@router.get("/old", response_model=OldNumberAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def parcels_by_old_number(
    asked: Annotated[OldNumberQuery, Query()], conn: Connection, asking: AnyCaller
) -> Response:
    """Give where the number on an old certificate is today: RESOLVED, AMBIGUOUS with all candidates, or NOT_FOUND."""
    found = await lookups.resolve_old_number(
        conn,
        asked.commune,
        asked.sheet,
        asked.parcel,
        scale_denominator=asked.scale,
        note=asked.note,
        view=viewpoint(asked, asking),
    )
    return answered(found.body, asking)


@router.get("/at", response_model=ParcelAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def parcels_at_point(asked: Annotated[PointQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give the parcel at lon and lat, or at x and y of a VN-2000 zone; on a boundary all that meet there."""
    x, y, srid = asked.point()
    view = viewpoint(asked, asking)
    found = await lookups.parcels_at_point(conn, x, y, srid=srid, axes=asked.axes, view=view)
    return answered(found.body, asking)


@router.get("/in-box", response_model=BoxAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def parcels_in_box(asked: Annotated[BoxQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give one page of the parcels in a box, as GeoJSON."""
    view = viewpoint(asked, asking)
    return answered(await lookups.parcels_in_box(conn, asked.box(), page=page(asked), view=view), asking)


@router.get("/by-code/{code}", response_model=ParcelAnswer, responses=problems(404), openapi_extra=OPTIONAL_TOKEN)
async def parcels_by_code(
    code: Code, asked: Annotated[ParcelView, Query()], conn: Connection, asking: AnyCaller
) -> Response:
    """Give the parcel with a national 12-character code; AMBIGUOUS when two parcels carry it."""
    view = viewpoint(asked, asking)
    return resource(await lookups.parcels_by_code(conn, code, view=view), asking)


@router.get("/{parcel_id}", response_model=ParcelAnswer, responses=problems(404), openapi_extra=OPTIONAL_TOKEN)
async def parcel_by_id(
    parcel_id: ParcelId, asked: Annotated[ParcelView, Query()], conn: Connection, asking: AnyCaller
) -> Response:
    """Give the parcel with this internal key."""
    view = viewpoint(asked, asking)
    return resource(await lookups.get_parcel(conn, parcel_id, view=view), asking)
