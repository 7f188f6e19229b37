"""Proposed repairs: of a commune, and one with its evidence. For those who work on findings."""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import NotFound
from landdb.lookups.parcels import FIRST_PAGE, NOW, Connection
from landdb.lookups.resolution import LANGUAGES, page_of
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store import lookups as store
from landdb.validators.rule import Words

STATES: Final = ("open", "accepted", "refused", "superseded", "undone")


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals are meant; `rule` is a rule or a family, None leaves a field open."""

    state: str = "open"
    rule: str | None = None
    kind: str | None = None
    acceptable: bool | None = None
    alternatives: bool = False
    finding_id: int | None = None


async def list_proposals(
    conn: Connection,
    commune_code: str,
    wanted: ProposalFilter,
    *,
    page: Page = FIRST_PAGE,
    view: Viewpoint = NOW,
) -> bytes:
    """Give one page of a commune's proposals as JSON, by number; only the recommended ones unless asked."""
    key = {
        "commune_code": normalise_commune_code(commune_code),
        "state": wanted.state,
        "rule": wanted.rule,
        "kind": wanted.kind,
        "acceptable": wanted.acceptable,
        "alternatives": wanted.alternatives,
        "finding_id": wanted.finding_id,
        "limit": page.limit,
        "after": page.after,
    }
    found = await store.ask_page(conn, "proposals", {**view.parameters(), **key})
    proposals = json.loads(found.array)
    for proposal in proposals:
        _describe(proposal)
    return page_of(replace(found, array=_to_json(proposals)), page, "proposals")


async def get_proposal(conn: Connection, proposal_id: int, *, view: Viewpoint = NOW) -> bytes:
    """Give one proposal: polygons before and after, moves, areas, conditions, evidence. Raises NotFound."""
    from landdb.repairs import CONDITIONS, VERDICTS

    body = await store.ask_json(conn, "proposal_in_full", {**view.parameters(), "proposal_id": proposal_id})
    if body is None:
        raise NotFound("there is no such proposal")
    answer = json.loads(body)
    _describe(answer["proposal"])
    for condition in answer["conditions"]:
        condition["words"] = _words(CONDITIONS[condition["code"]])
    for change in answer["changes"]:
        change["verdict"] = _words(VERDICTS[change["area_verdict"]])
    return _to_json(answer)


def _describe(proposal: dict[str, Any]) -> None:
    """Add what the kind is called."""
    from landdb.repairs import KINDS  # a question about a parcel loads no repairs: they take a third of a second

    proposal["title"] = _words(KINDS[proposal["kind"]])


def _words(words: Words) -> dict[str, str]:
    return {language: words.to(language) for language in LANGUAGES}


def _to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
