"""What the rules found, and what people decide about it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.access import Caller
from api.dependencies import AnyCaller, Connection, FindingDecider, NoQuery, page, viewpoint
from api.finding_answers import AS_MAP, GEO_JSON, FindingDetail, FindingList, Trend, TrendPointAnswer
from api.finding_requests import Acceptance, Assignment, Comment, FindingQuery, Revocation, TrendQuery
from api.responses import OPTIONAL_TOKEN, TOKEN, answered, problems
from api.schemas import AsOf
from api.writing import change
from landdb import lookups, triage
from landdb.errors import AccessDenied
from landdb.triage import Decider

router = APIRouter(prefix="/findings", tags=["findings"])

FindingId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]


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
    body = await question(conn, asked.filter(), order=asked.sort, page=page(asked), view=viewpoint(asked.as_of, asking))
    answer = answered(body, asking, media_type=GEO_JSON if is_map else "application/json")
    answer.headers["Vary"] = "Accept, Authorization, Cookie"
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


@dataclass(frozen=True, slots=True)
class Deciding:
    """A finding that is to be decided about, and by whom."""

    finding_id: int
    asking: Caller
    conn: psycopg.AsyncConnection[Any]
    request: Request

    async def decided(self, decision: Callable[[psycopg.Connection, Decider], int]) -> Response:
        """Give the finding as it stands after the decision; one that the caller may not see is not known to it."""
        view = viewpoint(AsOf(), self.asking)
        await lookups.get_finding(self.conn, self.finding_id, view=view)
        by = Decider(self.asking.actor, self.asking.communes)
        await change(self.request, lambda link: decision(link, by))
        return answered(await lookups.get_finding(self.conn, self.finding_id, view=view), self.asking)


def deciding(
    finding_id: FindingId, asking: FindingDecider, conn: Connection, request: Request, _none: NoQuery
) -> Deciding:
    """Give what a decision starts from; 401 or 403 for a caller who may not decide."""
    return Deciding(finding_id, asking, conn, request)


About = Annotated[Deciding, Depends(deciding)]
DECIDED: dict[str, Any] = {
    "response_model": FindingDetail,
    "responses": problems(403, 404, 409, 413),
    "openapi_extra": TOKEN,
}


@router.post("/{finding_id}/accept", **DECIDED)
async def accept(body: Acceptance, about: About) -> Response:
    """Accept a finding as it is; it is open again after `until`, or when it has grown beyond the margin."""
    return await about.decided(
        lambda link, by: triage.accept(
            link,
            [about.finding_id],
            by=by,
            reason=body.reason,
            ends_on=body.until,
            growth_margin=body.growth_margin,
        )
    )


@router.post("/{finding_id}/revoke", **DECIDED)
async def revoke(body: Revocation, about: About) -> Response:
    """Open an accepted finding again."""
    return await about.decided(lambda link, by: triage.revoke(link, [about.finding_id], by=by, note=body.note))


@router.post("/{finding_id}/assign", **DECIDED)
async def assign(body: Assignment, about: About) -> Response:
    """Hand a finding to somebody, or to nobody."""
    return await about.decided(lambda link, by: triage.assign(link, [about.finding_id], by=by, to=body.to))


@router.post("/{finding_id}/comment", **DECIDED)
async def comment(body: Comment, about: About) -> Response:
    """Add a remark to a finding's history."""
    return await about.decided(lambda link, by: triage.comment(link, [about.finding_id], by=by, text=body.text))
