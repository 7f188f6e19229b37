"""What the rules found in a commune."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import AnyCaller, Connection, page, viewpoint
from api.place_answers import FindingList
from api.responses import OPTIONAL_TOKEN, answered, problems
from api.schemas import AsOf, FindingQuery
from landdb import lookups
from landdb.lookups.places import OPEN_STATES

router = APIRouter(prefix="/findings", tags=["findings"])


@router.get("", response_model=FindingList, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def list_findings(asked: Annotated[FindingQuery, Query()], conn: Connection, asking: AnyCaller) -> Response:
    """Give the findings of a commune; those about parties and rights only for its staff."""
    body = await lookups.list_findings(
        conn,
        asked.commune,
        rule_id=asked.rule,
        severity=asked.severity,
        states=(asked.state,) if asked.state else OPEN_STATES,
        page=page(asked),
        view=viewpoint(AsOf(), asking),
    )
    return answered(body, asking)
