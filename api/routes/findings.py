"""What the rules found, and what people decide about it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import psycopg
from fastapi import APIRouter, Path, Query, Request, Response

from api.access import Caller
from api.dependencies import AnyCaller, Connection, FindingDecider, NoQuery, page, viewpoint
from api.finding_answers import AS_MAP, GEO_JSON, FindingDetail, FindingList, Trend, TrendPointAnswer
from api.finding_requests import Acceptance, Assignment, Comment, FindingQuery, Revocation, TrendQuery
from api.responses import OPTIONAL_TOKEN, TOKEN, answered, problems
from api.schemas import AsOf
from api.writing import change
from landdb import lookups, triage
from landdb.errors import AccessDenied
from landdb.lookups import Viewpoint
from landdb.triage import Decider

router = APIRouter(prefix="/findings", tags=["findings"])

FindingId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
DECIDED = problems(403, 404, 409, 413)


@router.get("", response_model=FindingList, responses={**problems(403), 200: AS_MAP}, openapi_extra=OPTIONAL_TOKEN)
async def list_findings(
    asked: Annotated[FindingQuery, Query()], conn: Connection, asking: AnyCaller, request: Request
) -> Response:
    """Give findings, the worst first, as a list or as a map layer (`f=geojson`, or that media type in Accept).

    Those about parties and rights are only for staff of their commune.
    """
    if asked.asks_about_work and not asking.rights.may_decide_findings:
        raise AccessDenied("STAFF_ONLY", remedy="clerks and analysts may ask who works on what")
    is_map = asked.f == "geojson" or (asked.f is None and GEO_JSON in request.headers.get("accept", ""))
    question = lookups.map_findings if is_map else lookups.list_findings
    body = await question(conn, asked.filter(), order=asked.sort, page=page(asked), view=viewpoint(AsOf(), asking))
    answer = answered(body, asking, media_type=GEO_JSON if is_map else "application/json")
    answer.headers["Vary"] = "Accept, Authorization"
    return answer


@router.get("/trend", response_model=Trend, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def trend(asked: Annotated[TrendQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give how many findings stood after each check of a commune, the first check first."""
    rules = () if asked.rule is None else (asked.rule,)
    points = await lookups.list_trend(conn, asked.commune, rules=rules, view=viewpoint(AsOf(), asking))
    checks = [TrendPointAnswer(**asdict(point), errors_per_1000=point.errors_per_1000) for point in points]
    return answered(Trend(commune=asked.commune, checks=checks).model_dump_json().encode(), asking)


@router.get("/{finding_id}", response_model=FindingDetail, responses=problems(404), openapi_extra=OPTIONAL_TOKEN)
async def get_finding(finding_id: FindingId, conn: Connection, asking: AnyCaller, _none: NoQuery) -> Response:
    """Give one finding: its shape, the limits it was judged by, whom it concerns and, for staff, its history."""
    return answered(await lookups.get_finding(conn, finding_id, view=viewpoint(AsOf(), asking)), asking)


@router.post("/{finding_id}/accept", response_model=FindingDetail, responses=DECIDED, openapi_extra=TOKEN)
async def accept(
    finding_id: FindingId, body: Acceptance, asking: FindingDecider, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Accept a finding as it is; it is open again after `until`, or when it has grown beyond the margin."""
    return await _decided(
        finding_id, asking, conn, request,
        lambda link, by: triage.accept(
            link, [finding_id], by=by, reason=body.reason, ends_on=body.until, growth_margin=body.growth_margin
        ),
    )  # fmt: skip


@router.post("/{finding_id}/revoke", response_model=FindingDetail, responses=DECIDED, openapi_extra=TOKEN)
async def revoke(
    finding_id: FindingId, body: Revocation, asking: FindingDecider, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Open an accepted finding again."""
    return await _decided(
        finding_id, asking, conn, request,
        lambda link, by: triage.revoke(link, [finding_id], by=by, note=body.note),
    )  # fmt: skip


@router.post("/{finding_id}/assign", response_model=FindingDetail, responses=DECIDED, openapi_extra=TOKEN)
async def assign(
    finding_id: FindingId, body: Assignment, asking: FindingDecider, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Hand a finding to somebody, or to nobody."""
    return await _decided(
        finding_id, asking, conn, request,
        lambda link, by: triage.assign(link, [finding_id], by=by, to=body.to),
    )  # fmt: skip


@router.post("/{finding_id}/comment", response_model=FindingDetail, responses=DECIDED, openapi_extra=TOKEN)
async def comment(
    finding_id: FindingId, body: Comment, asking: FindingDecider, conn: Connection, request: Request, _none: NoQuery
) -> Response:
    """Add a remark to a finding's history."""
    return await _decided(
        finding_id, asking, conn, request,
        lambda link, by: triage.comment(link, [finding_id], by=by, text=body.text),
    )  # fmt: skip


async def _decided(
    finding_id: int,
    asking: Caller,
    conn: psycopg.AsyncConnection[object],
    request: Request,
    decision: Callable[[psycopg.Connection, Decider], int],
) -> Response:
    """Give the finding as it stands after the decision; one that the caller may not see is not known to it."""
    view: Viewpoint = viewpoint(AsOf(), asking)
    await lookups.get_finding(conn, finding_id, view=view)
    await change(request, lambda link: decision(link, Decider(asking.actor, asking.communes)))
    return answered(await lookups.get_finding(conn, finding_id, view=view), asking)
