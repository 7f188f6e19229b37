"""Four eyes: DRAFT → SUBMITTED → (NEEDS_SUPPLEMENT) → APPROVED or REJECTED. Effects exist from the approval on."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import psycopg

from landdb.errors import AccessDenied, InvalidValue
from landdb.registration.door import carry_out, check_scope
from landdb.registration.locking import lock_for
from landdb.registration.parsing import parse_change
from landdb.registration.terms import Change, Clerk
from landdb.store import decisions, register_subjects, transactions
from landdb.store.decisions import Waiting
from landdb.store.transactions import State
from landdb.store.vault import Vault

#: What a decision that says no must at least explain.
SHORTEST_NOTE = 10


def approve(conn: psycopg.Connection, vault: Vault, transaction_id: int, approver: Clerk) -> dict[str, Any]:
    """Do what was submitted, in the name of two people; gives the outcome.

    REFUSED when law or rules stand against it by now; it stays SUBMITTED then. Raises AccessDenied for the clerk who
    submitted it, InvalidValue for a change that is not SUBMITTED, StaleState when a parcel has changed since.
    """
    with conn.transaction():
        change = _change(conn, vault, waiting_in(conn, transaction_id, ("SUBMITTED",)))
        commune_ids = lock_for(conn, change)
        check_scope(conn, approver, commune_ids)
        # Locked only now, after the commune: a row lock takes a transaction number, by which the feed is ordered.
        waiting = waiting_in(conn, transaction_id, ("SUBMITTED",), lock=True)
        if waiting.actor == approver.actor:
            raise AccessDenied("SAME_PERSON", remedy="another person approves what a clerk submitted")
        with conn.transaction() as attempt:
            outcome = carry_out(conn, vault, change, transaction_id, commune_ids)
            if outcome.refusing:
                raise psycopg.Rollback(attempt)
        if outcome.refusing:
            return replace(outcome, transaction_id=transaction_id).to_json()
        decisions.decide(conn, transaction_id, "APPROVED", approver=approver.actor)
        transactions.finish(conn, transaction_id, outcome.to_json(), outcome.details)
        return outcome.to_json()


def reject(conn: psycopg.Connection, transaction_id: int, approver: Clerk, note: str) -> None:
    """End the matter without effect; the note says why."""
    _decide(conn, transaction_id, approver, ("DRAFT", "SUBMITTED", "NEEDS_SUPPLEMENT"), "REJECTED", note)


def ask_supplement(conn: psycopg.Connection, transaction_id: int, approver: Clerk, note: str) -> None:
    """Send the change back to its clerk; the note says what is missing."""
    _decide(conn, transaction_id, approver, ("SUBMITTED",), "NEEDS_SUPPLEMENT", note)


def submit(conn: psycopg.Connection, transaction_id: int, clerk: Clerk) -> None:
    """Hand a draft, or a change that was sent back, to the second person."""
    with conn.transaction():
        waiting = waiting_in(conn, transaction_id, ("DRAFT", "NEEDS_SUPPLEMENT"), lock=True)
        check_scope(conn, clerk, [waiting.commune_id])
        decisions.decide(conn, transaction_id, "SUBMITTED", approver=None)


def _decide(
    conn: psycopg.Connection, transaction_id: int, approver: Clerk, states: tuple[State, ...], to: State, note: str
) -> None:
    if len(note.strip()) < SHORTEST_NOTE:
        raise InvalidValue("note", "TOO_SHORT", remedy=f"say why in at least {SHORTEST_NOTE} characters")
    with conn.transaction():
        waiting = waiting_in(conn, transaction_id, states, lock=True)
        check_scope(conn, approver, [waiting.commune_id])
        decisions.decide(conn, transaction_id, to, approver=approver.actor, note=note.strip())


def waiting_in(
    conn: psycopg.Connection, transaction_id: int, states: tuple[State, ...], *, lock: bool = False
) -> Waiting:
    """Give the change when it is in one of these states; raises NotFound, or InvalidValue when it is in another."""
    waiting = decisions.get_waiting(conn, transaction_id, lock=lock)
    if waiting.state not in states:
        raise InvalidValue("state", f"IS_{waiting.state}", remedy=f"this step starts from {' or '.join(states)}")
    return waiting


def _change(conn: psycopg.Connection, vault: Vault, waiting: Waiting) -> Change:
    request = json.loads(decisions.open_request(vault, waiting))
    return parse_change(request, find_parcel=partial(register_subjects.find_parcel, conn))
