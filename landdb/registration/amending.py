"""A waiting change put right before it is decided: a draft, or one that was sent back."""

from dataclasses import replace
from typing import Any

import psycopg

from landdb.errors import AccessDenied, InvalidValue
from landdb.registration.approval import waiting_in
from landdb.registration.door import check_scope, described, previewed, procedure_of
from landdb.registration.locking import lock_for
from landdb.registration.parsing import canonical
from landdb.registration.terms import Change, Clerk
from landdb.store import decisions, transactions
from landdb.store.vault import Vault


def amend(conn: psycopg.Connection, vault: Vault, transaction_id: int, change: Change, clerk: Clerk) -> dict[str, Any]:
    """Let a draft, or a change that was sent back, ask for this instead; gives what it would do now.

    Its number, day of entry and deadline stay. What stands against it is told and does not keep it from being kept:
    it is no more than a draft until it is submitted and approved.

    Raises AccessDenied for another clerk's, InvalidValue for one that is submitted or decided, or when the kind of
    change or the commune is another; such a request is a new change.
    """
    procedure = procedure_of(change)
    with conn.transaction():
        commune_ids = lock_for(conn, change)
        check_scope(conn, clerk, commune_ids)
        waiting = waiting_in(conn, transaction_id, ("DRAFT", "NEEDS_SUPPLEMENT"), lock=True)
        if waiting.actor != clerk.actor:
            raise AccessDenied(
                "OTHER_CLERK", remedy="who entered the change amends it; others send it back or reject it"
            )
        if (waiting.kind, waiting.commune_id) != (change.kind, commune_ids[0]):
            raise InvalidValue("kind", "OF_ANOTHER_CHANGE", remedy="reject this one and register a new change")
        new = described(change, procedure, clerk, commune_ids[0])
        outcome = replace(
            previewed(conn, vault, change, new, commune_ids),
            result="DRAFT" if waiting.state == "DRAFT" else "NEEDS_SUPPLEMENT",
            transaction_id=transaction_id,
            due_on=None if waiting.due_on is None else waiting.due_on.isoformat(),
        )
        transactions.amend(conn, transaction_id, new)
        decisions.keep_request(conn, vault, transaction_id, canonical(change.request))
        transactions.finish(conn, transaction_id, outcome.to_json(), outcome.details)
        return outcome.to_json()
