"""One way to change what is registered: lock, read, judge by law, do, judge by rules, keep or roll back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg

from landdb.domain.dates import today
from landdb.domain.working_days import add_working_days
from landdb.errors import AccessDenied, InvalidValue, KeyReused, StaleState
from landdb.registration.guards import forbidden
from landdb.registration.judgement import OF_NEW_GROUND, Scope, judge, look_before
from landdb.registration.locking import lock_for
from landdb.registration.new_ground import box_of
from landdb.registration.notices import Refused, refusing
from landdb.registration.outcome import Outcome
from landdb.registration.parsing import canonical
from landdb.registration.procedure_table import TABLE
from landdb.registration.procedures import Procedure, procedures
from landdb.registration.terms import Change, Clerk
from landdb.registration.work import Work
from landdb.store import admin_units, decisions, register_ground, register_subjects, transactions
from landdb.store.register_subjects import Subject
from landdb.store.transactions import NewTransaction, State
from landdb.store.vault import Vault


def register(
    conn: psycopg.Connection, vault: Vault, change: Change, clerk: Clerk, *, dry_run: bool = False, draft: bool = False
) -> dict[str, Any]:
    """Make the change, or with `dry_run` tell what it would do; gives the outcome as plain data.

    The result is APPROVED, SUBMITTED where the office wants a second person, PREVIEW, or REFUSED, which like a preview
    leaves nothing. A repeated request with the same idempotency key gives the first one's outcome. `draft` keeps the
    request without effect (DRAFT).

    Raises StaleState when a parcel is not any more as its tag says, NotFound when it is gone, KeyReused for a key of
    another request, AccessDenied for a commune that is not the clerk's, InvalidValue for terms that cannot be meant.
    """
    procedure = procedure_of(change)
    index = vault.index("request", f"{clerk.actor}|{canonical(change.request)}")
    with conn.transaction():
        # A repeated request may name parcels that its first run ended; one that runs just now is waited for.
        known = _known_outcome(conn, change, index)
        commune_ids = [] if known else lock_for(conn, change)
        known = known or _known_outcome(conn, change, index)
        if known is not None:
            return known
        check_scope(conn, clerk, commune_ids)
        new = replace(described(change, procedure, clerk, commune_ids[0]), request_index=index)
        waits = draft or decisions.needs_second(conn, new.commune_id, change.kind)
        if not (dry_run or waits):
            return _make(conn, vault, change, new, commune_ids).to_json()
        outcome = previewed(conn, vault, change, new, commune_ids)
        if dry_run or (outcome.refusing and not draft):
            return outcome.to_json()
        return _kept(conn, vault, change, new, replace(outcome, result="DRAFT" if draft else "SUBMITTED"))


def procedure_of(change: Change) -> Procedure:
    """Give the procedure that the change asks for; raises InvalidValue when it is none or the terms are another's."""
    if change.kind not in TABLE:
        raise InvalidValue("kind", "UNKNOWN_PROCEDURE", remedy=f"one of {', '.join(TABLE)}")
    if not isinstance(change.terms, TABLE[change.kind][0]):
        raise InvalidValue("terms", "OF_ANOTHER_PROCEDURE", remedy="give the terms of this kind of change")
    if not change.parcels and change.kind != "unit_change" and change.new_ground is None:
        raise InvalidValue("parcels", "MISSING", remedy="name at least one parcel")
    if change.parcels and change.new_ground is not None:
        raise InvalidValue("terms.ground", "PARCEL_NAMED_TOO", remedy="name a parcel of the map, or draw a new one")
    if len({ref.parcel_id for ref in change.parcels}) < len(change.parcels):
        raise InvalidValue("parcels", "NAMED_TWICE", remedy="name each parcel once")
    return procedures()[change.kind]


def check_scope(conn: psycopg.Connection, clerk: Clerk, commune_ids: Sequence[int]) -> None:
    """Raise AccessDenied when one of the communes is not the clerk's."""
    if clerk.communes is not None and set(admin_units.list_codes(conn, commune_ids)) - set(clerk.communes):
        raise AccessDenied("OTHER_COMMUNE", remedy="changes are made by clerks of the commune")


def carry_out(
    conn: psycopg.Connection, vault: Vault, change: Change, transaction_id: int, commune_ids: Sequence[int]
) -> Outcome:
    """Do what the change asks for under the transaction's name; the caller keeps it, or rolls it back if refused.

    `commune_ids` are the communes that the caller has locked for it.
    """
    subjects = _read(conn, change)
    work = Work(conn, vault, change, transaction_id, subjects, tuple(commune_ids))
    work.notices.extend(forbidden(change, procedure_of(change), subjects))
    if not refusing(work.notices, change.acknowledged):
        try:
            _perform(work)
        except Refused as refused:
            work.notices.append(refused.notice)
    return _told(work)


