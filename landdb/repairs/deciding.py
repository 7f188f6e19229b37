"""A person decides: a proposal is carried out as one change on record, refused, or taken back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import psycopg

from landdb.domain.masking import holds_personal_number
from landdb.errors import AccessDenied, InvalidValue, NotFound, RepairRefused
from landdb.repairs.assessment import SURVEY_DECIDES
from landdb.repairs.carrying_out import carry_out, take_back
from landdb.repairs.ground import GroundReader
from landdb.repairs.proposing import Progress, effective_catalogue, propose
from landdb.repairs.rechecking import opening_nothing, recheck
from landdb.repairs.standing import stands
from landdb.store import proposals, repair_ground
from landdb.store.locks import lock_communes
from landdb.store.proposals import Asked, ProposalRow
from landdb.validators.catalogue import Catalogue

#: A reason that a stranger understands in ten years has at least so many characters.
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 2_000
#: Of a class, what another repair mended on its way.
MENDED: Final = "MENDED_BY_ANOTHER"
#: How often one finding is proposed for anew while a class is accepted and parcels change under it.
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Accepted:
    """One proposal carried out, and the change that it is on record as."""

    proposal_id: int
    finding_id: int
    transaction_id: int


@dataclass(frozen=True, slots=True)
class Within:
    """Limits that a person sets for a class: how far a vertex may move, how much a parcel may gain or lose."""

    max_move_m: float
    max_area_m2: float

    def holds(self, proposal: ProposalRow) -> bool:
        """Tell whether a proposal lies within."""
        return proposal.max_move_m <= self.max_move_m and proposal.max_area_change_m2 <= self.max_area_m2


@dataclass(frozen=True, slots=True)
class AcceptedClass:
    """What came of accepting a class: what was carried out, and what was passed over, by code."""

    accepted: tuple[Accepted, ...]
    passed_over: dict[str, int]


def accept(
    conn: psycopg.Connection,
    proposal_ids: Sequence[int],
    *,
    actor: str,
    reason: str | None = None,
    communes: Collection[str] | None = None,
    catalogue: Catalogue | None = None,
) -> list[Accepted]:
    """Carry out proposals of one commune in the caller's transaction, each as one change on record; all or none.

    A proposal that needs a survey wants a `reason` of ten characters, such as the survey's document. The actor
    decides in `communes` only (None: everywhere). Raises RepairRefused when one is decided already, stale, opens
    what it did not say, or breaks a condition that nobody may waive; NotFound, AccessDenied, InvalidValue.
    """
    reason = None if reason is None else _plain(reason)
    rows = _lock(conn, proposal_ids, communes=communes)
    work = _Work(conn, rows[0].commune_id, actor, catalogue or effective_catalogue(conn, rows[0].commune_id))
    done = [work.accept(row, reason) for row in rows]
    work.settle()
    return done


def accept_class(
    conn: psycopg.Connection,
    commune_id: int,
    asked: Asked,
    within: Within,
    *,
    actor: str,
    progress: Progress | None = None,
    catalogue: Catalogue | None = None,
) -> AcceptedClass:
    """Carry out every recommended proposal of a class within limits that holds in every respect.

    The smallest come first. Where one changes a parcel that another was made for, the other is proposed
    anew on what is now there, and carried out if it still holds; at most three times for one finding.
    """
    work = _Work(conn, commune_id, actor, catalogue or effective_catalogue(conn, commune_id))
    queue = [row for row in proposals.list_proposals(conn, asked) if within.holds(row)]
    lock_communes(conn, {commune_id, *proposals.list_communes(conn, [row.proposal_id for row in queue])})
    done: list[Accepted] = []
    passed: Counter[str] = Counter()
    attempts: Counter[int] = Counter()
    while queue:
        row = queue.pop(0)
        attempts[row.finding_id] += 1
        try:
            with conn.transaction():
                done.append(work.accept(row, None))
        except RepairRefused as refusal:
            anew, code = work.propose_anew(row, asked, within)
            if attempts[row.finding_id] < _ATTEMPTS and anew:
                queue += anew
            else:
                passed[code or refusal.code] += 1
        if progress is not None:
            progress(len(done), len(done) + len(queue))
    work.settle()
    return AcceptedClass(tuple(done), dict(passed))


def refuse(
    conn: psycopg.Connection, proposal_id: int, *, actor: str, reason: str, communes: Collection[str] | None = None
) -> None:
    """Note that a person does not want a proposal; it is not made again for this state of the ground.

    Raises RepairRefused when it is decided already, InvalidValue for a reason too short, NotFound, AccessDenied.
    """
    told = _plain(reason)
    if len(told) < SHORTEST_REASON:
        raise InvalidValue("reason", "TOO_SHORT", remedy=f"at least {SHORTEST_REASON} characters")
    _lock(conn, [proposal_id], communes=communes)
    proposals.mark_refused(conn, proposal_id, actor=actor, reason=told)


def undo(
    conn: psycopg.Connection, transaction_id: int, *, actor: str, reason: str | None = None,
    communes: Collection[str] | None = None, catalogue: Catalogue | None = None,
) -> int:  # fmt: skip
    """Give the units that a repair changed their former polygons, as a new change; gives its number.

    The history of both stays. Raises RepairRefused when a unit changed since.
    """
    rows = proposals.list_proposals(conn, Asked(transaction_id=transaction_id, states=["accepted"]))
    if not rows:
        raise NotFound(
            "no accepted repair has this transaction number", remedy="`landdb repairs list --state accepted`"
        )
    reason = None if reason is None else _plain(reason)
    rows = _lock(conn, [row.proposal_id for row in rows], state="accepted", communes=communes)
    undone_by = take_back(conn, rows, transaction_id, actor=actor, reason=reason)
    proposals.mark_undone(conn, transaction_id, undone_by=undone_by)
    recheck(
        conn,
        sorted(proposals.list_communes(conn, [row.proposal_id for row in rows])),
        _concerned_by(conn, rows),
        catalogue or effective_catalogue(conn, rows[0].commune_id),
        kinds={row.kind for row in rows},
    )
    return undone_by


def _concerned_by(conn: psycopg.Connection, rows: Sequence[ProposalRow]) -> set[int]:
    """Give the parcels that proposals change, and those that their findings name."""
    changed = {c.parcel_id for c in proposals.list_changes(conn, [row.proposal_id for row in rows]) if c.parcel_id}
    return changed | repair_ground.list_finding_parcels(conn, [row.finding_id for row in rows])


def _plain(reason: str) -> str:
    """Give a reason without spaces around it; raises InvalidValue for a person's number in it."""
    told = reason.strip()
    if len(told) > LONGEST_REASON or not told.isprintable():
        raise InvalidValue("reason", "NOT_PLAIN_TEXT", remedy=f"at most {LONGEST_REASON} printable characters")
    if holds_personal_number(told):
        raise InvalidValue("reason", "PERSONAL_NUMBER", remedy="name the dossier, not the person")
    return told


