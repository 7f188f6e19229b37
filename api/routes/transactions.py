"""Legal changes: previewed and made by the same code, decided by a second person, told in a feed."""

from functools import partial
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.access import Caller
from api.dependencies import AnyCaller, Connection, NoQuery, Registrar, Subscriber, viewpoint
from api.errors import PRECONDITION_MISSING, REFUSED, problem, request_id_of
from api.responses import OPTIONAL_TOKEN, TOKEN, answered, problems
from api.schemas import AsOf
from api.transaction_answers import DecisionAnswer, FeedAnswer, HistoryAnswer, OutcomeAnswer, StateAnswer
from api.transaction_requests import ChangeRequest, Decision, FeedQuery, HistoryQuery, RegisterQuery
from api.writing import change
from landdb import lookups, registration
from landdb.registration import Clerk
from landdb.registration.feed import read_changes
from landdb.store import register_subjects

router = APIRouter(tags=["transactions"])

ParcelId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
TransactionId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
IfMatch = Annotated[str | None, Header(max_length=60, description="the tag of the only parcel, in quotes")]
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=120, description="the same key acts once")
]
MADE = problems(403, 404, 409, 412, 413, 428)


@router.post("/transactions", response_model=OutcomeAnswer, responses=MADE, openapi_extra=TOKEN)
async def register(
    body: ChangeRequest, asked: Annotated[RegisterQuery, Query()], asking: Registrar, request: Request,
    if_match: IfMatch = None, key: Key = None,
) -> Response:  # fmt: skip
    """Make a legal change, or with `dry_run=true` tell what it would do: the same notices, areas, numbers and rights.

    Every parcel is named with the tag that its clerk saw (`GET /parcels/{parcel_id}/state`), in the body or, for one
    parcel, in If-Match. 409 refuses and says why; a warning is accepted by naming its code in `acknowledge`.
    """
    told = body.told(if_match, key)
    if not (asked.dry_run or body.is_tagged(told)):
        return problem(PRECONDITION_MISSING, request_id_of(request), remedy="give each parcel's tag, or If-Match")

    def make(conn: psycopg.Connection) -> dict[str, Any]:
        wanted = registration.parse_change(told, find_parcel=partial(register_subjects.find_parcel, conn))
        vault = request.app.state.vault
        return registration.register(conn, vault, wanted, _clerk(asking), dry_run=asked.dry_run, draft=asked.draft)

    return _told(await change(request, make), request, is_preview=asked.dry_run)


