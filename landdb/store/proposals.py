"""Proposed repairs in the database: kept, found and decided. Nothing here commits."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from landdb.errors import NotFound
from landdb.store.statements import load


class ProposalRow(NamedTuple):
    """A stored proposal."""

    proposal_id: int
    finding_id: int
    commune_id: int
    commune_code: str
    rule_id: str
    subject: str
    kind: str
    rank: int
    state: str
    failed: list[str]
    conditions: list[dict[str, Any]]
    evidence_vi: str
    evidence_en: str
    max_move_m: float
    max_area_change_m2: float
    closes: list[dict[str, Any]]
    opens: list[dict[str, Any]]
    proposed_at: dt.datetime
    proposed_by: str
    decided_at: dt.datetime | None
    decided_by: str | None
    decision_reason: str | None
    transaction_id: int | None
    undone_by: int | None

    @property
    def is_acceptable(self) -> bool:
        """Tell whether every condition held when it was proposed."""
        return not self.failed


class ChangeRow(NamedTuple):
    """What a stored proposal makes of one unit; `geom` is WKB in `srid`, None when the parcel ends."""

    proposal_id: int
    parcel_id: int | None
    land_object_id: int | None
    label: str
    version: int
    new_version: int | None
    srid: int | None
    geom: bytes | None
    area_before_m2: float | None
    area_after_m2: float | None
    paper_area_m2: float | None
    area_limit_m2: float | None
    area_verdict: str
    max_move_m: float
    accuracy_m: float
    moves: list[dict[str, Any]]

    @property
    def unit(self) -> tuple[bool, int]:
        """Give what it changes: whether it is a parcel, and its id."""
        return self.parcel_id is not None, int(self.parcel_id or self.land_object_id or 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which proposals are asked for; None leaves a field open. `rank` 1 is the recommended one of each finding."""

    commune_id: int | None = None
    proposal_ids: Sequence[int] | None = None
    states: Sequence[str] | None = None
    rule_id: str | None = None
    kind: str | None = None
    acceptable: bool | None = None
    rank: int | None = None
    transaction_id: int | None = None
    limit: int = 1_000_000


def store(conn: psycopg.Connection, proposal: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> int | None:
    """Keep a proposal; gives its id, the one it had when it is open already, None when it was refused before."""
    statements = load("proposals")
    values = {name: Jsonb(value) if name in _JSON else value for name, value in proposal.items()}
    row = conn.execute(statements["insert"], values).fetchone()
    if row is None:
        raise NotFound("the proposal was not stored")
    proposal_id, state, is_new = row
    if is_new:
        for ordinal, change in enumerate(changes, start=1):
            kept = {**change, "moves": Jsonb(change["moves"]), "proposal_id": proposal_id, "ordinal": ordinal}
            conn.execute(statements["insert_change"], kept)
    return int(proposal_id) if state == "open" else None


_JSON = frozenset({"conditions", "closes", "opens"})


def supersede(conn: psycopg.Connection, finding_ids: Sequence[int], kept: Sequence[bytes] = ()) -> None:
    """Take undecided proposals of findings off the table, but for those with one of the kept contents."""
    conn.execute(load("proposals")["supersede"], {"finding_ids": list(finding_ids), "content_hashes": list(kept)})


def list_proposals(conn: psycopg.Connection, asked: Asked) -> list[ProposalRow]:
    """Give the proposals asked for, acceptable ones first, then by how far a vertex moves."""
    values = {
        "commune_id": asked.commune_id,
        "proposal_ids": None if asked.proposal_ids is None else list(asked.proposal_ids),
        "states": None if asked.states is None else list(asked.states),
        "rule_id": asked.rule_id,
        "kind": asked.kind,
        "acceptable": asked.acceptable,
        "rank": asked.rank,
        "transaction_id": asked.transaction_id,
        "limit": asked.limit,
    }
    return [ProposalRow(*row) for row in conn.execute(load("proposals")["proposals"], values)]


def get_proposal(conn: psycopg.Connection, proposal_id: int) -> ProposalRow:
    """Give one proposal; raises NotFound."""
    found = list_proposals(conn, Asked(proposal_ids=[proposal_id]))
    if not found:
        raise NotFound("there is no such proposal", remedy="`landdb repairs list COMMUNE` shows the open ones")
    return found[0]


def list_changes(conn: psycopg.Connection, proposal_ids: Sequence[int]) -> list[ChangeRow]:
    """Give what proposals make of each unit, by proposal."""
    rows = conn.execute(load("proposals")["changes"], {"proposal_ids": list(proposal_ids)}, binary=True)
    return [ChangeRow(*row) for row in rows]


def list_communes(conn: psycopg.Connection, proposal_ids: Sequence[int]) -> dict[int, str]:
    """Give the communes that proposals are about or change something in: id and code."""
    rows = conn.execute(load("proposals")["communes"], {"proposal_ids": list(proposal_ids)})
    return {int(commune_id): str(code) for commune_id, code in rows}


def lock(conn: psycopg.Connection, proposal_ids: Sequence[int]) -> dict[int, str]:
    """Give the state of each proposal, which nobody else changes until the transaction ends."""
    rows = conn.execute(load("proposals")["lock"], {"proposal_ids": list(proposal_ids)})
    return {int(proposal_id): str(state) for proposal_id, state in rows}


def mark_accepted(
    conn: psycopg.Connection, proposal_id: int, *, actor: str, reason: str | None, transaction_id: int
) -> set[int]:
    """Note the acceptance and the versions it made; gives the findings whose open proposals are off the table by it."""
    statements = load("proposals")
    values = {"proposal_id": proposal_id, "actor": actor, "reason": reason, "transaction_id": transaction_id}
    conn.execute(statements["mark_accepted"], values)
    conn.execute(statements["note_versions"], values)
    rows = conn.execute(statements["supersede_alternatives"], values)
    return {int(finding_id) for (finding_id,) in rows}


def mark_refused(conn: psycopg.Connection, proposal_id: int, *, actor: str, reason: str) -> None:
    """Note that a person refused it."""
    values = {"proposal_id": proposal_id, "actor": actor, "reason": reason}
    conn.execute(load("proposals")["mark_refused"], values)


def mark_undone(conn: psycopg.Connection, transaction_id: int, *, undone_by: int) -> None:
    """Note that the change which accepted a proposal was taken back by another."""
    conn.execute(load("proposals")["mark_undone"], {"transaction_id": transaction_id, "undone_by": undone_by})
