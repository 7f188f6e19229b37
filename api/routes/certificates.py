"""Parcels by the certificate that one holds in the hand."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.answers import ParcelAnswer
from api.dependencies import AnyCaller, Connection, page, viewpoint
from api.responses import OPTIONAL_TOKEN, problems, resource
from api.schemas import HolderQuery, text
from landdb import lookups

router = APIRouter(prefix="/certificates", tags=["certificates"])

Serial = Annotated[str, Path(examples=["AB 12345678"]), text(40)]


@router.get("/{serial}", response_model=ParcelAnswer, responses=problems(404), openapi_extra=OPTIONAL_TOKEN)
async def parcels_by_certificate(
    serial: Serial, asked: Annotated[HolderQuery, Query()], conn: Connection, asking: AnyCaller
) -> Response:
    """Give the parcels of the certificate with this serial; AMBIGUOUS when several certificates carry it."""
    view = viewpoint(asked, asking)
    return resource(await lookups.parcels_by_certificate(conn, serial, page=page(asked), view=view), asking)