def _lock(
    conn: psycopg.Connection,
    proposal_ids: Sequence[int],
    *,
    state: str = "open",
    communes: Collection[str] | None = None,
) -> list[ProposalRow]:
    """Give the proposals in the order asked for, after every one is found in this state and held."""
    rows = {row.proposal_id: row for row in proposals.list_proposals(conn, Asked(proposal_ids=proposal_ids))}
    missing = [str(proposal_id) for proposal_id in proposal_ids if proposal_id not in rows]
    if missing:
        raise NotFound(f"there is no proposal {', '.join(missing)}", remedy="`landdb repairs list COMMUNE`")
    concerned = proposals.list_communes(conn, proposal_ids)
    if communes is not None and not set(concerned.values()) <= set(communes):
        raise AccessDenied("OTHER_COMMUNE", remedy="repairs are decided by the staff of every commune they change")
    lock_communes(conn, concerned)
    states = proposals.lock(conn, proposal_ids)
    for proposal_id in proposal_ids:
        if states[proposal_id] != state:
            raise RepairRefused(
                "DECIDED", f"proposal {proposal_id} is {states[proposal_id]}",
                remedy="propose anew: `landdb repairs propose COMMUNE`",
            )  # fmt: skip
    return [rows[proposal_id] for proposal_id in proposal_ids]


