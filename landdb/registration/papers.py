"""Procedures about papers: certificates issued anew, lost, cancelled; errors put right."""

from landdb.domain.identifiers import normalise_certificate_serial
from landdb.errors import InvalidValue
from landdb.registration.notices import Refused, notice
from landdb.registration.terms import CertificateEnd, CertificateTerms, CorrectionTerms
from landdb.registration.work import RightRow, Work
from landdb.store import register_ground, register_rights
from landdb.store.register_rights import Issued
from landdb.store.register_subjects import Certificate, Subject

#: What a correction may put right on a parcel, and the type of its value. Numbers and codes are never corrected:
#: a parcel under a wrong number is a change of unit or a merge.
CORRECTABLE = {
    "address": str,
    "old_sheet_no": str,
    "old_parcel_no": str,
    "legal_area_m2": float,
    "registered_area_m2": float,
}


def reissue(work: Work, terms: CertificateTerms) -> None:
    """Put a new certificate in the place of the one in force, or issue one for a right that has none."""
    subject = work.subject
    if not subject.rights:
        raise Refused(notice("NO_RIGHT", subject.number))
    if not subject.certificates:
        issue(work, subject, subject.rights[0].baunit_id, terms)
        return
    old = _certificate_meant(subject, terms.certificate_id)
    issued = _issued(work, terms, instead_of=old.certificate_id)
    register_rights.replace_certificate(work.conn, old.certificate_id, issued, valid_from=work.valid_from)
    work.rights.append(RightRow("CERTIFICATE", "altered", old.certificate_id, (subject.number,)))
    work.touched.add(subject.parcel_id)


def issue(work: Work, subject: Subject, baunit_id: int, terms: CertificateTerms) -> None:
    """Issue a certificate for the rights of a baunit that has none."""
    issued = _issued(work, terms)
    certificate_id = register_rights.issue_certificate(
        work.conn, baunit_id, subject.commune_id, issued, work.entry(subject)
    )
    work.rights.append(RightRow("CERTIFICATE", "opened", certificate_id, (subject.number,)))
    work.touched.add(subject.parcel_id)


def end_certificate(work: Work, terms: CertificateEnd) -> None:
    """Take a lost or cancelled certificate out of force; the right that it told of stays."""
    subject = work.subject
    paper = _certificate_meant(subject, terms.certificate_id)
    register_rights.end_certificate(work.conn, paper.certificate_id, paper.baunit_id, valid_from=work.valid_from)
    work.rights.append(RightRow("CERTIFICATE", "ended", paper.certificate_id, (subject.number,)))
    work.touched.add(subject.parcel_id)


def correct(work: Work, terms: CorrectionTerms) -> None:
    """Put an error on a parcel right; the old and the new value are kept with the change."""
    subject = work.subject
    if terms.field not in CORRECTABLE:
        raise InvalidValue("field", "NOT_CORRECTABLE", remedy=f"one of shares, {', '.join(CORRECTABLE)}")
    value = _typed(terms)
    old = getattr(subject, terms.field)
    if value == old:
        raise Refused(notice("UNCHANGED"))
    kept = {name: getattr(subject, name) for name in CORRECTABLE}
    register_ground.correct_parcel(
        work.conn, subject.parcel_id, kept | {terms.field: value}, valid_from=work.valid_from
    )
    work.details["corrected"] = {"field": terms.field, "old": old, "new": value}
    work.touched.add(subject.parcel_id)


def _typed(terms: CorrectionTerms) -> str | float | None:
    if terms.value is None or CORRECTABLE[terms.field] is str:
        return terms.value
    try:
        number = float(terms.value)
    except ValueError as error:
        raise InvalidValue("value", "NOT_A_NUMBER", remedy="an area in square metres, such as 123.4") from error
    if not 0 < number < 1e9:
        raise InvalidValue("value", "OUT_OF_RANGE", remedy="an area in square metres, such as 123.4")
    return number


def _certificate_meant(subject: Subject, certificate_id: int | None) -> Certificate:
    papers = [paper for paper in subject.certificates if certificate_id in {None, paper.certificate_id}]
    if not papers:
        raise Refused(notice("NO_CERTIFICATE", subject.number))
    if len(papers) > 1:
        raise Refused(notice("SEVERAL_CERTIFICATES", subject.number))
    return papers[0]


def _issued(work: Work, terms: CertificateTerms, *, instead_of: int | None = None) -> Issued:
    reading = normalise_certificate_serial(terms.serial)
    if reading.serial is None or not reading.well_formed:
        raise Refused(notice("SERIAL_MALFORMED"))
    if set(register_rights.find_serial(work.conn, reading.serial)) - {instead_of}:
        raise Refused(notice("SERIAL_TAKEN"))
    return Issued(reading.serial, terms.registry_no, terms.issued_on)
