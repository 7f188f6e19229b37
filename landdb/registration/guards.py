"""What the law forbids before anything is done: dates, and what lies on the parcels."""

import datetime as dt
from collections.abc import Iterator

from landdb.domain.dates import today
from landdb.registration.notices import Notice, notice
from landdb.registration.procedures import Procedure
from landdb.registration.terms import Change
from landdb.store.register_subjects import Subject

_STOPPED = {"BLOCK": "BLOCKED", "DISPUTE": "DISPUTED", "MORTGAGE": "MORTGAGED"}


def forbidden(change: Change, procedure: Procedure, subjects: tuple[Subject, ...]) -> Iterator[Notice]:
    """Give what stands against the change as things are."""
    if change.valid_from > today():
        yield notice("DATE_AHEAD")
    for subject in subjects:
        if change.valid_from < subject.since:
            yield notice("BEFORE_LAST_CHANGE", subject.number, since=subject.since.isoformat())
        yield from _stopped(change, procedure, subject)


def _stopped(change: Change, procedure: Procedure, subject: Subject) -> Iterator[Notice]:
    for restriction in subject.restrictions:
        kind = restriction.restriction_kind
        if kind == "MORTGAGE" and change.lender_consent:
            continue
        if kind in procedure.stopped_by:
            yield notice(_STOPPED[kind], subject.number, reference=restriction.reference)


def household_faults(holder_group: str, valid_from: dt.date) -> Iterator[Notice]:
    """Give the warning about a household as a new holder (Land Law 2024: no land user since 1 August 2024)."""
    if holder_group == "HOUSEHOLD" and valid_from >= dt.date(2024, 8, 1):
        yield notice("HOUSEHOLD_HOLDER")
