"""Proposed repairs, and what the staff decides about them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Path, Query, Request, Response

from api.access import Caller
from api.dependencies import Connection, FindingDecider, NoQuery, RepairAccepter, page, viewpoint
from api.repair_answers import ProposalDetail, ProposalList, ProposedAnswer, UnsolvedAnswer
from api.repair_requests import ProposalQuery, RepairAcceptance, RepairRefusal, RepairsWanted, RepairUndoing
from api.responses import TOKEN, answered, problems
from api.schemas import AsOf, CommuneCode
from api.writing import change
from landdb import lookups, repairs
from landdb.errors import Conflict

router = APIRouter(tags=["repairs"])

ProposalId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]


@router.get("/communes/{code}/proposals", response_model=ProposalList, responses=problems(403), openapi_extra=TOKEN)
async def list_proposals(
    code: Annotated[CommuneCode, Path()],
    asked: Annotated[ProposalQuery, Query()],
    conn: Connection,
    asking: FindingDecider,
) -> Response:
    """Give the proposed repairs of a commune, for its clerks and analysts."""
    view = viewpoint(AsOf(), asking)
    return answered(await lookups.list_proposals(conn, code, asked.filter(), page=page(asked), view=view), asking)


@router.get(
    "/proposals/{proposal_id}", response_model=ProposalDetail, responses=problems(403, 404), openapi_extra=TOKEN
)
async def get_proposal(proposal_id: ProposalId, conn: Connection, asking: FindingDecider, _none: NoQuery) -> Response:
    """Give one proposal: polygons before and after, moves, areas against papers and limits, conditions."""
    return answered(await lookups.get_proposal(conn, proposal_id, view=viewpoint(AsOf(), asking)), asking)


@router.post(
    "/proposals/{proposal_id}/accept",
    response_model=ProposalDetail,
    responses=problems(403, 404, 409, 413),
    openapi_extra=TOKEN,
)
async def accept(
    proposal_id: ProposalId,
    body: RepairAcceptance,
    asking: RepairAccepter,
    conn: Connection,
    request: Request,
    _none: NoQuery,
) -> Response:
    """Carry a proposal out: one change on record, its finding checked again in the same transaction."""
    return await _decided(
        proposal_id, asking, conn, request,
        lambda link: repairs.accept(
            link, [proposal_id], actor=asking.actor, reason=body.reason, communes=asking.communes
        ),
    )  # fmt: skip


@router.post(
    "/proposals/{proposal_id}/refuse",
    response_model=ProposalDetail,
    responses=problems(403, 404, 409, 413),
    openapi_extra=TOKEN,
)
async def refuse(
    proposal_id: ProposalId,
    body: RepairRefusal,
    asking: FindingDecider,
    conn: Connection,
    request: Request,
    _none: NoQuery,
) -> Response:
    """Refuse a proposal; it is not made again while the ground stays as it is."""
    return await _decided(
        proposal_id, asking, conn, request,
        lambda link: repairs.refuse(
            link, proposal_id, actor=asking.actor, reason=body.reason, communes=asking.communes
        ),
    )  # fmt: skip


@router.post(
    "/communes/{code}/proposals", response_model=ProposedAnswer, responses=problems(403, 404), openapi_extra=TOKEN
)
async def propose(
    code: Annotated[CommuneCode, Path()], body: RepairsWanted, asking: FindingDecider, request: Request, _none: NoQuery
) -> ProposedAnswer:
    """Work repairs out for open findings of a commune, or for one; what was refused is not proposed again."""
    ids = None if body.finding_id is None else [body.finding_id]
    made = await change(
        request,
        lambda link: repairs.propose_for(link, code, actor=asking.actor, finding_ids=ids, communes=asking.communes),
    )
    return ProposedAnswer(
        findings=made.findings,
        proposals=len(made.proposal_ids),
        acceptable=made.acceptable,
        unsolved=[
            UnsolvedAnswer(code=why, findings=count, words=asdict(repairs.UNSOLVED[why]))
            for why, count in made.unsolved.items()
        ],
    )


@router.post(
    "/proposals/{proposal_id}/undo",
    response_model=ProposalDetail,
    responses=problems(403, 404, 409, 413),
    openapi_extra=TOKEN,
)
async def undo(
    proposal_id: ProposalId,
    body: RepairUndoing,
    asking: RepairAccepter,
    conn: Connection,
    request: Request,
    _none: NoQuery,
) -> Response:
    """Take a repair back that was carried out, as a new change on record; refused when its parcels changed since."""
    told = json.loads(await lookups.get_proposal(conn, proposal_id, view=viewpoint(AsOf(), asking)))
    carried_out = told["proposal"]["transaction_id"]
    if carried_out is None:
        raise Conflict("NOT_ACCEPTED", "this repair was not carried out", remedy="only accepted repairs are undone")
    return await _decided(
        proposal_id, asking, conn, request,
        lambda link: repairs.undo(
            link, carried_out, actor=asking.actor, reason=body.reason, communes=asking.communes
        ),
    )  # fmt: skip


async def _decided(
    proposal_id: int,
    asking: Caller,
    conn: psycopg.AsyncConnection[object],
    request: Request,
    decision: Callable[[psycopg.Connection], Any],
) -> Response:
    """Give the proposal as it stands after the decision; one of another commune is not known to the caller."""
    view = viewpoint(AsOf(), asking)
    await lookups.get_proposal(conn, proposal_id, view=view)
    await change(request, decision)
    return answered(await lookups.get_proposal(conn, proposal_id, view=view), asking)
