"""The door for decisions about findings: accept, revoke, assign, comment.

A run says what is wrong; what follows from it a person says here, by name, and the finding's history keeps it. Each
function changes all the findings or none, in the caller's transaction.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import psycopg

from landdb.domain.dates import today
from landdb.domain.masking import holds_personal_number
from landdb.errors import AccessDenied, Conflict, InvalidValue, NotFound
from landdb.store import triage as store

#: A reason that a stranger understands in ten years has at least so many characters.
SHORTEST_REASON: Final = 10
LONGEST_TEXT: Final = 2_000
LONGEST_NAME: Final = 100
#: A fault that was accepted is open again when it has grown by more than this share.
GROWTH_MARGIN: Final = 0.1

#: Why a decision does not apply to a finding in its present state: a code, and the words after its number.
FIXED: Final = ("IS_FIXED", "is fixed: the last check did not find it any more")
NOT_ACCEPTED: Final = ("NOT_ACCEPTED", "is not accepted")


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: a name from the token or the operating system, and the communes it may decide in (None: all)."""

    actor: str
    communes: Collection[str] | None = None


def accept(
    conn: psycopg.Connection,
    finding_ids: Iterable[int],
    *,
    by: Decider,
    reason: str,
    ends_on: date | None = None,
    growth_margin: float = GROWTH_MARGIN,
) -> int:
    """Accept findings as they are; gives how many.

    They are open again after `ends_on`, or when they grow by more than `growth_margin` (0.1: a tenth). Raises
    InvalidValue, NotFound, AccessDenied, and Conflict for a finding that is fixed.
    """
    told = _text("reason", reason, shortest=SHORTEST_REASON)
    if ends_on is not None and ends_on < today():
        raise InvalidValue("until", "IN_THE_PAST", remedy="the last day on which it shall be accepted")
    if not (math.isfinite(growth_margin) and 0 <= growth_margin <= 10):
        raise InvalidValue("growth_margin", "OUT_OF_RANGE", remedy="a share between 0 and 10, such as 0.1")
    ids = _decidable(conn, finding_ids, by, states=("open", "regressed", "accepted"), refusal=FIXED)
    store.accept(conn, ids, actor=by.actor, reason=told, ends_on=ends_on, growth_margin=growth_margin)
    return len(ids)


def revoke(conn: psycopg.Connection, finding_ids: Iterable[int], *, by: Decider, note: str | None = None) -> int:
    """Open accepted findings again; gives how many. Raises Conflict for a finding that is not accepted."""
    told = None if note is None else _text("note", note)
    ids = _decidable(conn, finding_ids, by, states=("accepted",), refusal=NOT_ACCEPTED)
    store.revoke(conn, ids, actor=by.actor, note=told)
    return len(ids)


def assign(conn: psycopg.Connection, finding_ids: Iterable[int], *, by: Decider, to: str | None) -> int:
    """Hand findings to somebody, or to nobody; gives how many. Raises Conflict for a finding that is fixed."""
    name = None if to is None else _text("to", to, longest=LONGEST_NAME)
    ids = _decidable(conn, finding_ids, by, states=("open", "regressed", "accepted"), refusal=FIXED)
    store.assign(conn, ids, actor=by.actor, assigned_to=name)
    return len(ids)


def comment(conn: psycopg.Connection, finding_ids: Iterable[int], *, by: Decider, text: str) -> int:
    """Add a remark to the history of findings, whatever their state; gives how many."""
    told = _text("text", text)
    ids = _decidable(conn, finding_ids, by)
    store.comment(conn, ids, actor=by.actor, note=told)
    return len(ids)


def _decidable(
    conn: psycopg.Connection,
    finding_ids: Iterable[int],
    by: Decider,
    *,
    states: Sequence[str] | None = None,
    refusal: tuple[str, str] = ("", ""),
) -> list[int]:
    """Give the ids, locked; raises when one is unknown, belongs to others, or is in another state."""
    ids = sorted(set(finding_ids))
    standing = store.lock(conn, ids)
    unknown = set(ids) - {found.finding_id for found in standing}
    if unknown:
        raise NotFound(f"there is no finding {min(unknown)}", remedy="landdb findings list shows their numbers")
    for found in standing:
        if by.communes is not None and not {found.commune_code, found.other_commune_code} & set(by.communes):
            raise AccessDenied("OTHER_COMMUNE", remedy="findings are decided by the staff of their commune")
        if states is not None and found.state not in states:
            code, told = refusal
            raise Conflict(code, f"finding {found.finding_id} {told}")
    return ids


def _text(field: str, text: str, *, shortest: int = 1, longest: int = LONGEST_TEXT) -> str:
    """Give the text without spaces around it; raises InvalidValue, also for a person's number in it."""
    told = text.strip()
    if len(told) < shortest:
        raise InvalidValue(field, "TOO_SHORT", remedy=f"at least {shortest} characters, for whoever reads it in years")
    if len(told) > longest or any(ord(sign) < 32 and sign != "\n" for sign in told):
        raise InvalidValue(field, "NOT_PLAIN_TEXT", remedy=f"at most {longest} printable characters")
    if holds_personal_number(told):
        raise InvalidValue(field, "PERSONAL_NUMBER", remedy="name the dossier, not the person")
    return told