def _perform(work: Work) -> None:
    """Run the procedure, note lineage and the parcels concerned, and let the rules look at what it brought about."""
    conn = work.conn
    own = {subject.parcel_id for subject in work.subjects}
    procedure = procedure_of(work.change)
    drawn = work.change.new_ground
    scope = Scope(work.commune_ids, procedure.judged_by | (OF_NEW_GROUND if drawn else frozenset()))
    before = look_before(conn, own, scope, box=box_of(conn, drawn) if drawn else None)
    # A certificate tells of several parcels: what changes about one of them may be found at another.
    siblings = register_subjects.list_siblings(conn, sorted(own)) if scope.families else set()
    with transactions.credited(conn, work.transaction_id, work.valid_from):
        TABLE[work.change.kind][1](work, work.change.terms)
        transactions.add_lineage(conn, work.transaction_id, work.lineage)
        register_ground.note_parcels(conn, work.transaction_id, own | work.touched | work.bordering)
    found = judge(conn, own | work.touched | work.bordering | siblings, scope, before)
    work.notices.extend(found if procedure.rules_refuse else (replace(told, severity="info") for told in found))


def _told(work: Work) -> Outcome:
    against = refusing(work.notices, work.change.acknowledged)
    tags = {} if against else register_subjects.list_tags(work.conn, sorted(work.touched))
    return Outcome(
        kind=work.change.kind,
        result="REFUSED" if against else "APPROVED",
        transaction_id=None if against else work.transaction_id,
        notices=tuple(work.notices),
        refusing=tuple(sorted({told.code for told in against})),
        areas=tuple(work.areas),
        shapes=tuple(work.shapes),
        numbers=tuple(work.numbers),
        rights=tuple(work.rights),
        tags={parcel_id: tag for parcel_id, (tag, _) in tags.items()},
        details=dict(work.details),
    )


def _read(conn: psycopg.Connection, change: Change) -> tuple[Subject, ...]:
    subjects = register_subjects.read_subjects(conn, [ref.parcel_id for ref in change.parcels])
    for ref, subject in zip(change.parcels, subjects, strict=True):
        if ref.tag is not None and ref.tag != subject.tag:
            raise StaleState(
                f"parcel {subject.number} has changed since it was looked at",
                remedy="look at it again, then decide whether the change is still meant",
            )
    return tuple(subjects)


def _make(
    conn: psycopg.Connection, vault: Vault, change: Change, new: NewTransaction, commune_ids: Sequence[int]
) -> Outcome:
    """Record the change and do it; when refused, nothing of it is left."""
    with conn.transaction() as attempt:
        transaction_id = transactions.record(conn, new)
        outcome = carry_out(conn, vault, change, transaction_id, commune_ids)
        if outcome.refusing:
            raise psycopg.Rollback(attempt)
        transactions.finish(conn, transaction_id, outcome.to_json(), outcome.details)
    return outcome


def previewed(
    conn: psycopg.Connection, vault: Vault, change: Change, new: NewTransaction, commune_ids: Sequence[int]
) -> Outcome:
    """Do the change and take it back; what it would do is what it did."""
    with conn.transaction(force_rollback=True):
        transaction_id = transactions.record(conn, replace(new, idempotency_key=None))
        outcome = carry_out(conn, vault, change, transaction_id, commune_ids)
    return replace(outcome, result="REFUSED" if outcome.refusing else "PREVIEW", transaction_id=None)


def _kept(
    conn: psycopg.Connection, vault: Vault, change: Change, new: NewTransaction, outcome: Outcome
) -> dict[str, Any]:
    """Record the request, sealed, without doing it; gives the outcome that it would have as of now."""
    state: State = "DRAFT" if outcome.result == "DRAFT" else "SUBMITTED"
    transaction_id = transactions.record(conn, replace(new, state=state))
    decisions.keep_request(conn, vault, transaction_id, canonical(change.request))
    due_on = new.due_on.isoformat() if new.due_on else None
    told = replace(outcome, transaction_id=transaction_id, due_on=due_on).to_json()
    transactions.finish(conn, transaction_id, told, outcome.details)
    return told


def _known_outcome(conn: psycopg.Connection, change: Change, request_index: bytes) -> dict[str, Any] | None:
    """Give the outcome on record under the idempotency key; raises KeyReused when it was another request."""
    if change.idempotency_key is None:
        return None
    known = transactions.find_by_key(conn, change.idempotency_key)
    if known is None:
        return None
    if known.request_index != request_index:
        raise KeyReused(remedy="use a new key for a new request")
    return known.outcome


def described(change: Change, procedure: Procedure, clerk: Clerk, commune_id: int) -> NewTransaction:
    """Give the change as it goes on record."""
    return NewTransaction(
        kind=change.kind,
        commune_id=commune_id,
        actor=clerk.actor,
        valid_from=change.valid_from,
        change_code=procedure.change_code,
        reason=change.reason,
        document=change.document,
        due_on=add_working_days(today(), procedure.working_days),
        idempotency_key=change.idempotency_key,
        details={"lender_consent": change.lender_consent, "acknowledged": sorted(change.acknowledged)},
    )
