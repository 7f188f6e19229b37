"""Sketches and extracts of parcels, and the check of a code or a file."""

import base64
import json
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.access import PUBLIC, Caller
from api.answers import Shape
from api.dependencies import AnyCaller, Connection, NoQuery, viewpoint
from api.extract_answers import ExtractChecked, ExtractKey
from api.responses import OPTIONAL_TOKEN, problems
from api.routes.parcels import ParcelId
from api.schemas import AsOf
from api.writing import change
from landdb import lookups
from landdb.errors import InvalidValue, NotFound
from landdb.reporting import extract
from landdb.reporting.extract import Checked, Seal, Wanted
from landdb.validators.rule import Language

router = APIRouter(tags=["extracts"])

SVG, PDF = "image/svg+xml", "application/pdf"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


class ExtractQuery(AsOf):
    """For which dates and in which language."""

    lang: Annotated[Language, Field(description="of the paper")] = "vi"


@router.get(
    "/parcels/{parcel_id}/sketch.svg",
    response_class=Response,
    responses={200: {"content": {SVG: _BINARY}}, **problems(404)},
    openapi_extra=OPTIONAL_TOKEN,
)
async def sketch(
    parcel_id: ParcelId, asked: Annotated[AsOf, Query()], request: Request, conn: Connection, asking: AnyCaller
) -> Response:
    """Draw the parcel among its neighbours, with lengths of its sides; 404 when its boundary cannot be drawn."""
    parcel = await _parcel(conn, parcel_id, asked, asking)
    moment = extract.moment_of(asked.valid_at, asked.known_at)
    drawn = await change(request, lambda writing: extract.draw_sketch(writing, parcel, moment))
    if drawn is None:
        raise NotFound("the parcel has no boundary that can be drawn", remedy="see geometry_fault of the parcel")
    return Response(drawn, media_type=SVG)


@router.get(
    "/parcels/{parcel_id}/extract.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: _BINARY}}, **problems(404)},
    openapi_extra=OPTIONAL_TOKEN,
)
async def extract_of_parcel(
    parcel_id: ParcelId, asked: Annotated[ExtractQuery, Query()], request: Request, conn: Connection, asking: AnyCaller
) -> Response:
    """Issue an extract: PDF/A-3 with sketch, sides, corners in VN-2000, signed, with a code that can be checked."""
    parcel = await _parcel(conn, parcel_id, asked, asking)
    wanted = Wanted(
        language=asked.lang,
        moment=extract.moment_of(asked.valid_at, asked.known_at),
        role=asking.role,
        service_url=str(request.base_url),
        sees_restrictions=not parcel["withheld"],
    )
    seal: Seal = request.app.state.seal
    issued = await change(request, lambda writing: extract.issue_extract(writing, parcel, wanted, seal=seal))
    name = f"{parcel['commune']['code']}-{parcel['sheet']['sheet_no']}-{parcel['parcel_no']}"
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
    headers = {"Content-Disposition": f'inline; filename="extract-{plain}.pdf"', "Cache-Control": "no-store"}
    return Response(issued.pdf, media_type=PDF, headers=headers)


@router.get("/extracts/key", response_model=ExtractKey, responses=problems())
async def extract_key(request: Request, _: NoQuery) -> dict[str, str]:
    """Give the public key, for checking extracts without this service."""
    seal: Seal = request.app.state.seal
    told = base64.urlsafe_b64encode(seal.public_key).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "kid": seal.key_id, "x": told}


@router.get("/extracts/{code}", response_model=ExtractChecked, responses=problems(404))
async def extract_by_code(
    code: Annotated[str, Path(min_length=12, max_length=20, examples=["K7QF-2M9X-P4TD"])], request: Request, _: NoQuery
) -> Shape:
    """Tell when the extract with this code was issued, for which parcel, and whether that has changed since."""
    return _told(await change(request, lambda conn: extract.check_code(conn, code)))


@router.post(
    "/extracts/check",
    response_model=ExtractChecked,
    responses=problems(413),
    openapi_extra={"requestBody": {"required": True, "content": {PDF: _BINARY}}},
)
async def extract_by_file(request: Request, _: NoQuery) -> Shape:
    """Tell whether a PDF is an extract as it was issued here: signature, every printed number, and the record."""
    pdf, seal = await request.body(), request.app.state.seal
    if not pdf.startswith(b"%PDF-"):
        raise InvalidValue("body", "NO_PDF", remedy="send the PDF itself, as application/pdf")

    def checked(conn: Any) -> Checked:
        found = extract.check_file(pdf, seal.public_key)
        if found.standing != "GENUINE":
            return found
        try:
            return extract.check_code(conn, str(found.code))
        except NotFound:
            return Checked("UNKNOWN", code=found.code)

    return _told(await change(request, checked))


async def _parcel(conn: Connection, parcel_id: int, asked: AsOf, asking: Caller) -> dict[str, Any]:
    """Give the parcel as the caller may see it, with coordinates of its own zone; raises NotFound.

    A paper is whole or is none: a service, whose agreement grants single fields, gets that of the public.
    """
    seen = viewpoint(asked, PUBLIC if asking.agreement else asking)
    found = await lookups.get_parcel(conn, parcel_id, view=replace(seen, native=True))
    if found.status == "NOT_FOUND":
        raise NotFound
    parcel: dict[str, Any] = json.loads(found.body)["parcels"][0]
    return parcel


def _told(checked: Checked) -> ExtractChecked:
    return ExtractChecked(
        standing=checked.standing,
        code=checked.code,
        issued_at=checked.issued_at,
        valid_at=checked.valid_at,
        parcel_id=checked.parcel_id,
        has_changed=checked.has_changed,
    )
