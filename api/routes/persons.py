"""Parcels by holder: for clerks and agreed services, in their communes, recorded before answered."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.access import Caller
from api.answers import ParcelAnswer
from api.dependencies import Connection, HolderSearcher, NoQuery, page, viewpoint
from api.errors import request_id_of
from api.holder_answers import HolderAnswer
from api.responses import TOKEN, answered, problems
from api.schemas import HolderCheck, HolderQuery, PersonSearch
from landdb import lookups
from landdb.domain.identifiers import CitizenId, normalise_commune_code

router = APIRouter(tags=["holders"])

OrgNo = Annotated[str, Path(pattern=r"^[0-9 .\-]{8,20}$", examples=["0100684378"])]


@router.post("/persons/search", response_model=ParcelAnswer, responses=problems(403, 413), openapi_extra=TOKEN)
async def parcels_by_citizen_id(
    body: PersonSearch, asking: HolderSearcher, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Give the parcels of a person in the caller's communes. Reason and asker are recorded first, found or not."""
    asking.check_purpose(body.purpose)
    found = await lookups.parcels_by_citizen_id(
        conn,
        CitizenId.parse(body.citizen_id.get_secret_value()),
        vault=request.app.state.vault,
        asker=asking.asker,
        reason=lookups.Reason(body.purpose, body.case_ref),
        request_id=request_id_of(request),
        view=viewpoint(body.as_of(), asking),
        page=lookups.Page(body.limit, int(body.after or 0)),
    )
    return answered(found.body, asking)


@router.get(
    "/organisations/{org_no}/parcels", response_model=ParcelAnswer, responses=problems(403), openapi_extra=TOKEN
)
async def parcels_by_organisation(
    org_no: OrgNo, asked: Annotated[HolderQuery, Query()], asking: HolderSearcher, conn: Connection
) -> Response:
    """Give the parcels that an organisation holds a right in, in the caller's communes."""
    view = viewpoint(asked, asking)
    return answered((await lookups.parcels_by_organisation(conn, org_no, page=page(asked), view=view)).body, asking)


@router.post("/holders/check", response_model=HolderAnswer, responses=problems(403, 413), openapi_extra=TOKEN)
async def check_holder(
    body: HolderCheck, asking: HolderSearcher, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Give whether a person holds rights in the caller's communes, and which: the question that replaces a declaration.

    Exactly the fields of the agreement are given, of the asked person only. Reason and asker are recorded first.
    """
    asking.check_purpose(body.purpose)
    answer = await lookups.rights_held(
        conn,
        CitizenId.parse(body.citizen_id.get_secret_value()),
        vault=request.app.state.vault,
        asker=asking.asker,
        reason=lookups.Reason(body.purpose, body.case_ref),
        request_id=request_id_of(request),
        view=viewpoint(body.as_of(), _narrowed(asking, body.communes)),
        page=lookups.Page(body.limit, int(body.after or 0)),
    )
    return answered(answer, asking)


def _narrowed(asking: Caller, communes: list[str] | None) -> Caller:
    """Give the caller, asking about some of the communes that they may ask about; others are none of them."""
    if communes is None:
        return asking
    wanted = {normalise_commune_code(code) for code in communes}
    allowed = wanted if asking.communes is None else wanted & set(asking.communes)
    return replace(asking, communes=tuple(sorted(allowed)))
