"""Clear values for a purpose, and what those whom they concern are told of it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api import metrics
from api.access import Caller
from api.accountability_answers import AccessList, PurposeList, QuotaList, RevealRequest, Revelation
from api.dependencies import Connection, DataSubject, NoQuery, Revealer, Subscriber, page
from api.errors import request_id_of
from api.responses import TOKEN, answered, problems
from api.schemas import Listing
from landdb import lookups
from landdb.domain.purposes import purposes

router = APIRouter(tags=["accountability"])

PartyId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[2217])]


@router.post("/parties/{party_id}/reveal", response_model=Revelation, responses=problems(403, 404), openapi_extra=TOKEN)
async def reveal(
    party_id: PartyId, body: RevealRequest, asking: Revealer, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Give clear values of a party that holds a right in the caller's communes, for a purpose in a case.

    Who asked, when and why is recorded first, found or not, and shown to the citizen. Each question counts for the
    caller's quota and the organisation's.
    """
    revealed = await lookups.reveal_party(
        conn,
        party_id,
        fields=list(dict.fromkeys(body.fields)),
        vault=request.app.state.vault,
        asker=asking.asker,
        reason=lookups.Reason(body.purpose, body.case_ref),
        request_id=request_id_of(request),
        communes=asking.communes,
        stale_after_s=request.app.state.door.limits.seal_stale_s,
    )
    metrics.REVEALED.inc(sum(value is not None for value in revealed.values.values()))
    return _answer(
        {
            "party_id": revealed.party_id,
            "party_kind": revealed.party_kind,
            "values": dict(revealed.values),
            "withheld": list(revealed.withheld),
            "access_id": revealed.access_id,
            "quota": [_quota(quota) for quota in revealed.quotas],
        },
        asking,
    )


@router.get("/purposes", response_model=PurposeList, responses=problems())
async def list_purposes(_none: NoQuery) -> Response:
    """Give the purposes for which clear values may be asked, their legal basis and the fields that each needs."""
    rows = [
        {
            "code": one.code,
            "label": {"vi": one.label_vi, "en": one.label_en},
            "legal_basis": one.legal_basis,
            "fields": list(one.fields),
        }
        for one in purposes().values()
    ]
    return Response(json.dumps({"purposes": rows}, ensure_ascii=False), media_type="application/json")


@router.get("/me/quota", response_model=QuotaList, responses=problems(), openapi_extra=TOKEN)
async def my_quota(asking: Subscriber, conn: Connection, _none: NoQuery) -> Response:
    """Give how many people the caller and the caller's organisation may still ask about."""
    quotas = await lookups.list_used(conn, asking.asker)
    return _answer({"quota": [_quota(quota) for quota in quotas]}, asking)


@router.get("/me/accesses", response_model=AccessList, responses=problems(403), openapi_extra=TOKEN)
async def my_accesses(asked: Annotated[Listing, Query()], asking: DataSubject, conn: Connection) -> Response:
    """Give a citizen who looked at his or her data, newest first: which office, when, at what, why and by which law."""
    part = page(asked)
    rows = await lookups.list_accesses_about(conn, asking.citizen_id_index or b"", page=part)
    following = part.next_after(len(rows), rows[-1]["access_id"] if rows else None)
    told = [{**row, "at": row["at"].isoformat()} for row in rows]
    return _answer({"accesses": told, "next": None if following is None else str(following)}, asking)


def _quota(quota: lookups.Quota) -> dict[str, Any]:
    return {
        "scope": quota.scope,
        "per_hour": quota.per_hour,
        "per_day": quota.per_day,
        "used_hour": quota.used_hour,
        "used_day": quota.used_day,
        "left": quota.left,
        "frees_at": None if quota.frees_at is None else quota.frees_at.isoformat(),
    }


def _answer(content: dict[str, Any], asking: Caller) -> Response:
    return answered(json.dumps(content, ensure_ascii=False).encode(), asking)
