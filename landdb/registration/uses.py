"""Procedures about land use: the uses of a parcel, and the end of a term."""

from collections.abc import Sequence

from landdb import codelists
from landdb.registration.notices import Refused, notice
from landdb.registration.terms import ExtensionTerms, UseTerm, UseTerms
from landdb.registration.work import Work
from landdb.store import register_ground
from landdb.store.register_subjects import Subject

#: Uses may exceed the parcel by what rounding of three uses to decimals can make (validation ARE003).
SLACK_M2 = 0.5
_RESIDENTIAL = {"xã": "ONT", "đặc khu": "ONT", "phường": "ODT"}


def change_uses(work: Work, terms: UseTerms) -> None:
    """Let a parcel have these uses from the date in law on."""
    put_uses(work, work.subject, terms.uses)


def extend_term(work: Work, terms: ExtensionTerms) -> None:
    """Let the term of one use end later."""
    subject = work.subject
    use = next((use for use in subject.uses if use.ordinal == terms.ordinal), None)
    if use is None or (use.expires_on is not None and use.expires_on >= terms.expires_on):
        raise Refused(notice("UNCHANGED"))
    register_ground.extend_use(
        work.conn, use.land_use_id, expires_on=terms.expires_on, term=terms.term, valid_from=work.valid_from
    )
    work.touched.add(subject.parcel_id)


def put_uses(work: Work, subject: Subject, uses: Sequence[UseTerm]) -> None:
    """Replace the uses of a parcel; refuses codes that are not in force or not of this kind of commune."""
    for use in uses:
        _check_code(use.code, subject)
    area = subject.legal_area_m2 or subject.registered_area_m2 or subject.computed_area_m2
    total = sum(use.area_m2 or 0.0 for use in uses)
    if area is not None and total > area + SLACK_M2:
        raise Refused(notice("USES_OVER_PARCEL", subject.number))
    columns = [
        {
            "land_use_code": use.code,
            "land_use_raw": use.code,
            "land_use_fault": None,
            "area_m2": use.area_m2,
            "origin": use.origin,
            "use_form": use.use_form,
            "term": use.term,
            "expires_on": use.expires_on,
        }
        for use in uses
    ]
    register_ground.replace_uses(
        work.conn, subject.parcel_id, columns, batch_id=subject.batch_id, valid_from=work.valid_from
    )
    work.touched.add(subject.parcel_id)


def _check_code(code: str, subject: Subject) -> None:
    reading = codelists.land_use_reading(code)
    if reading.codes != (code,) or reading.fault is not None:
        raise Refused(notice("UNKNOWN_USE", subject.number, code=code))
    fitting = _RESIDENTIAL.get(subject.commune_kind)
    if code in set(_RESIDENTIAL.values()) and fitting is not None and code != fitting:
        raise Refused(notice("RESIDENTIAL_CODE", subject.number, code=code, unit=subject.commune_kind))