class _Work:
    """Proposals of one commune being carried out one after the other, and what has to follow once."""

    def __init__(self, conn: psycopg.Connection, commune_id: int, actor: str, catalogue: Catalogue) -> None:
        self._conn, self._commune_id, self._actor, self._catalogue = conn, commune_id, actor, catalogue
        self._reader = GroundReader(conn)
        self._dropped: set[int] = set()
        self._concerned: set[int] = set()
        self._kinds: set[str] = set()
        self._communes = {commune_id}

    def accept(self, row: ProposalRow, reason: str | None) -> Accepted:
        """Carry out one proposal."""
        conn = self._conn
        _refuse_unfounded(row, reason)
        changes = proposals.list_changes(conn, [row.proposal_id])
        standing = stands(self._reader, row, changes, self._catalogue)
        parcel_ids = [change.parcel_id for change in changes if change.parcel_id is not None]
        declared = {(found["rule_id"], found["subject"]) for found in row.opens}
        with opening_nothing(conn, row.commune_id, parcel_ids, declared, self._catalogue):
            transaction_id = carry_out(conn, row, standing, actor=self._actor, reason=reason)
        self._dropped |= proposals.mark_accepted(
            conn, row.proposal_id, actor=self._actor, reason=reason, transaction_id=transaction_id
        )
        self._concerned |= standing.concerned
        self._kinds.add(row.kind)
        self._communes |= standing.communes
        return Accepted(row.proposal_id, row.finding_id, transaction_id)

    def propose_anew(self, row: ProposalRow, asked: Asked, within: Within) -> tuple[list[ProposalRow], str | None]:
        """Give what is proposed for a finding on the ground as it is now, when it is of the class and within limits.

        With it comes a code when the fault is gone, because the repair of another mended it too.
        """
        made = propose(
            self._conn,
            self._commune_id,
            actor=self._actor,
            finding_ids=[row.finding_id],
            catalogue=self._catalogue,
        )
        again = replace(asked, proposal_ids=made.proposal_ids)
        found = [new for new in proposals.list_proposals(self._conn, again) if within.holds(new)][:1]
        return found, MENDED if "NOT_THERE_NOW" in made.unsolved else None

    def settle(self) -> None:
        """Judge what changed, and propose anew for what is still open and lost its proposals to a change."""
        if not self._kinds:
            return
        recheck(self._conn, sorted(self._communes), self._concerned, self._catalogue, kinds=self._kinds)
        if self._dropped:
            propose(
                self._conn,
                self._commune_id,
                actor=self._actor,
                finding_ids=sorted(self._dropped),
                catalogue=self._catalogue,
            )


def _refuse_unfounded(row: ProposalRow, reason: str | None) -> None:
    """Raise RepairRefused when conditions do not hold and no reason outweighs them."""
    unwaivable = sorted(set(row.failed) - SURVEY_DECIDES)
    if unwaivable:
        raise RepairRefused("NOT_SOUND", f"proposal {row.proposal_id} breaks {', '.join(unwaivable)}")
    if row.failed and len((reason or "").strip()) < SHORTEST_REASON:
        raise RepairRefused(
            "NEEDS_SURVEY", f"proposal {row.proposal_id} breaks {', '.join(sorted(row.failed))}",
            remedy="check it in the field, then accept it alone with --reason naming the survey",
        )  # fmt: skip