@router.put("/transactions/{transaction_id}", response_model=OutcomeAnswer, responses=MADE, openapi_extra=TOKEN)
async def amend(
    transaction_id: TransactionId, body: ChangeRequest, asking: Registrar, request: Request, _none: NoQuery,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Let a draft of one's own, or a change that was sent back, ask for this instead; tells what it would do now."""
    told, vault = body.told(if_match, None), request.app.state.vault

    def make(conn: psycopg.Connection) -> dict[str, Any]:
        wanted = registration.parse_change(told, find_parcel=partial(register_subjects.find_parcel, conn))
        return registration.amend(conn, vault, transaction_id, wanted, _clerk(asking))

    return JSONResponse(await change(request, make), headers={"Cache-Control": "no-store"})


@router.post(
    "/transactions/{transaction_id}/approve", response_model=OutcomeAnswer, responses=MADE, openapi_extra=TOKEN
)
async def approve(transaction_id: TransactionId, asking: Registrar, request: Request, _none: NoQuery) -> Response:
    """Do what another clerk submitted."""
    vault = request.app.state.vault
    outcome = await change(request, lambda conn: registration.approve(conn, vault, transaction_id, _clerk(asking)))
    return _told(outcome, request)


@router.post(
    "/transactions/{transaction_id}/reject", response_model=DecisionAnswer, responses=MADE, openapi_extra=TOKEN
)
async def reject(
    transaction_id: TransactionId, body: Decision, asking: Registrar, request: Request, _none: NoQuery
) -> Response:
    """End a waiting change without effect."""
    await change(request, lambda conn: registration.reject(conn, transaction_id, _clerk(asking), body.note))
    return _decided(transaction_id, "REJECTED")


@router.post(
    "/transactions/{transaction_id}/supplement", response_model=DecisionAnswer, responses=MADE, openapi_extra=TOKEN
)
async def supplement(
    transaction_id: TransactionId, body: Decision, asking: Registrar, request: Request, _none: NoQuery
) -> Response:
    """Send a submitted change back to its clerk: something is missing."""
    await change(request, lambda conn: registration.ask_supplement(conn, transaction_id, _clerk(asking), body.note))
    return _decided(transaction_id, "NEEDS_SUPPLEMENT")


@router.post(
    "/transactions/{transaction_id}/submit", response_model=DecisionAnswer, responses=MADE, openapi_extra=TOKEN
)
async def submit(transaction_id: TransactionId, asking: Registrar, request: Request, _none: NoQuery) -> Response:
    """Submit a draft, or a change that was sent back."""
    await change(request, lambda conn: registration.submit(conn, transaction_id, _clerk(asking)))
    return _decided(transaction_id, "SUBMITTED")


@router.get("/parcels/{parcel_id}/state", response_model=StateAnswer, responses=problems(404), tags=["parcels"],
            openapi_extra=OPTIONAL_TOKEN)  # fmt: skip
async def parcel_state(parcel_id: ParcelId, conn: Connection, asking: AnyCaller, _none: NoQuery) -> Response:
    """Give the tag of all that is registered on a parcel, also as ETag: what a change is conditional on."""
    state = await lookups.parcel_state(conn, parcel_id)
    answer = answered(state.body, asking)
    answer.headers["ETag"] = f'"{state.tag}"'
    return answer


@router.get("/parcels/{parcel_id}/history", response_model=HistoryAnswer, responses=problems(404), tags=["parcels"],
            openapi_extra=OPTIONAL_TOKEN)  # fmt: skip
async def parcel_history(
    parcel_id: ParcelId, asked: Annotated[HistoryQuery, Query()], conn: Connection, asking: AnyCaller
) -> Response:
    """Give ancestors, descendants, versions and changes of a parcel, in force or gone; clerks are named to staff."""
    view = viewpoint(AsOf(), asking)
    body = await lookups.parcel_history(conn, parcel_id, generations=asked.generations, view=view)
    return answered(body, asking)


@router.get("/changes", response_model=FeedAnswer, responses=problems(403), openapi_extra=TOKEN)
async def changes(asked: Annotated[FeedQuery, Query()], conn: Connection, asking: Subscriber) -> Response:
    """Give the change feed after a cursor: CloudEvents without personal data, each change once, in commit order."""
    page = await read_changes(conn, asked.after, limit=asked.limit, communes=asking.communes)
    return JSONResponse(
        {"events": list(page.events), "next": page.next, "is_full": page.is_full},
        headers={"Cache-Control": "no-store"},
    )


def _decided(transaction_id: int, state: str) -> Response:
    return JSONResponse({"transaction_id": transaction_id, "state": state}, headers={"Cache-Control": "no-store"})


def _clerk(asking: Caller) -> Clerk:
    return Clerk(asking.actor, asking.communes)


def _told(outcome: dict[str, Any], request: Request, *, is_preview: bool = False) -> Response:
    if outcome["result"] == "REFUSED" and not is_preview:
        faults = [
            {"field": told["subject"] or "change", "reason": told["code"], "message": told["message"]["vi"]}
            for told in outcome["notices"]
            if told["code"] in outcome["refusing"]
        ]
        return problem(REFUSED, request_id_of(request), reason="REFUSED", faults=faults)
    return JSONResponse(outcome, headers={"Cache-Control": "no-store"})
